//! Python into items.

use super::item::{Call, Gaps, Item, Value};
use super::tree::{COMPUTED, MAX_DEPTH, Source, children, operands, unescape};
use std::rc::Rc;
use tree_sitter::Node;

pub(super) fn read(source: &Source<'_>, root: Node<'_>) -> Vec<Item> {
    let mut items = Vec::new();
    statements(source, root, MAX_DEPTH, &mut items);
    items
}

fn body_of(source: &Source<'_>, node: Option<Node<'_>>, depth: u32) -> Vec<Item> {
    let mut items = Vec::new();
    if let Some(node) = node {
        statements(source, node, depth, &mut items);
    }
    items
}

fn statements(source: &Source<'_>, node: Node<'_>, depth: u32, items: &mut Vec<Item>) {
    let Some(depth) = source.deeper(node, depth) else { return };
    for child in children(node) {
        match child.kind() {
            "expression_statement" => {
                for expression in children(child) {
                    expression_item(source, expression, depth, items);
                }
            }
            "function_definition" => items.push(Item::Define {
                name: child.child_by_field_name("name").map(|name| source.of(name).to_owned()).unwrap_or_default(),
                body: body_of(source, child.child_by_field_name("body"), depth),
            }),
            "class_definition" => {
                items.push(Item::Class { body: body_of(source, child.child_by_field_name("body"), depth) });
            }
            "decorated_definition" => statements(source, child, depth, items),
            "with_statement" => items.push(with(source, child, depth)),
            "import_from_statement" | "import_statement" => items.push(import(source, child)),
            "return_statement" | "assert_statement" => {
                for expression in children(child) {
                    expression_item(source, expression, depth, items);
                }
            }
            "for_statement" => {
                let right = child.child_by_field_name("right");
                if let Some(right) = right {
                    expression_item(source, right, depth, items);
                }
                items.push(Item::Loop {
                    over: Some(right.map_or(Value::Unknown, |right| value(source, right, depth))),
                    name: child.child_by_field_name("left").map(|left| source.of(left).to_owned()).unwrap_or_default(),
                    body: body_of(source, child.child_by_field_name("body"), depth),
                });
            }
            "if_statement" | "while_statement" | "try_statement" | "else_clause" | "elif_clause" | "except_clause"
            | "finally_clause" | "block" => {
                let mut body = Vec::new();
                for part in children(child) {
                    expression_item(source, part, depth, &mut body);
                }
                statements(source, child, depth, &mut body);
                items.push(match child.kind() {
                    "while_statement" => Item::Loop { over: None, name: String::new(), body },
                    _ => Item::Block { head: None, alias: String::new(), body },
                });
            }
            _ => {}
        }
    }
}

fn expression_item(source: &Source<'_>, node: Node<'_>, depth: u32, items: &mut Vec<Item>) {
    match node.kind() {
        "call" => {
            if let Value::Call(call) = value(source, node, depth) {
                items.push(Item::Call(*call));
            }
        }
        // `while (done := run(..).rowcount) > 0`
        "await"
        | "named_expression"
        | "comparison_operator"
        | "not_operator"
        | "boolean_operator"
        | "parenthesized_expression"
        | "attribute" => {
            let Some(depth) = source.deeper(node, depth) else { return };
            for inner in children(node) {
                expression_item(source, inner, depth, items);
            }
        }
        "augmented_assignment" => {
            let name = source.of_field(node, "left").to_owned();
            let right = node.child_by_field_name("right");
            let value = right.map_or(Value::Unknown, |right| value(source, right, depth));
            items.push(Item::Extend { name, value, span: source.span(node) });
        }
        "assignment" => {
            let name = node.child_by_field_name("left").map(|left| source.of(left).to_owned()).unwrap_or_default();
            let right = node.child_by_field_name("right");
            let value = right.map_or(Value::Unknown, |right| value(source, right, depth));
            if let Some(call) = value.call().filter(|_| right.is_some_and(|right| right.kind() == "call")) {
                items.push(Item::Call(call.clone()));
            }
            items.push(Item::Assign { name, value, span: source.span(node) });
        }
        _ => {}
    }
}

fn with(source: &Source<'_>, node: Node<'_>, depth: u32) -> Item {
    let mut head = None;
    let mut alias = String::new();
    let mut pending: Vec<Node<'_>> = children(node).into_iter().filter(|child| child.kind() == "with_clause").collect();
    while let Some(part) = pending.pop() {
        match part.kind() {
            "call" if head.is_none() => {
                if let Value::Call(call) = value(source, part, depth) {
                    head = Some(*call);
                }
            }
            "as_pattern_target" => source.of(part).clone_into(&mut alias),
            "with_clause" | "with_item" | "as_pattern" => pending.extend(children(part)),
            _ => {}
        }
    }
    Item::Block { head, alias, body: body_of(source, node.child_by_field_name("body"), depth) }
}

