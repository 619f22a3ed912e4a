//! Python into items.

use super::item::{Call, Gaps, Given, Item, Value};
use super::tree::{MAX_DEPTH, Source, children, gap_of, inside, operands, unescape};
use std::collections::HashMap;
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
            "function_definition" => items.push(define(source, child, depth)),
            "class_definition" => {
                items.push(Item::class(body_of(source, child.child_by_field_name("body"), depth)));
            }
            "with_statement" => items.push(with(source, child, depth)),
            "import_from_statement" | "import_statement" => items.push(import(source, child)),
            "for_statement" => for_statement(source, child, depth, items),
            "decorated_definition" => statements(source, child, depth, items),
            // An exception is made to be raised, whatever its name.
            "raise_statement" => {}
            kind if COMPOUND.contains(&kind) => {
                let mut body = Vec::new();
                for part in children(child).into_iter().filter(|part| !COMPOUND.contains(&part.kind())) {
                    effects(source, part, depth, &mut body);
                }
                statements(source, child, depth, &mut body);
                items.push(match kind {
                    "while_statement" => Item::Loop { over: None, name: String::new(), body },
                    _ => Item::Block { head: None, alias: String::new(), body },
                });
            }
            kind if SIMPLE.contains(&kind) => {
                let before = items.len();
                effects(source, child, depth, items);
                let alone = children(child).first().is_some_and(|only| matches!(only.kind(), "call" | "await"));
                if let Some(Item::Call(call)) = items[before..].last_mut().filter(|_| alone) {
                    call.alone = kind == "expression_statement";
                }
            }
            _ => {}
        }
    }
}

/// Statements that hold others, and the parts of such statements.
const COMPOUND: [&str; 12] = [
    "if_statement",
    "while_statement",
    "try_statement",
    "match_statement",
    "case_clause",
    "else_clause",
    "elif_clause",
    "except_clause",
    "except_group_clause",
    "finally_clause",
    "with_statement",
    "block",
];

/// Statements that hold expressions only.
const SIMPLE: [&str; 8] = [
    "expression_statement",
    "return_statement",
    "assert_statement",
    "delete_statement",
    "print_statement",
    "exec_statement",
    "type_alias_statement",
    "decorator",
];

fn define(source: &Source<'_>, node: Node<'_>, depth: u32) -> Item {
    let mut body = Vec::new();
    let parameters = node.child_by_field_name("parameters").map(|list| parameters(source, list, depth));
    if let Some(parameters) = parameters.filter(|list| !list.is_empty()) {
        body.push(Item::Parameters(parameters));
    }
    body.extend(body_of(source, node.child_by_field_name("body"), depth));
    Item::Define { name: source.of_field(node, "name").to_owned(), body }
}

fn parameters(source: &Source<'_>, list: Node<'_>, depth: u32) -> Vec<(String, Value)> {
    let name = |node: Node<'_>| source.of(node).split([':', '=']).next().unwrap_or_default().trim().to_owned();
    let default = |node: Node<'_>| node.child_by_field_name("value").map(|default| value(source, default, depth));
    children(list).into_iter().map(|node| (name(node), default(node).unwrap_or(Value::Unknown))).collect()
}

fn for_statement(source: &Source<'_>, node: Node<'_>, depth: u32, items: &mut Vec<Item>) {
    let right = node.child_by_field_name("right");
    if let Some(right) = right {
        effects(source, right, depth, items);
    }
    items.push(Item::Loop {
        over: Some(right.map_or(Value::Unknown, |right| value(source, right, depth))),
        name: source.of_field(node, "left").to_owned(),
        body: body_of(source, node.child_by_field_name("body"), depth),
    });
    if let Some(otherwise) = node.child_by_field_name("alternative") {
        statements(source, otherwise, depth, items);
    }
}

/// What is still to be done for an expression.
enum Todo<'t> {
    /// Look for calls in it.
    Visit(Node<'t>),
    /// Its inner calls are seen; now itself.
    Emit(Box<Item>),
}

/// Calls inside a call that was read, by their bytes.
type Inner = HashMap<(usize, usize), Call>;

