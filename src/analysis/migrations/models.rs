//! Django's own memory: the models as its migrations tell them. From their old form and the new one Django works out what an
//! operation changes in the database.

use super::check::Before;
use super::step::{Operation, SqlType};
use super::words::USER_MODEL;
use std::collections::{BTreeMap, BTreeSet};

/// One thing that Django remembers of a migration. Models are named by app and class, in lower case: `shop.order`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelChange {
    /// A new model.
    Create {
        /// Its name.
        name: String,
        /// What it is.
        model: Box<Model>,
    },
    /// A model goes away.
    Delete {
        /// Its name.
        name: String,
    },
    /// A model gets another name.
    Rename {
        /// The old name.
        name: String,
        /// The new name.
        to: String,
    },
    /// A model's table gets a name of its own, or the usual one.
    Table {
        /// The model.
        name: String,
        /// The table.
        table: Option<String>,
    },
    /// A field is new, or is written anew.
    Field {
        /// The model.
        model: String,
        /// Its name.
        name: String,
        /// What it is.
        field: Box<Field>,
        /// Whether there was one before.
        altered: bool,
    },
    /// A field goes away.
    RemoveField {
        /// The model.
        model: String,
        /// Its name.
        name: String,
    },
    /// A field gets another name.
    RenameField {
        /// The model.
        model: String,
        /// The old name.
        name: String,
        /// The new name.
        to: String,
    },
    /// The sets of fields that are unique together.
    Together {
        /// The model.
        model: String,
        /// The sets.
        sets: BTreeSet<Vec<String>>,
    },
    /// The sets of fields that share an index.
    Indexed {
        /// The model.
        model: String,
        /// The sets.
        sets: BTreeSet<Vec<String>>,
    },
    /// A unique constraint that is an index in the database.
    Partial {
        /// The model.
        model: String,
        /// The constraint.
        name: String,
    },
    /// A constraint goes away.
    RemoveConstraint {
        /// The model.
        model: String,
        /// The constraint.
        name: String,
    },
}

impl ModelChange {
    /// Whether Django compares it with what older migrations told.
    pub fn builds_on_older(&self) -> bool {
        !matches!(
            self,
            ModelChange::Create { .. } | ModelChange::Partial { .. } | ModelChange::Field { altered: false, .. }
        )
    }
}

/// A model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// The name of its table, where it is not the usual one.
    pub table: Option<String>,
    /// Proxies, and models that are not managed, change nothing in the database.
    pub is_virtual: bool,
    /// Its fields.
    pub fields: BTreeMap<String, Field>,
    /// Sets of fields that are unique together.
    pub together: BTreeSet<Vec<String>>,
    /// Sets of fields that share an index.
    pub indexed: BTreeSet<Vec<String>>,
    /// Unique constraints that are indexes in the database.
    pub partial: BTreeSet<String>,
}

/// A field, as far as the database sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field {
    /// Its column, where it has a name of its own.
    pub column: Option<String>,
    /// Its type; empty when unknown.
    pub kind: SqlType,
    /// Its collation, where it has one of its own.
    pub collation: Option<String>,
    /// May be null.
    pub null: bool,
    /// Unique by itself.
    pub unique: bool,
    /// Indexed by itself.
    pub index: bool,
    /// The primary key.
    pub primary_key: bool,
    /// With a check of its own: it is positive.
    pub check: bool,
    /// Numbers itself.
    pub numbered: bool,
    /// Django has a value for rows that lack one.
    pub filled: bool,
    /// That value is the default.
    pub has_default: bool,
    /// The database has a default.
    pub db_default: bool,
    /// The model that it points to.
    pub to: Option<String>,
    /// Whether the database holds it to that.
    pub constraint: bool,
    /// It lives in a table of its own, which is named here when it is not the usual one.
    pub many: Option<Many>,
}

/// A field of many rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Many {
    /// The table between, where its name is not the usual one.
    pub table: Option<String>,
    /// Whether a model of its own is the table between, or there is none.
    pub through: bool,
}

impl Field {
    /// The column.
    pub(super) fn column(&self, name: &str) -> String {
        match &self.column {
            Some(column) => column.clone(),
            None if self.to.is_some() => format!("{name}_id"),
            None => name.to_owned(),
        }
    }

    /// Whether Django makes a second index, for `LIKE`.
    pub(super) fn has_like_index(&self) -> bool {
        (self.index || self.unique) && matches!(self.kind.name.as_str(), "varchar" | "text")
    }
}

/// A field that points to a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pointing {
    pub(super) table: String,
    pub(super) column: String,
    pub(super) constraint: bool,
}

/// All models, as far as migrations told them.
#[derive(Clone, Debug, Default)]
pub(super) struct Models {
    models: BTreeMap<String, Model>,
    /// Fields that may still be looked at for what they point to: every renamed model asks all of them.
    left: usize,
}

/// Far more than the history of an app needs.
const MAX_LOOKED_AT: usize = 100_000;

impl Models {
    pub(super) fn before(before: &Before) -> Self {
        let mut models = Models { left: MAX_LOOKED_AT, ..Models::default() };
        for step in before.merged.iter().chain(&before.together) {
            if let Operation::Model(change) = &step.operation {
                models.note(change);
            }
        }
        models
    }

    pub(super) fn get(&self, name: &str) -> Option<&Model> {
        self.models.get(name)
    }

