//! Elixir into items: nearly everything there is a call, with a block after `do`.

use super::item::{Call, Item, Value};
use super::tree::{MAX_DEPTH, Source, children, gap_of, inside, operands, unescape};
use std::rc::Rc;
use tree_sitter::Node;

pub(super) fn read(source: &Source<'_>, root: Node<'_>) -> Vec<Item> {
    let mut items = Vec::new();
    statements(source, root, MAX_DEPTH, &mut items);
    items
}

fn statements(source: &Source<'_>, node: Node<'_>, depth: u32, items: &mut Vec<Item>) {
    let Some(depth) = source.deeper(node, depth) else { return };
    for child in children(node) {
        match child.kind() {
            "call" => items.push(call_item(source, child, depth)),
            "binary_operator" => {
                if let (Some(left), Some(right)) =
                    (child.child_by_field_name("left"), child.child_by_field_name("right"))
                {
                    if source.of_field(child, "operator") == "|>" {
                        if let Value::Call(call) = piped(source, child, depth) {
                            items.push(Item::Call(*call));
                        }
                        continue;
                    }
                    let (name, value) = (source.of(left).to_owned(), value(source, right, depth));
                    if let Some(call) = value.call().filter(|_| right.kind() == "call") {
                        items.push(Item::Call(call.clone()));
                    }
                    items.push(Item::Assign { name, value, span: source.span(child) });
                }
            }
            "do_block" | "else_block" | "stab_clause" | "body" => statements(source, child, depth, items),
            _ => {}
        }
    }
}

fn call_item(source: &Source<'_>, node: Node<'_>, depth: u32) -> Item {
    let call = call(source, node, depth);
    match call.name.as_str() {
        "def" | "defp" => {
            let name = match call.arguments.first() {
                Some(Value::Name(name)) => name.clone(),
                Some(Value::Call(inner)) => inner.name.clone(),
                _ => String::new(),
            };
            Item::Define { name, body: Rc::unwrap_or_clone(call.block) }
        }
        "defmodule" => Item::class(Rc::unwrap_or_clone(call.block)),
        _ => Item::Call(call),
    }
}

fn call(source: &Source<'_>, node: Node<'_>, depth: u32) -> Call {
    let range = node.byte_range();
    let mut call = Call { span: source.span(node), range: (range.start, range.end), ..Call::default() };
    let Some(depth) = source.deeper(node, depth) else { return call };
    if let Some(target) = node.child_by_field_name("target") {
        call.name = source.of(target).chars().filter(|c| !c.is_whitespace() && *c != '(' && *c != ')').collect();
    }
    if matches!(call.name.as_str(), "from" | "where" | "limit" | "Ecto.Query.from") {
        call.limited = is_limited(source.of(node));
    }
    let (mut arguments, mut named, mut block) = (Vec::new(), Vec::new(), Vec::new());
    for child in children(node) {
        match child.kind() {
            "arguments" => {
                for argument in children(child) {
                    if argument.kind() == "keywords" {
                        // `alter table(:users), do: remove(:age)`
                        let (inline, pairs): (Vec<_>, Vec<_>) =
                            pairs(source, argument, depth).into_iter().partition(|(key, _)| key == "do");
                        named.extend(pairs);
                        block.extend(inline.into_iter().filter_map(|(_, value)| match value {
                            Value::Call(inner) => Some(Item::Call(*inner)),
                            _ => None,
                        }));
                    } else {
                        arguments.push(value(source, argument, depth));
                    }
                }
            }
            "do_block" => statements(source, child, depth, &mut block),
            _ => {}
        }
    }
    (call.arguments, call.named, call.block) = (Rc::new(arguments), Rc::new(named), Rc::new(block));
    call
}

/// Whether a query says how many rows it wants, or which: `limit: 10`, `where: u.id == 5`, `u.id in ^ids`.
fn is_limited(query: &str) -> bool {
    let by_key = query.match_indices(".id").any(|(at, found)| {
        let after = query[at + found.len()..].trim_start();
        let value = after.strip_prefix("==").or_else(|| after.strip_prefix("in ")).map(str::trim_start);
        // `u.id == o.user_id` joins.
        value.is_some_and(|value| value.starts_with(|c: char| c == '^' || c == '[' || c.is_ascii_digit()))
    });
    by_key || query.contains("limit")
}

