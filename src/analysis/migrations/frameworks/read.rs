//! What the readers share: steps with their places, and the SQL in texts.

use super::super::check::Before;
use super::super::code::{COMPUTED, Call, Gaps, Given, Item, Language, Text, Unread, Value, read_code};
use super::super::framework::Framework;
use super::super::lines::Lines;
use super::super::models::ModelChange;
use super::super::sql::{Problem, read_sql};
use super::super::step::{ColumnDefault, Constraint, FieldName, Operation, Span, Step, TableChange};
use super::parameters::{is_gap, known_text, with_named_parameters, with_parameters};
use super::{alembic, django, ecto, javascript, rails};
use std::collections::HashSet;

/// What a migration in a programming language does.
#[derive(Debug, Default)]
pub(in super::super) struct CodeRead {
    pub(in super::super) steps: Vec<Step>,
    pub(in super::super) problem: Option<Problem>,
}

/// Reads the migration of a framework that is no SQL.
pub(in super::super) fn read_framework(framework: Framework, path: &str, text: &str, before: &Before) -> CodeRead {
    let language = match framework {
        Framework::Django | Framework::Alembic => Language::Python,
        Framework::Rails => Language::Ruby,
        Framework::Ecto => Language::Elixir,
        Framework::Knex | Framework::TypeOrm | Framework::Sequelize | Framework::Kysely => Language::TypeScript,
        _ => return CodeRead::default(),
    };
    let items = match read_code(language, text) {
        Ok(items) => items,
        Err(unread) => {
            let message = match unread {
                Unread::TooLarge => "this file is larger than 1 MiB, so it was not read; split it",
                Unread::TooDeep => {
                    "this code nests deeper or goes on longer than a person would write, so it was not read; split it"
                }
            };
            let span = Span { line: 1, column: 1, end_line: 1 };
            let problem = Some(Problem { span, message: message.to_owned(), syntax: false });
            return CodeRead { steps: Vec::new(), problem };
        }
    };
    let mut steps = Steps { asked_for: tables_asked_for(&items), ..Steps::default() };
    match framework {
        Framework::Django => django::read(path, &items, before, &mut steps),
        Framework::Alembic => alembic::read(&items, &mut steps),
        Framework::Rails => rails::read(&items, &mut steps),
        Framework::Knex => javascript::read_knex(&items, &mut steps),
        Framework::TypeOrm => javascript::read_typeorm(&items, &mut steps),
        Framework::Sequelize => javascript::read_sequelize(&items, &mut steps),
        Framework::Kysely => javascript::read_kysely(&items, &mut steps),
        _ => ecto::read(&items, &mut steps),
    }
    CodeRead { steps: steps.list, problem: steps.problem }
}

/// The tables in `if (!(await knex.schema.hasTable("users")))`, `unless table_exists?(:users)`.
fn tables_asked_for(items: &[Item]) -> HashSet<String> {
    const ASKS: [&str; 5] = ["data_source_exists?", "has_table", "hasTable", "table_exists?", "tableExists"];
    let mut tables = HashSet::new();
    for call in calls(items) {
        let asks = call.links.iter().chain([call]).filter(|link| ASKS.contains(&link.short()));
        tables.extend(asks.filter_map(|link| link.arguments.first()?.word()).map(str::to_owned));
    }
    tables
}

/// Every call among the statements and in their blocks. `names` tell what loops go over.
pub(super) fn each_call(body: &[Item], names: &[(String, Value)], steps: &mut Steps, each: &dyn Fn(&Call, &mut Steps)) {
    steps.deeper(|steps| {
        for item in body {
            match item {
                Item::Call(call) => each(call, steps),
                Item::Block { body, .. } => each_call(body, names, steps, each),
                Item::Loop { over, body, .. } => {
                    let long = is_long(over.as_ref(), names);
                    steps.in_loop(long, |steps| each_call(body, names, steps, each));
                }
                _ => {}
            }
        }
    });
}

/// How deep blocks, and functions that are followed, may stand in each other.
const MAX_LEVELS: u32 = 200;

