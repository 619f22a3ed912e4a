//! Types in one spelling, and whether a change of type leaves the table as it is.

use super::super::step::SqlType;
use squawk_syntax::ast::{self, AstNode};

/// The type that a node names.
pub(super) fn type_of(ty: &ast::Type) -> SqlType {
    parse_type(&ty.syntax().text().to_string())
}

/// The type that a text names, as in SQL: `character varying(20)`.
pub(in super::super) fn parse_type(text: &str) -> SqlType {
    let text = text.to_lowercase();
    let array = text.contains('[') || text.split_whitespace().any(|word| word == "array");
    let (words, arguments) = match text.split_once('(') {
        Some((before, rest)) => {
            let (inside, after) = rest.split_once(')').unwrap_or((rest, ""));
            let numbers = inside.split(',').filter_map(|number| number.trim().parse().ok()).collect();
            (format!("{before} {after}"), numbers)
        }
        None => (text.clone(), Vec::new()),
    };
    let words = words.replace(['[', ']', '"'], " ");
    let words: Vec<&str> =
        words.split_whitespace().filter(|word| !matches!(*word, "array" | "setof")).take(5).collect();
    let joined = words.join(" ");
    let bare = joined.strip_prefix("pg_catalog.").unwrap_or(&joined);
    SqlType { name: short_name(bare).to_owned(), arguments, array, collated: false }
}

fn short_name(name: &str) -> &str {
    match name {
        "character varying" | "char varying" | "national character varying" => "varchar",
        "character" | "char" | "bpchar" | "nchar" | "national character" => "char",
        "int" | "int4" | "integer" => "integer",
        "int8" | "bigint" => "bigint",
        "int2" | "smallint" => "smallint",
        "serial4" => "serial",
        "serial8" => "bigserial",
        "serial2" => "smallserial",
        "decimal" | "dec" | "numeric" => "numeric",
        "float8" | "float" | "double precision" => "double",
        "float4" | "real" => "real",
        "bool" | "boolean" => "boolean",
        "timestamp with time zone" | "timestamptz" => "timestamptz",
        "timestamp without time zone" | "timestamp" => "timestamp",
        "time with time zone" | "timetz" => "timetz",
        "time without time zone" | "time" => "time",
        "bit varying" | "varbit" => "varbit",
        other => other,
    }
}

impl SqlType {
    /// Whether the values of a column of this type stand in another order than they did, so that its indexes are built
    /// again even where the rows stay: by another collation, or because letters of both sizes become equal.
    pub(in super::super) fn orders_anew(&self, from: Option<&SqlType>) -> bool {
        let is_citext = |kind: &SqlType| kind.name == "citext";
        self.collated || is_citext(self) != from.is_some_and(is_citext)
    }

    /// Whether a column of it numbers itself.
    pub(in super::super) fn is_serial(&self) -> bool {
        matches!(self.name.as_str(), "serial" | "bigserial" | "smallserial")
    }

    /// Whether PostgreSQL changes a column to this type without rewriting the table, as far as can be told.
    ///
    /// With the old type this is PostgreSQL's own rule: the old type is binary coercible to the new one and the new one
    /// is no narrower. Without it the usual case is assumed: text that grows. `varchar(n)` with a small `n` is taken
    /// for a column that shrinks.
    pub(in super::super) fn keeps_table(&self, from: Option<&SqlType>) -> bool {
        if self.array || from.is_some_and(|from| from.array) {
            let unlimited = |from: &SqlType| {
                from.array
                    && self.array
                    && from.name == self.name
                    && self.name == "varchar"
                    && self.arguments.is_empty()
            };
            return from == Some(self) || from.is_some_and(unlimited);
        }
        let first = |kind: &SqlType| kind.arguments.first().copied();
        let Some(from) = from.filter(|from| !from.name.is_empty()) else {
            return match self.name.as_str() {
                "text" | "citext" => true,
                "varchar" => first(self).is_none_or(|length| length >= SMALL_LENGTH),
                "numeric" => true,
                _ => false,
            };
        };
        match (from.name.as_str(), self.name.as_str()) {
            ("varchar" | "text" | "citext", "text" | "citext") => true,
            ("xml", "text") | ("integer", "oid") | ("oid", "integer") => true,
            ("text" | "xml", "varchar") | ("bit", "varbit") => first(self).is_none(),
            ("varchar", "varchar") | ("varbit", "varbit") => match (first(from), first(self)) {
                (_, None) => true,
                (None, Some(_)) => false,
                (Some(old), Some(new)) => new >= old,
            },
            ("numeric", "numeric") => {
                let scale = |kind: &SqlType| kind.arguments.get(1).copied().unwrap_or(0);
                match (first(from), first(self)) {
                    (_, None) => true,
                    (None, Some(_)) => false,
                    (Some(old), Some(new)) => new >= old && scale(from) == scale(self),
                }
            }
            ("timestamp" | "timestamptz" | "time" | "timetz" | "interval", _) if from.name == self.name => {
                match (first(from), first(self)) {
                    (_, None) => true,
                    (None, Some(new)) => new >= 6,
                    (Some(old), Some(new)) => new >= old,
                }
            }
            ("cidr", "inet") => true,
            _ => from == self,
        }
    }
}

