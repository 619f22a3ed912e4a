//! Names as PostgreSQL reads them: quotes taken off, the rest in lower case; and written again, with quotes where it
//! needs them.

use squawk_syntax::{SyntaxKind, SyntaxNode};

/// The name that a node holds, perhaps with a schema: `app.users`.
pub(super) fn name_of(node: &SyntaxNode) -> String {
    let mut name = String::new();
    for token in node.descendants_with_tokens().filter_map(|element| element.into_token()) {
        let text = token.text();
        match token.kind() {
            SyntaxKind::WHITESPACE | SyntaxKind::COMMENT => {}
            _ if text.starts_with('"') => name.push_str(&text.trim_matches('"').replace("\"\"", "\"")),
            _ => name.push_str(&text.to_lowercase()),
        }
        if name.len() > MAX_NAME_BYTES {
            break;
        }
    }
    name.truncate((0..=MAX_NAME_BYTES.min(name.len())).rev().find(|at| name.is_char_boundary(*at)).unwrap_or(0));
    name
}

/// Three names of 63 bytes and their dots, generously.
const MAX_NAME_BYTES: usize = 256;

/// Names, perhaps with schemas and with commas between, as a statement may write them.
pub(in super::super) fn quoted(names: &str) -> String {
    let name = |name: &str| name.split('.').map(quoted_part).collect::<Vec<_>>().join(".");
    names.split(", ").map(name).collect::<Vec<_>>().join(", ")
}

/// A name made of others, without their schemas: `users_email_key`.
pub(in super::super) fn quoted_joined(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().map(|part| part.rsplit('.').next().unwrap_or(part)).collect();
    quoted_part(&parts.join("_"))
}

fn quoted_part(name: &str) -> String {
    let plain = |letter: char| matches!(letter, 'a'..='z' | '0'..='9' | '_' | '$') || !letter.is_ascii();
    let is_plain = name.chars().all(plain) && !name.starts_with(|first: char| first.is_ascii_digit() || first == '$');
    if is_plain && !RESERVED.split(' ').any(|word| word == name) {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

/// Words that PostgreSQL takes for no name of a table or a column, from the table of key words in its documentation.
const RESERVED: &str = "all analyse analyze and any array as asc asymmetric authorization binary both case cast check \
    collate collation column concurrently constraint create cross current_catalog current_date current_role \
    current_schema current_time current_timestamp current_user default deferrable desc distinct do else end except false fetch for \
    foreign freeze from full grant group having ilike in initially inner intersect into is isnull join lateral \
    leading left like limit localtime localtimestamp natural not notnull null offset on only or order outer overlaps \
    placing primary references returning right select session_user similar some symmetric system_user table \
    tablesample then to trailing true union unique user using variadic verbose when where window with";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_where_they_must_be() {
        assert_eq!(quoted("user"), "\"user\"");
        assert_eq!(quoted("app.users"), "app.users");
        assert_eq!(quoted("app.User, order"), "app.\"User\", \"order\"");
        assert_eq!(quoted("two words"), "\"two words\"");
        assert_eq!(quoted_joined(&["app.User", "name", "key"]), "\"User_name_key\"");
    }
}
