//! Small shapes that several of GitHub's answers share.

use crate::model::User;
use serde::{Deserialize, Deserializer};

/// A list whose entries may be null.
#[derive(Deserialize)]
pub(super) struct Nodes<T> {
    #[serde(default = "Vec::new")]
    nodes: Vec<Option<T>>,
}

impl<T> Nodes<T> {
    pub(super) fn into_vec(self) -> Vec<T> {
        self.nodes.into_iter().flatten().collect()
    }
}

/// One page of a list.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page<T> {
    page_info: PageInfo,
    #[serde(default = "Vec::new")]
    nodes: Vec<Option<T>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

impl<T> Page<T> {
    /// The entries, and where the next page begins.
    pub(super) fn into_parts(self) -> (Vec<T>, Option<String>) {
        let next = self.page_info.end_cursor.filter(|_| self.page_info.has_next_page);
        (self.nodes.into_iter().flatten().collect(), next)
    }
}

/// GitHub's `BigInt`: a number, or a text with one.
pub(super) fn big_int<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(u64),
        Text(String),
    }
    Ok(match Option::<Either>::deserialize(deserializer)? {
        Some(Either::Number(number)) => Some(number),
        Some(Either::Text(text)) => text.parse().ok(),
        None => None,
    })
}

/// Who did something, in GraphQL's words.
#[derive(Clone, Deserialize)]
pub(super) struct WireActor {
    #[serde(rename = "__typename")]
    kind: String,
    login: String,
}

/// GraphQL calls a bot `renovate`, the REST API and people call it `renovate[bot]`.
pub(super) fn actor(wire: Option<WireActor>) -> User {
    match wire {
        Some(actor) if actor.kind == "Bot" && !actor.login.ends_with("[bot]") => {
            User { login: format!("{}[bot]", actor.login), kind: actor.kind }
        }
        Some(actor) => User { login: actor.login, kind: actor.kind },
        None => User { login: "ghost".to_owned(), kind: "User".to_owned() },
    }
}
