//! Entries that are files: the first changelog, a news fragment, a changeset.

use super::draft::{Author, Draft};
use super::title::{Kind, PullTitle};

/// The first changelog of a repository.
pub(super) fn first_changelog(file: &str, title: &PullTitle, author: Author<'_>) -> Draft {
    let number = author.number.map_or_else(String::new, |number| format!(" (#{number})"));
    let mut words = title.text.clone();
    if let Some(first) = words.chars().next() {
        words.replace_range(..first.len_utf8(), &first.to_uppercase().collect::<String>());
    }
    let entry = format!("- {words}{number}");
    let section = title.kind.standard();
    let text = format!(
        "# Changelog\n\nAll notable changes to this project are documented in this file, in the format of [Keep a Changelog](https://keepachangelog.com/en/1.1.0/).\n\n## [Unreleased]\n\n### {section}\n\n{entry}\n"
    );
    Draft {
        file: file.to_owned(),
        under: Some(format!("Unreleased / {section}")),
        entry,
        after: None,
        line: String::new(),
        inserted: text.clone(),
        text,
    }
}

/// A news fragment.
pub(super) fn fragment(directory: &str, types: &[String], rst: bool, title: &PullTitle, author: Author<'_>) -> Draft {
    let wanted: &[&str] = match title.kind {
        Kind::Added => &["feature", "added", "enhancement", "improvement", "feat", "new"],
        Kind::Fixed | Kind::Security => &["bugfix", "fixed", "fix", "bug", "security"],
        Kind::Removed | Kind::Breaking => &["breaking", "removal", "removed", "change", "changed"],
        Kind::Deprecated => &["deprecation", "deprecated", "removal"],
        Kind::Changed | Kind::Faster => &["changed", "change", "improvement", "enhancement", "misc", "feature"],
    };
    let kind = wanted.iter().find(|kind| types.iter().any(|known| known == *kind)).copied();
    let kind = kind.or(types.first().map(String::as_str)).unwrap_or("feature");
    let name = author.number.map_or_else(|| format!("+{}", slug(&title.text)), |number| number.to_string());
    let ending = if rst { "rst" } else { "md" };
    new_file(format!("{directory}/{name}.{kind}.{ending}"), sentence(&title.text))
}

/// A changeset for these packages.
pub(super) fn changeset(packages: &[String], title: &PullTitle) -> Draft {
    let bump = match title.kind {
        Kind::Breaking | Kind::Removed => "major",
        Kind::Added | Kind::Deprecated => "minor",
        _ => "patch",
    };
    let bumps: String = packages.iter().map(|package| format!("\"{package}\": {bump}\n")).collect();
    let text = format!("---\n{bumps}---\n\n{}", sentence(&title.text));
    new_file(format!(".changeset/{}.md", slug(&title.text)), text)
}

fn new_file(file: String, entry: String) -> Draft {
    let text = format!("{entry}\n");
    Draft { file, under: None, entry, after: None, line: String::new(), inserted: text.clone(), text }
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let text: String = letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect());
    if text.ends_with(['.', '!', '?']) { text } else { format!("{text}.") }
}

fn slug(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).take(5);
    let slug = words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-");
    let slug: String = slug.chars().take(40).collect();
    if slug.is_empty() { "change".to_owned() } else { slug }
}
