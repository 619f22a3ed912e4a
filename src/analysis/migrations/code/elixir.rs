//! Elixir into items: nearly everything there is a call, with a block after `do`.

use super::item::{Call, Item, Value};
use super::tree::{COMPUTED, MAX_DEPTH, Source, children, unescape};
use tree_sitter::Node;

pub(super) fn read(source: &Source<'_>, root: Node<'_>) -> Vec<Item> {
    let mut items = Vec::new();
    statements(source, root, MAX_DEPTH, &mut items);
    items
}

fn statements(source: &Source<'_>, node: Node<'_>, depth: u32, items: &mut Vec<Item>) {
    let Some(depth) = depth.checked_sub(1) else { return };
    for child in children(node) {
        match child.kind() {
            "call" => items.push(call_item(source, child, depth)),
            "binary_operator" => {
                if let (Some(left), Some(right)) =
                    (child.child_by_field_name("left"), child.child_by_field_name("right"))
                {
                    if right.kind() == "call" {
                        let mut call = call(source, right, depth);
                        // `query |> repo().update_all(..)`
                        call.limited |= source.of(left).contains("limit");
                        items.push(Item::Call(call));
                    }
                    items.push(Item::Assign { name: source.of(left).to_owned(), value: value(source, right, depth) });
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
            Item::Define { name, body: call.block }
        }
        "defmodule" => Item::Class { body: call.block },
        _ => Item::Call(call),
    }
}

fn call(source: &Source<'_>, node: Node<'_>, depth: u32) -> Call {
    let range = node.byte_range();
    let mut call = Call { span: source.span(node), range: (range.start, range.end), ..Call::default() };
    let Some(depth) = depth.checked_sub(1) else { return call };
    if let Some(target) = node.child_by_field_name("target") {
        call.name = source.of(target).chars().filter(|c| !c.is_whitespace() && *c != '(' && *c != ')').collect();
    }
    for child in children(node) {
        match child.kind() {
            "arguments" => {
                for argument in children(child) {
                    if argument.kind() == "keywords" {
                        call.named.extend(pairs(source, argument, depth));
                        // `alter table(:users), do: remove(:age)`
                        let (inline, named) = call.named.drain(..).partition(|(key, _)| key == "do");
                        call.named = named;
                        call.block.extend(inline.into_iter().filter_map(|(_, value): (String, Value)| match value {
                            Value::Call(inner) => Some(Item::Call(*inner)),
                            _ => None,
                        }));
                    } else {
                        call.arguments.push(value(source, argument, depth));
                    }
                }
            }
            "do_block" => statements(source, child, depth, &mut call.block),
            _ => {}
        }
    }
    call
}

fn pairs(source: &Source<'_>, node: Node<'_>, depth: u32) -> Vec<(String, Value)> {
    let pair = |pair: Node<'_>| {
        let key = source.of(pair.child_by_field_name("key")?).trim().trim_end_matches(':').to_owned();
        Some((key, value(source, pair.child_by_field_name("value")?, depth)))
    };
    children(node).into_iter().filter_map(pair).collect()
}

fn value(source: &Source<'_>, node: Node<'_>, depth: u32) -> Value {
    let Some(depth) = depth.checked_sub(1) else { return Value::Unknown };
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
            "interpolation" => out.push_str(COMPUTED),
            _ => {}
        }
    }
    let (start, end) = place.unwrap_or((node.start_byte(), node.end_byte()));
    Value::Text(source.text_at(start, end, out, heredoc))
}
