//! Which files are likely to use something of the schema, from their paths; and whether a text holds a word.

use crate::model::{RepoPath, Search};

/// Directories and files of code that speaks to a database.
const DATA: [&str; 28] = [
    "model",
    "models",
    "entity",
    "entities",
    "repository",
    "repositories",
    "repo",
    "repos",
    "dao",
    "db",
    "database",
    "store",
    "stores",
    "storage",
    "query",
    "queries",
    "sql",
    "persistence",
    "schema",
    "schemas",
    "serializer",
    "serializers",
    "service",
    "services",
    "graphql",
    "api",
    "views",
    "controllers",
];

/// Puts the likeliest first: a name of the search in the path, then a directory of it, then code that speaks to a
/// database, then what lies higher up.
pub fn order_by_likelihood(paths: &mut [RepoPath], search: &Search) {
    let names: Vec<String> = search.names.iter().map(|name| plain(name)).filter(|name| name.len() > 2).collect();
    paths.sort_by_cached_key(|path| {
        let shown = path.as_str();
        let words = || shown.split(['/', '.']).map(plain);
        let rank = if words().any(|word| names.iter().any(|name| word.contains(name.as_str()))) {
            0
        } else if search.beside.iter().any(|directory| path.lies_below(directory)) {
            1
        } else if words().any(|word| DATA.contains(&word.as_str())) {
            2
        } else {
            3
        };
        (rank, shown.matches('/').count(), path.clone())
    });
}

/// `OrderItem`, `order_items` and `order-items` are alike.
fn plain(word: &str) -> String {
    word.chars().filter(|c| !matches!(c, '_' | '-')).flat_map(char::to_lowercase).collect()
}

/// Whether one of the words stands in the text as a whole word, in this case.
pub fn holds_word(text: &str, words: &[String]) -> bool {
    let inside = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let bytes = text.as_bytes();
    words.iter().filter(|word| !word.is_empty()).any(|word| {
        memchr::memmem::find_iter(bytes, word.as_bytes()).any(|at| {
            let before = at.checked_sub(1).and_then(|at| bytes.get(at));
            !inside(before) && !inside(bytes.get(at + word.len()))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_name_the_table_come_first() {
        let search = Search {
            words: Vec::new(),
            among: Vec::new(),
            names: vec!["order_items".to_owned(), "order_item".to_owned()],
            beside: vec!["shop".into()],
        };
        let mut paths: Vec<RepoPath> =
            ["a.py", "web/x/y.py", "web/models/user.py", "shop/tax.py", "web/OrderItemView.py", "z.py"]
                .map(RepoPath::new)
                .into();
        order_by_likelihood(&mut paths, &search);
        let shown: Vec<&str> = paths.iter().map(RepoPath::as_str).collect();
        assert_eq!(shown, ["web/OrderItemView.py", "shop/tax.py", "web/models/user.py", "a.py", "z.py", "web/x/y.py"]);
    }

    #[test]
    fn words_are_whole() {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        assert!(holds_word("x.nick_name = 1", &words(&["nick_name"])));
        assert!(holds_word("nick_name", &words(&["other", "nick_name"])));
        assert!(!holds_word("old_nick_name nick_names", &words(&["nick_name"])));
        assert!(!holds_word("x", &words(&["", "y"])));
    }
}
