//! Statements that name a thing of another kind than they say: PostgreSQL renames a table by `ALTER INDEX`, and an index
//! or a view by `ALTER TABLE`.

use super::check::Before;
use super::step::{ObjectKind, Operation, Step, TableChange};
use std::collections::BTreeSet;

/// Takes each such statement for what it does, as far as the text tells of which kind a name is.
pub(super) fn settle(steps: &mut [Step], before: &Before) {
    let is_suspect = |step: &Step| {
        matches!(
            step.operation,
            Operation::RenameIndex { .. } | Operation::Alter { change: TableChange::RenameTable { .. }, .. }
        )
    };
    if !steps.iter().any(is_suspect) {
        return;
    }
    let kinds = Kinds::of(before.merged.iter().chain(&before.together).chain(steps.iter()));
    for step in steps.iter_mut() {
        step.operation = match &step.operation {
            Operation::RenameIndex { index } if kinds.tables.contains(index) && !kinds.indexes.contains(index) => {
                let to = step.becomes.clone().unwrap_or_default();
                let to = to.rsplit('.').next().unwrap_or_default().to_owned();
                Operation::Alter { table: index.clone(), change: TableChange::RenameTable { to } }
            }
            Operation::Alter { table, change: TableChange::RenameTable { .. } } if !kinds.tables.contains(table) => {
                if kinds.indexes.contains(table) {
                    Operation::RenameIndex { index: table.clone() }
                } else if let Some(kind) = kinds.object(table) {
                    Operation::RenameObject { kind, name: table.clone(), schema: false }
                } else {
                    continue;
                }
            }
            _ => continue,
        };
    }
}

/// Names whose kind the steps show.
#[derive(Default)]
struct Kinds {
    tables: BTreeSet<String>,
    indexes: BTreeSet<String>,
    views: BTreeSet<String>,
    sequences: BTreeSet<String>,
}

impl Kinds {
    fn of<'a>(steps: impl Iterator<Item = &'a Step>) -> Self {
        let mut kinds = Kinds::default();
        for step in steps {
            match &step.operation {
                // Renaming is what is in doubt.
                Operation::Alter { change: TableChange::RenameTable { .. }, .. } => {}
                Operation::CreateTable { table, .. }
                | Operation::Alter { table, .. }
                | Operation::Write { table, .. }
                | Operation::Trigger { table, .. } => {
                    kinds.tables.insert(table.clone());
                }
                Operation::CreateIndex { table, index, .. } => {
                    kinds.tables.insert(table.clone());
                    kinds.indexes.extend(index.clone());
                }
                Operation::CreateObject { kind: ObjectKind::View, name } => {
                    kinds.views.insert(name.clone());
                }
                Operation::CreateObject { kind: ObjectKind::Sequence, name } => {
                    kinds.sequences.insert(name.clone());
                }
                _ => {}
            }
        }
        kinds
    }

    fn object(&self, name: &str) -> Option<ObjectKind> {
        if self.views.contains(name) {
            Some(ObjectKind::View)
        } else if self.sequences.contains(name) {
            Some(ObjectKind::Sequence)
        } else {
            None
        }
    }
}
