//! Whether users can notice a change of a file: comments, documentation strings, type annotations, tests inside the
//! file, layout and version numbers are nothing to them.

use super::python::without_annotations;
use crate::analysis::code::{Language, Token, TokenKind, tokenize};
use crate::diff::{Hunk, LineKind};
use regex::Regex;
use serde_json::Value as Json;
use std::sync::LazyLock;

/// Longer texts are not compared: what changes in them counts as noticed.
const MAX_TEXT_BYTES: usize = 1 << 20;

/// So many lines of a new file are enough where they show code.
const FIRST_LINES: usize = 30;

/// A token and the spaces before it, where they mean something.
pub(super) type Piece<'a> = (Token<'a>, Option<usize>);

/// Whether both texts are the same to users. Texts may be pieces of files.
pub fn is_same(path: &str, old: &str, new: &str) -> bool {
    if old == new {
        return true;
    }
    if old.len().max(new.len()) > MAX_TEXT_BYTES {
        return false;
    }
    if let (Some(old), Some(new)) = (manifest(path, old), manifest(path, new)) {
        return old == new;
    }
    match Language::of(path) {
        Some(language) => {
            let same = |(one, one_indent): &Piece<'_>, (other, other_indent): &Piece<'_>| {
                one.text == other.text && one_indent == other_indent
            };
            let (old, new) = (pieces(old, language, path), pieces(new, language, path));
            old.len() == new.len() && old.iter().zip(&new).all(|(one, other)| same(one, other))
        }
        None => {
            let lines = |text: &'_ str| -> Vec<String> {
                text.lines().map(|line| line.trim_end().to_owned()).filter(|line| !line.is_empty()).collect()
            };
            lines(old) == lines(new)
        }
    }
}

/// Whether the hunks alone show that users cannot notice the change.
pub fn is_quiet(path: &str, hunks: &[Hunk<'_>]) -> bool {
    !hunks.is_empty() && hunks.iter().all(|hunk| only_versions(path, hunk) || is_same_hunk(path, hunk))
}

fn is_same_hunk(path: &str, hunk: &Hunk<'_>) -> bool {
    if begins_with_code(path, hunk) {
        return false;
    }
    // A piece of a manifest cannot be read.
    let side = |without: LineKind| {
        hunk.lines.iter().filter(|line| line.kind != without).fold(String::new(), |mut text, line| {
            text.push_str(line.text);
            text.push('\n');
            text
        })
    };
    let (old, new) = (side(LineKind::Added), side(LineKind::Removed));
    // Whether a text between triple quotes begins or ends in a piece, nobody can tell.
    let marks = |text: &str| text.matches("\"\"\"").count() + text.matches("'''").count();
    if Language::of(path) == Some(Language::Python) && (marks(&old) % 2 == 1 || marks(&new) % 2 == 1) {
        return false;
    }
    is_same(path, &old, &new)
}

/// Of a hunk that has only one side, a new file's or a removed one's: whether its first lines show code. Those of a new
/// file say what all of it would, much faster.
fn begins_with_code(path: &str, hunk: &Hunk<'_>) -> bool {
    let kind = hunk.lines.first().map(|line| line.kind).filter(|kind| *kind != LineKind::Context);
    let one_sided = kind.is_some_and(|kind| hunk.lines.iter().all(|line| line.kind == kind));
    let Some(language) = Language::of(path).filter(|_| one_sided) else { return false };
    let mut first = String::new();
    for line in hunk.lines.iter().take(FIRST_LINES) {
        first.push_str(line.text);
        first.push('\n');
    }
    !pieces(&first, language, path).is_empty()
}

/// Files that name other software with its versions.
static MANIFEST: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?:^|/)(?:package\.json|Cargo\.toml|pyproject\.toml|setup\.cfg|go\.mod|Gemfile|[^/]+\.gemspec|pom\.xml|[^/]*Dockerfile[^/]*|build\.gradle(?:\.kts)?|libs\.versions\.toml|composer\.json|mix\.exs|pubspec\.yaml|[^/]+\.(?:cs|fs|vb)proj|Directory\.(?:Packages|Build)\.props|deno\.jsonc?|pnpm-workspace\.yaml|Package\.swift|setup\.py)$",
    )
    .expect("a fixed pattern")
});
static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[0-9]+(?:\.[0-9]+)*(?:[-.+]?[0-9A-Za-z]+(?:[.+-][0-9A-Za-z]+)*)?").expect("a fixed pattern")
});
/// A Go import names the major version.
static IMPORT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"^(?:[0-9A-Za-z_]+ )?"[[0-9A-Za-z_].-]+\.[a-z]+/[^"]*/v[0-9]+(?:/[^"]*)?"$|^FROM "#)
        .expect("a fixed pattern")
});
/// What users need to have installed themselves.
static REQUIREMENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)requires.python|python_requires|rust-version|msrv|"?engines|"node"|"npm"|"php"|required_ruby|(?-u:\b)go [0-9]|toolchain|(?-u:\b)elixir:|minsdk|targetframework|classifier|(?-u:\b)python\s*="#)
        .expect("a fixed pattern")
});

