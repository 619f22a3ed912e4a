//! The answer to a question about a change: what its changelogs say, what is wrong with it, and what nobody says.

use super::breaking;
use super::document::{Entry, Style};
use super::draft::Draft;
use super::entries::{check_entries, new_entries};
use super::fragment::{Bump, Towncrier, read_changeset};
use super::habit::{habits_of, numbers_in};
use super::lint::lint;
use super::misplaced;
use super::moved::moved;
use super::names::FileRole;
use super::problem::{Problem, ProblemKind};
use super::question::{Changed, Question};
use super::title::PullTitle;
use crate::model::{ChangeStatus, FileChange};

/// So many problems of one file are said.
const MAX_PROBLEMS: usize = 30;

/// An entry that the change adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEntry {
    /// The file.
    pub file: String,
    /// Its first line, from 1.
    pub line: u32,
    /// Its text in one line.
    pub text: String,
    /// The heading of its release; absent where there is none, or it is not known.
    pub release: Option<String>,
    /// Its section.
    pub section: Option<String>,
    /// Whether that release is out.
    pub released: bool,
    /// The numbers that it names.
    pub numbers: Vec<u32>,
}

/// A change that users can notice and that no entry tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The first file that users can notice.
    pub file: String,
    /// How many more.
    pub more: usize,
    /// The changelog that should tell it, when there is one.
    pub changelog: Option<String>,
    /// The entry that could be added.
    pub draft: Option<Draft>,
    /// Whether the line after which it goes is part of the diff.
    pub in_diff: bool,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// How this repository keeps its changelog, as far as it was looked at.
    pub style: &'static str,
    /// The changelogs, fragments and changesets that the change adds to.
    pub files: Vec<String>,
    /// The entries that it adds.
    pub entries: Vec<NewEntry>,
    /// What is wrong with what it adds.
    pub problems: Vec<Problem>,
    /// What no entry tells.
    pub missing: Vec<Missing>,
    /// Whether it makes a release: what was pending becomes a version.
    pub release: bool,
    /// Whether title or description say that users are broken.
    pub breaking: bool,
    /// Whether the title speaks of work inside the house.
    pub internal: bool,
}

impl Review {
    /// A review of which nothing is known but the title.
    pub(super) fn new(title: &PullTitle) -> Self {
        Review {
            style: "none",
            files: Vec::new(),
            entries: Vec::new(),
            problems: Vec::new(),
            missing: Vec::new(),
            release: false,
            breaking: title.breaking,
            internal: title.internal,
        }
    }

    /// Takes in what a changed changelog says. `with_code`: the change is about more than changelogs.
    pub(super) fn look_at(&mut self, it: &Changed<'_>, question: &Question<'_>, title: &PullTitle, with_code: bool) {
        let document = &it.document;
        let habits = habits_of(document);
        let new = new_entries(document);
        for entry in &new {
            let text = document.text_of(entry);
            let release = entry.release.map(|index| &document.releases[index]);
            self.entries.push(NewEntry {
                file: it.path.to_owned(),
                line: document.number(entry.at),
                numbers: numbers_in(&text),
                release: release.map(|release| release.name.to_owned()),
                section: entry.section.map(|index| document.sections[index].name.to_owned()),
                released: release.is_some_and(|release| !release.pending && !release.added),
                text,
            });
        }
        let mut problems = lint(it.path, document);
        problems.extend(check_entries(it.path, document, &habits, question.author.number, self.release));
        if !self.release && document.style != Style::Generated {
            problems.extend(breaking::check(it.path, document, &new, title));
            if with_code {
                let moved = |entries: &[&Entry]| it.text.and_then(|text| moved(document, entries, text, &habits));
                problems.extend(misplaced::released(it.path, document, &new, &moved));
            }
        }
        if document.style == Style::Intridea && !self.release {
            problems.extend(misplaced::placeholder(it.path, document));
        }
        problems.sort_by_key(|problem| (problem.line, problem.kind));
        problems.truncate(MAX_PROBLEMS);
        self.problems.extend(problems);
    }

    /// Takes in what a fragment or a changeset says.
    pub(super) fn look_at_note(
        &mut self,
        path: &str,
        role: FileRole,
        text: Option<&str>,
        change: &FileChange,
        config: Option<&Towncrier>,
        title: &PullTitle,
    ) {
        let problem = |line: u32, kind: ProblemKind, message: String| Problem {
            file: path.to_owned(),
            line,
            end_line: line,
            kind,
            message,
            suggestion: None,
            fix: None,
        };
        let mut entry = NewEntry {
            file: path.to_owned(),
            line: 1,
            text: text.unwrap_or_default().trim().to_owned(),
            release: None,
            section: None,
            released: false,
            numbers: Vec::new(),
        };
        match role {
            FileRole::Fragment => {
                let name = path.rsplit('/').next().unwrap_or(path);
                entry.numbers.extend(name.split('.').next().and_then(|number| number.parse::<u32>().ok()));
                let inside = |config: &&Towncrier| path.starts_with(&format!("{}/", config.directory));
                let config = config.filter(inside);
                if let Some(kind) =
                    config.and_then(|config| config.unknown_type(path)).filter(|_| change.status == ChangeStatus::Added)
                {
                    let known = config.map(|config| config.types.join("`, `")).unwrap_or_default();
                    let message = format!(
                        "towncrier passes over this fragment, because `{kind}` is no type that its settings know. Name it after one of `{known}`."
                    );
                    self.problems.push(problem(1, ProblemKind::FragmentType, message));
                }
            }
            FileRole::Changeset => {
                let set = read_changeset(text.unwrap_or_default());
                if let (Some((line, wrong)), Some(_)) = (&set.problem, text) {
                    let message =
                        format!("This changeset cannot be read: {wrong}. Run `npx changeset` for one that can.");
                    self.problems.push(problem(*line, ProblemKind::Changeset, message));
                }
                entry.text.clone_from(&set.text);
                let largest = set.bumps.iter().map(|(_, bump)| *bump).max();
                if title.breaking && largest.is_some_and(|bump| bump < Bump::Major) && set.problem.is_none() {
                    let asks = if largest == Some(Bump::Minor) { "minor" } else { "patch" };
                    let message = format!(
                        "The pull request says that it breaks users, and this changeset asks for a `{asks}` release. Make it `major`, unless the package is below 1.0."
                    );
                    self.problems.push(problem(2, ProblemKind::Breaking, message));
                }
            }
            FileRole::Changelog => {}
        }
        self.entries.push(entry);
    }
}
