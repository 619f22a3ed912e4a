//! What names stand for: constants, variables, parameters, and the pieces that a block gets one by one.

use super::super::super::code::{COMPUTED, Call, Item, SPLAT, Text, Value, fill_gaps, gap_of};
use super::super::read::{MAX_NAMES, assignments, named};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Names and their values.
pub(super) struct Names {
    /// As assigned anywhere in the file.
    file: Vec<(String, Value)>,
    /// As far as the statements were followed; the newest last.
    followed: RefCell<Vec<(String, Rc<Value>)>>,
    /// Where those of the function that is being read begin.
    function: Cell<usize>,
}

/// Names that stand for names, one after the other.
const MAX_HOPS: usize = 6;
/// A longer name of a chain is not kept.
const MAX_CHAIN: usize = 500;
/// Pairs of options, pieces of a list that is an argument.
const MAX_PIECES: usize = 50;
/// Bytes of a text that stands in for a name.
const MAX_TEXT: usize = 1000;

impl Names {
    pub(super) fn of(items: &[Item]) -> Self {
        Names { file: assignments(items), followed: RefCell::default(), function: Cell::new(0) }
    }

    /// As assigned anywhere in the file.
    pub(super) fn of_file(&self) -> &[(String, Value)] {
        &self.file
    }

    /// Reads a block, whose parameters end with it.
    pub(super) fn in_block(&self, read: impl FnOnce()) {
        let length = self.followed.borrow().len();
        read();
        self.followed.borrow_mut().truncate(length);
    }

    /// Reads a function, whose variables are its own.
    pub(super) fn in_function(&self, read: impl FnOnce()) {
        let before = self.function.replace(self.followed.borrow().len());
        self.in_block(read);
        self.function.set(before);
    }

    /// A parameter.
    pub(super) fn bind(&self, name: &str, value: Value) {
        let mut followed = self.followed.borrow_mut();
        if followed.len() < MAX_NAMES {
            followed.push((name.to_owned(), Rc::new(value)));
        } else if let Some(known) = followed.iter_mut().rfind(|(known, _)| known == name) {
            known.1 = Rc::new(Value::Unknown);
        }
    }

    /// `name = value`
    pub(super) fn assign(&self, name: &str, value: &Value) {
        let value = match value {
            Value::Call(call) => Value::Call(Box::new(self.resolved(call))),
            // What is far away is found there when it is asked for.
            other if is_small(other, 3) => self.word(other),
            other => other.clone(),
        };
        let own = |at: &usize| *at >= self.function.get();
        let place = self.followed.borrow().iter().rposition(|(known, _)| known == name).filter(own);
        match place {
            Some(at) => self.followed.borrow_mut()[at].1 = Rc::new(value),
            None => self.bind(name, value),
        }
    }

    /// `name += value`
    pub(super) fn extend(&self, name: &str, value: &Value) {
        if let Some(before) = self.followed(name) {
            // Put together only so often as it stays small.
            let parts = [(*before).clone(), value.clone()];
            let small = parts.iter().all(|part| matches!(part, Value::Text(text) if text.text.len() < 10 * MAX_TEXT));
            let whole = if small { Value::joined(parts.to_vec()) } else { Value::Unknown };
            self.assign(name, &whole);
        }
    }

    fn followed(&self, name: &str) -> Option<Rc<Value>> {
        self.followed.borrow().iter().rfind(|(known, _)| known == name).map(|(_, value)| Rc::clone(value))
    }

    /// What is done with the value of a name.
    pub(super) fn with<T>(&self, name: &str, look: impl FnOnce(&Value) -> T) -> Option<T> {
        match self.followed(name) {
            Some(value) => Some(look(&value)),
            None => named(name.trim_start_matches("self.class::"), &self.file).map(look),
        }
    }

    /// A text whose gaps are filled with what the names in them stand for by now.
    pub(super) fn known_text(&self, text: &Text) -> Text {
        let known = |word: &str| match self.word(&Value::Name(word.to_owned())) {
            Value::Text(Text { text, .. }) | Value::Symbol(text) if !text.contains('\n') => Some(text),
            _ => None,
        };
        let filled = fill_gaps(&text.text, &known).unwrap_or_else(|| text.text.clone());
        Text { text: filled, ..text.clone() }
    }

