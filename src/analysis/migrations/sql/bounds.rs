//! Whether a condition keeps the number of rows small: values of a key, a range of a key, or rows that a limited query
//! names by their key.

use super::names::name_of;
use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind, SyntaxNode};

/// How many rows a query yields, when they are few.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Few {
    /// One, or as many as are written out.
    Written,
    /// As many as a limit says.
    Batch,
}

/// Names of queries and of tables in `FROM` that yield few rows.
#[derive(Debug, Default)]
pub(super) struct Sources(Vec<(String, Few)>);

impl Sources {
    /// Those that a statement sees: its `WITH` and that of the statements around it, then what it reads from.
    pub(super) fn of(statement: &SyntaxNode, from: Option<&SyntaxNode>) -> Self {
        let mut sources = Sources::default();
        let mut around: Vec<SyntaxNode> = statement.ancestors().take(MAX_DEPTH as usize).collect();
        around.reverse();
        for with in around.iter().flat_map(SyntaxNode::children).filter_map(ast::WithClause::cast) {
            sources.take_with(&with, MAX_DEPTH);
        }
        let mut pending: Vec<SyntaxNode> = from.cloned().into_iter().collect();
        while let Some(node) = pending.pop().filter(|_| sources.0.len() < 2 * MAX_SOURCES) {
            match ast::FromItem::cast(node.clone()) {
                Some(item) => sources.take_item(&item),
                None => pending.extend(node.children().filter(|child| !is_query(child))),
            }
        }
        sources
    }

    fn take_with(&mut self, with: &ast::WithClause, depth: u32) {
        for table in with.with_tables().take(MAX_SOURCES) {
            let few = table.query().and_then(|query| self.few_of(query.syntax(), depth));
            if let (Some(name), Some(few)) = (table.name(), few) {
                self.0.push((name_of(name.syntax()), few));
            }
        }
    }

    fn take_item(&mut self, item: &ast::FromItem) {
        let alias = item.syntax().children().find_map(ast::FromAlias::cast).and_then(|alias| alias.name());
        let name = alias.map(|alias| name_of(alias.syntax())).or_else(|| match item {
            ast::FromItem::RelationFromItem(relation) => Some(name_of(relation.relation_name_ref()?.syntax())),
            _ => None,
        });
        if let (Some(name), Some(few)) = (name, self.few_of_item(item, MAX_DEPTH)) {
            self.0.push((name, few));
        }
    }

    fn few_of_item(&self, item: &ast::FromItem, depth: u32) -> Option<Few> {
        match item {
            ast::FromItem::RelationFromItem(relation) => self.find(&name_of(relation.relation_name_ref()?.syntax())),
            ast::FromItem::ParenFromItem(paren) => self.few_of(&query_in(paren.syntax())?, depth),
            _ => None,
        }
    }

    fn find(&self, name: &str) -> Option<Few> {
        self.0.iter().rfind(|(known, _)| known == name).map(|(_, few)| *few)
    }

    /// How many rows a query yields, when its own limit, or that of the one thing that it reads from, says so.
    fn few_of(&self, query: &SyntaxNode, depth: u32) -> Option<Few> {
        let depth = depth.checked_sub(1)?;
        let limit =
            query.children().find(|child| matches!(child.kind(), SyntaxKind::LIMIT_CLAUSE | SyntaxKind::FETCH_CLAUSE));
        if let Some(limit) = limit {
            return few_of_limit(&limit);
        }
        match query.kind() {
            SyntaxKind::VALUES => Some(Few::Written),
            SyntaxKind::PAREN_SELECT => self.few_of(&query.children().find(is_query)?, depth),
            SyntaxKind::SELECT => {
                let mut items = query.children().find_map(ast::FromClause::cast)?.items();
                match (items.next()?, items.next()) {
                    (ast::FromListItem::FromItem(item), None) => {
                        let own = query.children().find_map(ast::WithClause::cast);
                        own.map_or_else(
                            || self.few_of_item(&item, depth),
                            |own| {
                                let mut sources = Sources(self.0.clone());
                                sources.take_with(&own, depth);
                                sources.few_of_item(&item, depth)
                            },
                        )
                    }
                    _ => None,
                }
            }
            SyntaxKind::UPDATE | SyntaxKind::DELETE => {
                let condition = query.children().find_map(ast::WhereClause::cast)?.expr()?;
                self.bounds_within(&condition, depth).then_some(Few::Batch)
            }
            _ => None,
        }
    }

    /// Whether a condition on the rows of a table keeps their number small.
    pub(super) fn bounds(&self, condition: &ast::Expr) -> bool {
        self.bounds_within(condition, MAX_DEPTH)
    }

