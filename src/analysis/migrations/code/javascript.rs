//! JavaScript and TypeScript into items.
//!
//! The calls of a chain are kept one by one (`Call::links`), because builders say there what matters:
//! `t.string("a").notNullable().alter()`.

use super::item::{Call, Item, Value};
use super::tree::{COMPUTED, MAX_DEPTH, Source, children, unescape};
use std::rc::Rc;
use tree_sitter::Node;

pub(super) fn read(source: &Source<'_>, root: Node<'_>) -> Vec<Item> {
    statements(source, root, MAX_DEPTH)
}

fn statements(source: &Source<'_>, node: Node<'_>, depth: u32) -> Vec<Item> {
    let mut items = Vec::new();
    if let Some(depth) = source.deeper(node, depth) {
        for child in children(node) {
            statement(source, child, depth, &mut items);
        }
    }
    items
}

fn statement(source: &Source<'_>, node: Node<'_>, depth: u32, items: &mut Vec<Item>) {
    let Some(depth) = source.deeper(node, depth) else { return };
    match node.kind() {
        "expression_statement"
        | "return_statement"
        | "await_expression"
        | "parenthesized_expression"
        | "export_statement" => {
            for inner in children(node) {
                statement(source, inner, depth, items);
            }
        }
        "call_expression" => items.push(Item::Call(call(source, node, depth))),
        "assignment_expression" => {
            let name = field(source, node, "left").rsplit('.').next().unwrap_or_default().to_owned();
            if let Some(right) = node.child_by_field_name("right") {
                assign(source, name, right, depth, items);
            }
        }
        "lexical_declaration" | "variable_declaration" => {
            for part in children(node) {
                if let Some(value) = part.child_by_field_name("value") {
                    assign(source, field(source, part, "name"), value, depth, items);
                }
            }
        }
        "public_field_definition" | "field_definition" => {
            if let Some(value) = node.child_by_field_name("value") {
                let name = if node.kind() == "field_definition" { "property" } else { "name" };
                assign(source, field(source, node, name), value, depth, items);
            }
        }
        "function_declaration" | "method_definition" => define(source, field(source, node, "name"), node, depth, items),
        "class_declaration" | "class" | "abstract_class_declaration" => {
            let body = node.child_by_field_name("body").map(|body| statements(source, body, depth));
            items.push(Item::Class { body: body.unwrap_or_default() });
        }
        "for_in_statement" => items.push(Item::Loop {
            over: Some(node.child_by_field_name("right").map_or(Value::Unknown, |right| value(source, right, depth))),
            name: field(source, node, "left"),
            body: statements(source, node, depth),
        }),
        "for_statement" | "while_statement" | "do_statement" => {
            items.push(Item::Loop { over: None, name: String::new(), body: statements(source, node, depth) });
        }
        "if_statement" | "try_statement" | "else_clause" | "catch_clause" | "finally_clause" | "statement_block"
        | "switch_statement" | "switch_body" | "switch_case" | "switch_default" | "object" => {
            items.push(Item::Block { head: None, alias: String::new(), body: statements(source, node, depth) });
        }
        // `module.exports = { up: async (knex) => .. }`
        "pair" => {
            if let Some(value) = node.child_by_field_name("value") {
                assign(source, field(source, node, "key"), value, depth, items);
            }
        }
        "import_statement" => {
            let module = field(source, node, "source").trim_matches(['"', '\'']).to_owned();
            items.push(Item::Import { module, names: Vec::new(), span: source.span(node) });
        }
        _ => {}
    }
}

fn field(source: &Source<'_>, node: Node<'_>, name: &str) -> String {
    let text = node.child_by_field_name(name).map(|part| source.of(part)).unwrap_or_default();
    text.trim_matches(['"', '\'']).to_owned()
}

fn is_function(node: Node<'_>) -> bool {
    matches!(node.kind(), "arrow_function" | "function_expression" | "function")
}