fn import(source: &Source<'_>, node: Node<'_>) -> Item {
    let module = node.child_by_field_name("module_name").map(|name| source.of(name).to_owned()).unwrap_or_default();
    let mut cursor = node.walk();
    let names = node.children_by_field_name("name", &mut cursor).map(|name| source.of(name).to_owned()).collect();
    Item::Import { module, names, span: source.span(node) }
}

fn value(source: &Source<'_>, node: Node<'_>, depth: u32) -> Value {
    let Some(depth) = source.deeper(node, depth) else { return Value::Unknown };
    match node.kind() {
        "string" | "concatenated_string" => text(source, node),
        "true" => Value::Flag(true),
        "false" => Value::Flag(false),
        "none" => Value::Nothing,
        "integer" | "float" => Value::Number(source.of(node).to_owned()),
        "identifier" | "attribute" => Value::Name(source.of(node).split_whitespace().collect()),
        "list" | "tuple" | "set" => {
            Value::List(children(node).into_iter().map(|item| value(source, item, depth)).collect())
        }
        "parenthesized_expression" => {
            children(node).first().map_or(Value::Unknown, |inner| value(source, *inner, depth))
        }
        "dictionary" => {
            let pairs = children(node).into_iter().filter(|pair| pair.kind() == "pair");
            let pair = |pair: Node<'_>| {
                let key = value(source, pair.child_by_field_name("key")?, depth).word()?.to_owned();
                Some((key, value(source, pair.child_by_field_name("value")?, depth)))
            };
            Value::Map(pairs.filter_map(pair).collect())
        }
        "call" => put_together(source, node, depth).unwrap_or_else(|| call(source, node, depth)),
        "binary_operator" => operated(source, node, depth),
        "list_splat" => {
            let inner = children(node).first().map_or(Value::Unknown, |inner| value(source, *inner, depth));
            Value::Spread(Box::new(inner))
        }
        // What is made of each piece.
        "list_comprehension" => {
            let body = node.child_by_field_name("body");
            Value::List(body.into_iter().map(|body| value(source, body, depth)).collect())
        }
        _ => Value::Unknown,
    }
}

/// `"a" + b`, `"a %s" % b`.
fn operated(source: &Source<'_>, node: Node<'_>, depth: u32) -> Value {
    match source.of_field(node, "operator") {
        "%" => {
            let left = node.child_by_field_name("left");
            left.map_or(Value::Unknown, |left| value(source, left, depth).filled(Gaps::Percent))
        }
        "+" => {
            let parts: Vec<Value> =
                operands(source, node, &["+"]).into_iter().map(|part| value(source, part, depth)).collect();
            if is_of_expressions(&parts) { combined(parts) } else { Value::joined(parts) }
        }
        "*" | "-" | "/" => {
            let sides = ["left", "right"].into_iter().filter_map(|side| node.child_by_field_name(side));
            let sides: Vec<Value> = sides.map(|side| value(source, side, depth)).collect();
            if is_of_expressions(&sides) { combined(sides) } else { Value::Unknown }
        }
        _ => Value::Unknown,
    }
}

/// Whether an object of a class is among what is put together, and neither a text nor a list: `Random() * 100`.
fn is_of_expressions(parts: &[Value]) -> bool {
    let of_class = |part: &Value| {
        part.call().is_some_and(|call| {
            call.name.is_empty() || call.short().starts_with(|first: char| first.is_ascii_uppercase())
        })
    };
    parts.iter().any(of_class) && !parts.iter().any(|part| matches!(part, Value::Text(_) | Value::List(_)))
}

/// An expression of several, as a call without a name.
fn combined(parts: Vec<Value>) -> Value {
    Value::Call(Box::new(Call { arguments: Rc::new(parts), ..Call::default() }))
}

/// `"..{}..".format(b)`, `"; ".join([a, b])`.
fn put_together(source: &Source<'_>, node: Node<'_>, depth: u32) -> Option<Value> {
    let function = node.child_by_field_name("function").filter(|function| function.kind() == "attribute")?;
    let text = function
        .child_by_field_name("object")
        .filter(|object| matches!(object.kind(), "string" | "concatenated_string" | "parenthesized_expression"))?;
    let separator = value(source, text, depth);
    match source.of_field(function, "attribute") {
        "format" => Some(separator.filled(Gaps::Braces)),
        "join" => {
            let list = node.child_by_field_name("arguments").and_then(|list| children(list).first().copied())?;
            let list = value(source, list, depth);
            Some(separator.between(list.list()))
        }
        _ => None,
    }
}

fn call(source: &Source<'_>, node: Node<'_>, depth: u32) -> Value {
    let range = node.byte_range();
    let mut call = Call { span: source.span(node), range: (range.start, range.end), ..Call::default() };
    if let Some(function) = node.child_by_field_name("function") {
        (call.name, call.limited) = chain(source, function, depth, Rc::make_mut(&mut call.links));
    }
    arguments(source, node, depth, &mut call);
    if matches!(call.short(), "where" | "filter" | "filter_by" | "get") {
        let own = node.child_by_field_name("arguments");
        call.limited |= own.is_some_and(|own| is_by_key(source.of(own)));
    }
    Value::Call(Box::new(call))
}