    /// What a value stands for, if it is a name of something small.
    fn word(&self, value: &Value) -> Value {
        let mut value = value.clone();
        for _ in 0..MAX_HOPS {
            let Value::Name(name) = &value else { break };
            let Some(Some(next)) = self.with(name, |next| is_small(next, 3).then(|| next.clone())) else { break };
            value = next;
        }
        value
    }

    /// The same of an argument; `*list` stands for its pieces.
    fn words(&self, value: &Value) -> Vec<Value> {
        let Value::Spread(inner) = value else { return vec![self.word(value)] };
        match self.word(inner) {
            Value::List(list) if list.len() <= MAX_PIECES => list.iter().map(|piece| self.word(piece)).collect(),
            _ => vec![value.clone()],
        }
    }

    /// A call with the names in it taken for what they stand for, so far as that is known and small.
    pub(super) fn resolved(&self, call: &Call) -> Call {
        let mut call = call.clone();
        if let Some(own) = call.name.strip_prefix("self.").filter(|rest| !rest.contains('.')) {
            call.name = own.to_owned();
        }
        self.follow_receiver(&mut call);
        if call.arguments.iter().any(|value| matches!(value, Value::Name(_) | Value::Spread(_))) {
            call.arguments = Rc::new(call.arguments.iter().flat_map(|value| self.words(value)).collect());
        }
        let has_names = call.named.iter().any(|(key, value)| key == SPLAT || matches!(value, Value::Name(_)));
        let options = call.arguments.last().filter(|last| matches!(last, Value::Map(_)) && is_small(last, 3));
        if has_names || options.is_some() {
            let mut named: Vec<(String, Value)> = Vec::new();
            if let Some(Value::Map(pairs)) = options {
                named.extend(pairs.iter().cloned());
            }
            for (key, value) in call.named.iter() {
                match self.word(value) {
                    Value::Map(pairs) if key == SPLAT => named.extend(pairs),
                    Value::Nothing if key == SPLAT => {}
                    value => named.push((key.clone(), value)),
                }
            }
            call.named = Rc::new(named);
        }
        call
    }

    /// `rows.update_all` of `rows = User.where(..)`.
    fn follow_receiver(&self, call: &mut Call) {
        for _ in 0..MAX_HOPS {
            let chain = call.name.clone();
            let Some((first, rest)) = chain.split_once('.') else { return };
            if call.receiver.is_some() || call.name.len() > MAX_CHAIN {
                return;
            }
            let begins = self.with(first, |value| match value {
                Value::Call(before) => Some((before.name.clone(), before.limited, before.receiver.clone())),
                Value::Name(name) if name != first => Some((name.clone(), false, None)),
                _ => None,
            });
            let Some(Some((name, limited, receiver))) = begins else { return };
            // One that is made of itself, `rows = rows.where(..)`, is not known from the file as a whole.
            if name.split('.').next() == Some(first) && self.followed(first).is_none() {
                return;
            }
            call.name = format!("{name}.{rest}");
            call.limited |= limited;
            call.receiver = receiver;
            if name.split('.').next() == Some(first) {
                return;
            }
        }
    }

    /// The pieces that a block gets, where they are written down; with those of a hash as pairs.
    pub(super) fn pieces(&self, call: &Call, most: usize) -> Option<Vec<Value>> {
        let mut parts: Vec<&str> = call.name.split('.').collect();
        let way = parts.pop()?;
        let (first, between) = parts.split_first()?;
        if !GOES_THROUGH.contains(&way) || !between.iter().all(|part| GOES_THROUGH.contains(part)) {
            return None;
        }
        let keyed = |value: &Value| -> Option<Vec<Value>> {
            match value {
                Value::List(list) if list.len() <= most => Some(list.clone()),
                Value::Map(pairs) if pairs.len() <= most => Some(
                    pairs
                        .iter()
                        .map(|(key, value)| match way {
                            "each_key" => Value::Symbol(key.clone()),
                            "each_value" => value.clone(),
                            _ => Value::List(vec![Value::Symbol(key.clone()), value.clone()]),
                        })
                        .collect(),
                ),
                // The statements of a text, one by one.
                Value::Text(_) if between.iter().any(|part| matches!(*part, "split" | "lines" | "each_line")) => {
                    Some(vec![value.clone()])
                }
                _ => None,
            }
        };
        match &call.receiver {
            Some(value) => keyed(value),
            None => self.with(first, keyed).flatten(),
        }
        .map(|list| list.iter().map(|piece| self.word(piece)).collect())
    }