    pub(super) fn field(&self, model: &str, name: &str) -> Option<&Field> {
        self.models.get(model)?.fields.get(name)
    }

    /// The table of a model.
    pub(super) fn table(&self, name: &str) -> String {
        let table = self.models.get(name).and_then(|model| model.table.clone());
        table.unwrap_or_else(|| usual_table(name))
    }

    /// The type of a model's key.
    pub(super) fn key_type(&self, name: &str) -> Option<SqlType> {
        let fields = &self.models.get(name)?.fields;
        fields.values().find(|field| field.primary_key).map(|field| field.kind.clone())
    }

    /// The table of a field of many rows.
    pub(super) fn table_between(&self, model: &str, name: &str, many: &Many) -> String {
        many.table.clone().unwrap_or_else(|| format!("{}_{name}", self.table(model)))
    }

    /// The columns that point to a model; `None` when too many were looked at.
    pub(super) fn pointing_to(&mut self, name: &str) -> Option<Vec<Pointing>> {
        self.left = self.left.checked_sub(self.size())?;
        let mut found = Vec::new();
        for (own, model) in &self.models {
            let fields = model.fields.iter().filter(|_| !model.is_virtual);
            for (field_name, field) in fields {
                let Some(to) = field.to.as_deref() else { continue };
                let short = |name: &str| name.rsplit('.').next().unwrap_or(name).to_owned();
                match &field.many {
                    None if to == name => found.push(Pointing {
                        table: self.table(own),
                        column: field.column(field_name),
                        constraint: field.constraint,
                    }),
                    Some(many) if !many.through => {
                        let ends = [own.as_str(), to].into_iter().filter(|end| *end == name);
                        found.extend(ends.map(|end| Pointing {
                            table: self.table_between(own, field_name, many),
                            column: format!("{}_id", short(end)),
                            constraint: field.constraint,
                        }));
                    }
                    _ => {}
                }
            }
        }
        Some(found)
    }

    fn size(&self) -> usize {
        self.models.values().map(|model| 1 + model.fields.len()).sum()
    }

    /// A copy for operations that Django does not remember; `None` when there were too many.
    pub(super) fn copied(&mut self) -> Option<Models> {
        self.left = self.left.checked_sub(self.size() + 1)?;
        Some(self.clone())
    }

    /// Learns from a change.
    pub(super) fn note(&mut self, change: &ModelChange) {
        match change {
            ModelChange::Create { name, model } => {
                self.models.insert(name.clone(), (**model).clone());
            }
            ModelChange::Delete { name } => {
                self.models.remove(name);
            }
            ModelChange::Rename { name, to } => self.rename(name, to),
            ModelChange::Table { name, table } => {
                if let Some(model) = self.models.get_mut(name) {
                    model.table.clone_from(table);
                }
            }
            ModelChange::Field { model, name, field, .. } => {
                if let Some(model) = self.models.get_mut(model) {
                    model.fields.insert(name.clone(), (**field).clone());
                }
            }
            ModelChange::RemoveField { model, name } => {
                if let Some(model) = self.models.get_mut(model) {
                    model.fields.remove(name);
                }
            }
            ModelChange::RenameField { model, name, to } => {
                if let Some(model) = self.models.get_mut(model)
                    && let Some(field) = model.fields.remove(name)
                {
                    model.fields.insert(to.clone(), field);
                    for sets in [&mut model.together, &mut model.indexed] {
                        let renamed = |field: String| if field == *name { to.clone() } else { field };
                        let old = std::mem::take(sets);
                        *sets = old.into_iter().map(|set| set.into_iter().map(renamed).collect()).collect();
                    }
                }
            }
            ModelChange::Together { model, sets } => {
                if let Some(model) = self.models.get_mut(model) {
                    model.together.clone_from(sets);
                }
            }
            ModelChange::Indexed { model, sets } => {
                if let Some(model) = self.models.get_mut(model) {
                    model.indexed.clone_from(sets);
                }
            }
            ModelChange::Partial { model, name } => {
                if let Some(model) = self.models.get_mut(model) {
                    model.partial.insert(name.clone());
                }
            }
            ModelChange::RemoveConstraint { model, name } => {
                if let Some(model) = self.models.get_mut(model) {
                    model.partial.remove(name);
                }
            }
        }
    }

    fn rename(&mut self, name: &str, to: &str) {
        let Some(model) = self.models.remove(name) else { return };
        self.models.insert(to.to_owned(), model);
        let Some(left) = self.left.checked_sub(self.size()) else { return };
        self.left = left;
        let fields = self.models.values_mut().flat_map(|model| model.fields.values_mut());
        for field in fields.filter(|field| field.to.as_deref() == Some(name)) {
            field.to = Some(to.to_owned());
        }
    }
}

/// A name as the database may have it: PostgreSQL cuts names at 63 bytes. A longer one would be kept for each operation that
/// means it.
pub(super) fn brief(name: &str) -> &str {
    name.char_indices().nth(MAX_NAME).map_or(name, |(end, _)| &name[..end])
}

/// The longest name that is kept, in characters.
const MAX_NAME: usize = 200;

/// `shop_order` of `shop.order`.
pub(super) fn usual_table(name: &str) -> String {
    if name == USER_MODEL {
        return name.to_owned();
    }
    name.trim_start_matches('.').replacen('.', "_", 1)
}
