//! Ruby into items.

use super::item::{Call, Gaps, Given, Item, Value};
use super::tree::{MAX_DEPTH, Source, children, gap_of, inside, operands, unescape};
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

/// The name of an option that stands for those of other keys: `**options`.
pub(in super::super) const SPLAT: &str = "**";
/// Methods after which a text or a list still is what it was, as far as it matters here.
const CHANGES_LITTLE: [&str; 14] = [
    "freeze", "dup", "strip", "squish", "chomp", "gsub", "squeeze", "tr", "lines", "to_s", "to_sym", "to_a", "uniq",
    "sort",
];

fn is_variable(kind: &str) -> bool {
    matches!(kind, "identifier" | "instance_variable" | "class_variable" | "global_variable")
}

/// Parts that hold statements.
fn is_container(kind: &str) -> bool {
    matches!(
        kind,
        "program"
            | "body_statement"
            | "block_body"
            | "do_block"
            | "block"
            | "then"
            | "else"
            | "elsif"
            | "begin"
            | "begin_block"
            | "end_block"
            | "if"
            | "unless"
            | "do"
            | "ensure"
            | "rescue"
            | "if_modifier"
            | "unless_modifier"
            | "case"
            | "when"
            | "case_match"
            | "in_clause"
            | "singleton_class"
            | "parenthesized_statements"
    )
}

/// Parts that a value is made of, and that only hold what is looked for.
fn is_expression(kind: &str) -> bool {
    !is_container(kind)
        && !is_variable(kind)
        && !matches!(
            kind,
            "call"
                | "yield"
                | "assignment"
                | "operator_assignment"
                | "class"
                | "module"
                | "method"
                | "singleton_method"
                | "for"
                | "while"
                | "until"
                | "while_modifier"
                | "until_modifier"
                | "lambda"
                | "block_argument"
        )
}

/// `lambda { .. }`, `proc { .. }`, `Proc.new { .. }`.
fn is_code(source: &Source<'_>, node: Node<'_>) -> bool {
    match source.of_field(node, "method") {
        "lambda" | "proc" => node.child_by_field_name("receiver").is_none(),
        "new" => source.of_field(node, "receiver") == "Proc",
        _ => false,
    }
}

struct Reader<'a, 't> {
    source: &'a Source<'a>,
    heredocs: Heredocs<'t>,
}

impl Reader<'_, '_> {
    /// The statements of a part: those that it holds, or itself where it is a single one.
    fn body(&self, node: Option<Node<'_>>, depth: u32) -> Vec<Item> {
        let mut items = Vec::new();
        match node {
            Some(node) if is_container(node.kind()) => self.statements(node, depth, &mut items),
            Some(node) => {
                self.statement(node, depth, &mut items);
                self.stands_alone(node, &mut items);
            }
            None => {}
        }
        items
    }

    fn statements(&self, node: Node<'_>, depth: u32, items: &mut Vec<Item>) {
        for child in children(node) {
            self.statement(child, depth, items);
            self.stands_alone(child, items);
        }
    }

    /// Notes that the last call is a statement by itself.
    fn stands_alone(&self, node: Node<'_>, items: &mut [Item]) {
        if matches!(node.kind(), "call" | "identifier")
            && let Some(Item::Call(call)) = items.last_mut()
        {
            call.alone = true;
        }
    }

