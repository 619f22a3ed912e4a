//! News fragments of towncrier and its kin, and changesets: what their names, settings and heads say.

use regex::Regex;
use std::sync::LazyLock;

/// Longer settings are not read.
const MAX_CONFIG_BYTES: usize = 1 << 20;

/// Where towncrier's settings lie, the first that exists.
pub(super) const CONFIGS: [&str; 2] = ["towncrier.toml", "pyproject.toml"];

/// The types that towncrier knows when nothing else is set.
const DEFAULT_TYPES: [&str; 5] = ["feature", "bugfix", "doc", "removal", "misc"];

/// What towncrier's settings say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Towncrier {
    /// Where fragments lie, from the root.
    pub directory: String,
    /// The types that a fragment's name may have.
    pub types: Vec<String>,
    /// The file that fragments are collected into.
    pub filename: String,
}

impl Towncrier {
    /// Reads `towncrier.toml` or `pyproject.toml`; `None` when it does not speak of towncrier or cannot be read.
    pub fn read(text: &str) -> Option<Self> {
        if text.len() > MAX_CONFIG_BYTES || !text.contains("towncrier") {
            return None;
        }
        let table: toml::Table = toml::from_str(text).ok()?;
        let settings = table.get("tool")?.get("towncrier")?.as_table()?;
        let word = |name: &str| settings.get(name).and_then(toml::Value::as_str);
        let directory = match (word("directory"), word("package_dir"), word("package")) {
            (Some(directory), _, _) => directory.trim_matches('/').to_owned(),
            (None, place, Some(package)) if !package.is_empty() => {
                let place = place.unwrap_or(".").trim_matches('/').trim_start_matches("./");
                let place = if matches!(place, "" | ".") { String::new() } else { format!("{place}/") };
                format!("{place}{}/newsfragments", package.replace('.', "/"))
            }
            _ => "newsfragments".to_owned(),
        };
        let lists = settings.get("type").and_then(toml::Value::as_array).into_iter().flatten();
        let mut types: Vec<String> = lists
            .filter_map(|one| one.get("directory").or(one.get("name")).and_then(toml::Value::as_str))
            .map(str::to_lowercase)
            .collect();
        let tables = settings.get("fragment").and_then(toml::Value::as_table);
        types.extend(tables.into_iter().flatten().map(|(name, _)| name.clone()));
        if types.is_empty() {
            types = DEFAULT_TYPES.map(str::to_owned).to_vec();
        }
        let filename = word("filename").unwrap_or("NEWS.rst").to_owned();
        Some(Towncrier { directory: directory.trim_start_matches("./").to_owned(), types, filename })
    }

    /// The type that a fragment's name has and the settings do not know.
    pub fn unknown_type<'a>(&self, path: &'a str) -> Option<&'a str> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let mut parts = name.trim_start_matches('+').split('.').skip(1);
        let kind = parts.next()?;
        // `12.feature.rst`, `12.feature.1.rst`, `12.feature`; a type may also be a directory.
        let in_directory = self.types.iter().any(|known| path.contains(&format!("/{known}/")));
        (!in_directory
            && !self.types.iter().any(|known| known == kind)
            && !parts.any(|part| self.types.iter().any(|known| known == part)))
        .then_some(kind)
    }
}

/// How large a step a changeset asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bump {
    /// Nothing that users notice.
    None,
    /// A fix.
    Patch,
    /// Something new.
    Minor,
    /// Something that breaks users.
    Major,
}

/// What a changeset says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changeset {
    /// Packages with the step for each.
    pub bumps: Vec<(String, Bump)>,
    /// What cannot be read, with the line from 1.
    pub problem: Option<(u32, String)>,
    /// The text below the head.
    pub text: String,
}

static BUMP: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"^\s*["']?([^"':]+?)["']?\s*:\s*["']?([A-Za-z]*)["']?\s*$"#).expect("a fixed pattern")
});

/// Reads a file of `.changeset`. Never fails: what is wrong is part of the answer.
pub fn read_changeset(text: &str) -> Changeset {
    let mut set = Changeset::default();
    let mut lines = (1u32..).zip(text.lines());
    if lines.next().is_none_or(|(_, line)| line.trim_end() != "---") {
        set.problem = Some((1, "it does not begin with `---`, the packages and `---`".to_owned()));
        return set;
    }
    let mut closed = false;
    for (number, line) in lines.by_ref().take(1_000) {
        let line = line.trim_end();
        if line == "---" {
            closed = true;
            break;
        }
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        let parts = BUMP.captures(line);
        let bump = parts.as_ref().and_then(|parts| match &parts[2] {
            "major" => Some(Bump::Major),
            "minor" => Some(Bump::Minor),
            "patch" => Some(Bump::Patch),
            "none" => Some(Bump::None),
            _ => None,
        });
        match (parts, bump) {
            (Some(parts), Some(bump)) => set.bumps.push((parts[1].to_owned(), bump)),
            _ if set.problem.is_none() => {
                set.problem =
                    Some((number, "this line does not say `\"package\": major`, `minor` or `patch`".to_owned()));
            }
            _ => {}
        }
    }
    if !closed && set.problem.is_none() {
        set.problem = Some((1, "the `---` below the packages is missing".to_owned()));
    }
    set.text = lines.map(|(_, line)| line).collect::<Vec<_>>().join("\n").trim().to_owned();
    set
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_say_where_fragments_lie() {
        let read = Towncrier::read("[tool.towncrier]\ndirectory = \"news/\"\nfilename = \"CHANGES.rst\"\n[[tool.towncrier.type]]\ndirectory = \"feature\"\nname = \"Features\"\n[[tool.towncrier.type]]\ndirectory = \"bugfix\"\n").expect("settings");
        assert_eq!(
            (read.directory.as_str(), read.filename.as_str(), read.types.join(",").as_str()),
            ("news", "CHANGES.rst", "feature,bugfix")
        );
        assert_eq!(read.unknown_type("news/12.feature.rst"), None);
        assert_eq!(read.unknown_type("news/12.bugfix"), None);
        assert_eq!(read.unknown_type("news/+x.bugfix.2.rst"), None);
        assert_eq!(read.unknown_type("news/12.feture.rst"), Some("feture"));
        assert_eq!(
            Towncrier::read("[tool.towncrier]\npackage = \"a.b\"\npackage_dir = \"src\"\n")
                .expect("settings")
                .directory,
            "src/a/b/newsfragments"
        );
        assert_eq!(Towncrier::read("[tool.black]\n"), None);
        assert_eq!(Towncrier::read("towncrier = [[["), None);
    }

    #[test]
    fn changesets_name_packages_and_steps() {
        let read = read_changeset("---\n\"@a/b\": minor\n'c': patch\nd: major\n---\n\nText\nmore\n");
        let bumps: Vec<_> = read.bumps.iter().map(|(name, bump)| (name.as_str(), *bump)).collect();
        assert_eq!(bumps, [("@a/b", Bump::Minor), ("c", Bump::Patch), ("d", Bump::Major)]);
        assert_eq!((read.problem, read.text.as_str()), (None, "Text\nmore"));
        assert_eq!(read_changeset("---\n---\n").problem, None);
        assert_eq!(read_changeset("---\n\"a\": huge\n---\n").problem.map(|it| it.0), Some(2));
        assert_eq!(read_changeset("Text\n").problem.map(|it| it.0), Some(1));
        assert_eq!(read_changeset("---\n\"a\": minor\n").problem.map(|it| it.0), Some(1));
    }
}
