//! Ruby into items.

use super::item::{Call, Gaps, Item, Value};
use super::tree::{COMPUTED, MAX_DEPTH, Source, children, operands, unescape};
use std::rc::Rc;
use tree_sitter::Node;

/// The bodies of heredocs by the byte at which their beginnings stand.
type Heredocs<'t> = Vec<(usize, Node<'t>)>;

pub(super) fn read(source: &Source<'_>, root: Node<'_>) -> Vec<Item> {
    let reader = Reader { source, heredocs: find_heredocs(root) };
    let mut items = Vec::new();
    reader.statements(root, MAX_DEPTH, &mut items);
    items
}

/// Bodies follow in the order of their beginnings.
fn find_heredocs(root: Node<'_>) -> Heredocs<'_> {
    let (mut beginnings, mut bodies) = (Vec::new(), Vec::new());
    let mut cursor = root.walk();
    loop {
        let node = cursor.node();
        match node.kind() {
            "heredoc_beginning" => beginnings.push(node.start_byte()),
            "heredoc_body" => bodies.push(node),
            _ => {}
        }
        if cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                beginnings.sort_unstable();
                bodies.sort_unstable_by_key(Node::start_byte);
                return beginnings.into_iter().zip(bodies).collect();
            }
        }
    }
}

struct Reader<'a, 't> {
    source: &'a Source<'a>,
    heredocs: Heredocs<'t>,
}

impl Reader<'_, '_> {
    fn body(&self, node: Option<Node<'_>>, depth: u32) -> Vec<Item> {
        let mut items = Vec::new();
        if let Some(node) = node {
            self.statements(node, depth, &mut items);
        }
        items
    }

    fn statements(&self, node: Node<'_>, depth: u32, items: &mut Vec<Item>) {
        let Some(depth) = self.source.deeper(node, depth) else { return };
        for child in children(node) {
            self.statement(child, depth, items);
        }
    }

    fn statement(&self, node: Node<'_>, depth: u32, items: &mut Vec<Item>) {
        match node.kind() {
            "class" | "module" => items.push(Item::Class { body: self.body(node.child_by_field_name("body"), depth) }),
            "method" | "singleton_method" => items.push(Item::Define {
                name: node.child_by_field_name("name").map(|name| self.source.of(name).to_owned()).unwrap_or_default(),
                body: self.body(node.child_by_field_name("body"), depth),
            }),
            "call" => items.push(Item::Call(self.call(node, depth))),
            "identifier" => items.push(Item::Call(Call {
                name: self.source.of(node).to_owned(),
                span: self.source.span(node),
                ..Call::default()
            })),
            "assignment" => {
                let left = node.child_by_field_name("left").map(|left| self.source.of(left).to_owned());
                let right = node.child_by_field_name("right");
                let value = right.map_or(Value::Unknown, |right| self.value(right, depth));
                match (right.filter(|right| right.kind() == "call"), value.call()) {
                    (Some(_), Some(call)) => items.push(Item::Call(call.clone())),
                    // Of `x = <<~SQL.squish` the text is the value.
                    (Some(right), None) => items.push(Item::Call(self.call(right, depth))),
                    (None, _) => {}
                }
                items.push(Item::Assign { name: left.unwrap_or_default(), value, span: self.source.span(node) });
            }
            "while" | "until" | "for" | "while_modifier" | "until_modifier" => {
                items.push(Item::Loop { over: None, name: String::new(), body: self.body(Some(node), depth) });
            }
            "body_statement"
            | "block_body"
            | "do_block"
            | "block"
            | "then"
            | "else"
            | "elsif"
            | "begin"
            | "if"
            | "unless"
            | "do"
            | "ensure"
            | "rescue"
            | "if_modifier"
            | "unless_modifier"
            | "case"
            | "when"
            | "parenthesized_statements" => {
                items.push(Item::Block { head: None, alias: String::new(), body: self.body(Some(node), depth) });
            }
            _ => {}
        }
    }