    /// A statement, and every call that stands anywhere in it.
    fn statement(&self, node: Node<'_>, depth: u32, items: &mut Vec<Item>) {
        let Some(depth) = self.source.deeper(node, depth) else { return };
        match node.kind() {
            "class" | "module" => {
                let superclass = node.child_by_field_name("superclass").and_then(|it| children(it).first().copied());
                let base = superclass.map(|it| self.version_of(it).to_owned()).unwrap_or_default();
                let name = self.source.of_field(node, "name").to_owned();
                let body = self.body(node.child_by_field_name("body"), depth);
                items.push(Item::Class { name, base, body });
            }
            "method" | "singleton_method" => {
                let name = self.source.of_field(node, "name").to_owned();
                items.push(Item::Define { name, body: self.headed_body(node, depth) });
            }
            "call" => self.call_statement(node, depth, items),
            "yield" => {
                for argument in children(node) {
                    self.inner(argument, false, depth, items);
                }
                let list = children(node).first().map(|list| children(*list)).unwrap_or_default();
                let arguments = Rc::new(list.into_iter().map(|it| self.value(it, depth)).collect());
                let span = self.source.span(node);
                items.push(Item::Call(Call { name: "yield".to_owned(), arguments, span, ..Call::default() }));
            }
            "identifier" => items.push(Item::Call(Call {
                name: self.source.of(node).to_owned(),
                span: self.source.span(node),
                ..Call::default()
            })),
            kind if is_variable(kind) => {}
            // `code[:users]`
            "element_reference" if node.child_by_field_name("object").is_some_and(|it| is_variable(it.kind())) => {
                let Some(object) = node.child_by_field_name("object") else { return };
                let mut arguments = children(node);
                arguments.retain(|part| part.id() != object.id());
                let arguments = Rc::new(arguments.into_iter().map(|it| self.value(it, depth)).collect());
                let name = format!("{}.[]", self.source.of(object));
                items.push(Item::Call(Call { name, arguments, span: self.source.span(node), ..Call::default() }));
            }
            "assignment" | "operator_assignment" => self.assignment(node, depth, items),
            "binary" if self.source.of_field(node, "operator") == "<<" => {
                self.inner(node, false, depth, items);
                let [left, right] = ["left", "right"].map(|side| node.child_by_field_name(side));
                if let Some((left, right)) = left.zip(right).filter(|(left, _)| is_variable(left.kind())) {
                    let (name, value) = (self.source.of(left).to_owned(), self.value(right, depth));
                    items.push(Item::Extend { name, value, span: self.source.span(node) });
                }
            }
            "for" => {
                let over = node.child_by_field_name("value").and_then(|value| children(value).first().copied());
                if let Some(over) = over {
                    self.inner(over, true, depth, items);
                }
                items.push(Item::Loop {
                    over: over.map(|over| self.value(over, depth)),
                    name: self.source.of_field(node, "pattern").to_owned(),
                    body: self.body(node.child_by_field_name("body"), depth),
                });
            }
            "while" | "until" | "while_modifier" | "until_modifier" => {
                let mut body = Vec::new();
                self.statements(node, depth, &mut body);
                items.push(Item::Loop { over: None, name: String::new(), body });
            }
            kind if is_container(kind) => {
                let mut body = Vec::new();
                self.statements(node, depth, &mut body);
                items.push(Item::Block { head: None, alias: String::new(), body });
            }
            "lambda" | "block_argument" | "alias" | "undef" => {}
            _ => self.inner(node, true, depth, items),
        }
    }

    /// The class that another comes from, without its version: `ActiveRecord::Migration` of `ActiveRecord::Migration[7.0]`.
    fn version_of(&self, node: Node<'_>) -> &str {
        let object = (node.kind() == "element_reference").then(|| node.child_by_field_name("object")).flatten();
        self.source.of(object.unwrap_or(node))
    }

    /// The calls inside an expression; with `bare`, a name without anything may be a call too. Looks without recursion,
    /// because sums may be long.
    fn inner(&self, node: Node<'_>, bare: bool, depth: u32, items: &mut Vec<Item>) {
        let mut pending =
            if is_expression(node.kind()) { children(node).into_iter().rev().collect() } else { vec![node] };
        while let Some(part) = pending.pop() {
            self.source.spend();
            match part.kind() {
                "identifier" if !bare => {}
                "lambda" | "block_argument" | "alias" | "undef" | "exception_variable" => {}
                "pair" => pending.extend(part.child_by_field_name("value")),
                kind if is_expression(kind) => pending.extend(children(part).into_iter().rev()),
                _ => self.statement(part, depth, items),
            }
        }
    }

    fn call_statement(&self, node: Node<'_>, depth: u32, items: &mut Vec<Item>) {
        let receiver = node.child_by_field_name("receiver");
        let arguments = node.child_by_field_name("arguments").map(children).unwrap_or_default();
        if self.source.of_field(node, "method") == "define_method"
            && let (Some(name), Some(block)) = (arguments.first(), node.child_by_field_name("block"))
        {
            let name = self.value(*name, depth).word().unwrap_or_default().to_owned();
            return items.push(Item::Define { name, body: self.headed_body(block, depth) });
        }
        if let Some(receiver) = self.first_that_does(receiver) {
            self.inner(receiver, false, depth, items);
        }
        for argument in arguments {
            self.inner(argument, false, depth, items);
        }
        items.push(Item::Call(self.call(node, depth)));
    }