fn assign(source: &Source<'_>, name: String, right: Node<'_>, depth: u32, items: &mut Vec<Item>) {
    if is_function(right) {
        define(source, name, right, depth, items);
        return;
    }
    let value = value(source, right, depth);
    match (right.kind(), value.call()) {
        ("call_expression" | "await_expression", Some(call)) => items.push(Item::Call(call.clone())),
        ("call_expression" | "await_expression" | "object" | "class", _) => statement(source, right, depth, items),
        _ => {}
    }
    items.push(Item::Assign { name, value, span: source.span(right) });
}

fn define(source: &Source<'_>, name: String, function: Node<'_>, depth: u32, items: &mut Vec<Item>) {
    items.push(Item::Define { name, body: body(source, function, depth) });
}

/// The statements of a function; of `x => f(x)` the one that it is.
fn body(source: &Source<'_>, function: Node<'_>, depth: u32) -> Vec<Item> {
    let Some(body) = function.child_by_field_name("body") else { return Vec::new() };
    if body.kind() == "statement_block" {
        return statements(source, body, depth);
    }
    let mut items = Vec::new();
    statement(source, body, depth, &mut items);
    items
}

/// A chain of calls, from the first to the last. Descends in a loop, because chains may be long.
fn call(source: &Source<'_>, node: Node<'_>, depth: u32) -> Call {
    let range = node.byte_range();
    let mut links: Vec<Call> = Vec::new();
    let mut parts: Vec<&str> = Vec::new();
    let mut at = node;
    for steps in 0.. {
        if steps == MAX_LINKS {
            source.give_up();
            break;
        }
        match at.kind() {
            "call_expression" => {
                let Some(function) = at.child_by_field_name("function") else { break };
                let name = match function.kind() {
                    "member_expression" => function.child_by_field_name("property").unwrap_or(function),
                    _ => function,
                };
                let mut link = Call { name: source.of(name).to_owned(), span: source.span(name), ..Call::default() };
                arguments(source, at, depth, &mut link);
                links.push(link);
                at = function;
            }
            "member_expression" | "non_null_expression" => {
                parts.extend(at.child_by_field_name("property").map(|name| source.of(name)));
                match at.child_by_field_name("object").or_else(|| at.named_child(0)) {
                    Some(object) => at = object,
                    None => break,
                }
            }
            "await_expression" | "parenthesized_expression" | "as_expression" => match at.named_child(0) {
                Some(inner) => at = inner,
                None => break,
            },
            _ => {
                parts.push(source.of(at));
                break;
            }
        }
    }
    links.reverse();
    parts.reverse();
    let last = links.last().cloned().unwrap_or_default();
    let range = (range.start, range.end);
    Call { name: parts.join("."), span: source.span(node), range, links: Rc::new(links), ..last }
}

/// Calls and names in one chain.
const MAX_LINKS: usize = 4000;

fn arguments(source: &Source<'_>, node: Node<'_>, depth: u32, into: &mut Call) {
    let Some(depth) = source.deeper(node, depth) else { return };
    let Some(list) = node.child_by_field_name("arguments") else { return };
    if list.kind() == "template_string" {
        into.arguments = Rc::new(vec![text(source, list)]);
        return;
    }
    let mut arguments = Vec::new();
    for argument in children(list) {
        if is_function(argument) {
            into.block = Rc::new(body(source, argument, depth));
            arguments.push(Value::Unknown);
        } else {
            arguments.push(value(source, argument, depth));
        }
    }
    into.arguments = Rc::new(arguments);
}