/// A `varchar` of fewer characters is rarely what a column grows to.
const SMALL_LENGTH: u32 = 50;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_meet() {
        assert_eq!(parse_type("character varying (20)"), parse_type("VARCHAR(20)"));
        assert_eq!(parse_type("timestamp(3) with time zone"), parse_type("timestamptz(3)"));
        assert_eq!(parse_type("pg_catalog.int4").name, "integer");
        assert!(parse_type("int[]").array);
        assert!(parse_type("bigserial").is_serial());
    }

    /// Every type into every other one, on PostgreSQL 15 with a session that is not in UTC.
    #[test]
    fn changes_that_keep_the_table_are_those_that_postgres_keeps() {
        let types = [
            "varchar(10)",
            "varchar(20)",
            "varchar",
            "text",
            "char(10)",
            "char(20)",
            "integer",
            "bigint",
            "smallint",
            "numeric",
            "numeric(8,2)",
            "numeric(10,2)",
            "numeric(10,4)",
            "numeric(8)",
            "timestamp",
            "timestamp(3)",
            "timestamp(6)",
            "timestamptz",
            "timestamptz(3)",
            "date",
            "time",
            "time(3)",
            "interval",
            "interval(3)",
            "json",
            "jsonb",
            "bit(8)",
            "bit(16)",
            "varbit(8)",
            "varbit(16)",
            "varbit",
            "inet",
            "cidr",
            "real",
            "double precision",
            "text[]",
            "varchar(10)[]",
            "varchar(20)[]",
            "varchar[]",
            "boolean",
            "bytea",
            "uuid",
            "xml",
            "oid",
        ];
        let measured = [
            "varchar(10)->varchar(20)",
            "varchar(10)->varchar",
            "varchar(10)->text",
            "varchar(20)->varchar",
            "varchar(20)->text",
            "varchar->text",
            "text->varchar",
            "integer->oid",
            "numeric(8,2)->numeric",
            "numeric(8,2)->numeric(10,2)",
            "numeric(10,2)->numeric",
            "numeric(10,4)->numeric",
            "numeric(8)->numeric",
            "timestamp->timestamp(6)",
            "timestamp(3)->timestamp",
            "timestamp(3)->timestamp(6)",
            "timestamp(6)->timestamp",
            "timestamptz(3)->timestamptz",
            "time(3)->time",
            "interval(3)->interval",
            "bit(8)->varbit",
            "bit(16)->varbit",
            "varbit(8)->varbit(16)",
            "varbit(8)->varbit",
            "varbit(16)->varbit",
            "cidr->inet",
            "varchar(10)[]->varchar[]",
            "varchar(20)[]->varchar[]",
            "xml->varchar",
            "xml->text",
            "oid->integer",
        ];
        let mut kept = Vec::new();
        for from in types {
            for to in types.iter().filter(|to| **to != from) {
                if parse_type(to).keeps_table(Some(&parse_type(from))) {
                    kept.push(format!("{from}->{to}"));
                }
            }
        }
        let mut measured: Vec<String> = measured.map(str::to_owned).into();
        measured.sort();
        kept.sort();
        assert_eq!(kept, measured);
    }

    #[test]
    fn widening_keeps_the_table_and_narrowing_does_not() {
        let keeps = |from: &str, to: &str| parse_type(to).keeps_table(Some(&parse_type(from)));
        assert!(keeps("varchar(10)", "varchar(20)") && !keeps("varchar(20)", "varchar(10)"));
        assert!(keeps("varchar(10)", "text") && !keeps("text", "varchar(10)") && !keeps("integer", "text"));
        assert!(keeps("numeric(10,2)", "numeric(12,2)") && !keeps("numeric(10,2)", "numeric(12,4)"));
        assert!(!keeps("integer", "bigint") && !keeps("timestamp", "timestamptz") && !keeps("json", "jsonb"));
        assert!(!keeps("text[]", "varchar[]") && keeps("text[]", "text[]"));
        assert!(parse_type("text").keeps_table(None) && !parse_type("bigint").keeps_table(None));
    }
}
