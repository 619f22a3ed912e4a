//! The text that `EXECUTE` is given, as far as it is written there: constants, what `format` and `||` make of them,
//! and variables that were given one of these. What is computed becomes a name.

use super::super::code::COMPUTED;
use super::names::name_of;
use squawk_syntax::SyntaxNode;
use squawk_syntax::ast::{self, AstNode};
use std::collections::BTreeMap;

/// Branches and assignments that give a text another form; beyond these it counts as computed.
const MAX_FORMS: usize = 8;
/// A text that grows longer counts as computed, in bytes.
const MAX_TEXT: usize = 64 << 10;
/// Expressions that are looked at for one text: variables made of variables could ask for any number.
const MAX_LOOKS: u32 = 2_000;
/// Expressions inside expressions.
const MAX_DEPTH: u32 = 100;

/// What variables of a body are given, by name.
pub(super) struct Assigned(BTreeMap<String, Vec<ast::Expr>>);

impl Assigned {
    pub(super) fn of(body: &SyntaxNode) -> Self {
        let mut all: BTreeMap<String, Vec<ast::Expr>> = BTreeMap::new();
        for node in body.descendants() {
            let name = if ast::PlpgsqlAssignStmt::can_cast(node.kind()) {
                node.children().find_map(ast::PlpgsqlAssignTarget::cast).map(|target| name_of(target.syntax()))
            } else {
                ast::PlpgsqlVarDecl::cast(node.clone())
                    .filter(|declared| declared.init().is_some())
                    .and_then(|declared| declared.name())
                    .map(|name| name_of(name.syntax()))
            };
            let Some(name) = name else { continue };
            let value = node.descendants().find_map(ast::PlpgsqlExpr::cast);
            if let Some(value) = value.and_then(|value| expression_in(value.syntax())) {
                all.entry(name).or_default().push(value);
            }
        }
        Assigned(all)
    }

    /// The forms that a text may have; `None` when all of it is computed.
    pub(super) fn texts_of(&self, expression: &ast::PlpgsqlExpr) -> Option<Vec<String>> {
        let mut search = Search { assigned: self, open: Vec::new(), looks: 0 };
        search.forms(&expression_in(expression.syntax())?, MAX_DEPTH)
    }
}

fn expression_in(node: &SyntaxNode) -> Option<ast::Expr> {
    node.descendants().find_map(ast::Expr::cast)
}

struct Search<'a> {
    assigned: &'a Assigned,
    /// Variables that are being looked up: one that is made of itself is computed.
    open: Vec<String>,
    looks: u32,
}

impl Search<'_> {
    fn forms(&mut self, expression: &ast::Expr, depth: u32) -> Option<Vec<String>> {
        self.looks += 1;
        let depth = depth.checked_sub(1).filter(|_| self.looks <= MAX_LOOKS)?;
        match expression {
            ast::Expr::Literal(literal) => {
                let text = literal.string_value().or_else(|| number(literal))?;
                Some(vec![text])
            }
            ast::Expr::ParenExpr(inner) => match inner.expr() {
                Some(inner) => self.forms(&inner, depth),
                // A query that yields one text: `(SELECT string_agg(..) FROM ..)`.
                None => self.forms(&inner.syntax().children().find_map(|query| expression_in(&query))?, depth),
            },
            ast::Expr::CastExpr(cast) => match (cast.expr(), cast.literal()) {
                (Some(inner), _) => self.forms(&inner, depth),
                (None, literal) => Some(vec![literal?.string_value()?]),
            },
            ast::Expr::BinExpr(both) if is_joined(both) => {
                let (left, right) = (self.forms(&both.lhs()?, depth), self.forms(&both.rhs()?, depth));
                if left.is_none() && right.is_none() {
                    return None;
                }
                joined(&[left, right])
            }
            ast::Expr::CallExpr(call) => self.forms_of_call(call, depth),
            ast::Expr::CaseExpr(case) => {
                let whens = case.when_clause_list()?;
                let thens =
                    whens.when_clauses().filter_map(|when| when.syntax().children().filter_map(ast::Expr::cast).last());
                let values: Vec<ast::Expr> = thens.chain(case.else_clause().and_then(|other| other.expr())).collect();
                self.any_of(&values, depth)
            }
            ast::Expr::NameRef(name) => {
                let name = name_of(name.syntax());
                let values = self.assigned.0.get(&name).filter(|_| !self.open.contains(&name))?;
                self.open.push(name);
                let found = self.any_of(values, depth);
                self.open.pop();
                found
            }
            _ => None,
        }
    }

    /// The forms of whichever value it is; one that is computed is a form too.
    fn any_of(&mut self, values: &[ast::Expr], depth: u32) -> Option<Vec<String>> {
        let mut forms: Vec<String> = Vec::new();
        let mut known = false;
        for value in values.iter().take(MAX_FORMS + 1) {
            let found = self.forms(value, depth);
            known |= found.is_some();
            for form in found.unwrap_or_else(computed) {
                if !forms.contains(&form) {
                    forms.push(form);
                }
            }
        }
        (known && forms.len() <= MAX_FORMS).then_some(forms)
    }

    fn forms_of_call(&mut self, call: &ast::CallExpr, depth: u32) -> Option<Vec<String>> {
        let name = name_of(call.expr()?.syntax());
        let arguments: Vec<ast::Expr> = call
            .arg_list()?
            .syntax()
            .children()
            .filter_map(ast::Arg::cast)
            .filter_map(|argument| expression_in(argument.syntax()))
            .collect();
        let one = |forms: Option<Vec<String>>| match forms.as_deref() {
            Some([one]) => Some(one.clone()),
            _ => None,
        };
        match name.strip_prefix("pg_catalog.").unwrap_or(&name) {
            "format" => {
                let (template, values) = arguments.split_first()?;
                let templates = self.forms(template, depth)?;
                let values: Vec<Option<String>> = values.iter().map(|value| one(self.forms(value, depth))).collect();
                Some(templates.iter().map(|template| fill(template, &values)).collect())
            }
            "concat" => {
                let parts: Vec<_> = arguments.iter().map(|part| self.forms(part, depth)).collect();
                if parts.iter().all(Option::is_none) { None } else { joined(&parts) }
            }
            "coalesce" => self.any_of(&arguments, depth),
            "string_agg" | "btrim" | "rtrim" | "ltrim" | "trim" => self.forms(arguments.first()?, depth),
            "replace" => {
                let [text, from, to] = &arguments[..] else { return None };
                let texts = self.forms(text, depth)?;
                let from = one(self.forms(from, depth)).filter(|from| !from.is_empty())?;
                let to = one(self.forms(to, depth)).unwrap_or_else(|| COMPUTED.to_owned());
                let replaced: Vec<String> = texts.iter().map(|text| text.replace(&from, &to)).collect();
                replaced.iter().all(|text| text.len() <= MAX_TEXT).then_some(replaced)
            }
            "quote_ident" => Some(vec![identifier(&one(self.forms(arguments.first()?, depth))?)]),
            "quote_literal" => Some(vec![literal(&one(self.forms(arguments.first()?, depth))?)]),
            _ => None,
        }
    }
}