/// Steps as they are found.
#[derive(Default)]
pub(super) struct Steps {
    list: Vec<Step>,
    problem: Option<Problem>,
    /// Whether a value was added to an enum, so that it matters which values are written.
    adds_value: bool,
    /// Whether what follows is meant, in the author's own words.
    pub(super) assured: bool,
    /// Whether what follows runs outside the migration's transaction.
    pub(super) outside: bool,
    /// Whether what follows shares a transaction, whatever the tool does: Django's `with transaction.atomic()`.
    pub(super) together: bool,
    /// The model that what follows is about.
    pub(super) model: Option<String>,
    /// The field that what follows is about.
    pub(super) field: Option<FieldName>,
    /// Names of texts that were followed.
    followed: usize,
    /// Bytes of SQL that were read; one text may be run again and again.
    sql_read: usize,
    /// Blocks and functions around what is read.
    levels: u32,
    /// Loops that run as often as a table has rows or pages of them.
    loops: u32,
    /// Tables of which the code asks whether they are there, so that it may make them or not.
    asked_for: HashSet<String>,
}

impl Steps {
    pub(super) fn push(&mut self, span: Span, operation: Operation) {
        self.keep(Step::new(span, operation));
    }

    /// A step that makes something, unless it may be there already.
    pub(super) fn push_made(&mut self, span: Span, operation: Operation, if_not_exists: bool) {
        self.keep(Step { if_not_exists, ..Step::new(span, operation) });
    }

    fn keep(&mut self, mut step: Step) {
        (step.assured, step.outside) = (step.assured || self.assured, self.outside);
        step.in_block |= self.together;
        step.model.clone_from(&self.model);
        step.field.clone_from(&self.field);
        if let Operation::CreateTable { table, .. } = &step.operation {
            step.if_not_exists |= self.asked_for.contains(table);
        }
        self.adds_value |= matches!(step.operation, Operation::AddEnumValue { .. });
        // Small steps, again and again, are one large one unless each has a transaction of its own.
        if let Operation::Write { statement, table, bounded: true } = &step.operation
            && self.loops > 0
        {
            step.operation = Operation::Batches { statement, table: table.clone() };
        }
        self.list.push(step);
    }

    /// What Django remembers of the steps.
    pub(super) fn into_model_changes(self) -> impl Iterator<Item = ModelChange> {
        self.list.into_iter().filter_map(|step| match step.operation {
            Operation::Model(change) => Some(change),
            _ => None,
        })
    }

    /// Says that not all of the file was read.
    pub(super) fn leave_unread(&mut self) {
        let message = "this file does more than a person would write (functions that call each other, one text run again \
                       and again), or its blocks stand too deep in each other, so it was not read to its end; split it";
        let span = Span { line: 1, column: 1, end_line: 1 };
        self.problem.get_or_insert_with(|| Problem { span, message: message.to_owned(), syntax: false });
    }

    /// Reads what stands in a block or a function; what is too deep is said to be unread.
    pub(super) fn deeper(&mut self, read: impl FnOnce(&mut Self)) {
        if self.levels == MAX_LEVELS {
            return self.leave_unread();
        }
        self.levels += 1;
        read(self);
        self.levels -= 1;
    }

    /// Reads what a loop holds.
    pub(super) fn in_loop(&mut self, long: bool, read: impl FnOnce(&mut Self)) {
        self.loops += u32::from(long);
        read(self);
        self.loops -= u32::from(long);
    }

    /// Whether a long loop is around.
    pub(super) fn is_in_loop(&self) -> bool {
        self.loops > 0
    }

    /// Says that something was not judged.
    pub(super) fn unseen(&mut self, span: Span) {
        self.push(span, Operation::Unseen);
    }

    /// Says which values are written, where that may matter: after a value was added to an enum.
    pub(super) fn quoting(&mut self, span: Span, values: impl FnOnce() -> Vec<String>) {
        if self.adds_value {
            self.push(span, Operation::Other);
            if let Some(step) = self.list.last_mut() {
                step.literals = values();
            }
        }
    }

    pub(super) fn alter(&mut self, span: Span, table: &str, change: TableChange) {
        self.push(span, Operation::Alter { table: table.to_owned(), change });
    }

    pub(super) fn index(&mut self, span: Span, table: &str, index: Option<String>, concurrently: bool) {
        let table = table.to_owned();
        self.push(span, Operation::CreateIndex { table, index, concurrently, only: false, unique: false });
    }

    pub(super) fn drop_index(&mut self, span: Span, table: &str, index: String, concurrently: bool) {
        let indexes = if index.is_empty() { Vec::new() } else { vec![index] };
        let table = Some(table.to_owned()).filter(|table| !table.is_empty());
        self.push(span, Operation::DropIndex { indexes, table, concurrently });
    }