    /// Hands a piece to the parameters of a block.
    pub(super) fn hand_over(&self, parameters: &[(String, Value)], piece: &Value) {
        for (at, (name, pattern)) in parameters.iter().enumerate() {
            let part = match piece {
                Value::List(list) if parameters.len() > 1 && !matches!(pattern, Value::List(_)) => {
                    list.get(at).cloned().unwrap_or(Value::Unknown)
                }
                _ if at == 0 => piece.clone(),
                _ => Value::Unknown,
            };
            match pattern {
                Value::List(names) => {
                    for (at, name) in names.iter().filter_map(Value::word).enumerate() {
                        self.bind(name, part.list().get(at).cloned().unwrap_or(Value::Unknown));
                    }
                }
                _ => self.bind(name, part),
            }
        }
    }

    /// Hands the arguments of a call to the parameters of a function.
    pub(super) fn hand_arguments(&self, parameters: &[(String, Value)], call: &Call) {
        let mut at = 0;
        for (name, default) in parameters {
            let or_default = |value: Option<&Value>| value.unwrap_or(default).clone();
            if let Some(key) = name.strip_suffix(':') {
                self.bind(key, or_default(call.by_name(key)));
            } else if let Some(block) = name.strip_prefix('&') {
                self.bind(block, Value::Code(call.block.to_vec()));
            } else if let Some(options) = name.strip_prefix(SPLAT) {
                let known = |key: &String| parameters.iter().any(|(name, _)| name.strip_suffix(':') == Some(key));
                let rest = call.named.iter().filter(|(key, _)| !known(key)).cloned();
                self.bind(options, Value::Map(rest.collect()));
            } else if let Some(rest) = name.strip_prefix('*') {
                self.bind(rest, Value::List(call.arguments.iter().skip(at).cloned().collect()));
                at = call.arguments.len();
            } else {
                self.bind(name, or_default(call.arguments.get(at)));
                at += 1;
            }
        }
    }
}

/// Ways to go through a list or a hash, one piece at a time.
const GOES_THROUGH: [&str; 28] = [
    "each",
    "map",
    "flat_map",
    "each_with_index",
    "each_pair",
    "each_key",
    "each_value",
    "reverse_each",
    "each_entry",
    "each_with_object",
    "collect",
    "filter_map",
    "freeze",
    "to_a",
    "uniq",
    "sort",
    "with_index",
    "compact",
    "reject",
    "select",
    "filter",
    "split",
    "lines",
    "strip",
    "squish",
    "chomp",
    "to_s",
    "gsub",
];

/// Whether a value is small enough to stand wherever its name does.
fn is_small(value: &Value, depth: u32) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    match value {
        Value::Text(text) => text.text.len() <= MAX_TEXT,
        Value::Name(name) | Value::Symbol(name) | Value::Number(name) => name.len() <= MAX_TEXT,
        Value::Flag(_) | Value::Nothing => true,
        Value::List(list) => list.len() <= MAX_PIECES && list.iter().all(|piece| is_small(piece, depth)),
        Value::Map(pairs) => pairs.len() <= MAX_PIECES && pairs.iter().all(|(_, piece)| is_small(piece, depth)),
        Value::Code(items) => match items.as_slice() {
            [Item::Assign { value, .. }] => is_small(value, depth),
            _ => false,
        },
        Value::Call(_) | Value::Spread(_) | Value::Unknown => false,
    }
}

/// The name of a table or a column: one that is not known is as good as any other that is written alike.
pub(super) fn name_of(value: Option<&Value>, call: &Call) -> String {
    match value {
        Some(Value::Text(text)) => text.text.clone(),
        Some(Value::Symbol(name)) => name.clone(),
        Some(Value::Name(name)) => gap_of(name).to_lowercase(),
        Some(Value::Call(inner)) => gap_of(&inner.name).to_lowercase(),
        Some(_) => format!("{COMPUTED} {}", call.range.0),
        None => String::new(),
    }
}

/// The parameters of a function or a block, and its statements.
pub(super) fn parameters_of(body: &[Item]) -> &[(String, Value)] {
    match body.first() {
        Some(Item::Parameters(parameters)) => parameters,
        _ => &[],
    }
}
