//! Expressions: whether a default differs from row to row, and whether a check says no more than that a column is not
//! null.

use super::names::name_of;
use squawk_syntax::ast::{self, AstNode};
use std::collections::HashSet;
use std::sync::LazyLock;

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
    static NAMES: LazyLock<HashSet<&str>> = LazyLock::new(|| STEADY.lines().collect());
    NAMES.contains(name)
}

/// The functions that PostgreSQL 15 and the extensions beside it bring along and that are not volatile in any of their
/// forms, one a line. A function that is not listed is taken for volatile, as PostgreSQL takes every function of one's
/// own that does not say otherwise.
const STEADY: &str = include_str!("steady_functions.txt");

/// The columns that a check proves not to be null: all of those that its parts joined by `AND` demand.
pub(super) fn not_null_columns(check: &ast::Expr) -> Vec<String> {
    let (mut columns, mut pending) = (Vec::new(), vec![check.clone()]);
    while let Some(part) = pending.pop().filter(|_| columns.len() < MAX_COLUMNS) {
        match &part {
            ast::Expr::ParenExpr(inner) => pending.extend(inner.expr()),
            ast::Expr::BinExpr(both) if matches!(both.op(), Some(ast::BinOp::And(_))) => {
                pending.extend(both.rhs().into_iter().chain(both.lhs()));
            }
            _ => columns.extend(null_test(&part, false)),
        }
    }
    columns
}

/// Columns of one check that are remembered.
const MAX_COLUMNS: usize = 50;

/// The column of `column IS NOT NULL`, or of `column IS NULL` when that is what is looked for.
fn null_test(test: &ast::Expr, is_null: bool) -> Option<String> {
    match test {
        ast::Expr::ParenExpr(inner) => null_test(&inner.expr()?, is_null),
        ast::Expr::PrefixExpr(not) if matches!(not.op(), Some(ast::PrefixOp::Not(_))) => {
            null_test(&not.expr()?, !is_null)
        }
        ast::Expr::PostfixExpr(test) => match test.op()? {
            ast::PostfixOp::NotNull(_) if !is_null => column_of(&test.expr()?),
            ast::PostfixOp::IsNull(_) if is_null => column_of(&test.expr()?),
            _ => None,
        },
        ast::Expr::BinExpr(test) => {
            let asked = if is_null {
                matches!(test.op()?, ast::BinOp::Is(_))
            } else {
                matches!(test.op()?, ast::BinOp::IsNot(_))
            };
            let null = test.rhs()?.syntax().text().to_string().eq_ignore_ascii_case("null");
            if asked && null { column_of(&test.lhs()?) } else { None }
        }
        _ => None,
    }
}

/// The column that an expression is, without brackets and its table.
fn column_of(value: &ast::Expr) -> Option<String> {
    match value {
        ast::Expr::ParenExpr(inner) => column_of(&inner.expr()?),
        ast::Expr::NameRef(_) | ast::Expr::FieldExpr(_) => {
            name_of(value.syntax()).rsplit('.').next().map(str::to_owned)
        }
        _ => None,
    }
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
        assert!(STEADY.lines().is_sorted(), "sort it: people read it, and a name must not stand there twice");
        assert!(is_known_steady("exp") && is_known_steady("coalesce") && is_known_steady("tstzmultirange"));
        for volatile in ["random", "gen_random_uuid", "clock_timestamp", "nextval", "uuid_generate_v4", "my_function"] {
            assert!(!is_known_steady(volatile), "{volatile}");
        }
    }

    #[test]
    fn checks_that_say_not_null() {
        assert_eq!(not_null_column_of("\"name\" IS NOT NULL"), Some("name".to_owned()));
        assert_eq!(not_null_column_of("name IS NOT NULL AND age > 1"), None);
    }
}
