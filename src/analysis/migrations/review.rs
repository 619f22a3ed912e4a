//! What only a review sees: what a migration takes away, what it builds on, and whether a merged one was changed.

use super::check::read_steps;
use super::framework::Framework;
use super::step::{Operation, Span, Step, TableChange};

/// A change of the schema that code outside of the migration may depend on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaChange {
    /// Where.
    pub span: Span,
    /// `drop_column`, `rename_column`, `add_column`, `drop_table`, `rename_table` or `create_table`.
    pub kind: &'static str,
    /// The table.
    pub table: String,
    /// The column, for changes of one.
    pub column: Option<String>,
    /// The class that Django's code knows the table by.
    pub model: Option<String>,
}

impl SchemaChange {
    /// Whether code that uses the old name breaks.
    pub fn takes_away(&self) -> bool {
        self.kind.starts_with("drop_") || self.kind.starts_with("rename_")
    }
}

/// What the steps take away from code, and give to it.
pub fn schema_changes(steps: &[Step]) -> Vec<SchemaChange> {
    let mut changes = Vec::new();
    for step in steps {
        let mut add = |kind, table: &str, column: Option<&String>| {
            let (table, column, model) = (table.to_owned(), column.cloned(), step.model.clone());
            changes.push(SchemaChange { span: step.span, kind, table, column, model });
        };
        match &step.operation {
            Operation::Alter { table, change } => match change {
                TableChange::DropColumn { column, .. } => add("drop_column", table, Some(column)),
                TableChange::RenameColumn { from, .. } => add("rename_column", table, Some(from)),
                TableChange::AddColumn(column) => add("add_column", table, Some(&column.name)),
                TableChange::RenameTable { .. } => add("rename_table", table, None),
                _ => {}
            },
            Operation::DropTable { tables, .. } => tables.iter().for_each(|table| add("drop_table", table, None)),
            Operation::CreateTable { table, .. } => add("create_table", table, None),
            _ => {}
        }
    }
    changes
}

/// Whether databases that ran the old text would differ from those that run the new one, or refuse it. Tools that keep
/// a checksum refuse any other text.
pub fn is_rewritten(path: &str, framework: Framework, old: &str, new: &str) -> bool {
    if old == new {
        return false;
    }
    let keeps_checksum =
        matches!(framework, Framework::Flyway | Framework::Sqlx | Framework::Prisma | Framework::Liquibase);
    let repeatable = path.rsplit('/').next().is_some_and(|name| name.starts_with("R__"));
    if repeatable {
        return false;
    }
    if keeps_checksum {
        return true;
    }
    let operations = |text| -> Option<Vec<(Operation, Vec<String>)>> {
        Some(read_steps(path, text)?.into_iter().map(|step| (step.operation, step.literals)).collect())
    };
    match (operations(old), operations(new)) {
        (Some(old), Some(new)) if !(old.is_empty() && new.is_empty()) => old != new,
        _ => without_space(old) != without_space(new),
    }
}

fn without_space(text: &str) -> String {
    let code = text.lines().filter(|line| !line.trim_start().starts_with(['#', '-', '/']));
    code.flat_map(str::split_whitespace).collect()
}

/// The migrations that this one follows, for tools whose migrations name them: Django's dependencies of the same app,
/// Alembic's `down_revision`.
pub fn parents(path: &str, framework: Framework, text: &str) -> Vec<String> {
    let quoted = |part: &str| -> Vec<String> {
        let pieces = part.split(['"', '\'']).collect::<Vec<_>>();
        pieces.iter().skip(1).step_by(2).map(|text| (*text).to_owned()).collect()
    };
    match framework {
        Framework::Django => {
            let app = path.rsplit('/').nth(2).unwrap_or_default();
            let Some(at) = text.find("dependencies") else { return Vec::new() };
            let list = text[at..].split(']').next().unwrap_or_default();
            let names = quoted(list);
            names
                .chunks(2)
                .filter_map(|pair| match pair {
                    [of, name] if *of == app && !name.starts_with("__") => Some(name.clone()),
                    _ => None,
                })
                .collect()
        }
        Framework::Alembic => {
            let line = text.lines().find(|line| line.trim_start().starts_with("down_revision"));
            line.and_then(|line| line.split_once('=')).map(|(_, value)| quoted(value)).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_no_rewrite_unless_a_checksum_is_kept() {
        let (old, new) = ("ALTER TABLE t ADD a int;\n", "-- why\nALTER TABLE t  ADD a int;\n");
        assert!(!is_rewritten("migrations/1.sql", Framework::Sql, old, new));
        assert!(is_rewritten("V1__a.sql", Framework::Flyway, old, new));
        assert!(!is_rewritten("R__a.sql", Framework::Flyway, old, new));
        assert!(is_rewritten("migrations/1.sql", Framework::Sql, old, "ALTER TABLE t ADD b int;\n"));
    }

    #[test]
    fn parents_are_those_of_the_same_app() {
        let text = "dependencies = [\n  ('shop', '0002_x'),\n  (\"auth\", \"0001_initial\"),\n]\noperations = []\n";
        assert_eq!(parents("shop/migrations/0003_y.py", Framework::Django, text), ["0002_x"]);
        let text = "revision = 'b'\ndown_revision: str | None = \"a\"\n";
        assert_eq!(parents("alembic/versions/b.py", Framework::Alembic, text), ["a"]);
    }
}