    /// Whether the last that was said of a transaction is that one ends.
    pub(super) fn has_left(&self) -> bool {
        let mut said = self.list.iter().rev().map(|step| &step.operation);
        said.find(|said| matches!(said, Operation::Begin | Operation::End)) == Some(&Operation::End)
    }

    /// A transaction that is begun after the tool's own was ended takes its place: the tool commits it.
    pub(super) fn adopt_transactions(&mut self) {
        let (mut open, mut left) = (false, false);
        for step in &mut self.list {
            match step.operation {
                Operation::Begin if left && !open => (step.operation, left) = (Operation::NextTransaction, false),
                Operation::Begin => open = true,
                Operation::End => (open, left) = (false, left || !open),
                _ => {}
            }
        }
    }

    /// The foreign keys that were added to a table, each with the table that it points to; the newest first.
    pub(super) fn foreign_keys_of<'a>(&'a self, table: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.list.iter().rev().filter_map(move |step| match &step.operation {
            Operation::Alter {
                table: of,
                change: TableChange::AddConstraint { name: Some(name), constraint: Constraint::ForeignKey { to }, .. },
            } if of == table => Some((name.as_str(), to.as_str())),
            _ => None,
        })
    }

    /// The SQL in a text, at its place in the file.
    pub(super) fn sql(&mut self, text: &Text, span: Span) {
        self.is_sql(text, span);
    }

    /// Reads the SQL in a text; whether it is SQL from its first word to its last.
    fn is_sql(&mut self, text: &Text, span: Span) -> bool {
        self.sql_read += text.text.len();
        if self.sql_read > MAX_SQL {
            self.leave_unread();
            return true;
        }
        let lines = Lines::within(&text.text, text.line, text.column);
        let read = read_sql(&text.text, &lines, false, self.adds_value);
        let whole = read.statements > 0 && read.problem.is_none();
        // Where a gap holds the words that matter, nothing is left to judge.
        if read.steps.is_empty() && read.problem.is_some() && text.text.contains(COMPUTED) {
            self.push(span, Operation::Unseen);
        }
        // PostgreSQL runs the statements that it gets together in one transaction, unless they say otherwise.
        let own = |step: &Step| matches!(step.operation, Operation::Begin | Operation::End);
        let together = read.statements > 1 && !read.steps.iter().any(own);
        for mut step in read.steps {
            step.edit = None;
            step.in_block |= together;
            if !text.as_written {
                step.span = span;
            }
            self.keep(step);
        }
        // A text that is put together while it runs need not be SQL as it stands.
        if let Some(problem) = read.problem.filter(|problem| !problem.syntax) {
            self.problem.get_or_insert(Problem { span, ..problem });
        }
        whole
    }

    /// The SQL in a value: a text, a call around one such as `sa.text`, or a list of texts. What is put together elsewhere
    /// is told to be unseen.
    pub(super) fn sql_value(&mut self, value: &Value, span: Span, names: &[(String, Value)]) {
        if !self.reads_sql(value, span, names, 6) {
            self.push(span, Operation::Unseen);
        }
    }

    /// Reads the SQL in a value; whether there is nothing else to it.
    fn reads_sql(&mut self, value: &Value, span: Span, names: &[(String, Value)], depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        if matches!(value, Value::Name(_)) {
            self.followed += 1;
            if self.followed > MAX_FOLLOWED {
                return false;
            }
        }
        match value {
            Value::Text(text) => {
                let text = known_text(text, names);
                self.sql(&text, span);
                !is_gap(text.text.trim().trim_end_matches(';'))
            }
            Value::Call(call) => self.reads_sql_of_call(call, span, names, depth),
            Value::List(list) => {
                let mut all = true;
                for item in list {
                    all &= match item {
                        // `("sql", [parameters])`
                        Value::List(pair) => match pair.as_slice() {
                            [first @ (Value::Text(_) | Value::Name(_)), Value::Nothing] | [first @ Value::Text(_)] => {
                                self.reads_sql(first, span, names, depth)
                            }
                            [first @ (Value::Text(_) | Value::Name(_)), _] => {
                                self.reads_sql(&with_parameters(first, names), span, names, depth)
                            }
                            _ => true,
                        },
                        other => self.reads_sql(other, span, names, depth),
                    };
                }
                all
            }
            Value::Name(name) => match named(name, names) {
                Some(value) => self.reads_sql(value, span, names, depth),
                None => name.contains("noop"),
            },
            Value::Spread(inner) => self.reads_sql(inner, span, names, depth),
            // `{ query: "..", values: [..] }`
            Value::Map(pairs) => {
                let sql = pairs.iter().find(|(key, _)| matches!(key.as_str(), "sql" | "query" | "text"));
                sql.is_some_and(|(_, sql)| self.reads_sql(sql, span, names, depth))
            }
            Value::Unknown | Value::Code(_) => false,
            Value::Symbol(_) | Value::Flag(_) | Value::Number(_) | Value::Nothing => true,
        }
    }

    /// Reads the SQL in a call: one around a text, a method of a text, or a query that changes no row. What any other call
    /// returns is not known.
    fn reads_sql_of_call(&mut self, call: &Call, span: Span, names: &[(String, Value)], depth: u32) -> bool {
        if is_reading(call) {
            return false;
        }
        let (object, method) = call.name.rsplit_once('.').unwrap_or(("", &call.name));
        // `SQL.format(table)`, `SQL.strip()`, where the text has a name.
        if let Some(text) = named(object, names) {
            if method == "format" {
                return {
                    let given = Given { list: &call.arguments, named: &call.named };
                    self.reads_sql(&text.clone().filled(Gaps::Braces, &given), span, names, depth)
                };
            }
            if keeps_text(method) {
                return self.reads_sql(text, span, names, depth);
            }
        }
        // `sa.text("..").bindparams(..)`
        let own = call.links.iter().chain([call]).rfind(|link| !keeps_text(link.short()));
        let own = own.unwrap_or(call);
        match own.arguments.first() {
            _ if is_harmless_query(call) => true,
            // `sa.text("..WHERE id = :id")`
            Some(inner @ (Value::Text(_) | Value::Name(_))) if own.short() == "text" => {
                self.reads_sql(&with_named_parameters(inner, names), span, names, depth)
            }
            Some(inner) if TEXTS.contains(&own.short()) => self.reads_sql(inner, span, names, depth),
            // A function that nobody knows may well hand on what it was given.
            Some(Value::Text(text)) => self.is_sql(&known_text(text, names), span),
            Some(inner @ (Value::Name(_) | Value::Call(_) | Value::List(_))) => {
                self.reads_sql(inner, span, names, depth);
                false
            }
            _ => false,
        }
    }
}

