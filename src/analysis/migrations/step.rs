//! What a migration does, whatever language it is written in: readers make steps, `judge` looks at nothing else.

use super::lock::Lock;
use super::models::ModelChange;
pub(super) use super::object::ObjectKind;

/// Where a step stands in its file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// First line, counted from 1.
    pub line: u32,
    /// First column, counted from 1, in characters.
    pub column: u32,
    /// Last line, counted from 1.
    pub end_line: u32,
}

/// One thing that a migration does, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Where.
    pub span: Span,
    /// What.
    pub operation: Operation,
    /// An edit that makes exactly this step harmless.
    pub edit: Option<Edit>,
    /// Texts in quotes, for values that must not be used yet.
    pub literals: Vec<String>,
    /// Inside a `DO` block, whose statements share one transaction.
    pub in_block: bool,
    /// A further action of the statement that the step before belongs to.
    pub same_statement: bool,
    /// The author said in the framework's own way that this is meant: `safety_assured`.
    pub assured: bool,
    /// Outside the migration's transaction: Alembic's `autocommit_block`.
    pub outside: bool,
    /// The class that Django's code knows the table by, as the migration writes it.
    pub model: Option<String>,
    /// The name that a renamed or moved thing has from then on, where the text says it.
    pub becomes: Option<String>,
    /// Further columns that a check proves not to be null, beside the one that its constraint names.
    pub also_not_null: Vec<String>,
    /// A new function that says that it is not volatile.
    pub steady: bool,
    /// The field that Django's code knows the column by.
    pub field: Option<FieldName>,
    /// What is made may be there already, so that nothing is made: `IF NOT EXISTS`.
    pub if_not_exists: bool,
}

/// A field of a Django model, as the migration writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldName {
    /// Its name.
    pub name: String,
    /// Its class, where it is written: `IntegerField`.
    pub class: Option<String>,
}

impl Step {
    /// A step with nothing special about it.
    pub fn new(span: Span, operation: Operation) -> Self {
        Step {
            span,
            operation,
            edit: None,
            literals: Vec::new(),
            in_block: false,
            same_statement: false,
            assured: false,
            outside: false,
            model: None,
            becomes: None,
            also_not_null: Vec::new(),
            steady: false,
            field: None,
            if_not_exists: false,
        }
    }
}