    fn call(&self, node: Node<'_>, depth: u32) -> Call {
        let range = node.byte_range();
        let mut call = Call { span: self.source.span(node), range: (range.start, range.end), ..Call::default() };
        let Some(depth) = self.source.deeper(node, depth) else { return call };
        (call.name, call.limited) = self.chain(node, depth);
        let (mut arguments, mut named, mut block) = (Vec::new(), Vec::new(), Vec::new());
        for argument in node.child_by_field_name("arguments").map(children).unwrap_or_default() {
            match argument.kind() {
                "pair" => named.extend(self.pair(argument, depth)),
                // `each(&:save!)`
                "block_argument" => {
                    let method = self.source.of(argument).strip_prefix("&:").map(|method| format!("it.{method}"));
                    let span = self.source.span(argument);
                    block.extend(method.map(|name| Item::Call(Call { name, span, ..Call::default() })));
                }
                _ => arguments.push(self.value(argument, depth)),
            }
        }
        block.extend(self.block(node.child_by_field_name("block"), depth));
        // A chain keeps the statements of its inner blocks.
        if let Some(receiver) = node.child_by_field_name("receiver").filter(|receiver| receiver.kind() == "call") {
            block.extend(self.block(receiver.child_by_field_name("block"), depth));
        }
        (call.arguments, call.named, call.block) = (Rc::new(arguments), Rc::new(named), Rc::new(block));
        call
    }

    fn block(&self, node: Option<Node<'_>>, depth: u32) -> Vec<Item> {
        node.map(|node| self.body(node.child_by_field_name("body").or(Some(node)), depth)).unwrap_or_default()
    }

    fn pair(&self, node: Node<'_>, depth: u32) -> Option<(String, Value)> {
        let key = node.child_by_field_name("key")?;
        let name = self.source.of(key).trim_matches([':', '"', '\'']).to_owned();
        Some((name, node.child_by_field_name("value").map_or(Value::Unknown, |inner| self.value(inner, depth))))
    }

    fn chain(&self, node: Node<'_>, depth: u32) -> (String, bool) {
        let mut parts: Vec<String> = Vec::new();
        let (mut node, mut limited) = (node, false);
        for steps in 0.. {
            if steps == depth {
                self.source.give_up();
                break;
            }
            if node.kind() != "call" {
                parts.push(self.source.of(node).split_whitespace().collect());
                break;
            }
            let method = node.child_by_field_name("method").map(|method| self.source.of(method)).unwrap_or_default();
            let bounded = matches!(method, "in_batches" | "limit" | "find_in_batches" | "find");
            let by_key = method == "where"
                && node.child_by_field_name("arguments").is_some_and(|arguments| {
                    let text = self.source.of(arguments);
                    text.contains("id:") && !text.contains("_id:")
                });
            limited |= bounded || by_key;
            parts.push(method.to_owned());
            match node.child_by_field_name("receiver") {
                Some(receiver) => node = receiver,
                None => break,
            }
        }
        parts.reverse();
        (parts.join("."), limited)
    }

