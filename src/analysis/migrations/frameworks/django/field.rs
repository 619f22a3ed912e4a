//! Model fields as columns.

use super::super::super::code::{Call, Value};
use super::super::super::step::{ColumnDefault, Constraint, NewColumn, Span, SqlType, TableChange};
use super::super::read::{Steps, default_of_sql};

/// The column that a field adds, with its index.
pub(super) fn add_field(
    span: Span,
    table: &str,
    name: &str,
    field: &Call,
    target: &dyn Fn(&str) -> String,
    steps: &mut Steps,
) {
    let short = field.short();
    if has_no_column(short) {
        return;
    }
    let mut column = NewColumn {
        name: column_of(name, field),
        kind: type_of(field),
        not_null: !field.is_true("null"),
        references: foreign_table(field, target),
        unique: field.is_true("unique") || short == "OneToOneField",
        primary_key: field.is_true("primary_key"),
        check: short.starts_with("Positive"),
        numbered: short.ends_with("AutoField"),
        stored: short == "GeneratedField" && field.flag("db_persist") != Some(false),
        ..NewColumn::default()
    };
    match field.by_name("db_default") {
        Some(Value::Call(call)) => {
            let function = match call.short() {
                "Now" => "now".to_owned(),
                "RandomUUID" => "gen_random_uuid".to_owned(),
                other => other.to_lowercase(),
            };
            column.default = default_of_sql(&format!("{function}()"));
        }
        Some(_) => column.default = ColumnDefault::Constant,
        // Django gives the old rows its default and then takes the default away again.
        None => column.default_is_dropped = column.not_null && is_filled(field),
    }
    if short == "GeneratedField" {
        column.not_null = false;
    }
    let indexed = match field.flag("db_index") {
        Some(indexed) => indexed,
        None => matches!(short, "ForeignKey" | "SlugField"),
    };
    let index = indexed && !column.unique && !column.primary_key;
    let index_name = format!("{table}_{}_idx", column.name);
    steps.alter(span, table, TableChange::AddColumn(column));
    if index {
        steps.index(span, table, Some(index_name), false);
    }
}

/// The column of a field.
pub(super) fn column_of(name: &str, field: &Call) -> String {
    if is_relation(field.short()) { format!("{name}_id") } else { name.to_owned() }
}

/// Whether a field lives in a table of its own.
fn has_no_column(short: &str) -> bool {
    short.ends_with("ManyToManyField") || short.ends_with("TaggableManager") || short == "GenericRelation"
}

/// Whether Django gives old rows a value: the default, the empty text of a field that may be blank, or the present time.
fn is_filled(field: &Call) -> bool {
    let never_empty = [
        "IntegerField",
        "AutoField",
        "BooleanField",
        "DateField",
        "DateTimeField",
        "TimeField",
        "DecimalField",
        "DurationField",
        "FloatField",
        "UUIDField",
        "JSONField",
        "IPAddressField",
        "ForeignKey",
        "OneToOneField",
    ];
    let empty = field.is_true("blank") && !never_empty.iter().any(|kind| field.short().ends_with(kind));
    field.by_name("default").is_some() || empty || field.is_true("auto_now") || field.is_true("auto_now_add")
}

fn is_relation(short: &str) -> bool {
    matches!(short, "ForeignKey" | "OneToOneField")
}

/// The table that a field points to.
pub(super) fn foreign_table(field: &Call, target: &dyn Fn(&str) -> String) -> Option<String> {
    if !is_relation(field.short()) || field.flag("db_constraint") == Some(false) {
        return None;
    }
    let to = field.argument(0, "to").and_then(Value::word).unwrap_or_default();
    Some(match to.split_once('.') {
        Some((app, model)) if !app.contains("settings") => format!("{app}_{}", model.to_lowercase()),
        _ => target(to),
    })
}

/// Arguments that PostgreSQL never sees.
const STATE_ONLY: [&str; 14] = [
    "choices",
    "help_text",
    "verbose_name",
    "blank",
    "validators",
    "error_messages",
    "related_name",
    "related_query_name",
    "limit_choices_to",
    "editable",
    "on_delete",
    "upload_to",
    "storage",
    "serialize",
];

