//! JavaScript and TypeScript into items.
//!
//! The calls of a chain are kept one by one (`Call::links`), because builders say there what matters:
//! `t.string("a").notNullable().alter()`.

use super::item::{Call, Item, Value};
use super::tree::{MAX_DEPTH, Source, children, gap_of, inside, unescape};
use std::borrow::Cow;
use std::rc::Rc;
use tree_sitter::Node;

pub(super) fn read(source: &Source<'_>, root: Node<'_>) -> Vec<Item> {
    statements(source, root, MAX_DEPTH)
}

/// The text without the types in front of a template, which the grammar does not know: sql<User>`..`. Every byte stays in
/// its place.
pub(super) fn without_types(text: &str) -> Cow<'_, str> {
    let mut blank: Vec<(usize, usize)> = Vec::new();
    for (end, _) in text.match_indices(">`") {
        let mut open = 0;
        let before = text.as_bytes().get(..=end).unwrap_or_default();
        for (at, byte) in before.iter().enumerate().rev().take(MAX_TYPES) {
            open += match byte {
                b'>' => 1,
                b'<' => -1,
                b'`' | b'(' | b')' | b'\n' => break,
                byte if !byte.is_ascii() => break,
                _ => 0,
            };
            if open == 0 {
                let named = at.checked_sub(1).and_then(|at| before.get(at)).is_some_and(u8::is_ascii_alphanumeric);
                blank.extend(Some((at, end + 1)).filter(|_| named));
                break;
            }
        }
    }
    if blank.is_empty() {
        return Cow::Borrowed(text);
    }
    let (mut out, mut done) = (String::with_capacity(text.len()), 0);
    for (start, end) in blank {
        out.push_str(text.get(done..start).unwrap_or_default());
        out.extend(std::iter::repeat_n(' ', end - start));
        done = end;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    Cow::Owned(out)
}

/// The longest types that are looked for in front of a template, in bytes.
const MAX_TYPES: usize = 200;

fn statements(source: &Source<'_>, node: Node<'_>, depth: u32) -> Vec<Item> {
    let mut items = Vec::new();
    if let Some(depth) = source.deeper(node, depth) {
        for child in children(node) {
            statement(source, child, depth, &mut items);
        }
    }
    items
}

/// A statement, or an expression of which only the calls matter.
fn statement(source: &Source<'_>, node: Node<'_>, depth: u32, items: &mut Vec<Item>) {
    let Some(depth) = source.deeper(node, depth) else { return };
    match node.kind() {
        "call_expression" => items.push(Item::Call(call(source, node, depth))),
        // `new Promise(async (resolve) => ..)`
        "new_expression" | "object" | "array" => {
            let value = value(source, node, depth);
            let value = taken_apart(value, true, items);
            // `export default { up: addIndex }`
            if node.kind() == "object" {
                items.push(Item::Assign { name: String::new(), value, span: source.span(node) });
            }
        }
        "assignment_expression" => {
            if let (Some(left), Some(right)) = (node.child_by_field_name("left"), node.child_by_field_name("right")) {
                declare(source, left, right, depth, items);
            }
        }
        "augmented_assignment_expression" => extend(source, node, depth, items),
        "variable_declarator" => {
            if let (Some(name), Some(value)) = (node.child_by_field_name("name"), node.child_by_field_name("value")) {
                declare(source, name, value, depth, items);
            }
        }
        "public_field_definition" | "field_definition" => {
            if let Some(value) = node.child_by_field_name("value") {
                let name = if node.kind() == "field_definition" { "property" } else { "name" };
                assign(source, field(source, node, name), value, depth, items);
            }
        }
        "function_declaration" | "generator_function_declaration" | "method_definition" => {
            define(source, field(source, node, "name"), node, depth, items);
        }
        kind if is_function(kind) => items.push(block(body(source, node, depth))),
        "class_declaration" | "class" | "abstract_class_declaration" => {
            let body = node.child_by_field_name("body").map(|body| statements(source, body, depth));
            items.push(Item::class(body.unwrap_or_default()));
        }
        "for_in_statement" | "for_statement" | "while_statement" | "do_statement" => {
            repeat(source, node, depth, items);
        }
        "if_statement" | "try_statement" | "else_clause" | "catch_clause" | "finally_clause" | "statement_block"
        | "switch_statement" | "switch_body" | "switch_case" | "switch_default" => {
            items.push(block(statements(source, node, depth)));
        }
        // `export { addIndex as up }`
        "export_specifier" => {
            let (name, known) = (field(source, node, "alias"), field(source, node, "name"));
            items.push(Item::Assign { name, value: Value::Name(known), span: source.span(node) });
        }
        "import_statement" => {
            let module = field(source, node, "source").trim_matches(['"', '\'']).to_owned();
            let clause = children(node).into_iter().find(|part| part.kind() == "import_clause");
            let names = clause.map(|clause| names_in(source, clause)).unwrap_or_default();
            items.push(Item::Import { module, names, span: source.span(node) });
        }
        "decorator"
        | "type_annotation"
        | "type_arguments"
        | "interface_declaration"
        | "type_alias_declaration"
        | "identifier"
        | "string"
        | "number"
        | "regex" => {}
        // `await f()`, `a && f()`, `a ? f() : g()`, `void f()`, `label: f()`, `throw f()`, `f().x`, ...
        _ => {
            for inner in children(node) {
                statement(source, inner, depth, items);
            }
        }
    }
}