/// A change of some bytes of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Byte offset of the first byte to replace.
    pub start: usize,
    /// Byte offset after the last byte to replace.
    pub end: usize,
    /// The new text.
    pub text: String,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// A new table, with or without rows: nobody uses it yet.
    CreateTable {
        /// Its name.
        table: String,
        /// Tables that its foreign keys point to.
        references: Vec<String>,
        /// The table of which it is a partition.
        partition_of: Option<String>,
        /// Columns with their types, as written.
        columns: Vec<(String, SqlType)>,
        /// Columns that may be null, where the framework says so.
        optional: Vec<String>,
        /// An older table of this name is dropped first.
        force: bool,
    },
    /// A change of an existing table.
    Alter {
        /// Its name; empty when it cannot be told.
        table: String,
        /// What is changed.
        change: TableChange,
    },
    /// A new index.
    CreateIndex {
        /// The table.
        table: String,
        /// Its name, when it has one.
        index: Option<String>,
        /// Built without blocking writes.
        concurrently: bool,
        /// Only on the partitioned parent: metadata.
        only: bool,
        /// Whether it forbids equal rows.
        unique: bool,
    },
    /// Indexes that go away.
    DropIndex {
        /// Their names.
        indexes: Vec<String>,
        /// The table, where the framework names it.
        table: Option<String>,
        /// Without blocking the table.
        concurrently: bool,
    },
    /// Indexes built again.
    Reindex {
        /// `table`, `index`, `schema`, `database` or `system`.
        kind: &'static str,
        /// Its name.
        name: String,
        /// Without blocking writes.
        concurrently: bool,
    },
    /// Tables that go away.
    DropTable {
        /// Their names.
        tables: Vec<String>,
        /// With everything that depends on them.
        cascade: bool,
    },
    /// Tables emptied at once.
    Truncate {
        /// Their names.
        tables: Vec<String>,
        /// With every table that points to them.
        cascade: bool,
    },
    /// The whole table is written anew: `VACUUM FULL`, `CLUSTER`.
    Rewrite {
        /// The statement's words.
        statement: &'static str,
        /// The table; empty for all.
        table: String,
    },
    /// A statement that cannot run in a transaction, and is harmless otherwise.
    OutsideTransaction {
        /// Its words.
        statement: &'static str,
    },
    /// A materialized view is filled again.
    Refresh {
        /// Its name.
        view: String,
        /// While it can be read.
        concurrently: bool,
        /// Emptied instead: `WITH NO DATA`.
        empties: bool,
    },
    /// A form of a statement that PostgreSQL accepts nowhere.
    Refused {
        /// What it does not do, in words.
        what: &'static str,
    },
    /// Rows are changed or deleted.
    Write {
        /// `UPDATE`, `DELETE` or `MERGE`.
        statement: &'static str,
        /// The table.
        table: String,
        /// Whether a limit, a range or a key keeps the number of rows small.
        bounded: bool,
    },
    /// Rows are changed in small steps, each of which needs a commit of its own.
    Batches {
        /// `UPDATE` or `DELETE`.
        statement: &'static str,
        /// The table.
        table: String,
    },
    /// `LOCK TABLE`.
    LockTable {
        /// The tables.
        tables: Vec<String>,
        /// How.
        lock: Lock,
    },
    /// A new view, function or type; later steps may drop it freely.
    CreateObject {
        /// `view`, `function`, `type`, ...
        kind: ObjectKind,
        /// Its name.
        name: String,
    },
    /// Something other than a table or an index goes away.
    DropObject {
        /// What.
        kind: ObjectKind,
        /// Names.
        names: Vec<String>,
        /// With everything that depends on it.
        cascade: bool,
    },
    /// Something other than a table or a column gets another name or schema.
    RenameObject {
        /// What.
        kind: ObjectKind,
        /// Its name.
        name: String,
        /// Whether it moves to another schema.
        schema: bool,
    },
    /// `ALTER TYPE .. ADD VALUE`.
    AddEnumValue {
        /// The type.
        type_name: String,
        /// The value.
        value: String,
    },
    /// A new domain.
    CreateDomain {
        /// Its name.
        domain: String,
        /// The type below it.
        base: SqlType,
        /// Whether it demands anything of its values, apart from that they are not null.
        checked: bool,
        /// Whether it demands that its values are not null.
        not_null: bool,
        /// What new columns of it hold.
        default: ColumnDefault,
    },
    /// The text shows that the table is a partitioned one.
    Partitioned {
        /// The table.
        table: String,
    },
    /// An index of a partition becomes part of the index of its parent.
    AttachIndex {
        /// The parent's index.
        index: String,
    },
    /// An index gets another name.
    RenameIndex {
        /// Its name.
        index: String,
    },
    /// A constraint on a domain.
    DomainConstraint {
        /// The domain.
        domain: String,
        /// Whether rows are not looked at.
        not_valid: bool,
    },
    /// A trigger on a table comes or goes.
    Trigger {
        /// The table.
        table: String,
        /// Whether it goes.
        dropped: bool,
    },
    /// Names without a schema are looked for in others from now on: `SET search_path`.
    SearchPath {
        /// Those schemas; none for what the database has set.
        schemas: Vec<String>,
        /// Until the transaction ends.
        local: bool,
    },
    /// The tool commits, and begins another transaction: Liquibase between changesets.
    NextTransaction,
    /// `BEGIN`.
    Begin,
    /// `COMMIT` or `ROLLBACK`; the end of a transaction.
    End,
    /// `SAVEPOINT`.
    Savepoint {
        /// Its name.
        name: String,
    },
    /// What the transaction did is undone: `ROLLBACK`.
    RollBack {
        /// Only what it did since then.
        to: Option<String>,
    },
    /// A statement without any danger that locks a table for a moment, or as writes do.
    Light {
        /// The table.
        table: String,
        /// How.
        lock: Lock,
    },
    /// A statement without any danger that may quote values.
    Other,
    /// The framework's code does something that cannot be judged from the text.
    Unclear {
        /// What, in words.
        what: String,
    },
    /// SQL that is computed, read from a file, or handed over.
    Unseen,
    /// A step that cannot be taken back by the framework.
    Irreversible {
        /// The operation's name.
        what: String,
    },
    /// What Django remembers of an operation, for those that come later; nothing happens in the database.
    Model(ModelChange),
    /// Application code that will have changed when the migration runs again.
    LiveModel {
        /// What is imported.
        module: String,
    },
}