    /// The last part of a chain that may do something by itself: it takes arguments or a block, or is no call.
    fn first_that_does<'t>(&self, mut receiver: Option<Node<'t>>) -> Option<Node<'t>> {
        while let Some(part) = receiver.filter(|part| part.kind() == "call") {
            self.source.spend();
            if ["arguments", "block"].iter().any(|field| part.child_by_field_name(field).is_some()) {
                break;
            }
            receiver = part.child_by_field_name("receiver");
        }
        receiver
    }

    fn assignment(&self, node: Node<'_>, depth: u32, items: &mut Vec<Item>) {
        let [left, right] = ["left", "right"].map(|side| node.child_by_field_name(side));
        let Some((left, right)) = left.zip(right) else { return };
        self.inner(right, true, depth, items);
        let span = self.source.span(node);
        if left.kind() == "left_assignment_list" {
            let values = if right.kind() == "right_assignment_list" { children(right) } else { Vec::new() };
            for (at, name) in children(left).into_iter().enumerate() {
                let value = values.get(at).map_or(Value::Unknown, |value| self.value(*value, depth));
                items.push(Item::Assign { name: self.source.of(name).to_owned(), value, span });
            }
            return;
        }
        let (name, value) = (self.source.of(left).to_owned(), self.value(right, depth));
        items.push(match self.source.of_field(node, "operator") {
            "+=" => Item::Extend { name, value, span },
            _ => Item::Assign { name, value, span },
        });
    }

    /// The statements of a function or a block, after its parameters.
    fn headed_body(&self, node: Node<'_>, depth: u32) -> Vec<Item> {
        let mut body = self.head(node, depth);
        body.extend(self.body(node.child_by_field_name("body"), depth));
        body
    }

    /// The parameters of a function or a block, if it has any.
    fn head(&self, node: Node<'_>, depth: u32) -> Vec<Item> {
        let parameters = node.child_by_field_name("parameters").map(children).unwrap_or_default();
        let parameters: Vec<_> = parameters.into_iter().map(|it| self.parameter(it, depth)).collect();
        if parameters.is_empty() { Vec::new() } else { vec![Item::Parameters(parameters)] }
    }

    /// A parameter and its default: `key:` is handed over by its name, `&code` is a block.
    fn parameter(&self, node: Node<'_>, depth: u32) -> (String, Value) {
        let name = self.source.of_field(node, "name");
        let default = node.child_by_field_name("value").map_or(Value::Unknown, |value| self.value(value, depth));
        match node.kind() {
            "keyword_parameter" => (format!("{name}:"), default),
            "block_parameter" => (format!("&{name}"), Value::Unknown),
            "splat_parameter" => (format!("*{name}"), Value::Unknown),
            "hash_splat_parameter" => (format!("{SPLAT}{name}"), Value::Unknown),
            "destructured_parameter" => {
                let names = children(node).into_iter().map(|part| Value::Name(self.source.of(part).to_owned()));
                (String::new(), Value::List(names.collect()))
            }
            _ if name.is_empty() => (self.source.of(node).to_owned(), Value::Unknown),
            _ => (name.to_owned(), default),
        }
    }

    fn call(&self, node: Node<'_>, depth: u32) -> Call {
        let range = node.byte_range();
        let mut call = Call { span: self.source.span(node), range: (range.start, range.end), ..Call::default() };
        let Some(depth) = self.source.deeper(node, depth) else { return call };
        (call.name, call.limited, call.receiver) = self.chain(node, depth);
        let (mut arguments, mut named, mut block) = (Vec::new(), Vec::new(), Vec::new());
        for argument in node.child_by_field_name("arguments").map(children).unwrap_or_default() {
            match argument.kind() {
                "pair" => named.extend(self.pair(argument, depth)),
                "hash_splat_argument" => {
                    let inner = children(argument).first().map_or(Value::Unknown, |it| self.value(*it, depth));
                    named.push((SPLAT.to_owned(), inner));
                }
                "block_argument" => block.extend(self.handed_over(argument, depth)),
                _ => arguments.push(self.value(argument, depth)),
            }
        }
        block.extend(node.child_by_field_name("block").map(|it| self.headed_body(it, depth)).unwrap_or_default());
        (call.arguments, call.named, call.block) = (Rc::new(arguments), Rc::new(named), Rc::new(block));
        call
    }

    /// A block that is a name: `each(&:save!)`, `each(&method(:add))`, `each(&add)`.
    fn handed_over(&self, argument: Node<'_>, depth: u32) -> Vec<Item> {
        let value = children(argument).first().map_or(Value::Unknown, |inner| self.value(*inner, depth));
        let (name, arguments) = match &value {
            Value::Symbol(method) => (format!("it.{method}"), Vec::new()),
            Value::Name(code) => (format!("{code}.call"), vec![Value::Name("it".to_owned())]),
            Value::Call(call) if call.short() == "method" => (call.word(0, "name"), vec![Value::Name("it".to_owned())]),
            _ => return Vec::new(),
        };
        let call = Call { name, arguments: Rc::new(arguments), span: self.source.span(argument), ..Call::default() };
        vec![Item::Parameters(vec![("it".to_owned(), Value::Unknown)]), Item::Call(call)]
    }

    fn pair(&self, node: Node<'_>, depth: u32) -> Option<(String, Value)> {
        let key = node.child_by_field_name("key")?;
        let name = self.source.of(key).trim_matches([':', '"', '\'']).to_owned();
        // `algorithm:` alone hands over what has this name.
        let shorthand = || Value::Name(name.clone());
        let value = node.child_by_field_name("value").map_or_else(shorthand, |inner| self.value(inner, depth));
        Some((name, value))
    }

    /// The name of a call with those before it, whether one of them keeps the number of rows small, and what they begin
    /// with where that has no name.
    fn chain(&self, node: Node<'_>, depth: u32) -> (String, bool, Option<Rc<Value>>) {
        let mut parts: Vec<String> = Vec::new();
        let (mut node, mut limited, mut begins) = (node, false, None);
        for steps in 0.. {
            self.source.spend();
            if steps == depth {
                self.source.give_up();
                break;
            }
            if node.kind() == "parenthesized_statements"
                && let [only] = children(node).as_slice()
            {
                node = *only;
            }
            if node.kind() != "call" {
                if is_variable(node.kind()) || matches!(node.kind(), "constant" | "scope_resolution" | "self") {
                    parts.push(self.source.of(node).split_whitespace().collect());
                } else {
                    parts.push("[]".to_owned());
                    begins = Some(Rc::new(self.value(node, depth)));
                }
                break;
            }
            let method = node.child_by_field_name("method").map_or("call", |method| self.source.of(method));
            let bounded = matches!(method, "in_batches" | "limit" | "find_in_batches" | "find");
            limited |= bounded || (method == "where" && self.asks_for_keys(node));
            parts.push(method.to_owned());
            match node.child_by_field_name("receiver") {
                Some(receiver) => node = receiver,
                None => break,
            }
        }
        parts.reverse();
        (parts.join("."), limited, begins)
    }

    /// `where(id: ids)`.
    fn asks_for_keys(&self, node: Node<'_>) -> bool {
        let arguments = node.child_by_field_name("arguments").map(children).unwrap_or_default();
        arguments.into_iter().any(|argument| {
            argument.kind() == "pair" && self.source.of_field(argument, "key").trim_matches([':', '"', '\'']) == "id"
        })
    }

    fn value(&self, node: Node<'_>, depth: u32) -> Value {
        let Some(depth) = self.source.deeper(node, depth) else { return Value::Unknown };
        match node.kind() {
            "string" | "chained_string" => self.text(node),
            "heredoc_beginning" => self.heredoc(node),
            "simple_symbol" => Value::Symbol(self.source.of(node).trim_start_matches(':').to_owned()),
            "delimited_symbol" => Value::Symbol(self.source.of(node).trim_matches([':', '"', '\'']).to_owned()),
            "true" => Value::Flag(true),
            "false" => Value::Flag(false),
            "nil" => Value::Nothing,
            "integer" | "float" => Value::Number(self.source.of(node).to_owned()),
            // `self.class::TABLE`
            "scope_resolution" if self.source.of(node).starts_with("self.") => {
                Value::Name(self.source.of_field(node, "name").to_owned())
            }
            kind if is_variable(kind) || matches!(kind, "constant" | "scope_resolution") => {
                Value::Name(self.source.of(node).to_owned())
            }
            "array" | "string_array" | "symbol_array" => {
                Value::List(children(node).into_iter().map(|item| self.value(item, depth)).collect())
            }
            "bare_symbol" => Value::Symbol(self.source.of(node).to_owned()),
            "bare_string" => self.text(node),
            "hash" => {
                let pairs = children(node).into_iter().filter(|pair| pair.kind() == "pair");
                Value::Map(pairs.filter_map(|pair| self.pair(pair, depth)).collect())
            }
            // `execute <<~SQL.squish`
            "call" => match node.child_by_field_name("receiver") {
                Some(receiver) if matches!(receiver.kind(), "heredoc_beginning" | "string") => {
                    self.value(receiver, depth)
                }
                Some(receiver) if CHANGES_LITTLE.contains(&self.source.of_field(node, "method")) => {
                    match self.value(receiver, depth) {
                        Value::Call(_) => Value::Call(Box::new(self.call(node, depth))),
                        literal => literal,
                    }
                }
                Some(receiver) if receiver.kind() == "array" && self.source.of_field(node, "method") == "join" => {
                    let arguments = node.child_by_field_name("arguments").map(children).unwrap_or_default();
                    let separator = arguments.first().map_or(Value::Unknown, |first| self.value(*first, depth));
                    separator.between(self.value(receiver, depth).list())
                }
                None if matches!(self.source.of_field(node, "method"), "format" | "sprintf") => {
                    let arguments = node.child_by_field_name("arguments").map(children).unwrap_or_default();
                    let mut values = arguments.iter().map(|argument| self.value(*argument, depth));
                    let Some(text) = values.next() else { return Value::Unknown };
                    let list: Vec<Value> = values.collect();
                    let pairs = arguments.iter().filter(|argument| argument.kind() == "pair");
                    let named: Vec<_> = pairs.filter_map(|pair| self.pair(*pair, depth)).collect();
                    text.filled(Gaps::Percent, &Given { list: &list, named: &named })
                }
                // `lambda { .. }`, `proc { .. }`, `Proc.new { .. }`
                _ if is_code(self.source, node) => {
                    node.child_by_field_name("block").map_or(Value::Unknown, |block| self.code(block, depth))
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
            "lambda" => self.code(node, depth),
            _ => Value::Unknown,
        }
    }

    /// Code as a value, or the text that it returns.
    fn code(&self, node: Node<'_>, depth: u32) -> Value {
        let inside = node.child_by_field_name("body").map(|body| match body.kind() {
            "block" | "do_block" => body.child_by_field_name("body").unwrap_or(body),
            _ => body,
        });
        let returned = inside.and_then(|body| match children(body).as_slice() {
            [only] if !matches!(only.kind(), "call" | "method") => self.first_text(*only),
            _ => None,
        });
        if let Some(text) = returned {
            return Value::Code(vec![text]);
        }
        let mut items = self.head(node, depth);
        items.extend(self.body(inside, depth));
        Value::Code(items)
    }

    /// `"a" + b`, `"a" << b`, `"a %s" % b`.
    fn operated(&self, node: Node<'_>, depth: u32) -> Value {
        const SUMS: [&str; 2] = ["+", "<<"];
        match self.source.of_field(node, "operator") {
            "%" => {
                let [left, right] = ["left", "right"].map(|side| node.child_by_field_name(side));
                let given = right.map_or(Value::Unknown, |right| self.value(right, depth));
                left.map_or(Value::Unknown, |left| self.value(left, depth).filled(Gaps::Percent, &given.given()))
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
        // Whether line breaks are made by what is written on one line, or left out where one is written.
        let mut breaks_elsewhere = node.kind() == "chained_string";
        while let Some(part) = pending.pop() {
            let range = part.byte_range();
            match part.kind() {
                "string_content" | "escape_sequence" => {
                    let written = self.source.of(part);
                    breaks_elsewhere |= written.contains('\\') && matches!(written, "\\n" | "\\\n");
                    out.push_str(&unescape(written));
                    place = Some(place.map_or((range.start, range.end), |(start, _)| (start, range.end)));
                }
                "interpolation" => out.push_str(&self.gap(part)),
                _ => pending.extend(children(part).into_iter().rev()),
            }
        }
        let (start, end) = place.unwrap_or((node.start_byte(), node.end_byte()));
        let mut text = self.source.text_at(start, end, out, false);
        text.as_written &= !breaks_elsewhere || !text.text.contains('\n');
        Value::Text(text)
    }

    /// What stands for something computed: as many lines as it takes.
    fn gap(&self, interpolation: Node<'_>) -> String {
        let breaks = self.source.of(interpolation).matches('\n').count();
        format!("{}{}", gap_of(inside(self.source.of(interpolation))), "\n".repeat(breaks))
    }

    fn heredoc(&self, beginning: Node<'_>) -> Value {
        let found = self.heredocs.binary_search_by_key(&beginning.start_byte(), |(at, _)| *at);
        let Ok(body) = found.map(|at| &self.heredocs[at].1) else { return Value::Unknown };
        let range = body.byte_range();
        let mut out = self.source.text.get(range.clone()).unwrap_or_default().to_owned();
        for part in children(*body).into_iter().rev() {
            let inside = part.start_byte() - range.start..part.end_byte() - range.start;
            match part.kind() {
                "interpolation" => out.replace_range(inside, &self.gap(part)),
                "heredoc_end" => out.truncate(inside.start),
                _ => {}
            }
        }
        Value::Text(self.source.text_at(range.start, range.end, out, true))
    }
}