/// Whether the hunk does nothing but write other versions: its own, or in a manifest those of others.
fn only_versions(path: &str, hunk: &Hunk<'_>) -> bool {
    let of = |kind: LineKind| {
        let lines = hunk.lines.iter().filter(move |line| line.kind == kind).map(|line| line.text.trim());
        lines.filter(|line| !line.is_empty() && !line.ends_with("// indirect"))
    };
    if of(LineKind::Removed).count() != of(LineKind::Added).count() {
        return false;
    }
    let manifest = MANIFEST.is_match(path);
    let says_version = |line: &str| {
        let lower = line.to_ascii_lowercase();
        lower.contains("version") || lower.contains("release") || lower.contains("copyright")
    };
    let masked = |line: &str| NUMBER.replace_all(line, "#").into_owned();
    of(LineKind::Removed).zip(of(LineKind::Added)).all(|(old, new)| {
        let versioned = manifest || says_version(new) || IMPORT.is_match(new);
        versioned && !REQUIREMENT.is_match(new) && masked(old) == masked(new)
    })
}

/// A manifest without what only its developers see; `None` for other files and what cannot be read.
fn manifest(path: &str, text: &str) -> Option<Json> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let drop = |value: &mut Json, names: &[&str]| {
        if let Some(members) = value.as_object_mut() {
            names.iter().for_each(|name| {
                members.remove(*name);
            });
        }
    };
    let mut value: Json = match name {
        "package.json" | "composer.json" => serde_json::from_str(text).ok()?,
        "Cargo.toml" | "pyproject.toml" => serde_json::to_value(toml::from_str::<toml::Table>(text).ok()?).ok()?,
        _ => return None,
    };
    match name {
        // A workspace by itself is nothing that anybody installs.
        "Cargo.toml" if value["package"].is_null() => return Some(Json::Null),
        "Cargo.toml" => {
            drop(&mut value, &["dev-dependencies", "profile", "lints", "bench", "test", "example", "badges", "patch"]);
            for owner in ["package", "workspace"] {
                drop(
                    &mut value[owner],
                    &[
                        "version",
                        "metadata",
                        "authors",
                        "lints",
                        "members",
                        "exclude",
                        "description",
                        "keywords",
                        "categories",
                        "documentation",
                        "homepage",
                        "repository",
                        "readme",
                    ],
                );
            }
        }
        "pyproject.toml" => {
            drop(&mut value, &["dependency-groups", "build-system"]);
            drop(
                &mut value["project"],
                &["version", "authors", "maintainers", "description", "readme", "urls", "keywords"],
            );
            let poetry = value["tool"]["poetry"].take();
            value["tool"] = poetry;
            drop(&mut value["tool"], &["version", "group", "dev-dependencies", "authors", "description", "readme"]);
        }
        _ => {
            let unseen = [
                "version",
                "devDependencies",
                "scripts",
                "packageManager",
                "lint-staged",
                "husky",
                "jest",
                "eslintConfig",
                "prettier",
                "pnpm",
                "resolutions",
                "overrides",
                "keywords",
                "author",
                "contributors",
                "repository",
                "bugs",
                "homepage",
                "description",
                "funding",
                "simple-git-hooks",
                "require-dev",
                "workspaces",
                "nyc",
                "ava",
                "mocha",
            ];
            drop(&mut value, &unseen);
        }
    }
    Some(value)
}