/// What `makemigrations` writes into every key that numbers itself.
const OF_EVERY_KEY: [&str; 3] = ["auto_created", "serialize", "verbose_name"];

/// What becomes of a column when its field is written anew. The field's old form is in earlier migrations; what cannot
/// be told without them is taken as Django's own questions suggest: a default is there when a column that was null must
/// be filled, and a field with arguments that only Python sees was altered for their sake.
pub(super) fn alter_field(span: Span, table: &str, name: &str, field: &Call, steps: &mut Steps) {
    if has_no_column(field.short()) {
        return;
    }
    let column = || column_of(name, field);
    if is_relation(field.short()) {
        let change = if field.is_true("null") {
            TableChange::DropNotNull { column: column() }
        } else {
            TableChange::KeepNotNull { column: column() }
        };
        return steps.alter(span, table, change);
    }
    let numbered = field.short().ends_with("AutoField");
    let told = field.named.iter().map(|(key, _)| key.as_str());
    let mut told = told.filter(|key| !numbered || !OF_EVERY_KEY.contains(key));
    let state_only = told.clone().any(|key| STATE_ONLY.contains(&key));
    if field.is_true("unique") && !state_only {
        let constraint = Constraint::Unique { using_index: false };
        steps.alter(span, table, TableChange::AddConstraint { name: None, constraint, not_valid: false });
    }
    if field.is_true("db_index") && !state_only {
        steps.index(span, table, None, false);
    }
    if field.is_true("null") {
        steps.alter(span, table, TableChange::DropNotNull { column: column() });
    } else if field.by_name("default").is_some() && !state_only {
        steps.alter(span, table, TableChange::SetNotNull { column: column() });
        return;
    } else if !numbered {
        steps.alter(span, table, TableChange::KeepNotNull { column: column() });
    }
    let type_only = told.all(|key| {
        matches!(key, "max_length" | "max_digits" | "decimal_places" | "null" | "base_field" | "primary_key")
    });
    if type_only {
        let change = TableChange::SetType { column: column(), to: type_of(field), from: None, using: false };
        steps.alter(span, table, change);
    }
}

pub(super) fn type_of(field: &Call) -> SqlType {
    let plain = |name: &str| SqlType { name: name.to_owned(), ..SqlType::default() };
    let sized = |usual: u32| {
        let length = field.argument(usize::MAX, "max_length").and_then(Value::number).unwrap_or(usual);
        SqlType { arguments: vec![length], ..plain("varchar") }
    };
    match field.short() {
        "CharField" => match field.by_name("max_length") {
            Some(_) => sized(0),
            None => plain("varchar"),
        },
        "SlugField" => sized(50),
        "EmailField" => sized(254),
        "URLField" => sized(200),
        "FileField" | "ImageField" | "FilePathField" => sized(100),
        "TextField" => plain("text"),
        "IntegerField" | "PositiveIntegerField" | "AutoField" => plain("integer"),
        "BigIntegerField" | "PositiveBigIntegerField" | "BigAutoField" => plain("bigint"),
        "SmallIntegerField" | "PositiveSmallIntegerField" | "SmallAutoField" => plain("smallint"),
        "BooleanField" => plain("boolean"),
        "DateTimeField" => plain("timestamptz"),
        "DateField" => plain("date"),
        "TimeField" => plain("time"),
        "FloatField" => plain("double"),
        "DecimalField" => {
            let number = |name| field.by_name(name).and_then(Value::number);
            SqlType {
                arguments: number("max_digits").into_iter().chain(number("decimal_places")).collect(),
                ..plain("numeric")
            }
        }
        "JSONField" => plain("jsonb"),
        "UUIDField" => plain("uuid"),
        "ForeignKey" | "OneToOneField" => plain("bigint"),
        "GeneratedField" => field.by_name("output_field").and_then(Value::call).map(type_of).unwrap_or_default(),
        "ArrayField" => SqlType { array: true, ..plain("array") },
        other => plain(&other.trim_end_matches("Field").to_lowercase()),
    }
}
