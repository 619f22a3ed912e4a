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
        Kind::Fixed => &["bugfix", "fixed", "fix", "bug", "fixes", "bugfixes", "patch"],
        Kind::Security => &["security", "bugfix", "fixed", "fix", "bug", "fixes", "bugfixes", "patch"],
        Kind::Removed | Kind::Breaking => &["breaking", "removal", "removed", "change", "changed"],
        Kind::Deprecated => &["deprecation", "deprecated", "removal"],
        Kind::Faster => &["performance", "perf", "improvement", "enhancement", "changed", "change", "misc", "feature"],
        Kind::Changed => &["changed", "change", "improvement", "enhancement", "misc", "feature"],
    };
    let kind = wanted.iter().chain(&["change", "changed", "changes", "misc"]);
    let kind = kind.copied().find(|kind| types.iter().any(|known| known == kind));
    let kind = kind.or_else(|| neutral_type(types)).unwrap_or("feature");
    let name = author.number.map_or_else(|| format!("+{}", slug(&title.text)), |number| number.to_string());
    let ending = if rst { "rst" } else { "md" };
    new_file(format!("{directory}/{name}.{kind}.{ending}"), sentence(&title.text))
}

/// The type that says least where none suits: no fragment may say of a fix that it breaks users.
fn neutral_type(types: &[String]) -> Option<&str> {
    let breaks = ["break", "incompatible", "remov", "deprecat"];
    let house = ["doc", "packag", "contrib", "intern", "vendor", "process", "trivial", "highlight"];
    let without = |signs: &[&str]| {
        types.iter().rev().find(|kind| !signs.iter().any(|sign| kind.contains(sign))).map(String::as_str)
    };
    without(&[&breaks[..], &house[..]].concat()).or_else(|| without(&breaks)).or(types.last().map(String::as_str))
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

#[cfg(test)]
mod tests {
    use super::super::title::read_pull_title;
    use super::*;

    #[test]
    fn a_fragment_has_the_type_that_suits_its_title() {
        let author = Author { number: Some(7), login: "ada", repository: None };
        for (types, title, name) in [
            ("breaking deprecation change", "Fix a crash", "7.change"),
            ("breaking deprecation change", "feat: a search", "7.change"),
            ("breaking deprecation change", "security: close a hole", "7.change"),
            ("breaking deprecation change", "feat!: another search", "7.breaking"),
            ("breaking deprecation change", "Deprecate the search", "7.deprecation"),
            ("removal feature doc", "Fix a crash", "7.feature"),
            ("deprecation breaking", "Fix a crash", "7.breaking"),
            ("feature bugfix doc removal misc", "Fix a crash", "7.bugfix"),
            ("feature bugfix doc removal misc", "security: close a hole", "7.bugfix"),
            ("feature bugfix perf", "perf: search faster", "7.perf"),
        ] {
            let known: Vec<String> = types.split(' ').map(str::to_owned).collect();
            let draft = fragment("news", &known, false, &read_pull_title(title, ""), author);
            assert_eq!(draft.file, format!("news/{name}.md"), "{types}: {title}");
        }
    }
}
