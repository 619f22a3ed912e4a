//! Expressions: whether a default differs from row to row, and whether a check says no more than that a column is not
//! null.

use super::names::name_of;
use squawk_syntax::ast::{self, AstNode};

/// The first function in the expression that gives each row a value of its own.
pub(super) fn volatile_function(expr: &ast::Expr) -> Option<String> {
    expr.syntax().descendants().filter_map(ast::CallExpr::cast).find_map(|call| {
        let name = name_of(call.expr()?.syntax());
        let name = name.strip_prefix("pg_catalog.").unwrap_or(&name).to_owned();
        (!is_known_steady(&name)).then_some(name)
    })
}

/// The same for a text that frameworks pass through, such as `gen_random_uuid()`.
pub(in super::super) fn is_known_steady(name: &str) -> bool {
    STEADY.binary_search(&name).is_ok()
}

/// PostgreSQL's functions that are not volatile and that people use in defaults. A function that is not listed is taken
/// for volatile, as PostgreSQL takes every function of one's own that does not say otherwise.
const STEADY: [&str; 142] = [
    "abs",
    "age",
    "array_append",
    "array_cat",
    "array_dims",
    "array_fill",
    "array_length",
    "array_prepend",
    "array_remove",
    "array_to_json",
    "array_to_string",
    "ascii",
    "bool",
    "btrim",
    "cardinality",
    "ceil",
    "ceiling",
    "char_length",
    "chr",
    "coalesce",
    "concat",
    "concat_ws",
    "convert_from",
    "convert_to",
    "current_catalog",
    "current_database",
    "current_date",
    "current_role",
    "current_schema",
    "current_schemas",
    "current_setting",
    "current_timestamp",
    "current_user",
    "date",
    "date_bin",
    "date_part",
    "date_trunc",
    "daterange",
    "decode",
    "div",
    "encode",
    "extract",
    "floor",
    "format",
    "format_type",
    "greatest",
    "host",
    "hstore",
    "inet_client_addr",
    "inet_server_addr",
    "initcap",
    "int4",
    "int4range",
    "int8",
    "int8range",
    "interval",
    "json_array",
    "json_build_array",
    "json_build_object",
    "json_object",
    "jsonb_build_array",
    "jsonb_build_object",
    "jsonb_object",
    "jsonb_set",
    "least",
    "left",
    "length",
    "localtime",
    "localtimestamp",
    "lower",
    "lpad",
    "ltrim",
    "make_date",
    "make_interval",
    "make_time",
    "make_timestamp",
    "make_timestamptz",
    "md5",
    "mod",
    "network",
    "now",
    "nullif",
    "numeric",
    "numrange",
    "octet_length",
    "overlay",
    "pg_backend_pid",
    "pg_current_xact_id",
    "pi",
    "plainto_tsquery",
    "point",
    "position",
    "power",
    "quote_ident",
    "quote_literal",
    "quote_nullable",
    "regexp_match",
    "regexp_replace",
    "repeat",
    "replace",
    "reverse",
    "right",
    "round",
    "row_to_json",
    "rpad",
    "rtrim",
    "session_user",
    "setweight",
    "sha224",
    "sha256",
    "sha512",
    "sign",
    "split_part",
    "sqrt",
    "starts_with",
    "statement_timestamp",
    "string_to_array",
    "strpos",
    "substr",
    "substring",
    "text",
    "timestamp",
    "timestamptz",
    "timezone",
    "to_char",
    "to_date",
    "to_hex",
    "to_json",
    "to_jsonb",
    "to_number",
    "to_timestamp",
    "to_tsvector",
    "transaction_timestamp",
    "translate",
    "trunc",
    "tsrange",
    "tstzrange",
    "txid_current",
    "upper",
    "uuid_nil",
    "varchar",
    "version",
];

/// The column of `CHECK (column IS NOT NULL)`.
pub(super) fn not_null_column(check: &ast::Expr) -> Option<String> {
    let text = match check {
        ast::Expr::ParenExpr(inner) => return not_null_column(&inner.expr()?),
        other => other.syntax().text().to_string(),
    };
    not_null_column_of(&text)
}

/// The same for a text that frameworks pass through.
pub(in super::super) fn not_null_column_of(check: &str) -> Option<String> {
    let words: Vec<&str> = check.trim_matches(['(', ')', ' ']).split_whitespace().collect();
    let is_not_null = matches!(words[..], [_, is, not, null]
        if is.eq_ignore_ascii_case("is") && not.eq_ignore_ascii_case("not") && null.eq_ignore_ascii_case("null"));
    is_not_null.then(|| words[0].trim_matches('"').to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted() {
        assert!(STEADY.is_sorted(), "sort it: it is searched in halves");
    }

    #[test]
    fn checks_that_say_not_null() {
        assert_eq!(not_null_column_of("\"name\" IS NOT NULL"), Some("name".to_owned()));
        assert_eq!(not_null_column_of("name IS NOT NULL AND age > 1"), None);
    }
}
