//! Literals that no table of quotes describes: raw strings with a delimiter of their own, characters, `%w[...]`,
//! sigils and regular expressions. Each gives the literal's length in bytes, or `None`.

/// A regular expression or a delimiter that is longer is none: keeps the lexer linear.
const MAX_BYTES: usize = 1_000;

/// Rust's `r#"..."#`, with `b` or `c` before it; `rest` begins at the first letter.
pub(super) fn rust_raw(rest: &[u8]) -> Option<usize> {
    let letters = rest.iter().take(2).take_while(|byte| matches!(byte, b'b' | b'c' | b'r')).count();
    if letters == 0 || rest[letters - 1] != b'r' {
        return None;
    }
    let hashes = rest[letters..].iter().take(255).take_while(|byte| **byte == b'#').count();
    let begin = letters + hashes;
    if rest.get(begin) != Some(&b'"') {
        return None;
    }
    let close: Vec<u8> = [b"\"".as_slice(), &vec![b'#'; hashes]].concat();
    Some(memchr::memmem::find(&rest[begin + 1..], &close).map_or(rest.len(), |at| begin + 1 + at + close.len()))
}

/// C++'s `R"delimiter(...)delimiter"`.
pub(super) fn cpp_raw(rest: &[u8]) -> Option<usize> {
    let inner = rest.strip_prefix(b"R\"")?;
    let length = inner.iter().take(17).position(|byte| *byte == b'(')?;
    if inner[..length].iter().any(|byte| matches!(byte, b' ' | b')' | b'\\' | b'"') || byte.is_ascii_control()) {
        return None;
    }
    let close: Vec<u8> = [b")".as_slice(), &inner[..length], b"\""].concat();
    Some(memchr::memmem::find(inner, &close).map_or(rest.len(), |at| 2 + at + close.len()))
}

/// Lua's `[[...]]` and `[==[...]==]`.
pub(super) fn lua_long(rest: &[u8]) -> Option<usize> {
    let level = rest.strip_prefix(b"[")?.iter().take(255).take_while(|byte| **byte == b'=').count();
    if rest.get(1 + level) != Some(&b'[') {
        return None;
    }
    let close: Vec<u8> = [b"]".as_slice(), &vec![b'='; level], b"]"].concat();
    Some(memchr::memmem::find(rest, &close).map_or(rest.len(), |at| at + close.len()))
}

/// `'x'` and `'\n'`; `None` for a lifetime or a symbol, which has no end.
pub(super) fn character(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix('\'')?;
    let mut chars = inner.chars();
    match chars.next()? {
        '\\' => {
            let end = inner.bytes().take(14).skip(2).position(|byte| byte == b'\'')?;
            Some(1 + 2 + end + 1)
        }
        '\n' => None,
        first => (chars.next() == Some('\'')).then(|| 1 + first.len_utf8() + 1),
    }
}

/// Ruby's `%w[...]`, `%i(...)`, `%q{...}`, `%(...)`; a bare `%(` only where a value is expected.
pub(super) fn ruby_percent(rest: &[u8], value_expected: bool) -> Option<usize> {
    let inner = rest.strip_prefix(b"%")?;
    let letter = usize::from(matches!(inner.first()?, b'w' | b'W' | b'i' | b'I' | b'q' | b'Q' | b'r' | b's' | b'x'));
    let open = *inner.get(letter)?;
    let close = match open {
        b'(' => b')',
        b'[' => b']',
        b'{' => b'}',
        b'<' => b'>',
        b'|' | b'!' | b'/' if letter == 1 => open,
        _ => return None,
    };
    if letter == 0 && (!value_expected || open == b'<') {
        return None;
    }
    Some(1 + letter + bracketed(&inner[letter..], open, close))
}

/// Elixir's `~r/.../`, `~s(...)`, `~w[...]`; `rest` begins at the tilde. Those with `"""` are read by the table.
pub(super) fn elixir_sigil(rest: &[u8]) -> Option<usize> {
    let inner = rest.strip_prefix(b"~")?;
    if !inner.first()?.is_ascii_alphabetic() {
        return None;
    }
    let open = *inner.get(1)?;
    let close = match open {
        b'(' => b')',
        b'[' => b']',
        b'{' => b'}',
        b'<' => b'>',
        b'/' | b'|' => open,
        _ => return None,
    };
    Some(2 + bracketed(&inner[1..], open, close))
}

/// From the opening bracket to its close; brackets nest, a backslash takes one out. Unclosed: to the end.
fn bracketed(rest: &[u8], open: u8, close: u8) -> usize {
    let (mut depth, mut at) = (0usize, 0);
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 1,
            byte if byte == close && depth > 0 && (open != close || at > 0) => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            byte if byte == open => depth += 1,
            _ => {}
        }
        at += 1;
    }
    rest.len()
}

/// `/.../flags` on one line; a `/` inside `[...]` does not end it.
pub(super) fn regex(rest: &[u8]) -> Option<usize> {
    let mut at = 1;
    let mut in_class = false;
    while at < rest.len().min(MAX_BYTES) {
        match rest[at] {
            b'\n' => return None,
            b'\\' => at += 1,
            b'[' => in_class = true,
            b']' => in_class = false,
            b'/' if !in_class => {
                let flags = rest[at + 1..].iter().take(10).take_while(|byte| byte.is_ascii_alphabetic()).count();
                return Some(at + 1 + flags);
            }
            _ => {}
        }
        at += 1;
    }
    None
}
