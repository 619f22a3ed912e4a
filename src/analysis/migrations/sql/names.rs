//! Names as PostgreSQL reads them: quotes taken off, the rest in lower case.

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