fn block(body: Vec<Item>) -> Item {
    Item::Block { head: None, alias: String::new(), body }
}

/// A loop: what it goes over or asks comes first, then what it repeats.
fn repeat(source: &Source<'_>, node: Node<'_>, depth: u32, items: &mut Vec<Item>) {
    let repeated = node.child_by_field_name("body");
    let goes_over = node.child_by_field_name("right");
    for part in children(node) {
        if Some(part) != repeated {
            statement(source, part, depth, items);
        }
    }
    let over = goes_over.map(|right| value(source, right, depth));
    let name = if goes_over.is_some() { field(source, node, "left") } else { String::new() };
    let mut body = Vec::new();
    if let Some(repeated) = repeated {
        statement(source, repeated, depth, &mut body);
    }
    items.push(Item::Loop { over, name, body });
}

/// The name in a field, also one in quotes or brackets.
fn field(source: &Source<'_>, node: Node<'_>, name: &str) -> String {
    node.child_by_field_name(name).map(|part| name_of(source, part)).unwrap_or_default()
}

/// What a name is called: the `up` of `exports.up`, `exports["up"]`, `"up"`, `["up"]` and `up`.
fn name_of(source: &Source<'_>, node: Node<'_>) -> String {
    let named = match node.kind() {
        "member_expression" => node.child_by_field_name("property"),
        "subscript_expression" => node.child_by_field_name("index"),
        "computed_property_name" => node.named_child(0),
        _ => None,
    };
    source.of(named.unwrap_or(node)).trim_matches(['"', '\'', '`']).to_owned()
}

fn is_function(kind: &str) -> bool {
    matches!(kind, "arrow_function" | "function_expression" | "function" | "generator_function")
}

/// `name = value`, `{ a, b } = value`, `[a, b] = value`.
fn declare(source: &Source<'_>, left: Node<'_>, right: Node<'_>, depth: u32, items: &mut Vec<Item>) {
    if !matches!(left.kind(), "array_pattern" | "object_pattern") {
        return assign(source, name_of(source, left), right, depth, items);
    }
    let whole = taken_apart(value(source, right, depth), true, items);
    for (place, part) in children(left).into_iter().enumerate() {
        let key = part.child_by_field_name("key").unwrap_or(part);
        let key = source.of(key);
        let value = match &whole {
            Value::List(list) if left.kind() == "array_pattern" => list.get(place).cloned().unwrap_or(Value::Unknown),
            Value::Map(_) if place < MAX_PIECES => whole.key(key).cloned().unwrap_or(Value::Unknown),
            Value::Name(name) => Value::Name(format!("{name}.{key}")),
            Value::Call(_) => whole.clone(),
            _ => Value::Unknown,
        };
        for name in names_in(source, part) {
            items.push(Item::Assign { name, value: value.clone(), span: source.span(part) });
        }
    }
}

/// Pieces of an object whose values are looked up when it is taken apart.
const MAX_PIECES: usize = 200;