/// The calls anywhere in an expression, the inner ones first, in the loops and conditions in which they stand; and the names
/// that it gives. Descends in a loop, because sums may be long.
fn effects(source: &Source<'_>, node: Node<'_>, depth: u32, items: &mut Vec<Item>) {
    let Some(depth) = source.deeper(node, depth) else { return };
    let mut inner = Inner::new();
    let mut todo = vec![Todo::Visit(node)];
    while let Some(next) = todo.pop() {
        let node = match next {
            Todo::Visit(node) => node,
            Todo::Emit(item) => {
                items.push(*item);
                continue;
            }
        };
        match node.kind() {
            "call" => {
                let range = node.byte_range();
                let known = inner.remove(&(range.start, range.end));
                let call = known.or_else(|| match value(source, node, depth) {
                    Value::Call(call) => {
                        inner_calls(&call, &mut inner);
                        Some(*call)
                    }
                    _ => None,
                });
                let mapped = call.as_ref().and_then(mapped);
                todo.extend(call.map(|call| Todo::Emit(Box::new(Item::Call(call)))));
                todo.extend(mapped.map(|item| Todo::Emit(Box::new(item))));
                parts_of_call(node, &mut todo);
            }
            "assignment" | "augmented_assignment" | "named_expression" => {
                let name = source.of_field(node, if node.kind() == "named_expression" { "name" } else { "left" });
                let right = node.child_by_field_name(if node.kind() == "named_expression" { "value" } else { "right" });
                let (name, span) = (name.to_owned(), source.span(node));
                if let Some(lambda) = right.filter(|right| right.kind() == "lambda") {
                    items.push(Item::Define { name, body: branch(source, lambda, depth) });
                    continue;
                }
                let value = right.map_or(Value::Unknown, |right| value(source, right, depth));
                if let Value::Call(call) = &value {
                    inner.insert(call.range, Call::clone(call));
                    inner_calls(call, &mut inner);
                }
                let item = match node.kind() {
                    "augmented_assignment" => Item::Extend { name, value, span },
                    _ => Item::Assign { name, value, span },
                };
                todo.push(Todo::Emit(Box::new(item)));
                todo.extend(right.map(Todo::Visit));
            }
            "list_comprehension" | "set_comprehension" | "dictionary_comprehension" | "generator_expression" => {
                comprehension(source, node, depth, items);
            }
            "conditional_expression" | "lambda" => {
                let body = branch(source, node, depth);
                if !body.is_empty() {
                    items.push(Item::Block { head: None, alias: String::new(), body });
                }
            }
            "string" | "concatenated_string" | "identifier" | "type" => {}
            _ => todo.extend(children(node).into_iter().rev().map(Todo::Visit)),
        }
    }
}

/// What runs under a condition, or when a lambda is called.
fn branch(source: &Source<'_>, node: Node<'_>, depth: u32) -> Vec<Item> {
    let mut body = Vec::new();
    for part in children(node) {
        effects(source, part, depth, &mut body);
    }
    body
}

/// The arguments of a call, and those of the earlier calls of its chain: the chain itself is in its links.
fn parts_of_call<'t>(call: Node<'t>, todo: &mut Vec<Todo<'t>>) {
    let mut node = Some(call);
    while let Some(part) = node {
        node = match part.kind() {
            "call" => {
                let arguments = part.child_by_field_name("arguments").map(children).unwrap_or_default();
                todo.extend(arguments.into_iter().rev().map(Todo::Visit));
                part.child_by_field_name("function")
            }
            "attribute" => part.child_by_field_name("object"),
            "subscript" => part.child_by_field_name("value"),
            "identifier" => None,
            _ => {
                todo.push(Todo::Visit(part));
                None
            }
        };
    }
}

/// The calls among the arguments of a call, and among theirs.
fn inner_calls(call: &Call, inner: &mut Inner) {
    let given = |call: &Call, values: &mut Vec<Value>| {
        values.extend(call.arguments.iter().chain(call.named.iter().map(|(_, value)| value)).cloned());
        for link in call.links.iter() {
            values.extend(link.arguments.iter().chain(link.named.iter().map(|(_, value)| value)).cloned());
        }
    };
    let mut pending = Vec::new();
    given(call, &mut pending);
    while let Some(value) = pending.pop() {
        match value {
            Value::Call(call) => {
                given(&call, &mut pending);
                inner.insert(call.range, *call);
            }
            Value::List(list) => pending.extend(list),
            Value::Map(pairs) => pending.extend(pairs.into_iter().map(|(_, value)| value)),
            Value::Spread(value) => pending.push(*value),
            _ => {}
        }
    }
}

/// `map(op.execute, STATEMENTS)` calls what it is given, again and again.
fn mapped(call: &Call) -> Option<Item> {
    let (Value::Name(function), over) = (call.arguments.first()?, call.arguments.get(1)?) else { return None };
    let each = Call {
        name: function.clone(),
        arguments: Rc::new(call.arguments[1..].to_vec()),
        span: call.span,
        range: call.range,
        ..Call::default()
    };
    let again = Item::Loop { over: Some(over.clone()), name: String::new(), body: vec![Item::Call(each)] };
    (call.name == "map").then_some(again)
}

/// `[f(x) for x in y if z]`
fn comprehension(source: &Source<'_>, node: Node<'_>, depth: u32, items: &mut Vec<Item>) {
    let Some(depth) = source.deeper(node, depth) else { return };
    let (clauses, rest): (Vec<_>, Vec<_>) = children(node).into_iter().partition(|part| part.kind() == "for_in_clause");
    let mut body = Vec::new();
    for part in rest {
        effects(source, part, depth, &mut body);
    }
    for clause in clauses.into_iter().rev() {
        let Some(right) = clause.child_by_field_name("right") else { continue };
        let mut around = Vec::new();
        effects(source, right, depth, &mut around);
        if !body.is_empty() {
            let (over, name) = (Some(value(source, right, depth)), source.of_field(clause, "left").to_owned());
            around.push(Item::Loop { over, name, body });
        }
        body = around;
    }
    items.extend(body);
}

