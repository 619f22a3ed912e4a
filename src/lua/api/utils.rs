//! `danger.utils`: links and sentences, as Danger makes them.

use super::super::options::{describe, text_of};
use super::super::session::Session;
use super::namespace;
use mlua::{Lua, Table, Value};
use std::rc::Rc;

pub(super) fn register(lua: &Lua, session: &Rc<Session>) -> mlua::Result<Table> {
    let utils = namespace::empty(lua)?;
    let of = Rc::clone(session);
    utils.raw_set(
        "href",
        lua.create_function(move |lua, (link, text): (Value, Value)| {
            let link = read_text(lua, &of, "danger.utils.href takes a link", &link)?;
            let text = read_text(lua, &of, "danger.utils.href takes a text second", &text)?;
            Ok(link_to(link.as_deref(), text.as_deref()))
        })?,
    )?;
    let of = Rc::clone(session);
    utils.raw_set(
        "sentence",
        lua.create_function(move |lua, words: Value| {
            let words = read_texts(lua, &of, "danger.utils.sentence", &words)?;
            Ok(join(&words))
        })?,
    )?;
    namespace::close(lua, session, "danger.utils", utils, namespace::no_field)
}

/// `<a href="link">text</a>`; without a text the link is the text, without a link there is only the text.
pub(super) fn link_to(link: Option<&str>, text: Option<&str>) -> Option<String> {
    let given = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
    match (given(link), given(text)) {
        (None, text) => text,
        (Some(link), text) => {
            let text = text.unwrap_or_else(|| link.clone());
            Some(format!("<a href=\"{}\">{text}</a>", encode(&link)))
        }
    }
}

/// `a, b and c`.
pub(super) fn join(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// A list of texts, or an error that says what it is for.
pub(super) fn read_texts(lua: &Lua, session: &Session, owner: &str, value: &Value) -> mlua::Result<Vec<String>> {
    let wrong =
        || mlua::Error::from(session.error(lua, format!("{owner} takes a list of texts, got {}", describe(value))));
    let Value::Table(list) = value else { return Err(wrong()) };
    session.charge_bytes(lua, list.raw_len() * 64)?;
    // `danger.utils:sentence(list)` hands over `danger.utils`, which would be a list of no texts.
    if list.raw_len() == 0 && !list.is_empty() {
        let message =
            format!("{owner} takes a list of texts, got a table with names; call it with a dot: `{owner}(list)`");
        return Err(session.error(lua, message).into());
    }
    let texts = list.sequence_values::<Value>().map(|item| match item? {
        Value::String(text) => Ok(text_of(&text)),
        _ => Err(wrong()),
    });
    texts.collect()
}

/// A text or nothing.
pub(super) fn read_text(lua: &Lua, session: &Session, what: &str, value: &Value) -> mlua::Result<Option<String>> {
    match value {
        Value::Nil => Ok(None),
        Value::String(text) => Ok(Some(text_of(text))),
        other => Err(session.error(lua, format!("{what}, got {}", describe(other))).into()),
    }
}

/// A link that cannot leave its quotes.
fn encode(link: &str) -> String {
    let mut out = String::with_capacity(link.len());
    for c in link.chars() {
        match c {
            '"' | '<' | '>' | '`' | '\\' | ' ' => out.push_str(&format!("%{:02X}", u32::from(c))),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_sentences_are_dangers() {
        assert_eq!(link_to(Some("https://x"), Some("y")).as_deref(), Some("<a href=\"https://x\">y</a>"));
        assert_eq!(link_to(Some("https://x"), None).as_deref(), Some("<a href=\"https://x\">https://x</a>"));
        assert_eq!(link_to(None, Some("y")).as_deref(), Some("y"));
        assert_eq!(link_to(None, Some("")), None);
        assert_eq!(link_to(Some("a\"> b"), Some("y")).as_deref(), Some("<a href=\"a%22%3E%20b\">y</a>"));
        let words = |words: &[&str]| join(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        assert_eq!(words(&[]), "");
        assert_eq!(words(&["a"]), "a");
        assert_eq!(words(&["a", "b"]), "a and b");
        assert_eq!(words(&["a", "b", "c"]), "a, b and c");
    }
}