/// Functions that make a statement of a text, or a text of a text.
const TEXTS: [&str; 22] = [
    "DDL",
    "SQL",
    "String",
    "cleandoc",
    "dedent",
    "format",
    "fragment",
    "indent",
    "literal",
    "literal_column",
    "quote",
    "raw",
    "sanitize_sql",
    "sanitize_sql_array",
    "sql",
    "sqlText",
    "sql_text",
    "squish",
    "str",
    "stripIndent",
    "text",
    "unsafe",
];

/// Whether a method gives back the text, or the statement, that it is called on.
fn keeps_text(method: &str) -> bool {
    KEEPS_TEXT.contains(&method)
}

/// The methods that do.
const KEEPS_TEXT: [&str; 26] = [
    "bindparams",
    "chomp",
    "columns",
    "compile",
    "dedent",
    "encode",
    "execution_options",
    "expandtabs",
    "freeze",
    "html_safe",
    "lower",
    "lstrip",
    "replace",
    "replaceAll",
    "rstrip",
    "split",
    "squish",
    "strip",
    "strip_heredoc",
    "toLowerCase",
    "toString",
    "to_s",
    "trim",
    "trimEnd",
    "trimStart",
    "upper",
];

/// Whether a query builder's call reads rows, adds some, or makes what nobody uses yet.
fn is_harmless_query(call: &Call) -> bool {
    let harmless = |part: &str| {
        let lower = part.to_ascii_lowercase();
        let makes = ["createschema", "createsequence", "createtable", "func", "to_sql", "union", "union_all"];
        lower.starts_with("select") || lower.starts_with("insert") || makes.contains(&lower.as_str())
    };
    let changes = |part: &str| {
        let lower = part.to_ascii_lowercase();
        lower.starts_with("update") || lower.starts_with("delete")
    };
    let parts = || call.name.split(['.', ':']).filter(|part| !part.is_empty());
    parts().any(harmless) && !parts().any(changes)
}

/// Whether a call reads a file: `File.read(..)`, `open(..).read()`, `fs.readFileSync(..)`.
fn is_reading(call: &Call) -> bool {
    let reads = |part: &str| part.starts_with("read") || part.starts_with("load");
    call.name.split('.').any(reads) || call.links.iter().any(|link| reads(link.short()))
}

