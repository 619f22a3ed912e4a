//! `mix.exs` and `mix.lock`. A `mix.exs` is Elixir: only what stands there literally is read.

use super::comments::{Style, without_comments};
use super::lock::Lock;
use super::manifest::Manifest;
use regex::Regex;
use std::sync::LazyLock;

static DEPENDENCY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"\{\s*:([a-z0-9_]+)\s*,\s*(?:"([^"]*)"\s*)?([^}]*)\}"#).expect("a pattern of our own")
});
static ENTRY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"^\s*"([a-z0-9_]+)":\s*\{:[a-z]+,\s*[^,]+,\s*"([^"]*)""#).expect("a pattern of our own")
});

pub(super) fn read_manifest(text: &str) -> Option<Manifest> {
    let mut manifest = Manifest::default();
    for found in DEPENDENCY.captures_iter(&without_comments(text, &Style::Hash)) {
        let requirement = found.get(2).map_or("", |it| it.as_str());
        let options = &found[3];
        let sourced = ["path:", "in_umbrella:", "git:", "github:"].iter().any(|word| options.contains(word));
        // A tuple of a name and something else is not a dependency.
        let versioned =
            requirement.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '~' | '>' | '<' | '=' | '!'));
        if !versioned && !sourced {
            continue;
        }
        let local = options.contains("path:") || options.contains("in_umbrella:");
        manifest.want("deps", &found[1], requirement).local = local;
    }
    Some(manifest)
}

pub(super) fn read_lock(text: &str) -> Option<Lock> {
    if !text.trim_start().starts_with("%{") {
        return None;
    }
    let mut lock = Lock::default();
    for line in text.lines() {
        if let Some(found) = ENTRY.captures(line) {
            lock.add(&found[1], &found[2]);
        }
    }
    Some(lock)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_and_entries_are_read() {
        let manifest = read_manifest(
            "defp deps do\n  [\n    {:phoenix, \"~> 1.7\"},\n    {:jason, \"~> 1.0\", only: :test}, # {:no, \"1\"}\n    {:mine, path: \"../mine\"}\n  ]\nend\n{:ok, x}\n#{:col, \"~> 1\"}\n{:note, \"a text\"}\n",
        )
        .expect("reads");
        let names: Vec<_> = manifest.wanted.values().map(|wanted| (wanted.name.as_str(), wanted.local)).collect();
        assert_eq!(names, [("jason", false), ("mine", true), ("phoenix", false)]);
        let lock = read_lock("%{\n  \"jason\": {:hex, :jason, \"1.4.1\", \"ab\", [:mix], [], \"hexpm\", \"cd\"},\n}\n")
            .expect("reads");
        assert_eq!(lock.versions("jason"), "1.4.1");
    }
}
