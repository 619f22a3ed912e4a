//! Apps, their presence on accounts, tokens, and the deliveries that were made to them.

use std::collections::BTreeMap;

use super::Repo;

/// Permission name to access, as in an app's settings.
pub(in crate::sim) type Permissions = BTreeMap<String, Access>;

/// How much of a permission is granted; `Write` includes `Read`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::sim) enum Access {
    Read,
    Write,
}

impl Access {
    pub(in crate::sim) fn name(self) -> &'static str {
        match self {
            Access::Read => "read",
            Access::Write => "write",
        }
    }

    pub(in crate::sim) fn parse(text: &str) -> Option<Self> {
        match text {
            "read" => Some(Access::Read),
            "write" | "admin" => Some(Access::Write),
            _ => None,
        }
    }
}

/// A registered GitHub App.
#[derive(Clone, Debug)]
pub(in crate::sim) struct App {
    pub(in crate::sim) id: u64,
    pub(in crate::sim) slug: String,
    pub(in crate::sim) name: String,
    pub(in crate::sim) owner: String,
    pub(in crate::sim) public_key: String,
    pub(in crate::sim) webhook_url: Option<String>,
    pub(in crate::sim) secret: String,
    pub(in crate::sim) hook_id: u64,
    pub(in crate::sim) permissions: Permissions,
    pub(in crate::sim) events: Vec<String>,
    pub(in crate::sim) created_at: String,
}

impl App {
    /// The login under which it writes.
    pub(in crate::sim) fn login(&self) -> String {
        format!("{}[bot]", self.slug)
    }
}

/// An app's presence on an account.
#[derive(Clone, Debug)]
pub(in crate::sim) struct Installation {
    pub(in crate::sim) id: u64,
    pub(in crate::sim) app_id: u64,
    pub(in crate::sim) account: String,
    /// Ids of chosen repositories; nothing means all of the account's.
    pub(in crate::sim) repositories: Option<Vec<u64>>,
    pub(in crate::sim) permissions: Permissions,
    pub(in crate::sim) suspended_at: Option<String>,
    pub(in crate::sim) created_at: String,
}

impl Installation {
    pub(in crate::sim) fn covers(&self, repo: &Repo) -> bool {
        self.account == repo.owner && self.repositories.as_ref().is_none_or(|chosen| chosen.contains(&repo.id))
    }
}

/// A bearer token.
#[derive(Clone, Debug)]
pub(in crate::sim) struct Token {
    pub(in crate::sim) owner: TokenOwner,
    /// Seconds since 1970; nothing means never.
    pub(in crate::sim) expires_at: Option<i64>,
    /// How many calls still answer 401, as they do for a moment on replicas.
    pub(in crate::sim) refused_calls: u32,
}

/// For whom a token speaks.
#[derive(Clone, Debug)]
pub(in crate::sim) enum TokenOwner {
    /// A person, and what a fine-grained token of theirs may; nothing is a classic token with every scope.
    User {
        login: String,
        granted: Option<Permissions>,
    },
    Installation {
        id: u64,
        repositories: Option<Vec<u64>>,
        permissions: Permissions,
    },
}

/// One webhook request, sent or to be sent.
#[derive(Clone, Debug)]
pub(in crate::sim) struct Delivery {
    pub(in crate::sim) id: u64,
    pub(in crate::sim) guid: String,
    pub(in crate::sim) app: u64,
    pub(in crate::sim) event: String,
    pub(in crate::sim) action: Option<String>,
    pub(in crate::sim) installation: Option<u64>,
    pub(in crate::sim) repository: Option<u64>,
    pub(in crate::sim) body: String,
    pub(in crate::sim) redelivery: bool,
    pub(in crate::sim) delivered_at: String,
    /// HTTP status; 0 before an answer or when nobody answered.
    pub(in crate::sim) status_code: u16,
    /// GitHub's words: `OK`, `failed to connect to host`, ... ; `pending` before.
    pub(in crate::sim) status: String,
    pub(in crate::sim) duration: f64,
}

impl Delivery {
    /// Whether it was sent, answered or not.
    pub(in crate::sim) fn was_tried(&self) -> bool {
        self.status != "pending"
    }
}
