//! The actions, reusable workflows and images that a workflow or an action uses, and whether a commit is meant.

use super::yaml::{Node, parse_yaml};

/// A `uses:` with its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionUse {
    /// The line, from 1.
    pub line: u32,
    /// What stands after `uses:`, such as `actions/checkout@v4`.
    pub uses: String,
    /// What it names, without the version: `actions/checkout`.
    pub name: String,
    /// The version: a tag, a branch or a commit id; empty when there is none.
    pub version: String,
    /// How far the version is fixed.
    pub pinning: Pinning,
    /// What the comment on the line says, without `#`: people note the tag of a commit there.
    pub comment: String,
}

/// How far a use is fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pinning {
    /// A full commit id, or the digest of an image.
    Fixed,
    /// A file of the same repository: it changes with the commit itself.
    Local,
    /// A tag or a branch, which others can move.
    Movable,
    /// A shortened commit id.
    Short,
    /// Nothing after the name.
    Missing,
    /// An image by its tag.
    ImageTag,
}

impl Pinning {
    /// The word by which rules know it.
    pub fn as_str(self) -> &'static str {
        match self {
            Pinning::Fixed => "fixed",
            Pinning::Local => "local",
            Pinning::Movable => "movable",
            Pinning::Short => "short",
            Pinning::Missing => "missing",
            Pinning::ImageTag => "image_tag",
        }
    }
}

/// Every `uses:` of a workflow (of steps and of jobs) or of a composite action, in the order of the file.
/// A file that is not YAML is read line by line.
pub fn find_uses(text: &str) -> Vec<ActionUse> {
    let lines: Vec<&str> = text.lines().collect();
    let comment = |line: u32| lines.get(line.saturating_sub(1) as usize).map_or("", |line| comment_of(line));
    let build = |line: u32, uses: &str| {
        let (name, version, pinning) = classify(uses);
        ActionUse { line, uses: uses.to_owned(), name, version, pinning, comment: comment(line).to_owned() }
    };
    match parse_yaml(text) {
        Ok(documents) => {
            let mut found: Vec<(u32, &str)> = documents.iter().flat_map(uses_in).collect();
            found.sort_unstable_by_key(|(line, _)| *line);
            found.into_iter().map(|(line, uses)| build(line, uses)).collect()
        }
        Err(_) => {
            let found = (1..).zip(&lines).filter_map(|(line, text)| Some((line, uses_on(text)?)));
            found.map(|(line, uses)| build(line, uses)).collect()
        }
    }
}

fn uses_in(document: &Node) -> Vec<(u32, &str)> {
    let jobs = document.get("jobs").map_or(&[][..], Node::members).iter().map(|(_, job)| job);
    let holders = jobs.chain(document.get("runs"));
    let mut found = Vec::new();
    for holder in holders {
        let steps = holder.get("steps").map_or(&[][..], Node::items);
        for value in std::iter::once(holder).chain(steps).filter_map(|node| node.get("uses")) {
            found.extend(value.text().map(|text| (value.line, text.trim())).filter(|(_, text)| !text.is_empty()));
        }
    }
    found
}

/// What a line says after `uses:`, for files that are not YAML.
fn uses_on(line: &str) -> Option<&str> {
    let rest = line.trim_start();
    let rest = rest.strip_prefix("- ").unwrap_or(rest).trim_start().strip_prefix("uses:")?;
    let value = rest.split(" #").next()?.trim().trim_matches(['"', '\'']);
    (!value.is_empty() && !value.contains(char::is_whitespace)).then_some(value)
}

/// The longest line whose comment is read, in bytes.
const MAX_LINE_BYTES: usize = 4096;

/// The comment at the end of a line; of one that nobody wrote by hand there is none.
fn comment_of(line: &str) -> &str {
    if line.len() > MAX_LINE_BYTES {
        return "";
    }
    line.split_once(" #").map_or("", |(_, comment)| comment.trim_start_matches('#').trim())
}

