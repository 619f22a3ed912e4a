//! Kinds of things that migrations make, other than tables and indexes.

/// Things with names that are neither tables nor indexes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ObjectKind {
    /// `CREATE VIEW`
    View,
    /// `CREATE MATERIALIZED VIEW`
    MaterializedView,
    /// A function, procedure or aggregate.
    Function,
    /// `CREATE SCHEMA`
    Schema,
    /// `CREATE EXTENSION`
    Extension,
    /// `CREATE TYPE`
    Type,
    /// A value of an enum.
    EnumValue,
    /// A field of a composite type.
    Attribute,
    /// `CREATE SEQUENCE`
    Sequence,
    /// `CREATE DOMAIN`
    Domain,
    /// `CREATE DATABASE`
    Database,
    /// `CREATE SERVER`
    Server,
    /// `DROP OWNED`
    Owned,
}

impl ObjectKind {
    /// In lower-case words.
    pub fn as_str(self) -> &'static str {
        match self {
            ObjectKind::View => "view",
            ObjectKind::MaterializedView => "materialized view",
            ObjectKind::Function => "function",
            ObjectKind::Schema => "schema",
            ObjectKind::Extension => "extension",
            ObjectKind::Type => "type",
            ObjectKind::EnumValue => "enum value",
            ObjectKind::Attribute => "attribute",
            ObjectKind::Sequence => "sequence",
            ObjectKind::Domain => "domain",
            ObjectKind::Database => "database",
            ObjectKind::Server => "foreign server",
            ObjectKind::Owned => "objects of role",
        }
    }
}