/// The names that a pattern gives.
fn names_in(source: &Source<'_>, pattern: Node<'_>) -> Vec<String> {
    let (mut names, mut pending) = (Vec::new(), vec![pattern]);
    while let Some(part) = pending.pop().filter(|part| source.deeper(*part, 1).is_some()) {
        match part.kind() {
            "identifier" | "shorthand_property_identifier_pattern" => names.push(source.of(part).to_owned()),
            "type_annotation" => {}
            "pair_pattern" => pending.extend(part.child_by_field_name("value")),
            "assignment_pattern" | "object_assignment_pattern" => pending.extend(part.child_by_field_name("left")),
            "required_parameter" | "optional_parameter" => pending.extend(part.child_by_field_name("pattern")),
            _ => pending.extend(children(part)),
        }
    }
    names
}

fn assign(source: &Source<'_>, name: String, right: Node<'_>, depth: u32, items: &mut Vec<Item>) {
    if is_function(right.kind()) {
        define(source, name, right, depth, items);
        return;
    }
    let value = taken_apart(value(source, right, depth), true, items);
    // What says nothing as a value may still call something.
    if matches!(value, Value::Unknown) || right.kind() == "template_string" {
        statement(source, right, depth, items);
    }
    items.push(Item::Assign { name, value, span: source.span(right) });
}

/// `sql += "more"`, `table ||= "users"`
fn extend(source: &Source<'_>, node: Node<'_>, depth: u32, items: &mut Vec<Item>) {
    let Some(right) = node.child_by_field_name("right") else { return };
    let name = field(source, node, "left");
    if source.of_field(node, "operator") != "+=" {
        return assign(source, name, right, depth, items);
    }
    let value = taken_apart(value(source, right, depth), true, items);
    items.push(Item::Extend { name, value, span: source.span(right) });
}

/// Moves the functions in a value to the statements, where they are found by their names; with `calls` its calls are
/// there too.
fn taken_apart(value: Value, calls: bool, items: &mut Vec<Item>) -> Value {
    match value {
        Value::Code(body) => {
            items.push(block(body));
            Value::Unknown
        }
        Value::List(list) => Value::List(list.into_iter().map(|inner| taken_apart(inner, calls, items)).collect()),
        Value::Spread(inner) => Value::Spread(Box::new(taken_apart(*inner, calls, items))),
        Value::Map(pairs) => {
            let pairs = pairs.into_iter().map(|(name, inner)| match inner {
                Value::Code(body) => {
                    items.push(Item::Define { name: name.clone(), body });
                    (name, Value::Unknown)
                }
                inner => {
                    let inner = taken_apart(inner, calls, items);
                    (name, inner)
                }
            });
            Value::Map(pairs.collect())
        }
        Value::Call(call) => {
            // `new Table({ .. })` has no links and does nothing, unless something in it does.
            let made = call.links.is_empty();
            if calls && !made {
                items.push(Item::Call((*call).clone()));
            } else if calls && (!call.block.is_empty() || call.arguments.iter().any(has_calls)) {
                let links = Rc::new(vec![(*call).clone()]);
                items.push(Item::Call(Call { links, ..(*call).clone() }));
            }
            Value::Call(call)
        }
        other => other,
    }
}

fn has_calls(value: &Value) -> bool {
    match value {
        Value::Call(call) => !call.links.is_empty(),
        Value::List(list) => list.iter().any(has_calls),
        _ => false,
    }
}

fn define(source: &Source<'_>, name: String, function: Node<'_>, depth: u32, items: &mut Vec<Item>) {
    items.push(Item::Define { name, body: body(source, function, depth) });
}

/// The statements of a function; of `x => f(x)` the one that it is. Before them the names of its parameters.
fn body(source: &Source<'_>, function: Node<'_>, depth: u32) -> Vec<Item> {
    let Some(body) = function.child_by_field_name("body") else { return Vec::new() };
    let mut items = Vec::new();
    let parameters = function.child_by_field_name("parameters").or_else(|| function.child_by_field_name("parameter"));
    let names = parameters.map(|list| names_in(source, list)).unwrap_or_default();
    if body.kind() == "statement_block" {
        items = statements(source, body, depth);
    } else {
        statement(source, body, depth, &mut items);
    }
    if !names.is_empty() {
        items.insert(0, Item::Parameters(names.into_iter().map(|name| (name, Value::Unknown)).collect()));
    }
    items
}