fn classify(uses: &str) -> (String, String, Pinning) {
    // `$/` is the root of the repository that holds the workflow, at the same commit.
    if ["./", "../", "$/"].iter().any(|root| uses.starts_with(root)) || uses == "." {
        return (uses.to_owned(), String::new(), Pinning::Local);
    }
    if let Some(image) = uses.strip_prefix("docker://") {
        if let Some((name, digest)) = image.split_once("@sha256:")
            && digest.len() == 64
            && is_hex(digest)
        {
            return (format!("docker://{name}"), digest.to_owned(), Pinning::Fixed);
        }
        // A colon before a slash belongs to the registry's port.
        let (name, tag) = match image.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, tag),
            _ => (image, ""),
        };
        return (format!("docker://{name}"), tag.to_owned(), Pinning::ImageTag);
    }
    match uses.split_once('@') {
        None | Some((_, "")) => (uses.trim_end_matches('@').to_owned(), String::new(), Pinning::Missing),
        Some((name, version)) => {
            let pinning = match version.len() {
                40 | 64 if is_hex(version) => Pinning::Fixed,
                // Seven digits and a letter: `20240101` is more often a tag.
                7..=39 if is_hex(version) && version.bytes().any(|b| b.is_ascii_alphabetic()) => Pinning::Short,
                _ => Pinning::Movable,
            };
            (name.to_owned(), version.to_owned(), pinning)
        }
    }
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(uses: &str, name: &str, version: &str, pinning: Pinning) {
        assert_eq!(classify(uses), (name.to_owned(), version.to_owned(), pinning), "{uses}");
    }

    #[test]
    fn uses_are_told_apart() {
        let sha = "11bd71901bbe5b1630ceea73d27597364c9af683";
        check(&format!("actions/checkout@{sha}"), "actions/checkout", sha, Pinning::Fixed);
        check("actions/checkout@v4", "actions/checkout", "v4", Pinning::Movable);
        check("actions/checkout@main", "actions/checkout", "main", Pinning::Movable);
        check("actions/checkout@11bd719", "actions/checkout", "11bd719", Pinning::Short);
        check("a/b@20240101", "a/b", "20240101", Pinning::Movable);
        check("actions/checkout", "actions/checkout", "", Pinning::Missing);
        check("./.github/actions/x", "./.github/actions/x", "", Pinning::Local);
        check("$/.github/workflows/x.yml", "$/.github/workflows/x.yml", "", Pinning::Local);
        check("o/r/.github/workflows/x.yml@v1", "o/r/.github/workflows/x.yml", "v1", Pinning::Movable);
        check("docker://alpine:3.20", "docker://alpine", "3.20", Pinning::ImageTag);
        check("docker://ghcr.io:443/o/i", "docker://ghcr.io:443/o/i", "", Pinning::ImageTag);
        let digest = "a".repeat(64);
        check(&format!("docker://alpine@sha256:{digest}"), "docker://alpine", &digest, Pinning::Fixed);
    }

    #[test]
    fn only_real_uses_are_found() {
        let text = "on: push\nenv:\n  uses: no/no@v1\njobs:\n  a:\n    uses: o/r/.github/workflows/x.yml@v1\n  b:\n    steps:\n      \
            - uses: \"a/b@v2\" # v2.1\n      - run: |\n          uses: c/d@v3\n      - name: x\n        uses: e/f@v4\n";
        let found: Vec<(u32, String)> = find_uses(text).into_iter().map(|u| (u.line, u.uses)).collect();
        let expected = [(6, "o/r/.github/workflows/x.yml@v1"), (9, "a/b@v2"), (13, "e/f@v4")];
        assert_eq!(found, expected.map(|(line, uses)| (line, uses.to_owned())));
        assert_eq!(find_uses(text)[1].comment, "v2.1");
        let action = "runs:\n  using: composite\n  steps:\n    - uses: a/b@v1\n";
        assert_eq!(find_uses(action).len(), 1);
    }

    #[test]
    fn what_is_no_yaml_is_read_by_lines() {
        let found = find_uses("jobs: [\n  - uses: a/b@v1 # x\n uses: 'c/d@v2'\n");
        assert_eq!(found.iter().map(|u| u.uses.as_str()).collect::<Vec<_>>(), ["a/b@v1", "c/d@v2"]);
    }
}