    fn bounds_within(&self, condition: &ast::Expr, depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        match condition {
            ast::Expr::ParenExpr(inner) => inner.expr().is_some_and(|inner| self.bounds_within(&inner, depth)),
            ast::Expr::Literal(literal) => literal.syntax().text().to_string().eq_ignore_ascii_case("false"),
            ast::Expr::BetweenExpr(between) => {
                between.not_token().is_none()
                    && between.syntax().children().next().is_some_and(|column| is_key(&name_of(&column)))
            }
            ast::Expr::BinExpr(binary) => {
                let (Some(left), Some(right)) = (binary.lhs(), binary.rhs()) else { return false };
                match binary.op() {
                    Some(ast::BinOp::And(_)) => {
                        self.bounds_within(&left, depth)
                            || self.bounds_within(&right, depth)
                            || is_range(condition, depth)
                    }
                    Some(ast::BinOp::Or(_)) => self.bounds_within(&left, depth) && self.bounds_within(&right, depth),
                    Some(ast::BinOp::Eq(_) | ast::BinOp::In(_)) => {
                        self.names_few(&left, &right, depth) || self.names_few(&right, &left, depth)
                    }
                    _ => false,
                }
            }
            _ => false,
        }
    }

    /// Whether a column takes few values, each of which few rows share.
    fn names_few(&self, column: &ast::Expr, value: &ast::Expr, depth: u32) -> bool {
        let name = name_of(column.syntax());
        let few = match query_in(value.syntax()) {
            Some(query) => self.few_of(&query, depth),
            None if is_given(value) => Some(Few::Written),
            None => name_of(value.syntax()).rsplit_once('.').and_then(|(source, _)| self.find(source)),
        };
        match few {
            Some(Few::Written) => {
                let is_one_of = || column.syntax().children().any(|part| is_key(&name_of(&part)));
                is_key(&name) || (matches!(column, ast::Expr::TupleExpr(_)) && is_one_of())
            }
            // A limit is written for the sake of the number of rows: `order_id IN (SELECT id FROM orders .. LIMIT 1000)`.
            Some(Few::Batch) => is_key(&name) || name.ends_with("_id") || matches!(column, ast::Expr::TupleExpr(_)),
            None => false,
        }
    }
}

/// Named queries that are looked into; a statement that people write has far fewer.
const MAX_SOURCES: usize = 200;
/// Conditions and queries nested deeper than this are taken for unbounded.
const MAX_DEPTH: u32 = 64;

fn is_query(node: &SyntaxNode) -> bool {
    matches!(
        node.kind(),
        SyntaxKind::SELECT
            | SyntaxKind::PAREN_SELECT
            | SyntaxKind::COMPOUND_SELECT
            | SyntaxKind::VALUES
            | SyntaxKind::TABLE
            | SyntaxKind::SELECT_INTO
    )
}

/// The first query in an expression, the outermost one first.
fn query_in(node: &SyntaxNode) -> Option<SyntaxNode> {
    node.descendants().find(is_query)
}

/// `LIMIT 1` is one row, `LIMIT ALL` no limit.
fn few_of_limit(limit: &SyntaxNode) -> Option<Few> {
    let text = limit.text().to_string().to_lowercase();
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.as_slice() {
        ["limit", "all" | "null"] => None,
        ["limit", "1"] | ["fetch", "first" | "next", "row", ..] | ["fetch", "first" | "next", "1", ..] => {
            Some(Few::Written)
        }
        _ => Some(Few::Batch),
    }
}

/// Whether a value is there in the text: no query computes it, and it is no column.
fn is_given(value: &ast::Expr) -> bool {
    !matches!(value, ast::Expr::FieldExpr(_))
}

/// A lower and an upper bound of one key among conditions that are all demanded.
fn is_range(condition: &ast::Expr, depth: u32) -> bool {
    let mut bounds = Vec::new();
    collect_bounds(condition, depth, &mut bounds);
    bounds.iter().any(|(column, above)| bounds.iter().any(|(other, over)| column == other && above != over))
}

fn collect_bounds(condition: &ast::Expr, depth: u32, bounds: &mut Vec<(String, bool)>) {
    let (Some(depth), ast::Expr::BinExpr(binary)) = (depth.checked_sub(1), condition) else { return };
    let (Some(left), Some(right)) = (binary.lhs(), binary.rhs()) else { return };
    let above = match binary.op() {
        Some(ast::BinOp::And(_)) => {
            collect_bounds(&left, depth, bounds);
            collect_bounds(&right, depth, bounds);
            return;
        }
        Some(ast::BinOp::RAngle(_) | ast::BinOp::Gteq(_)) => true,
        Some(ast::BinOp::LAngle(_) | ast::BinOp::Lteq(_)) => false,
        _ => return,
    };
    for (column, value, above) in [(&left, &right, above), (&right, &left, !above)] {
        let name = name_of(column.syntax());
        if is_key(&name) && is_given(value) && query_in(value.syntax()).is_none() {
            bounds.push((name, above));
        }
    }
}

/// Whether a column's name says that few rows share a value.
fn is_key(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    matches!(last, "id" | "uuid" | "guid" | "ctid" | "pk" | "key" | "slug" | "code" | "oid")
}