/// A change of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TableChange {
    /// A new column.
    AddColumn(NewColumn),
    /// A column goes away.
    DropColumn {
        /// Its name.
        column: String,
        /// With everything that depends on it.
        cascade: bool,
    },
    /// A column gets another name.
    RenameColumn {
        /// The old name.
        from: String,
        /// The new name.
        to: String,
    },
    /// The table gets another name.
    RenameTable {
        /// The new name.
        to: String,
    },
    /// The table moves to another schema.
    SetSchema,
    /// A column gets another type.
    SetType {
        /// The column.
        column: String,
        /// The new type.
        to: SqlType,
        /// The old type, where the text says it.
        from: Option<SqlType>,
        /// An expression computes the new values.
        using: bool,
    },
    /// A column may no longer be null.
    SetNotNull {
        /// The column.
        column: String,
    },
    /// A column may no longer be null, and rows that are null are given a value in the same transaction.
    FillNotNull {
        /// The column.
        column: String,
    },
    /// A column is written down anew as one that may not be null: a change only when it could be before.
    KeepNotNull {
        /// The column.
        column: String,
    },
    /// A column may be null.
    DropNotNull {
        /// The column.
        column: String,
    },
    /// A default for new rows.
    SetDefault,
    /// No default for new rows.
    DropDefault {
        /// The column.
        column: String,
    },
    /// A column's values are computed anew.
    SetExpression {
        /// The column.
        column: String,
    },
    /// A new constraint.
    AddConstraint {
        /// Its name.
        name: Option<String>,
        /// What it demands.
        constraint: Constraint,
        /// Whether rows that are there are not looked at.
        not_valid: bool,
    },
    /// Rows are looked at for a constraint that was added `NOT VALID`.
    Validate {
        /// Its name.
        name: String,
    },
    /// A constraint gets another name.
    RenameConstraint {
        /// The old name.
        from: String,
        /// The new name.
        to: String,
    },
    /// A constraint goes away.
    DropConstraint {
        /// Its name.
        name: String,
    },
    /// The table is copied: `SET UNLOGGED`, `SET TABLESPACE`, ...
    Rewrite {
        /// The words.
        statement: &'static str,
    },
    /// A table becomes a partition.
    AttachPartition {
        /// That table.
        partition: String,
    },
    /// A partition becomes a table.
    DetachPartition {
        /// That partition.
        partition: String,
        /// Without blocking.
        concurrently: bool,
    },
    /// A trigger is switched off.
    DisableTrigger,
    /// Metadata only, under this lock.
    Light(Lock),
}

/// What a constraint demands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Constraint {
    /// `CHECK`; with the column when it says no more than that it is not null.
    Check {
        /// The column.
        not_null: Option<String>,
    },
    /// `FOREIGN KEY`.
    ForeignKey {
        /// The table that it points to.
        to: String,
    },
    /// `UNIQUE`.
    Unique {
        /// Takes over an index that is there.
        using_index: bool,
    },
    /// `PRIMARY KEY`.
    PrimaryKey {
        /// Takes over an index that is there.
        using_index: bool,
    },
    /// `EXCLUDE`.
    Exclude,
    /// `NOT NULL` as a named constraint.
    NotNull {
        /// The column.
        column: String,
    },
}

/// A new column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewColumn {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: SqlType,
    /// `NOT NULL`.
    pub not_null: bool,
    /// What rows that are there get.
    pub default: ColumnDefault,
    /// A default is written, if only `DEFAULT NULL`: PostgreSQL then reads all rows for a foreign key.
    pub default_is_written: bool,
    /// Rows that are there get a value and new ones do not: Django drops its default again.
    pub default_is_dropped: bool,
    /// `GENERATED .. STORED`.
    pub stored: bool,
    /// Numbers itself: `serial`, `IDENTITY`.
    pub numbered: bool,
    /// The table that a foreign key points to.
    pub references: Option<String>,
    /// `UNIQUE`.
    pub unique: bool,
    /// `PRIMARY KEY`.
    pub primary_key: bool,
    /// `CHECK`.
    pub check: bool,
}

impl NewColumn {
    /// Whether PostgreSQL reads all rows for the column's foreign key; without any default it knows that all are null.
    pub fn checks_its_key(&self) -> bool {
        let has_default = self.default_is_written || self.default_is_dropped || self.default != ColumnDefault::None;
        self.references.is_some() && has_default
    }

    /// Whether it says `DEFAULT NULL`.
    pub fn has_null_default(&self) -> bool {
        self.default_is_written && self.default == ColumnDefault::None
    }
}

/// What a new column holds in rows that are there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ColumnDefault {
    /// Nothing.
    #[default]
    None,
    /// A value that is the same for all rows, known when the statement runs.
    Constant,
    /// A value of its own for each row, by this function.
    Volatile(String),
}

/// A type: its name in lower case without arguments, and its arguments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SqlType {
    /// `varchar`, `bigint`, `timestamptz`, ... in PostgreSQL's shortest spelling; empty when unknown.
    pub name: String,
    /// `varchar(20)` has 20.
    pub arguments: Vec<u32>,
    /// `text[]`
    pub array: bool,
    /// With a collation of its own: `text COLLATE "C"`.
    pub collated: bool,
}

impl SqlType {
    /// Whether values have another order than before, so that PostgreSQL builds every index over them again, also where
    /// it leaves the rows as they are.
    pub fn is_ordered_anew(&self, from: Option<&SqlType>) -> bool {
        let ignores_case = self.name == "citext" && from.is_none_or(|from| from.name != "citext");
        let minds_case = from.is_some_and(|from| from.name == "citext") && self.name != "citext";
        self.collated || ignores_case || minds_case
    }
}
