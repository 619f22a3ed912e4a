//! Model fields as columns.

use super::super::super::code::{Call, Value};
use super::super::super::models::{Field, Many, Models, brief};
use super::super::super::step::{ColumnDefault, NewColumn, Span, SqlType, TableChange};
use super::super::read::Steps;
use super::default::default_of;

/// What the database sees of a field; `to` names the model that a word in a field of this model means.
pub(super) fn read_field(call: &Call, models: &Models, to: &dyn Fn(&str) -> String) -> Field {
    let short = call.short();
    let many = short.ends_with("ManyToManyField");
    let relation = is_relation(short);
    let target = (relation || many).then(|| to(call.argument(0, "to").and_then(Value::word).unwrap_or_default()));
    let unique = call.is_true("unique") || short == "OneToOneField";
    let primary_key = call.is_true("primary_key");
    let kind = match &target {
        Some(target) => models.key_type(target).unwrap_or_default(),
        None => type_of(call),
    };
    let text_of = |name: &str| match call.by_name(name) {
        Some(Value::Text(text)) => Some(brief(&text.text).to_owned()),
        _ => None,
    };
    Field {
        column: text_of("db_column"),
        kind,
        collation: text_of("db_collation"),
        null: call.is_true("null") || short == "GeneratedField",
        unique: unique && !primary_key,
        index: call.flag("db_index").unwrap_or(matches!(short, "ForeignKey" | "SlugField")) && !unique && !primary_key,
        primary_key,
        check: short.starts_with("Positive"),
        numbered: short.ends_with("AutoField"),
        filled: is_filled(call),
        has_default: has_default(call),
        db_default: call.by_name("db_default").is_some(),
        constraint: target.is_some() && call.flag("db_constraint") != Some(false),
        to: target,
        many: (many || lives_elsewhere(short))
            .then(|| Many { table: text_of("db_table"), through: !many || call.by_name("through").is_some() }),
    }
}

/// The column that a field adds, with its index.
pub(super) fn add_field(
    span: Span,
    table: &str,
    name: &str,
    call: &Call,
    field: &Field,
    models: &Models,
    steps: &mut Steps,
) {
    if field.many.is_some() {
        return;
    }
    let short = call.short();
    let mut column = NewColumn {
        name: field.column(name),
        kind: field.kind.clone(),
        not_null: !field.null,
        references: field.to.as_ref().filter(|_| field.constraint).map(|to| models.table(to)),
        unique: field.unique,
        primary_key: field.primary_key,
        check: field.check,
        numbered: field.numbered,
        stored: short == "GeneratedField" && call.flag("db_persist") != Some(false),
        // Django gives the old rows its default and then takes the default away again.
        default_is_dropped: field.filled && !field.db_default,
        ..NewColumn::default()
    };
    column.default = call.by_name("db_default").map_or(ColumnDefault::None, default_of);
    let index_name = format!("{table}_{}_idx", column.name);
    steps.alter(span, table, TableChange::AddColumn(column));
    if field.index {
        steps.index(span, table, Some(index_name), false);
    }
}

/// Whether a field has no column, and Django makes no table for it either.
fn lives_elsewhere(short: &str) -> bool {
    short.ends_with("TaggableManager") || short == "GenericRelation"
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
    let empty = field.is_true("blank")
        && !field.is_true("null")
        && !never_empty.iter().any(|kind| field.short().ends_with(kind));
    has_default(field) || empty || field.is_true("auto_now") || field.is_true("auto_now_add")
}

fn has_default(field: &Call) -> bool {
    field.by_name("default").is_some_and(|value| *value != Value::Nothing)
}

pub(super) fn is_relation(short: &str) -> bool {
    matches!(short, "ForeignKey" | "OneToOneField")
}

pub(super) fn type_of(field: &Call) -> SqlType {
    let plain = |name: &str| SqlType { name: name.to_owned(), ..SqlType::default() };
    let sized = |usual: Option<u32>| {
        let length = match field.by_name("max_length") {
            Some(length) => length.number(),
            None => usual,
        };
        SqlType { arguments: length.into_iter().collect(), ..plain("varchar") }
    };
    match field.short() {
        "CharField" => sized(None),
        "SlugField" => sized(Some(50)),
        "EmailField" => sized(Some(254)),
        "URLField" => sized(Some(200)),
        "FileField" | "ImageField" | "FilePathField" => sized(Some(100)),
        "TextField" => plain("text"),
        "CICharField" | "CIEmailField" | "CITextField" => plain("citext"),
        "IntegerField" | "PositiveIntegerField" | "AutoField" => plain("integer"),
        "BigIntegerField" | "PositiveBigIntegerField" | "BigAutoField" => plain("bigint"),
        "SmallIntegerField" | "PositiveSmallIntegerField" | "SmallAutoField" => plain("smallint"),
        "BooleanField" | "NullBooleanField" => plain("boolean"),
        "DateTimeField" => plain("timestamptz"),
        "DateField" => plain("date"),
        "TimeField" => plain("time"),
        "DurationField" => plain("interval"),
        "BinaryField" => plain("bytea"),
        "GenericIPAddressField" => plain("inet"),
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
        "GeneratedField" => field.by_name("output_field").and_then(Value::call).map(type_of).unwrap_or_default(),
        "ArrayField" => match field.argument(0, "base_field").and_then(Value::call) {
            Some(base) => SqlType { array: true, ..type_of(base) },
            None => SqlType { array: true, ..plain("array") },
        },
        short if is_relation(short) => SqlType::default(),
        other => plain(&brief(other).trim_end_matches("Field").to_lowercase()),
    }
}