/// The code of a text: what is left of its tokens.
fn pieces<'a>(text: &'a str, language: Language, path: &str) -> Vec<Piece<'a>> {
    let tokens = tokenize(text, language, 1);
    let keeps = |token: &Token<'_>| {
        token.kind != TokenKind::Comment || token.text.starts_with("//go:") || token.text.starts_with("#!")
    };
    let code: Vec<Token<'a>> = tokens.into_iter().filter(keeps).collect();
    let indented = matches!(language, Language::Python | Language::Plain);
    let mut depth = 0usize;
    let mut pieces = Vec::with_capacity(code.len());
    for (index, token) in code.iter().enumerate() {
        let inside = depth > 0;
        let closes = token.kind == TokenKind::Mark && matches!(token.text, ")" | "]" | "}");
        if closes {
            depth = depth.saturating_sub(1);
            // A comma before it is layout.
            if pieces.last().is_some_and(|(last, _): &Piece<'_>| last.is(",")) {
                pieces.pop();
            }
        }
        let first = index == 0 || code[index - 1].last_line() < token.line;
        let indent = (indented && first && !inside).then(|| {
            let start = text[..token.start].rfind('\n').map_or(0, |at| at + 1);
            token.start - start
        });
        pieces.push((*token, indent));
        if token.kind == TokenKind::Mark && matches!(token.text, "(" | "[" | "{") {
            depth += 1;
        }
    }
    match language {
        Language::Python => without_annotations(pieces),
        Language::Rust => without_tests(pieces),
        Language::Elixir => without_docs(pieces),
        Language::JavaScript if [".ts", ".tsx", ".mts", ".cts", ".vue"].iter().any(|end| path.ends_with(end)) => {
            without_types(pieces)
        }
        _ => pieces,
    }
}