/// `with a as b, c as d:` is a block in a block.
fn with(source: &Source<'_>, node: Node<'_>, depth: u32) -> Item {
    let mut body = body_of(source, node.child_by_field_name("body"), depth);
    let clauses = children(node).into_iter().filter(|child| child.kind() == "with_clause");
    // Parentheses around all of them may be read as a tuple.
    let contexts = clauses.flat_map(children).flat_map(|item| match children(item)[..] {
        [only] if only.kind() == "tuple" => children(only),
        _ => vec![item],
    });
    let contexts: Vec<Node<'_>> = contexts.collect();
    for context in contexts.into_iter().rev() {
        body = vec![within(source, context, depth, body)];
    }
    match body.pop() {
        Some(block @ Item::Block { .. }) if body.is_empty() => block,
        last => Item::Block { head: None, alias: String::new(), body: body.into_iter().chain(last).collect() },
    }
}

/// Statements in a context: `open() as file`.
fn within(source: &Source<'_>, context: Node<'_>, depth: u32, mut body: Vec<Item>) -> Item {
    let (mut head, mut alias) = (None, String::new());
    let mut pending = vec![context];
    while let Some(part) = pending.pop() {
        match part.kind() {
            "call" if head.is_none() => {
                if let Value::Call(call) = value(source, part, depth) {
                    head = Some(*call);
                }
            }
            "as_pattern_target" => source.of(part).clone_into(&mut alias),
            "identifier" | "attribute" if head.is_none() => {
                let named = value(source, part, depth);
                body.insert(0, Item::Assign { name: String::new(), value: named, span: source.span(part) });
            }
            "with_item" | "as_pattern" | "parenthesized_expression" | "await" => {
                pending.extend(children(part).into_iter().rev())
            }
            _ => {}
        }
    }
    // `with batch as b`: another name for it.
    if let Some(Item::Assign { name, .. }) = body.first_mut().filter(|_| head.is_none()) {
        name.clone_from(&alias);
    }
    Item::Block { head, alias, body }
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
            let [left, right] = ["left", "right"].map(|side| node.child_by_field_name(side));
            let given = right.map_or(Value::Unknown, |right| value(source, right, depth));
            left.map_or(Value::Unknown, |left| value(source, left, depth).filled(Gaps::Percent, &given.given()))
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

/// `"..{}..".format(b)`, `"; ".join([a, b])`, `"..".strip()`.
fn put_together(source: &Source<'_>, node: Node<'_>, depth: u32) -> Option<Value> {
    let function = node.child_by_field_name("function").filter(|function| function.kind() == "attribute")?;
    let mut object = function.child_by_field_name("object")?;
    // `"..".strip().format(b)`
    for _ in 0..depth {
        match object.kind() {
            "call" => object = object.child_by_field_name("function")?.child_by_field_name("object")?,
            "parenthesized_expression" => object = *children(object).first()?,
            _ => break,
        }
    }
    if !matches!(object.kind(), "string" | "concatenated_string" | "binary_operator") {
        return None;
    }
    let text = value(source, function.child_by_field_name("object")?, depth);
    if !matches!(text, Value::Text(_) | Value::List(_)) {
        return None;
    }
    let given = || -> Vec<Value> {
        let arguments = node.child_by_field_name("arguments").map(children).unwrap_or_default();
        arguments.into_iter().map(|argument| value(source, argument, depth)).collect()
    };
    match source.of_field(function, "attribute") {
        "format" | "format_map" => {
            let mut own = Call::default();
            arguments(source, node, depth, &mut own);
            Some(text.filled(Gaps::Braces, &Given { list: &own.arguments, named: &own.named }))
        }
        "join" => Some(text.between(given().first()?.list())),
        "replace" => Some(text.replaced(&given())),
        "split" | "splitlines" => Some(Value::List(vec![text])),
        "strip" | "lstrip" | "rstrip" | "lower" | "upper" | "expandtabs" | "encode" => Some(text),
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
        } else if argument.kind() == "dictionary_splat" {
            let inner = children(argument).first().map_or(Value::Unknown, |inner| value(source, *inner, depth));
            match inner {
                Value::Map(pairs) => Rc::make_mut(&mut call.named).extend(pairs),
                // `**options` may be anything.
                _ => Rc::make_mut(&mut call.arguments).push(Value::Unknown),
            }
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
pub(in super::super) const KEYS: [&str; 6] = ["pk", "id", "uuid", "key", "slug", "code"];

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
                        "interpolation" => out.push_str(&gap_of(inside(source.of(piece)))),
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