/// A chain of calls, from the first to the last. Descends in a loop, because chains may be long.
fn call(source: &Source<'_>, node: Node<'_>, depth: u32) -> Call {
    let range = node.byte_range();
    let mut links: Vec<Call> = Vec::new();
    let mut parts: Vec<&str> = Vec::new();
    // Of each link how many parts of the name come after it.
    let mut after: Vec<usize> = Vec::new();
    let mut at = node;
    for steps in 0.. {
        if steps == MAX_LINKS {
            source.give_up();
            break;
        }
        match at.kind() {
            "call_expression" => {
                let Some(function) = at.child_by_field_name("function") else { break };
                let mut link = link_of(source, function);
                arguments(source, at, depth, &mut link);
                links.push(link);
                after.push(parts.len());
                at = function;
            }
            "member_expression" | "non_null_expression" | "subscript_expression" => {
                let name = at.child_by_field_name("property").or_else(|| at.child_by_field_name("index"));
                parts.extend(name.map(|name| source.of(name).trim_matches(['"', '\''])));
                match at.child_by_field_name("object").or_else(|| at.named_child(0)) {
                    Some(object) => at = object,
                    None => break,
                }
            }
            "await_expression"
            | "parenthesized_expression"
            | "as_expression"
            | "satisfies_expression"
            | "instantiation_expression" => match at.named_child(0) {
                Some(inner) => at = inner,
                None => break,
            },
            "identifier" | "this" | "super" | "import" => {
                parts.push(source.of(at));
                break;
            }
            // `(async () => { .. })()`
            kind if is_function(kind) => {
                if let Some(link) = links.last_mut() {
                    Rc::make_mut(&mut link.block).extend(body(source, at, depth));
                }
                parts.push("");
                break;
            }
            _ => {
                parts.push("");
                break;
            }
        }
    }
    links.reverse();
    parts.reverse();
    after.reverse();
    for (link, after) in links.iter_mut().zip(after) {
        let receiver = parts.get(..parts.len().saturating_sub(after + 1)).unwrap_or_default();
        repeated(source, link, receiver, at, depth);
    }
    let last = links.last().cloned().unwrap_or_default();
    let range = (range.start, range.end);
    Call { name: parts.join("."), span: source.span(node), range, links: Rc::new(links), ..last }
}

/// A link by what it calls: `raw` of `knex.raw` and `knex["raw"]`, `helper`, and nothing for a function in place.
fn link_of(source: &Source<'_>, function: Node<'_>) -> Call {
    let named = match function.kind() {
        "member_expression" => function.child_by_field_name("property"),
        "subscript_expression" => function.child_by_field_name("index"),
        "instantiation_expression" => function.named_child(0),
        "identifier" => Some(function),
        _ => None,
    };
    let name = named.map(|name| source.of(name).trim_matches(['"', '\'']).to_owned()).unwrap_or_default();
    Call { name, span: source.span(named.unwrap_or(function)), ..Call::default() }
}

/// Makes a loop of the callback of `list.map(..)` and its like.
fn repeated(source: &Source<'_>, link: &mut Call, receiver: &[&str], root: Node<'_>, depth: u32) {
    if !matches!(link.name.as_str(), "map" | "forEach" | "flatMap" | "each" | "mapSeries") {
        return;
    }
    let Some(Item::Parameters(names)) = link.block.first() else { return };
    let name = names.first().map(|(name, _)| name.clone()).unwrap_or_default();
    let over = match receiver {
        // Bluebird's `Promise.map(list, ..)`
        ["Promise" | "Bluebird"] => link.arguments.first().cloned().unwrap_or(Value::Unknown),
        [""] if root.kind() == "array" => value(source, root, depth),
        [name] => Value::Name((*name).to_owned()),
        _ => {
            let near = receiver.get(..receiver.len().min(MAX_RECEIVER)).unwrap_or_default();
            Value::Call(Box::new(Call { name: near.join("."), ..Call::default() }))
        }
    };
    let body = link.block.to_vec();
    link.block = Rc::new(vec![Item::Loop { over: Some(over), name, body }]);
}

/// Calls and names in one chain.
const MAX_LINKS: usize = 4000;
/// Names of what a callback is called for again and again.
const MAX_RECEIVER: usize = 20;