/// The index of the mark that closes the bracket at `open`, or the end.
pub(super) fn closing(pieces: &[Piece<'_>], open: usize) -> usize {
    // Counted from the bracket: an iterator that maps walks to it each time.
    let rest = pieces.get(open..).unwrap_or_default().iter().map(|(token, _)| token);
    crate::analysis::code::closing(rest, 0).map_or(pieces.len(), |at| open + at)
}

/// Rust without its `#[cfg(test)]` items, its imports, and attributes for documentation and lints.
fn without_tests(pieces: Vec<Piece<'_>>) -> Vec<Piece<'_>> {
    let is = |at: usize, text: &str| pieces.get(at).is_some_and(|(token, _)| token.is(text));
    let mut kept = Vec::with_capacity(pieces.len());
    let mut at = 0;
    while at < pieces.len() {
        let words = ["#", "[", "cfg", "(", "test", ")", "]"];
        if words.iter().enumerate().all(|(offset, word)| is(at + offset, word)) {
            let mut end = at + words.len();
            while end < pieces.len() && !is(end, ";") && !is(end, "{") {
                end = if is(end, "(") || is(end, "[") { closing(&pieces, end) + 1 } else { end + 1 };
            }
            at = if is(end, "{") { closing(&pieces, end) + 1 } else { end + 1 };
            continue;
        }
        let open = if is(at + 1, "!") { at + 2 } else { at + 1 };
        if is(at, "#") && is(open, "[") {
            let end = closing(&pieces, open);
            let inner = &pieces[open + 1..end.max(open + 1).min(pieces.len())];
            let name = inner.first().map_or("", |(token, _)| token.text);
            let docs = name == "cfg_attr" && inner.iter().any(|(token, _)| token.is("docsrs") || token.is("clippy"));
            if docs || matches!(name, "doc" | "allow" | "expect" | "warn" | "deny" | "inline" | "rustfmt") {
                at = end + 1;
                continue;
            }
        }
        let starts = at == 0 || pieces[at - 1].0.last_line() < pieces[at].0.line;
        if starts && is(at, "use") {
            at = pieces[at..].iter().position(|(token, _)| token.is(";")).map_or(pieces.len(), |end| at + end + 1);
            continue;
        }
        kept.push(pieces[at]);
        at += 1;
    }
    kept
}

/// Elixir without `@doc`, `@moduledoc` and `@spec`.
fn without_docs(pieces: Vec<Piece<'_>>) -> Vec<Piece<'_>> {
    let mut kept = Vec::with_capacity(pieces.len());
    let mut at = 0;
    while at < pieces.len() {
        let name = pieces.get(at + 1).map_or("", |(token, _)| token.text);
        if pieces[at].0.is("@") && matches!(name, "doc" | "moduledoc" | "typedoc") {
            // What is interpolated stands in the lines of the text.
            let from = (at + 2).min(pieces.len());
            let starts = |at: usize| pieces[at - 1].0.last_line() < pieces[at].0.line;
            at = (from..pieces.len())
                .find(|at| starts(*at) && pieces[*at].0.kind != TokenKind::Text)
                .unwrap_or(pieces.len());
            continue;
        }
        if pieces[at].0.is("@") && matches!(name, "spec" | "type" | "typep" | "opaque" | "callback") {
            at = statement_end(&pieces, (at + 2).min(pieces.len()));
            continue;
        }
        kept.push(pieces[at]);
        at += 1;
    }
    kept
}

/// TypeScript without its imports and declarations of types.
fn without_types(pieces: Vec<Piece<'_>>) -> Vec<Piece<'_>> {
    let text = |at: usize| pieces.get(at).map_or("", |(token, _)| token.text);
    let starts = |at: usize| at == 0 || pieces[at - 1].0.last_line() < pieces[at].0.line;
    let mut kept = Vec::with_capacity(pieces.len());
    let mut at = 0;
    while at < pieces.len() {
        let head = if text(at) == "export" { at + 1 } else { at };
        let names = |at: usize| pieces.get(at).is_some_and(|(token, _)| token.kind == TokenKind::Word);
        let is_interface = text(head) == "interface" && names(head + 1);
        let is_type = text(head) == "type" && (names(head + 1) || text(head + 1) == "{");
        let is_import = text(at) == "import" && text(at + 1) == "type";
        if starts(at) && is_interface {
            let open = (head..pieces.len()).find(|at| text(*at) == "{");
            at = open.map_or(pieces.len(), |open| closing(&pieces, open) + 1);
        } else if starts(at) && (is_type || is_import) {
            at = statement_end(&pieces, head + 1);
        } else {
            kept.push(pieces[at]);
            at += 1;
        }
    }
    kept
}

/// Where a statement without a semicolon ends: at a line that begins with a word, unless the one before goes on.
fn statement_end(pieces: &[Piece<'_>], from: usize) -> usize {
    let mut at = from;
    while at < pieces.len() {
        let token = pieces[at].0;
        if token.kind == TokenKind::Mark && matches!(token.text, "(" | "[" | "{") {
            at = closing(pieces, at) + 1;
            continue;
        }
        if token.is(";") {
            return at + 1;
        }
        let before = pieces[at - 1].0;
        let goes_on = before.kind == TokenKind::Mark && !matches!(before.text, ")" | "]" | "}" | ">");
        if before.last_line() < token.line && (token.kind == TokenKind::Word || token.is("@")) && !goes_on {
            return at;
        }
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::parse_hunks;

    #[test]
    fn what_only_developers_see_is_the_same() {
        for (path, old, new) in [
            ("a.py", "def f(a):\n    return a\n", "# why\ndef f(a):\n    \"\"\"Gives a.\"\"\"\n    return a\n"),
            (
                "a.py",
                "def f(a, b=1):\n    return a\n",
                "from typing import Any\n\ndef f(a: Any, b: int = 1) -> list[Any]:\n    return a\n",
            ),
            ("a.py", "import x\n", "import x\nif TYPE_CHECKING:\n    from y import Z\n"),
            ("a.py", "x = f(a, b)\n", "x = f(\n    a,\n    b,\n)\n"),
            ("a.rs", "fn f() {}\n", "/// Says.\nfn f() {}\n#[cfg(test)]\nmod tests {\n    fn g() { if x {} }\n}\n"),
            ("a.ex", "def f, do: 1\n", "@doc \"\"\"\nText\n\"\"\"\n@spec f() :: integer\ndef f, do: 1\n"),
            (
                "a.ts",
                "const a = 1\n",
                "import type { A } from './a'\nexport interface B { c: A }\ntype D =\n  | A\n  | B\nconst a = 1\n",
            ),
            ("a.css", "a { }\n", "a { }   \n\n"),
            (
                "package.json",
                "{\"name\":\"a\",\"version\":\"1\"}",
                "{\"name\":\"a\",\"version\":\"2\",\"devDependencies\":{\"x\":\"1\"}}",
            ),
            ("Cargo.toml", "[package]\nname = \"a\"\n", "[package]\nname = \"a\"\n[dev-dependencies]\nx = \"1\"\n"),
            ("pyproject.toml", "[project]\nname = \"a\"\n", "[project]\nname = \"a\"\n[tool.ruff]\nline-length = 1\n"),
        ] {
            assert!(is_same(path, old, new), "{path}: {new}");
        }
    }

    #[test]
    fn what_users_notice_is_not() {
        for (path, old, new) in [
            ("a.py", "x = 1\n", "x = 2\n"),
            ("a.py", "if a:\n    b()\n    c()\n", "if a:\n    b()\nc()\n"),
            ("a.py", "f(\"\"\"a\"\"\")\n", "f(\"\"\"b\"\"\")\n"),
            ("a.py", "class A:\n    a: int\n", "class A:\n    a: int\n    b: int\n"),
            ("a.py", "def f(a=1): pass\n", "def f(a=2): pass\n"),
            ("a.go", "package a\n", "//go:embed x\npackage a\n"),
            ("a.rs", "fn f() {}\n", "fn f() {}\nfn g() {}\n"),
            ("a.ts", "const a = 1\n", "const a = 1\nexport const type = 2\n"),
            ("package.json", "{\"a\":1}", "{\"a\":1,\"dependencies\":{\"x\":\"1\"}}"),
            ("a.yml", "a:\n  b: 1\n", "a:\nb: 1\n"),
        ] {
            assert!(!is_same(path, old, new), "{path}: {new}");
        }
    }

    #[test]
    fn versions_alone_are_quiet() {
        let quiet = |path: &str, old: &str, new: &str| {
            is_quiet(path, &parse_hunks(&format!("@@ -1,1 +1,1 @@\n-{old}\n+{new}\n")))
        };
        assert!(quiet("Cargo.toml", "serde = \"1.0.1\"", "serde = \"1.0.2\""));
        assert!(quiet("src/a/__init__.py", "__version__ = \"1.0\"", "__version__ = \"1.1.dev\""));
        assert!(quiet("package.json", "\"vue\": \"^3.1.0\",", "\"vue\": \"^3.2.0\","));
        assert!(!quiet("pyproject.toml", "requires-python = \">=3.9\"", "requires-python = \">=3.10\""));
        assert!(!quiet("go.mod", "go 1.21", "go 1.22"));
        assert!(!quiet("src/a.py", "LIMIT = 10", "LIMIT = 20"));
        assert!(!is_quiet("a.py", &[]));
    }
}
