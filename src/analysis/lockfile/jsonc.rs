//! JSON with comments and trailing commas, as package managers write it.

use serde_json::Value;

/// Reads JSON, after taking out comments and the commas before a closing bracket. `None` when it is none.
pub(super) fn parse(text: &str) -> Option<Value> {
    let text = text.trim_start_matches('\u{feff}');
    serde_json::from_str(text).ok().or_else(|| serde_json::from_str(&strict(text)).ok())
}

fn strict(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out: Vec<u8> = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                let begin = at;
                at += 1;
                while at < bytes.len() && bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                at = (at + 1).min(bytes.len());
                out.extend(&bytes[begin..at]);
            }
            b'/' if bytes[at..].starts_with(b"//") => {
                at += bytes[at..].iter().position(|b| *b == b'\n').unwrap_or(bytes.len() - at);
            }
            b'/' if bytes[at..].starts_with(b"/*") => {
                at += memchr::memmem::find(&bytes[at..], b"*/").map_or(bytes.len() - at, |end| end + 2);
            }
            close @ (b'}' | b']') => {
                let kept = out.iter().rposition(|b| !b.is_ascii_whitespace()).filter(|last| out[*last] == b',');
                if let Some(comma) = kept {
                    out.truncate(comma);
                }
                out.push(close);
                at += 1;
            }
            other => {
                out.push(other);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The members of an object that are texts.
pub(super) fn texts<'a>(object: &'a Value, name: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
    let members = object.get(name).and_then(Value::as_object);
    members.into_iter().flatten().filter_map(|(key, value)| Some((key.as_str(), value.as_str()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_trailing_commas_are_taken_out() {
        let read = parse("{ // a\n \"a\": [1, 2, ], /* b */ \"c\": \"//,}\", \"d\\\"\": {}, \n}").expect("reads");
        assert_eq!(read, serde_json::json!({ "a": [1, 2], "c": "//,}", "d\"": {} }));
        assert_eq!(parse("{ \"a"), None);
        assert_eq!(parse(&"[".repeat(100_000)), None);
    }
}
