//! The kinds of danger, in one table: the name, how grave, and the names that squawk has for it.

use super::finding::Level;

macro_rules! hazards {
    ($($(#[doc = $doc:literal])+ $variant:ident, $name:literal, $level:ident, [$($squawk:literal),*];)*) => {
        /// A kind of danger.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Hazard {
            $($(#[doc = $doc])+ $variant,)*
        }

        impl Hazard {
            /// All of them.
            pub const ALL: &'static [Hazard] = &[$(Hazard::$variant),*];

            /// The name as people write it.
            pub fn name(self) -> &'static str {
                match self { $(Hazard::$variant => $name,)* }
            }

            /// How grave.
            pub fn level(self) -> Level {
                match self { $(Hazard::$variant => Level::$level,)* }
            }

            /// What it means, in one sentence.
            pub fn meaning(self) -> &'static str {
                match self { $(Hazard::$variant => concat!($($doc),+).trim_ascii(),)* }
            }

            /// Names of squawk's rules that allow it when a comment `squawk-ignore` names them.
            pub fn squawk_names(self) -> &'static [&'static str] {
                match self { $(Hazard::$variant => &[$($squawk),*],)* }
            }
        }
    };
}

hazards! {
    /// The text cannot be read, so nothing is known about it.
    Unreadable, "unreadable", Unsafe, [];
    /// The SQL has a syntax error.
    SyntaxError, "syntax-error", Unsafe, ["syntax-error"];
    /// An index is built with writes blocked.
    IndexNotConcurrent, "index-not-concurrent", Unsafe, ["require-concurrent-index-creation"];
    /// An index is dropped with its table blocked.
    DropIndexNotConcurrent, "drop-index-not-concurrent", Unsafe, ["require-concurrent-index-deletion"];
    /// Indexes are built again with writes blocked.
    ReindexNotConcurrent, "reindex-not-concurrent", Unsafe, ["require-concurrent-reindex"];
    /// A statement that PostgreSQL refuses inside a transaction.
    ConcurrentInTransaction, "concurrent-in-transaction", Unsafe, ["ban-concurrent-index-creation-in-transaction"];
    /// A form of a statement that PostgreSQL accepts nowhere.
    RefusedStatement, "refused-statement", Unsafe, [];
    /// A new column that must have a value and has no default.
    RequiredColumn, "required-column", Unsafe, ["adding-required-field"];
    /// A new column whose default differs from row to row, so that the table is rewritten.
    VolatileDefaultRewrite, "volatile-default-rewrite", Unsafe, ["adding-field-with-default"];
    /// A new column of a domain with a constraint, so that the table is rewritten.
    DomainColumnRewrite, "domain-column-rewrite", Unsafe, ["adding-field-with-default"];
    /// A new column that numbers the rows, so that the table is rewritten.
    SerialRewrite, "serial-rewrite", Unsafe, ["adding-serial-primary-key-field", "adding-field-with-default"];
    /// A new stored generated column, so that the table is rewritten.
    GeneratedStoredRewrite, "generated-stored-rewrite", Unsafe, ["adding-field-with-default"];
    /// A column of type `json`, which has no equality.
    JsonColumn, "json-column", Unsafe, [];
    /// A column is dropped.
    DropColumn, "drop-column", Unsafe, ["ban-drop-column"];
    /// A column is renamed.
    RenameColumn, "rename-column", Unsafe, ["renaming-column"];
    /// A column gets a type that needs the table rewritten.
    TypeRewrite, "type-rewrite", Unsafe, ["changing-column-type"];
    /// All rows are read for `NOT NULL` with the table blocked.
    SetNotNullScan, "set-not-null-scan", Unsafe, ["adding-not-nullable-field"];
    /// All rows are read for a new foreign key with writes blocked.
    ForeignKeyScan, "foreign-key-scan", Unsafe, ["adding-foreign-key-constraint", "constraint-missing-not-valid"];
    /// All rows are read for a new check with the table blocked.
    CheckScan, "check-scan", Unsafe, ["constraint-missing-not-valid"];
    /// A unique constraint builds its index with the table blocked.
    UniqueNotConcurrent, "unique-not-concurrent", Unsafe, ["disallowed-unique-constraint", "constraint-missing-not-valid"];
    /// A primary key builds its index with the table blocked.
    PrimaryKeyNotConcurrent, "primary-key-not-concurrent", Unsafe, ["adding-serial-primary-key-field"];
    /// An exclusion constraint builds its index with the table blocked.
    ExcludeNotConcurrent, "exclude-not-concurrent", Unsafe, ["constraint-missing-not-valid"];
    /// A constraint is validated while its transaction holds a lock that blocks others.
    ValidateSameTransaction, "validate-same-transaction", Unsafe, ["constraint-missing-not-valid"];
    /// All values are read for a constraint on a domain.
    DomainConstraintScan, "domain-constraint-scan", Unsafe, ["ban-alter-domain-with-add-constraint"];
    /// A table is dropped.
    DropTable, "drop-table", Unsafe, ["ban-drop-table"];
    /// A table is renamed.
    RenameTable, "rename-table", Unsafe, ["renaming-table"];
    /// A table or another object moves to another schema.
    SetSchema, "set-schema", Unsafe, ["ban-set-schema"];
    /// A table is emptied.
    Truncate, "truncate", Unsafe, ["ban-truncate-cascade"];
    /// A table is written anew with reads blocked.
    TableRewrite, "table-rewrite", Unsafe, ["prefer-repack"];
    /// A partition is detached with the whole table blocked.
    DetachPartition, "detach-partition", Unsafe, ["require-concurrent-partition-detach"];
    /// A materialized view is filled with reads blocked.
    MatviewRefresh, "matview-refresh", Unsafe, [];
    /// A view is dropped.
    DropView, "drop-view", Unsafe, ["ban-drop-view"];
    /// A function or procedure is dropped.
    DropFunction, "drop-function", Unsafe, ["ban-drop-function"];
    /// A schema is dropped.
    DropSchema, "drop-schema", Unsafe, ["ban-drop-schema"];
    /// An extension is dropped.
    DropExtension, "drop-extension", Unsafe, ["ban-drop-extension"];
    /// A type or a part of it is dropped or changed.
    DropType, "drop-type", Unsafe, ["ban-drop-type", "changing-column-type"];
    /// A sequence is dropped.
    DropSequence, "drop-sequence", Unsafe, ["ban-drop-sequence"];
    /// A domain is dropped.
    DropDomain, "drop-domain", Unsafe, ["ban-drop-domain"];
    /// A database is dropped.
    DropDatabase, "drop-database", Unsafe, ["ban-drop-database"];
    /// A view, function, type or enum value is renamed.
    RenameObject, "rename-object", Unsafe, ["renaming-object"];
    /// An enum value is used in the transaction that adds it.
    EnumValueSameTransaction, "enum-value-same-transaction", Unsafe, [];
    /// Many rows are changed or deleted in one statement.
    UnbatchedBackfill, "unbatched-backfill", Unsafe, [];
    /// A transaction begins inside another one, or ends where there is none.
    TransactionNesting, "transaction-nesting", Unsafe, ["transaction-nesting"];
    /// A transaction is never committed.
    UncommittedTransaction, "uncommitted-transaction", Unsafe, ["ban-uncommitted-transaction"];
    /// A lock is taken by hand.
    ExplicitLock, "explicit-lock", Unsafe, [];
    /// A trigger is switched off for everybody.
    DisableTrigger, "disable-trigger", Unsafe, ["ban-disable-trigger"];
    /// Application code is imported into a migration.
    LiveModelImport, "live-model-import", Unsafe, [];
    /// Something that cannot be judged from the text.
    UnclearOperation, "unclear-operation", Unsafe, [];
    /// A step that cannot be taken back.
    Irreversible, "irreversible", Style, [];
    /// SQL that is put together elsewhere and was not judged.
    UnseenSql, "unseen-sql", Style, [];
    /// A foreign key that comes with a new column or table: brief locks on both tables.
    ForeignKeyInlineLock, "fk-inline-lock", Style, ["adding-foreign-key-constraint"];
    /// An index, a key or a check on a table that `IF NOT EXISTS` makes: it blocks others if the table was there before.
    TableMayExist, "table-may-exist", Style, ["require-concurrent-index-creation", "adding-foreign-key-constraint", "constraint-missing-not-valid"];
    /// A column may be null from now on.
    DropNotNull, "drop-not-null", Style, ["ban-drop-not-null"];
    /// New rows lose their default.
    DropDefault, "drop-default", Style, ["ban-drop-default"];
    /// A constraint is dropped.
    DropConstraint, "drop-constraint", Style, ["ban-drop-constraint"];
    /// A primary key over an index reads all rows when a column may be null.
    PrimaryKeyUsingIndex, "pk-using-index-not-null", Style, [];
    /// An index is built `ON ONLY` a table that may not be a partitioned one: then writes are blocked.
    IndexOnOnly, "index-on-only", Style, ["require-concurrent-index-creation"];
    /// A partition is attached, and its rows are read unless a check proves them right.
    PartitionAttach, "partition-attach", Style, [];
    /// A table is made as a partition: a brief lock on the partitioned table.
    PartitionCreate, "partition-create", Style, [];
    /// A trigger comes or goes.
    Trigger, "trigger", Style, ["ban-drop-trigger"];
    /// The text is of another database than PostgreSQL and was not judged.
    OtherDatabase, "other-database", Style, [];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_distinct_and_kebab_and_meanings_are_sentences() {
        let mut names: Vec<&str> = Hazard::ALL.iter().map(|hazard| hazard.name()).collect();
        assert!(names.iter().all(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')));
        assert!(Hazard::ALL.iter().all(|hazard| hazard.meaning().ends_with('.')));
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