    fn value(&self, node: Node<'_>, depth: u32) -> Value {
        let Some(depth) = self.source.deeper(node, depth) else { return Value::Unknown };
        match node.kind() {
            "string" | "chained_string" => self.text(node),
            "heredoc_beginning" => self.heredoc(node),
            "simple_symbol" => Value::Name(self.source.of(node).trim_start_matches(':').to_owned()),
            "delimited_symbol" => Value::Name(self.source.of(node).trim_matches([':', '"', '\'']).to_owned()),
            "true" => Value::Flag(true),
            "false" => Value::Flag(false),
            "nil" => Value::Nothing,
            "integer" | "float" => Value::Number(self.source.of(node).to_owned()),
            "constant" | "identifier" | "scope_resolution" => Value::Name(self.source.of(node).to_owned()),
            "array" | "string_array" | "symbol_array" => {
                Value::List(children(node).into_iter().map(|item| self.value(item, depth)).collect())
            }
            "bare_symbol" | "bare_string" => Value::Name(self.source.of(node).to_owned()),
            "hash" => {
                let pairs = children(node).into_iter().filter(|pair| pair.kind() == "pair");
                Value::Map(pairs.filter_map(|pair| self.pair(pair, depth)).collect())
            }
            // `execute <<~SQL.squish`
            "call" => match node.child_by_field_name("receiver") {
                Some(receiver) if matches!(receiver.kind(), "heredoc_beginning" | "string") => {
                    self.value(receiver, depth)
                }
                Some(receiver) if receiver.kind() == "array" && self.source.of_field(node, "method") == "join" => {
                    let arguments = node.child_by_field_name("arguments").map(children).unwrap_or_default();
                    let separator = arguments.first().map_or(Value::Unknown, |first| self.value(*first, depth));
                    separator.between(self.value(receiver, depth).list())
                }
                None if matches!(self.source.of_field(node, "method"), "format" | "sprintf") => {
                    let arguments = node.child_by_field_name("arguments").map(children).unwrap_or_default();
                    arguments.first().map_or(Value::Unknown, |first| self.value(*first, depth).filled(Gaps::Percent))
                }
                _ => Value::Call(Box::new(self.call(node, depth))),
            },
            "binary" => self.operated(node, depth),
            "parenthesized_statements" => match children(node).as_slice() {
                [only] => self.value(*only, depth),
                _ => Value::Unknown,
            },
            "splat_argument" => {
                let inner = children(node).first().map_or(Value::Unknown, |inner| self.value(*inner, depth));
                Value::Spread(Box::new(inner))
            }
            "lambda" => {
                let body = node.child_by_field_name("body");
                let first = body.and_then(|body| self.first_text(body));
                first.map_or_else(|| Value::Code(self.body(body, depth)), |text| Value::Code(vec![text]))
            }
            _ => Value::Unknown,
        }
    }

    /// `"a" + b`, `"a" << b`, `"a %s" % b`.
    fn operated(&self, node: Node<'_>, depth: u32) -> Value {
        const SUMS: [&str; 2] = ["+", "<<"];
        match self.source.of_field(node, "operator") {
            "%" => {
                let left = node.child_by_field_name("left");
                left.map_or(Value::Unknown, |left| self.value(left, depth).filled(Gaps::Percent))
            }
            operator if SUMS.contains(&operator) => {
                let parts = operands(self.source, node, &SUMS).into_iter().map(|part| self.value(part, depth));
                Value::joined(parts.collect())
            }
            _ => Value::Unknown,
        }
    }

    /// The text that a lambda returns, as an assignment to nothing.
    fn first_text(&self, node: Node<'_>) -> Option<Item> {
        let mut pending = vec![node];
        for _ in 0..20 {
            let part = pending.pop()?;
            if part.kind() == "string" {
                return Some(Item::Assign {
                    name: String::new(),
                    value: self.text(part),
                    span: self.source.span(part),
                });
            }
            pending.extend(children(part).into_iter().rev());
        }
        None
    }

    fn text(&self, node: Node<'_>) -> Value {
        let mut out = String::new();
        let mut place: Option<(usize, usize)> = None;
        let mut pending = vec![node];
        while let Some(part) = pending.pop() {
            let range = part.byte_range();
            match part.kind() {
                "string_content" | "escape_sequence" => {
                    out.push_str(&unescape(self.source.of(part)));
                    place = Some(place.map_or((range.start, range.end), |(start, _)| (start, range.end)));
                }
                "interpolation" => out.push_str(COMPUTED),
                _ => pending.extend(children(part).into_iter().rev()),
            }
        }
        let (start, end) = place.unwrap_or((node.start_byte(), node.end_byte()));
        Value::Text(self.source.text_at(start, end, out, false))
    }

    fn heredoc(&self, beginning: Node<'_>) -> Value {
        let found = self.heredocs.binary_search_by_key(&beginning.start_byte(), |(at, _)| *at);
        let Ok(body) = found.map(|at| &self.heredocs[at].1) else { return Value::Unknown };
        let range = body.byte_range();
        let mut out = self.source.text.get(range.clone()).unwrap_or_default().to_owned();
        for part in children(*body).into_iter().rev() {
            let inside = part.start_byte() - range.start..part.end_byte() - range.start;
            match part.kind() {
                "interpolation" => out.replace_range(inside, COMPUTED),
                "heredoc_end" => out.truncate(inside.start),
                _ => {}
            }
        }
        Value::Text(self.source.text_at(range.start, range.end, out, true))
    }
}