fn value(source: &Source<'_>, node: Node<'_>, depth: u32) -> Value {
    let Some(depth) = source.deeper(node, depth) else { return Value::Unknown };
    match node.kind() {
        "string" | "template_string" => text(source, node),
        // `"a" + "b"`
        "binary_expression" => joined(source, node),
        "true" => Value::Flag(true),
        "false" => Value::Flag(false),
        "null" | "undefined" => Value::Nothing,
        "number" => Value::Number(source.of(node).to_owned()),
        "identifier" | "member_expression" => Value::Name(source.of(node).split_whitespace().collect()),
        "array" => Value::List(children(node).into_iter().map(|item| value(source, item, depth)).collect()),
        "object" => {
            let pairs = children(node).into_iter().filter(|pair| pair.kind() == "pair");
            let pair = |pair: Node<'_>| {
                let inner = pair.child_by_field_name("value")?;
                Some((field(source, pair, "key"), value(source, inner, depth)))
            };
            Value::Map(pairs.filter_map(pair).collect())
        }
        "call_expression" => {
            list_joined(source, node, depth).unwrap_or_else(|| Value::Call(Box::new(call(source, node, depth))))
        }
        "spread_element" => {
            let inner = children(node).first().map_or(Value::Unknown, |inner| value(source, *inner, depth));
            Value::Spread(Box::new(inner))
        }
        "new_expression" => {
            let mut made =
                Call { name: field(source, node, "constructor"), span: source.span(node), ..Call::default() };
            arguments(source, node, depth, &mut made);
            Value::Call(Box::new(made))
        }
        "await_expression" | "parenthesized_expression" | "as_expression" | "satisfies_expression" => {
            children(node).first().map_or(Value::Unknown, |inner| value(source, *inner, depth))
        }
        _ => Value::Unknown,
    }
}

/// `["a", "b"].join(";")`
fn list_joined(source: &Source<'_>, node: Node<'_>, depth: u32) -> Option<Value> {
    let function = node.child_by_field_name("function").filter(|function| function.kind() == "member_expression")?;
    let list = function.child_by_field_name("object").filter(|object| object.kind() == "array")?;
    if source.of_field(function, "property") != "join" {
        return None;
    }
    let separator = node.child_by_field_name("arguments").and_then(|list| children(list).first().copied());
    let separator = separator.map_or(Value::Unknown, |separator| value(source, separator, depth));
    Some(separator.between(value(source, list, depth).list()))
}

/// Texts and signs of one sum.
const MAX_PARTS: usize = 4000;

/// Texts that are put together; what is no text is computed.
fn joined(source: &Source<'_>, node: Node<'_>) -> Value {
    let mut out = String::new();
    let mut pending = vec![node];
    for parts in 0.. {
        let Some(part) = pending.pop() else { break };
        if parts == MAX_PARTS {
            source.give_up();
            break;
        }
        match part.kind() {
            "binary_expression" | "parenthesized_expression" => pending.extend(children(part).into_iter().rev()),
            "string" | "template_string" => {
                if let Value::Text(text) = text(source, part) {
                    out.push_str(&text.text);
                }
            }
            _ => out.push_str(COMPUTED),
        }
    }
    if node.child_by_field_name("operator").is_some_and(|operator| source.of(operator) != "+") {
        return Value::Unknown;
    }
    // Where its pieces stand is not kept: all of it stands at its beginning.
    let mut text = source.text_at(node.start_byte(), node.start_byte() + 1, out, false);
    text.as_written = false;
    Value::Text(text)
}

fn text(source: &Source<'_>, node: Node<'_>) -> Value {
    let raw = node.kind() == "template_string";
    let range = node.byte_range();
    let (start, end) = (range.start + 1, range.end.saturating_sub(1).max(range.start + 1));
    let inner = source.text.get(start..end).unwrap_or_default();
    if !raw {
        return Value::Text(source.text_at(start, end, unescape(inner), false));
    }
    let (mut out, mut done) = (String::with_capacity(inner.len()), 0);
    let mut cursor = node.walk();
    for part in node.named_children(&mut cursor).filter(|part| part.kind() == "template_substitution") {
        let (begins, ends) = (part.start_byte().saturating_sub(start), part.end_byte().saturating_sub(start));
        if let Some(before) = inner.get(done..begins).filter(|_| inner.is_char_boundary(ends)) {
            out.push_str(before);
            out.push_str(COMPUTED);
            done = ends;
        }
    }
    out.push_str(inner.get(done..).unwrap_or_default());
    let out =
        if out.contains("\\`") || out.contains("\\$") { out.replace("\\`", "`").replace("\\$", "$") } else { out };
    Value::Text(source.text_at(start, end, out, true))
}
