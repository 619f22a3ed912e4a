//! The rooms of the house, and which crate belongs into which of them.

/// Rooms, lowest layer first. A room may use rooms of lower layers, never a neighbour.
pub(super) const LAYERS: [(u8, &str); 14] = [
    (0, "model"),
    (1, "diff"),
    (1, "webhook"),
    (2, "analysis"),
    (3, "lua"),
    (4, "review"),
    (4, "plan"),
    (5, "store"),
    (5, "github"),
    (5, "git"),
    (6, "publish"),
    (7, "server"),
    (7, "sim"),
    (8, "cli"),
];

/// `sim` is the other side of the wire: it knows only these.
pub(super) const SIM_USES: [&str; 2] = ["model", "diff"];

pub(super) const PURE_UP_TO: u8 = 4;

/// What the pure layers 0-4 never name.
pub(super) const IMPURE: [&str; 9] =
    ["tokio", "octocrab", "std::fs", "std::env", "std::net", "SystemTime", "Instant", "rand", "getrandom"];

const EVERYWHERE: &[&str] = &["*"];

/// Every dependency, and the rooms, or the room within a room, that may name it. One that nobody names is there for its
/// version alone and has no room.
pub(super) const CRATES: [(&str, &[&str]); 68] = [
    ("aho-corasick", &["analysis", "review"]),
    ("anstream", &["cli"]),
    ("anstyle", &["cli"]),
    ("async-graphql-parser", &["sim"]),
    ("async-graphql-value", &["sim"]),
    ("async-trait", &["store"]),
    ("aws-lc-rs", &["cli"]),
    ("axum", &["server", "sim"]),
    ("base64", &["analysis", "github", "sim", "cli"]),
    ("chrono", EVERYWHERE),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("flate2", &["analysis"]),
    ("futures-util", &["store", "github", "publish", "server", "cli"]),
    ("getrandom", &["github", "server", "cli"]),
    ("git-conventional", &["analysis"]),
    ("globset", &["analysis", "lua"]),
    ("hmac", &["webhook", "sim"]),
    ("http", &["github", "server", "sim", "cli"]),
    ("http-body-util", &["github", "server", "sim"]),
    ("hyper", &["server", "sim"]),
    ("hyper-rustls", &["github"]),
    ("hyper-util", &["github", "server", "sim"]),
    ("indicatif", &["cli"]),
    ("jsonc-parser", &["diff"]),
    ("jsonwebtoken", &["github", "sim"]),
    ("maud", &["server", "sim", "cli"]),
    ("memchr", EVERYWHERE),
    ("mlua", &["lua"]),
    ("octocrab", &["github"]),
    ("percent-encoding", &["analysis", "cli"]),
    ("pulldown-cmark", &["webhook", "server", "sim", "cli"]),
    ("quick-xml", &["analysis"]),
    ("rawzip", &["analysis"]),
    ("regex", &["analysis"]),
    ("rustix", &["server", "cli"]),
    ("saphyr-parser", &["analysis"]),
    ("secrecy", &["github", "server", "cli"]),
    ("semver", &["analysis"]),
    ("serde", EVERYWHERE),
    ("serde_json", EVERYWHERE),
    ("sha1", &["sim"]),
    ("sha2", EVERYWHERE),
    ("similar", &["diff"]),
    ("sqlx", &["store/sqlite"]),
    ("squawk-lexer", &["analysis"]),
    ("squawk-line-index", &[]),
    ("squawk-linter", &["analysis"]),
    ("squawk-parser", &[]),
    ("squawk-syntax", &["analysis"]),
    ("strsim", EVERYWHERE),
    ("subtle", &["webhook", "server", "sim"]),
    ("tempfile", &["git", "sim", "cli"]),
    ("terminal_size", &["cli"]),
    ("thiserror", EVERYWHERE),
    ("tokio", &["store", "github", "server", "sim", "cli"]),
    ("toml", &["analysis", "server"]),
    ("tower-service", &["github"]),
    ("tracing", &["store", "github", "publish", "server", "sim"]),
    ("tracing-subscriber", &["server"]),
    ("tree-sitter", &["analysis"]),
    ("tree-sitter-elixir", &["analysis"]),
    ("tree-sitter-python", &["analysis"]),
    ("tree-sitter-ruby", &["analysis"]),
    ("tree-sitter-typescript", &["analysis"]),
    ("unicode-width", &["cli"]),
    ("zstd", &["store"]),
];
