//! How Rails makes one name of another, by the commonest of Active Support's rules.

use super::super::super::code::Call;

/// `order_items` of `Shop::OrderItem`.
pub(super) fn table_of_class(class: &str) -> String {
    let class = class.rsplit("::").next().unwrap_or(class);
    let letters: Vec<char> = class.chars().collect();
    let mut word = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let after = letters.get(at + 1);
        // `APIKey` is `api_key`.
        let begins = before.is_some_and(|before| !before.is_ascii_uppercase())
            || (before.is_some() && after.is_some_and(char::is_ascii_lowercase));
        if letter.is_ascii_uppercase() && begins {
            word.push('_');
        }
        word.push(letter.to_ascii_lowercase());
    }
    plural(&word)
}

/// The plural of a word.
pub(super) fn plural(word: &str) -> String {
    let last = word.rsplit('_').next().unwrap_or(word);
    if ["news", "equipment", "information", "series", "species", "money", "rice", "fish", "sheep"].contains(&last) {
        return word.to_owned();
    }
    for (one, many) in [("person", "people"), ("child", "children"), ("woman", "women"), ("man", "men")] {
        if let Some(before) = word.strip_suffix(one).filter(|_| last == one) {
            return format!("{before}{many}");
        }
    }
    let ends = |endings: &[&str]| endings.iter().any(|ending| word.ends_with(ending));
    let cut = |letters: usize| word.get(..word.len().saturating_sub(letters)).unwrap_or(word);
    if ends(&["quy"]) || (ends(&["y"]) && !ends(&["ay", "ey", "iy", "oy", "uy"])) {
        format!("{}ies", cut(1))
    } else if ends(&["sis"]) {
        format!("{}ses", cut(3))
    } else if ends(&["matrix", "vertex", "index"]) {
        format!("{}ices", cut(2))
    } else if ends(&["lf", "rf"]) {
        format!("{}ves", cut(1))
    } else if ends(&["status", "alias", "bus", "tomato", "buffalo", "ss", "x", "ch", "sh"]) {
        format!("{word}es")
    } else if ends(&["datum", "medium"]) {
        format!("{}a", cut(2))
    } else if ends(&["s"]) {
        word.to_owned()
    } else {
        format!("{word}s")
    }
}

/// The table between two others: their names in order, with what they begin with alike only once.
pub(super) fn join_table(first: &str, second: &str) -> String {
    let (low, high) = if first <= second { (first, second) } else { (second, first) };
    // `music_artists_records` of `music_artists` and `music_records`.
    let alike = low.rmatch_indices(['_', '.']).find_map(|(at, _)| high.strip_prefix(low.get(..=at)?));
    format!("{low}_{}", alike.filter(|rest| !rest.is_empty()).unwrap_or(high))
}

/// Whether a call runs code of the application, or of a library that nothing here knows.
pub(super) fn is_elsewhere(call: &Call) -> bool {
    let short = call.short();
    let first = call.name.split('.').next().unwrap_or_default();
    if !call.alone {
        return false;
    }
    if first == short {
        let asks = short.ends_with('?') || short.starts_with(|first: char| !first.is_ascii_lowercase());
        return !asks && !HARMLESS.contains(&short);
    }
    let class = first.rsplit("::").next().unwrap_or(first);
    let of_class = class.starts_with(|first: char| first.is_ascii_uppercase()) || first == "[]";
    of_class && RUNS.contains(&short)
}

/// What methods are called that do the work of a class.
const RUNS: [&str; 14] = [
    "apply",
    "backfill",
    "backfill!",
    "call",
    "execute",
    "invoke",
    "migrate",
    "migrate!",
    "perform",
    "perform!",
    "perform_now",
    "process",
    "run",
    "run!",
];

/// Methods of a migration, and of Ruby, that no query waits for or whose blocks are read for themselves.
const HARMLESS: [&str; 54] = [
    "announce",
    "assert",
    "binding",
    "block_given?",
    "catch",
    "change_column_comment",
    "change_table_comment",
    "commit_db_transaction",
    "connection",
    "create_enum",
    "create_extension",
    "create_function",
    "create_schema",
    "create_sequence",
    "create_trigger",
    "create_type",
    "create_view",
    "create_virtual_table",
    "disable_ddl_transaction!",
    "disable_statement_timeout",
    "enable_extension",
    "extend",
    "include",
    "insert",
    "it",
    "loop",
    "module_function",
    "p",
    "pp",
    "print",
    "printf",
    "private",
    "protected",
    "public",
    "putc",
    "puts",
    "raise",
    "rename_index",
    "replace_view",
    "require",
    "require_dependency",
    "require_relative",
    "reversible",
    "say",
    "say_with_time",
    "set_lock_timeout",
    "set_statement_timeout",
    "sleep",
    "super",
    "suppress_messages",
    "throw",
    "up_only",
    "update_view",
    "write",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_and_their_tables() {
        for (class, table) in [
            ("User", "users"),
            ("Shop::OrderItem", "order_items"),
            ("APIKey", "api_keys"),
            ("Category", "categories"),
            ("Day", "days"),
            ("Address", "addresses"),
            ("Status", "statuses"),
            ("Box", "boxes"),
            ("News", "news"),
            ("Person", "people"),
            ("Child", "children"),
            ("Analysis", "analyses"),
        ] {
            assert_eq!(table_of_class(class), table);
        }
        assert_eq!(join_table("users", "products"), "products_users");
        assert_eq!(join_table("music_records", "music_artists"), "music_artists_records");
    }
}
