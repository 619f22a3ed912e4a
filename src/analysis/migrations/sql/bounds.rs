//! Whether a condition keeps the number of rows small: values of a key, a range of a key, or rows that a limited query
//! names by their key.

use super::super::code::COMPUTED;
use super::names::name_of;
use super::read::Reader;
use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SyntaxKind, SyntaxNode};
use std::collections::BTreeSet;

/// How many rows a query yields, when they are few.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Few {
    /// One, or as many as are written out.
    Written,
    /// As many as a limit says.
    Batch,
}

/// What a condition may speak of.
#[derive(Debug, Default)]
pub(super) struct Sources<'r> {
    /// Names of queries and of tables in `FROM` that yield few rows.
    few: Vec<(String, Few)>,
    /// The names of the table whose rows are asked for; none when any name may be its own.
    targets: Vec<String>,
    /// Variables of the body around the statement.
    variables: Option<&'r BTreeSet<String>>,
}

impl<'r> Sources<'r> {
    /// Those that a statement sees: its `WITH` and that of the statements around it, then what it reads from.
    pub(super) fn of(statement: &SyntaxNode, from: Option<&SyntaxNode>, reader: &'r Reader<'_>) -> Self {
        let variables = reader.in_block.then_some(&reader.variables);
        let mut sources = Sources { variables, ..Sources::default() };
        let mut around: Vec<SyntaxNode> = statement.ancestors().take(MAX_DEPTH as usize).collect();
        around.reverse();
        for with in around.iter().flat_map(SyntaxNode::children).filter_map(ast::WithClause::cast) {
            sources.take_with(&with, MAX_DEPTH);
        }
        let mut pending: Vec<SyntaxNode> = from.cloned().into_iter().collect();
        while let Some(node) = pending.pop().filter(|_| sources.few.len() < 2 * MAX_SOURCES) {
            match ast::FromItem::cast(node.clone()) {
                Some(item) => sources.take_item(&item),
                None => pending.extend(node.children().filter(|child| !is_query(child))),
            }
        }
        sources
    }

    /// For conditions on the rows of one table, by its names.
    pub(super) fn on(mut self, targets: &[String]) -> Self {
        self.targets = targets.to_vec();
        self
    }

    /// For what a query inside asks of its own tables.
    fn within(&self) -> Self {
        Sources { few: self.few.clone(), targets: Vec::new(), variables: self.variables }
    }

    /// Whether a query yields few rows.
    pub(super) fn is_few(&self, query: &SyntaxNode) -> bool {
        self.few_of(query, MAX_DEPTH).is_some()
    }