/// The value that a name was given last.
pub(super) fn named<'a>(name: &str, names: &'a [(String, Value)]) -> Option<&'a Value> {
    names.iter().rfind(|(known, _)| known == name).map(|(_, value)| value)
}

/// Names and their values, as assigned anywhere.
pub(super) fn assignments(items: &[Item]) -> Vec<(String, Value)> {
    let mut found: Vec<(String, Value)> = Vec::new();
    let mut extended = 0;
    super::super::code::walk(items, &mut |item| {
        if let Item::Extend { name, value, .. } = item
            && let Some((_, whole)) = found.iter_mut().rfind(|(known, _)| known == name)
        {
            extended += 1;
            let before = std::mem::replace(whole, Value::Unknown);
            if extended <= MAX_EXTENDED {
                *whole = Value::joined(vec![before, value.clone()]);
            }
        }
        let named = match item {
            Item::Assign { name, value, .. } => Some((name, value)),
            // Each piece of a list may be what the name stands for.
            Item::Loop { over: Some(over @ (Value::List(_) | Value::Name(_))), name, .. } => Some((name, over)),
            _ => None,
        };
        if let Some((name, value)) = named.filter(|_| found.len() < MAX_NAMES) {
            found.push((name.clone(), value.clone()));
        }
        true
    });
    found
}

/// Whether a loop runs as often as a table has rows, and not once for each of a few things that are written there.
pub(super) fn is_long(over: Option<&Value>, names: &[(String, Value)]) -> bool {
    over.is_none_or(|over| is_long_within(over, names, 6))
}

fn is_long_within(over: &Value, names: &[(String, Value)], depth: u32) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    match over {
        Value::Name(name) => {
            names.iter().rfind(|(known, _)| known == name).is_some_and(|(_, value)| is_long_within(value, names, depth))
        }
        Value::Call(call) if call.short() == "range" => {
            call.arguments.iter().any(|bound| matches!(bound, Value::Name(_) | Value::Call(_) | Value::Unknown))
        }
        Value::Call(call) => {
            let rows = |part: &str| FETCHING.iter().any(|word| part.to_ascii_lowercase().contains(word));
            call.name.split('.').any(rows) || call.arguments.iter().any(|inner| is_long_within(inner, names, depth))
        }
        _ => false,
    }
}

/// Parts of the names of calls that fetch rows.
const FETCHING: [&str; 12] = [
    "execute", "query", "fetch", "objects", "filter", "iterator", "scalars", "paginat", "chunk", "batch", "select",
    "find",
];

/// A default that is written in SQL: `gen_random_uuid()`, `'a (b)'::varchar(10)`.
pub(super) fn default_of_sql(text: &str) -> ColumnDefault {
    let statement = format!("ALTER TABLE t ADD COLUMN c text DEFAULT {text}\n");
    let read = read_sql(&statement, &Lines::new(&statement), false, false);
    match read.steps.first().map(|step| &step.operation) {
        Some(Operation::Alter { change: TableChange::AddColumn(column), .. }) if read.problem.is_none() => {
            column.default.clone()
        }
        _ => default_by_name(text),
    }
}

/// The same for a text that is not SQL as it stands: what looks like a call is taken for one.
fn default_by_name(text: &str) -> ColumnDefault {
    let name = text.trim().split('(').next().unwrap_or_default().trim().to_lowercase();
    if text.trim().eq_ignore_ascii_case("null") {
        ColumnDefault::None
    } else if text.contains('(') && !name.is_empty() && !super::super::sql::is_known_steady(&name) {
        ColumnDefault::Volatile(name)
    } else {
        ColumnDefault::Constant
    }
}

/// Names of texts that are followed.
const MAX_FOLLOWED: usize = 500;
/// Bytes of SQL that are read of one file, which has one MiB at most.
const MAX_SQL: usize = 4 << 20;
/// How often `+=` is followed.
const MAX_EXTENDED: u32 = 200;
/// Names whose values are kept; a migration that people write has far fewer.
pub(super) const MAX_NAMES: usize = 1000;

/// The calls among statements, in order, also inside conditions.
pub(super) fn calls(items: &[Item]) -> Vec<&Call> {
    let mut found = Vec::new();
    super::super::code::walk(items, &mut |item| {
        if let Item::Call(call) = item {
            found.push(call);
        }
        true
    });
    found
}