fn arguments(source: &Source<'_>, node: Node<'_>, depth: u32, into: &mut Call) {
    let Some(depth) = source.deeper(node, depth) else { return };
    let Some(list) = node.child_by_field_name("arguments") else { return };
    if list.kind() == "template_string" {
        into.arguments = Rc::new(vec![text(source, list)]);
        return;
    }
    let (mut arguments, mut block) = (Vec::new(), Vec::new());
    for argument in children(list) {
        if is_function(argument.kind()) {
            block.extend(body(source, argument, depth));
            arguments.push(Value::Unknown);
        } else {
            arguments.push(taken_apart(value(source, argument, depth), false, &mut block));
        }
    }
    into.arguments = Rc::new(arguments);
    into.block = Rc::new(block);
}

fn value(source: &Source<'_>, node: Node<'_>, depth: u32) -> Value {
    let Some(depth) = source.deeper(node, depth) else { return Value::Unknown };
    match node.kind() {
        "string" | "template_string" => text(source, node),
        // One of them is the value, and each may call something.
        "binary_expression" if matches!(source.of_field(node, "operator"), "&&" | "||" | "??") => {
            alternatives(source, node, &["left", "right"], depth)
        }
        "ternary_expression" => alternatives(source, node, &["condition", "consequence", "alternative"], depth),
        // `"a" + "b"`
        "binary_expression" => joined(source, node),
        kind if is_function(kind) => Value::Code(body(source, node, depth)),
        "true" => Value::Flag(true),
        "false" => Value::Flag(false),
        "null" | "undefined" => Value::Nothing,
        "number" => Value::Number(source.of(node).to_owned()),
        "identifier" | "member_expression" => Value::Name(source.of(node).split_whitespace().collect()),
        "array" => Value::List(children(node).into_iter().map(|item| value(source, item, depth)).collect()),
        "object" => Value::Map(children(node).into_iter().filter_map(|part| pair(source, part, depth)).collect()),
        "subscript_expression" if source.of_field(node, "object").len() < MAX_NAME => {
            Value::Name(format!("{}.{}", source.of_field(node, "object"), field(source, node, "index")))
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
        "await_expression"
        | "parenthesized_expression"
        | "as_expression"
        | "satisfies_expression"
        | "non_null_expression" => children(node).first().map_or(Value::Unknown, |inner| value(source, *inner, depth)),
        _ => Value::Unknown,
    }
}

/// What a value is one of: all but those of which nothing is known.
fn alternatives(source: &Source<'_>, node: Node<'_>, fields: &[&str], depth: u32) -> Value {
    let parts = fields.iter().filter_map(|name| Some((*name, node.child_by_field_name(name)?)));
    let conditional = node.kind() == "ternary_expression" || source.of_field(node, "operator") == "&&";
    let values =
        parts.map(|(name, part)| (conditional && matches!(name, "condition" | "left"), value(source, part, depth)));
    // Of a condition only what it calls matters.
    let mut known: Vec<Value> =
        values.filter(|(asks, value)| !asks || has_calls(value)).map(|(_, value)| value).collect();
    if known.len() == 1 { known.pop().unwrap_or(Value::Unknown) } else { Value::List(known) }
}

/// A longer text in front of brackets is no name.
const MAX_NAME: usize = 100;

/// A part of `{ a: b, c, d() { .. }, ...e }`.
fn pair(source: &Source<'_>, part: Node<'_>, depth: u32) -> Option<(String, Value)> {
    match part.kind() {
        "pair" => {
            let inner = part.child_by_field_name("value")?;
            Some((field(source, part, "key"), value(source, inner, depth)))
        }
        "method_definition" => Some((field(source, part, "name"), Value::Code(body(source, part, depth)))),
        "shorthand_property_identifier" => {
            let name = source.of(part).to_owned();
            Some((name.clone(), Value::Name(name)))
        }
        "spread_element" => Some(("...".to_owned(), value(source, part, depth))),
        _ => None,
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
            _ => out.push_str(&gap_of(source.of(part))),
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
            out.push_str(&gap_of(inside(source.of(part))));
            done = ends;
        }
    }
    out.push_str(inner.get(done..).unwrap_or_default());
    let out =
        if out.contains("\\`") || out.contains("\\$") { out.replace("\\`", "`").replace("\\$", "$") } else { out };
    Value::Text(source.text_at(start, end, out, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_in_front_of_a_template_become_spaces() {
        assert_eq!(without_types("sql<Map<string, X>>`a` <b>`c`"), "sql                `a` <b>`c`");
        assert_eq!(without_types("a > `b`"), "a > `b`");
    }
}