fn computed() -> Vec<String> {
    vec![COMPUTED.to_owned()]
}

fn number(literal: &ast::Literal) -> Option<String> {
    let text = literal.syntax().text().to_string();
    text.bytes().all(|byte| byte.is_ascii_digit()).then_some(text)
}

fn is_joined(both: &ast::BinExpr) -> bool {
    matches!(both.op(), Some(ast::BinOp::CustomOp(operator)) if operator.syntax().text() == "||")
}

/// Every form of the first part with every form of the next one, and so on.
fn joined(parts: &[Option<Vec<String>>]) -> Option<Vec<String>> {
    let mut forms = vec![String::new()];
    for part in parts {
        let part = part.clone().unwrap_or_else(computed);
        if forms.len() * part.len() > MAX_FORMS {
            return None;
        }
        forms = forms.iter().flat_map(|form| part.iter().map(move |more| format!("{form}{more}"))).collect();
        if forms.iter().any(|form| form.len() > MAX_TEXT) {
            return None;
        }
    }
    Some(forms)
}

fn identifier(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// What `format` makes of a template: `%I`, `%L`, `%s`, also with a position or a width (`%1$I`, `%-10s`).
fn fill(template: &str, values: &[Option<String>]) -> String {
    let (mut out, mut rest, mut next) = (String::with_capacity(template.len()), template, 0usize);
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        let width = after.find(|c: char| !(c.is_ascii_digit() || matches!(c, '$' | '-' | '*'))).unwrap_or(after.len());
        let (flags, kind) = after.split_at(width);
        if let Some((position, _)) = flags.split_once('$') {
            next = position.parse::<usize>().unwrap_or(1).max(1) - 1;
        }
        let value = values.get(next).and_then(Option::as_deref);
        let text = match kind.chars().next() {
            Some('%') => Some("%".to_owned()),
            Some('I') => Some(value.map_or_else(|| COMPUTED.to_owned(), identifier)),
            Some('L') => Some(value.map_or_else(|| "'computed value'".to_owned(), literal)),
            Some('s') => Some(value.unwrap_or(COMPUTED).to_owned()),
            _ => None,
        };
        match text {
            Some(text) if out.len() + text.len() <= 2 * MAX_TEXT => {
                next += usize::from(!kind.starts_with('%'));
                out.push_str(&text);
                rest = &kind[1..];
            }
            _ => {
                out.push('%');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_filled_as_postgres_does() {
        let values = |values: &[&str]| values.iter().map(|value| Some((*value).to_owned())).collect::<Vec<_>>();
        assert_eq!(fill("%1$I.%2$I", &values(&["users", "Age"])), "users.\"Age\"");
        assert_eq!(fill("%s %-10I %L 5%%", &values(&["DROP", "t", "it's"])), "DROP t 'it''s' 5%");
        assert_eq!(fill("%I %L %s %", &[]), "computed_name 'computed value' computed_name %");
    }
}