    fn take_with(&mut self, with: &ast::WithClause, depth: u32) {
        for table in with.with_tables().take(MAX_SOURCES) {
            let few = table.query().and_then(|query| self.few_of(query.syntax(), depth));
            if let (Some(name), Some(few)) = (table.name(), few) {
                self.few.push((name_of(name.syntax()), few));
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
            self.few.push((name, few));
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
        self.few.iter().rfind(|(known, _)| known == name).map(|(_, few)| *few)
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
                let Some(from) = query.children().find_map(ast::FromClause::cast) else { return Some(Few::Written) };
                let condition = query.children().find_map(ast::WhereClause::cast).and_then(|clause| clause.expr());
                if condition.is_some_and(|condition| self.within().bounds_within(&condition, depth)) {
                    return Some(Few::Batch);
                }
                let mut items = from.items();
                match (items.next()?, items.next()) {
                    (ast::FromListItem::FromItem(item), None) => {
                        let own = query.children().find_map(ast::WithClause::cast);
                        own.map_or_else(
                            || self.few_of_item(&item, depth),
                            |own| {
                                let mut sources = self.within();
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
                self.within().bounds_within(&condition, depth).then_some(Few::Batch)
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
                let parts: Vec<ast::Expr> = between.syntax().children().filter_map(ast::Expr::cast).collect();
                let [column, ends @ ..] = &parts[..] else { return false };
                between.not_token().is_none()
                    && self.is_key(&name_of(column.syntax()))
                    && ends.iter().all(|end| self.is_given(end.syntax()) || query_in(end.syntax()).is_some())
            }
            ast::Expr::BinExpr(binary) => {
                let (Some(left), Some(right)) = (binary.lhs(), binary.rhs()) else { return false };
                match binary.op() {
                    Some(ast::BinOp::And(_)) => {
                        self.bounds_within(&left, depth)
                            || self.bounds_within(&right, depth)
                            || self.is_range(condition, depth)
                    }
                    Some(ast::BinOp::Or(_)) => self.bounds_within(&left, depth) && self.bounds_within(&right, depth),
                    Some(operator @ (ast::BinOp::Eq(_) | ast::BinOp::In(_))) => {
                        let equal = matches!(operator, ast::BinOp::Eq(_));
                        let is_scalar = |value: &ast::Expr| {
                            equal && matches!(value, ast::Expr::ParenExpr(inner) if inner.expr().is_none())
                        };
                        self.names_few(&left, &right, is_scalar(&right), depth)
                            || self.names_few(&right, &left, is_scalar(&left), depth)
                    }
                    _ => false,
                }
            }
            _ => false,
        }
    }

    /// Whether a column takes few values, each of which few rows share.
    fn names_few(&self, column: &ast::Expr, value: &ast::Expr, is_scalar: bool, depth: u32) -> bool {
        let name = name_of(column.syntax());
        let few = match query_in(value.syntax()) {
            // What is compared with `=` is one value, or the statement fails.
            Some(_) if is_scalar => Some(Few::Written),
            Some(query) => self.few_of(&query, depth),
            None if self.is_given(value.syntax()) => Some(Few::Written),
            None => name_of(value.syntax()).rsplit_once('.').and_then(|(source, _)| self.find(source)),
        };
        match few {
            Some(Few::Written) => {
                let is_one_of = || column.syntax().children().any(|part| self.is_key(&name_of(&part)));
                self.is_key(&name) || (matches!(column, ast::Expr::TupleExpr(_)) && is_one_of())
            }
            // A limit is written for the sake of the number of rows: `order_id IN (SELECT id FROM orders .. LIMIT 1000)`.
            Some(Few::Batch) => {
                self.is_key(&name) || name.ends_with("_id") || matches!(column, ast::Expr::TupleExpr(_))
            }
            None => false,
        }
    }

    /// Whether a value is there in the text, or in a variable: no query computes it, and it is no column.
    fn is_given(&self, value: &SyntaxNode) -> bool {
        if ast::Literal::can_cast(value.kind()) {
            // Many rows may hold an empty text.
            return !matches!(value.text().to_string().as_str(), "''" | "\"\"" | "$$$$");
        }
        let mut pending = vec![value.clone()];
        let mut looks = 0;
        while let Some(node) = pending.pop() {
            looks += 1;
            let kind = node.kind();
            if looks > MAX_PARTS || is_query(&node) {
                return false;
            }
            if ast::NameRef::can_cast(kind) || ast::FieldExpr::can_cast(kind) {
                if !self.is_value(&name_of(&node)) {
                    return false;
                }
            } else if let Some(call) = ast::CallExpr::cast(node.clone()) {
                // The function's own name is no column.
                let function = call.expr().map(|function| function.syntax().clone());
                pending.extend(node.children().filter(|child| Some(child) != function.as_ref()));
            } else if ast::Type::cast(node.clone()).is_none() {
                pending.extend(node.children());
            }
        }
        true
    }

    /// Whether a name stands for a value rather than for a column.
    fn is_value(&self, name: &str) -> bool {
        const KEYWORDS: [&str; 6] =
            ["current_date", "current_time", "current_timestamp", "current_user", "localtime", "localtimestamp"];
        let first = name.split('.').next().unwrap_or(name);
        let placeholder = first.strip_prefix('p').is_some_and(|rest| {
            rest.ends_with('_') && rest.trim_end_matches('_').bytes().all(|byte| byte.is_ascii_digit())
        });
        placeholder
            || name.contains(COMPUTED)
            || KEYWORDS.contains(&name)
            || self.variables.is_some_and(|variables| variables.contains(first))
    }

    /// Whether a column's name says that few rows share a value, and it is one of the table in question.
    fn is_key(&self, name: &str) -> bool {
        let of = name.rsplit_once('.').map(|(of, _)| of);
        let own = self.targets.is_empty() || of.is_none_or(|of| self.targets.iter().any(|target| target == of));
        own && is_key(name)
    }

    /// A lower and an upper bound of one key among conditions that are all demanded.
    fn is_range(&self, condition: &ast::Expr, depth: u32) -> bool {
        let mut bounds = Vec::new();
        self.collect_bounds(condition, depth, &mut bounds);
        bounds.iter().any(|(column, above)| bounds.iter().any(|(other, over)| column == other && above != over))
    }

    fn collect_bounds(&self, condition: &ast::Expr, depth: u32, bounds: &mut Vec<(String, bool)>) {
        let (Some(depth), ast::Expr::BinExpr(binary)) = (depth.checked_sub(1), condition) else { return };
        let (Some(left), Some(right)) = (binary.lhs(), binary.rhs()) else { return };
        let above = match binary.op() {
            Some(ast::BinOp::And(_)) => {
                self.collect_bounds(&left, depth, bounds);
                self.collect_bounds(&right, depth, bounds);
                return;
            }
            Some(ast::BinOp::RAngle(_) | ast::BinOp::Gteq(_)) => true,
            Some(ast::BinOp::LAngle(_) | ast::BinOp::Lteq(_)) => false,
            _ => return,
        };
        for (column, value, above) in [(&left, &right, above), (&right, &left, !above)] {
            let name = name_of(column.syntax());
            if self.is_key(&name) && self.is_given(value.syntax()) {
                bounds.push((name, above));
            }
        }
    }
}

/// Parts of one value that are looked at.
const MAX_PARTS: usize = 20_000;

/// Named queries that are looked into; a statement that people write has far fewer.
const MAX_SOURCES: usize = 200;
/// Conditions and queries nested deeper than this are taken for unbounded.
const MAX_DEPTH: u32 = 64;

pub(super) fn is_query(node: &SyntaxNode) -> bool {
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

/// Whether a column's name says that few rows share a value.
fn is_key(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    matches!(last, "id" | "uuid" | "guid" | "ctid" | "pk" | "key" | "slug" | "code" | "oid")
}