fn arguments(source: &Source<'_>, node: Node<'_>, depth: u32, call: &mut Call) {
    for argument in node.child_by_field_name("arguments").map(children).unwrap_or_default() {
        if argument.kind() == "keyword_argument" {
            let key = argument.child_by_field_name("name").map(|name| source.of(name).to_owned()).unwrap_or_default();
            let value =
                argument.child_by_field_name("value").map_or(Value::Unknown, |inner| value(source, inner, depth));
            Rc::make_mut(&mut call.named).push((key, value));
        } else {
            Rc::make_mut(&mut call.arguments).push(value(source, argument, depth));
        }
    }
}

/// Whether the arguments of a filter slice, or give values of a key: `pk=1`, `id__in=chunk`.
fn is_by_key(arguments: &str) -> bool {
    let key = |name: &str| {
        arguments.match_indices(name).any(|(at, _)| {
            let before = arguments[..at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.'));
            let after = arguments[at + name.len()..].trim_start();
            let compared = after.starts_with('=') && !after.starts_with("==");
            !before && (compared || after.starts_with("__in") || after.starts_with("__range"))
        })
    };
    arguments.contains("[:") || KEYS.iter().any(|name| key(name) || is_compared(arguments, name))
}

/// Columns of which few rows share a value.
const KEYS: [&str; 6] = ["pk", "id", "uuid", "key", "slug", "code"];

/// Whether SQLAlchemy is given values of a key: `users.c.id == 5`, `User.id.in_(ids)`; not `users.c.id == orders.c.id`.
fn is_compared(arguments: &str, name: &str) -> bool {
    let name = format!(".{name}");
    arguments.match_indices(&name).any(|(at, _)| {
        let after = arguments[at + name.len()..].trim_start();
        let Some(value) = after.strip_prefix("==") else {
            return after.starts_with(".in_(") || after.starts_with(".between(");
        };
        // What is compared with is a name or a value.
        let value: String =
            value.trim_start().chars().take(200).take_while(|sign| !matches!(sign, ',' | ')')).collect();
        !value.contains(".c.") && !value.starts_with(|first: char| first.is_ascii_uppercase())
    })
}

/// What stands for a slice among the calls of a chain.
pub(in super::super) const SLICE: &str = "[..]";

/// The dotted name of a chain, and whether a part of it is sliced; the earlier calls of it go into `links`.
fn chain(source: &Source<'_>, node: Node<'_>, depth: u32, links: &mut Vec<Call>) -> (String, bool) {
    let mut parts: Vec<&str> = Vec::new();
    let (mut node, mut limited) = (node, false);
    let Some(depth) = source.deeper(node, depth) else { return (String::new(), false) };
    for steps in 0.. {
        if steps == depth {
            source.give_up();
            break;
        }
        match node.kind() {
            "attribute" => {
                parts.extend(node.child_by_field_name("attribute").map(|name| source.of(name)));
                match node.child_by_field_name("object") {
                    Some(object) => node = object,
                    None => break,
                }
            }
            "call" => match node.child_by_field_name("function") {
                Some(function) => {
                    limited |=
                        node.child_by_field_name("arguments").is_some_and(|arguments| is_by_key(source.of(arguments)));
                    let name = function.child_by_field_name("attribute").unwrap_or(function);
                    let mut link = Call { name: source.of(name).to_owned(), ..Call::default() };
                    arguments(source, node, depth, &mut link);
                    links.push(link);
                    node = function;
                }
                None => break,
            },
            "subscript" => match node.child_by_field_name("value") {
                Some(value) => {
                    limited = true;
                    links.push(Call { name: SLICE.to_owned(), ..Call::default() });
                    node = value;
                }
                None => break,
            },
            _ => {
                parts.push(source.of(node));
                break;
            }
        }
    }
    parts.reverse();
    links.reverse();
    (parts.join("."), limited)
}

fn text(source: &Source<'_>, node: Node<'_>) -> Value {
    let mut out = String::new();
    let mut place: Option<(usize, usize)> = None;
    let mut pending = vec![node];
    let mut raw = false;
    while let Some(part) = pending.pop() {
        match part.kind() {
            "concatenated_string" => pending.extend(children(part).into_iter().rev()),
            "string" => {
                let start = part.child(0).map_or("", |start| source.of(start));
                raw = start.to_ascii_lowercase().contains('r') || start.contains("\"\"\"") || start.contains("'''");
                let mut cursor = part.walk();
                for piece in part.children(&mut cursor) {
                    let range = piece.byte_range();
                    match piece.kind() {
                        "string_content" => {
                            out.push_str(&if raw { source.of(piece).to_owned() } else { unescape(source.of(piece)) });
                            place = Some(place.map_or((range.start, range.end), |(start, _)| (start, range.end)));
                        }
                        "interpolation" => out.push_str(COMPUTED),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    let (start, end) = place.unwrap_or((node.start_byte(), node.end_byte()));
    Value::Text(source.text_at(start, end, out, raw))
}