/// `query |> f(x)` is `f(query, x)`.
fn piped(source: &Source<'_>, node: Node<'_>, depth: u32) -> Value {
    let (Some(depth), Some(left), Some(right)) =
        (source.deeper(node, depth), node.child_by_field_name("left"), node.child_by_field_name("right"))
    else {
        return Value::Unknown;
    };
    let first = value(source, left, depth);
    match value(source, right, depth) {
        Value::Call(mut call) => {
            call.limited |= matches!(&first, Value::Call(before) if before.limited);
            Rc::make_mut(&mut call.arguments).insert(0, first);
            Value::Call(call)
        }
        other => other,
    }
}

fn pairs(source: &Source<'_>, node: Node<'_>, depth: u32) -> Vec<(String, Value)> {
    let pair = |pair: Node<'_>| {
        let key = source.of(pair.child_by_field_name("key")?).trim().trim_end_matches(':').to_owned();
        Some((key, value(source, pair.child_by_field_name("value")?, depth)))
    };
    children(node).into_iter().filter_map(pair).collect()
}

fn value(source: &Source<'_>, node: Node<'_>, depth: u32) -> Value {
    let Some(depth) = source.deeper(node, depth) else { return Value::Unknown };
    match node.kind() {
        "string" | "sigil" | "charlist" => text(source, node),
        "atom" => Value::Name(source.of(node).trim_start_matches(':').to_owned()),
        "boolean" => Value::Flag(source.of(node) == "true"),
        "nil" => Value::Nothing,
        "integer" | "float" => Value::Number(source.of(node).to_owned()),
        "identifier" | "alias" => Value::Name(source.of(node).to_owned()),
        "list" | "tuple" => {
            let inner = children(node);
            match inner.first() {
                Some(first) if first.kind() == "keywords" => Value::Map(pairs(source, *first, depth)),
                _ => Value::List(inner.into_iter().map(|item| value(source, item, depth)).collect()),
            }
        }
        "keywords" => Value::Map(pairs(source, node, depth)),
        "call" => Value::Call(Box::new(call(source, node, depth))),
        "binary_operator" => match source.of_field(node, "operator") {
            "|>" => piped(source, node, depth),
            // `user in User`
            "in" | "<-" => {
                node.child_by_field_name("right").map_or(Value::Unknown, |right| value(source, right, depth))
            }
            "<>" => {
                let parts = operands(source, node, &["<>"]).into_iter().map(|part| value(source, part, depth));
                Value::joined(parts.collect())
            }
            _ => Value::Unknown,
        },
        // `&up/0`
        "unary_operator" => match source.of(node).strip_prefix('&').and_then(|name| name.split_once('/')) {
            Some((name, _)) => Value::Name(name.trim().to_owned()),
            None => Value::Unknown,
        },
        "anonymous_function" => {
            let mut body = Vec::new();
            statements(source, node, depth, &mut body);
            Value::Code(body)
        }
        _ => Value::Unknown,
    }
}

fn text(source: &Source<'_>, node: Node<'_>) -> Value {
    let mut out = String::new();
    let mut place: Option<(usize, usize)> = None;
    let heredoc = source.of(node).contains("\"\"\"") || source.of(node).contains("'''");
    let mut cursor = node.walk();
    for part in node.children(&mut cursor) {
        let range = part.byte_range();
        match part.kind() {
            "quoted_content" | "escape_sequence" => {
                out.push_str(&if heredoc { source.of(part).to_owned() } else { unescape(source.of(part)) });
                place = Some(place.map_or((range.start, range.end), |(start, _)| (start, range.end)));
            }
            "interpolation" => out.push_str(&gap_of(inside(source.of(part)))),
            _ => {}
        }
    }
    let (start, end) = place.unwrap_or((node.start_byte(), node.end_byte()));
    Value::Text(source.text_at(start, end, out, heredoc))
}
