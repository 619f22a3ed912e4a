//! A change held against the changelogs of its repository: what it says, where, and what it does not say.

use super::breaking;
use super::document::{Document, Style, is_placeholder, read_document};
use super::draft::{self, Author, Draft};
use super::entries::{check_entries, new_entries};
use super::fragment::{Bump, CONFIGS, Towncrier, read_changeset};
use super::habit::{habits_of, numbers_in};
use super::lint::lint;
use super::markup::LineKind;
use super::misplaced;
use super::missing::find_missing;
use super::names::{FileRole, is_among_notes, is_collected, is_in, is_named_changelog, role_of, scope_of};
use super::notice::is_quiet;
use super::problem::{Problem, ProblemKind};
use super::sheet::Sheet;
use super::source::{Asked, FolderSource};
use super::title::{PullTitle, read_pull_title};
use crate::diff::{Hunk, parse_hunks};
use crate::model::{ChangeStatus, FileChange, Patch, Side};
use chrono::NaiveDate;

/// So many problems of one file are said.
const MAX_PROBLEMS: usize = 30;

/// What is asked.
pub struct Question<'a> {
    /// The change.
    pub changes: &'a [FileChange],
    /// The pull request's title.
    pub title: &'a str,
    /// Its description.
    pub body: &'a str,
    /// Who asks.
    pub author: Author<'a>,
    /// The run's day.
    pub today: NaiveDate,
    /// The one changelog, as the dangerfile names it: a path or a pattern.
    pub path: Option<&'a str>,
    /// Whether a file is that changelog; only asked with `path`.
    pub is_path: &'a dyn Fn(&str) -> bool,
    /// Whether a change of this file may need an entry.
    pub may_need: &'a dyn Fn(&str) -> bool,
}

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

/// A changed changelog.
pub(super) struct Changed<'a> {
    pub(super) path: &'a str,
    pub(super) text: Option<&'a str>,
    pub(super) hunks: Vec<Hunk<'a>>,
    pub(super) document: Document<'a>,
}

/// Reviews a change. `None` when texts or names are still to come.
pub fn review<'a>(question: &Question<'a>, source: &'a dyn FolderSource) -> Option<Review> {
    let title = read_pull_title(question.title, question.body);
    let mut texts = Asked { source, pending: false };
    let mut text = |side, path: &str| texts.read(side, path);
    let role = |path: &str, fragments: Option<&str>| match question.path {
        Some(pattern) if (question.is_path)(path) => {
            let many = pattern.ends_with('/') || pattern.contains('*');
            Some(if many && role_of(path, None).is_none() {
                FileRole::Fragment
            } else {
                role_of(path, None).unwrap_or(FileRole::Changelog)
            })
        }
        Some(_) => None,
        None => role_of(path, fragments),
    };
    let there = || question.changes.iter().filter(|change| change.status != ChangeStatus::Removed);

    // What was said, where everybody knows to look.
    let mut changelogs: Vec<(&'a FileChange, Option<&'a str>)> = Vec::new();
    let mut notes: Vec<(&'a FileChange, FileRole, Option<&'a str>)> = Vec::new();
    for change in there() {
        let path = change.path.as_str();
        match role(path, None) {
            Some(FileRole::Changelog) => changelogs.push((change, text(Side::Right, path))),
            // Where anything may lie, only what is new is an entry.
            Some(_) if question.path.is_none() && is_collected(path) && change.status != ChangeStatus::Added => {}
            Some(kind) if change.additions > 0 || change.status == ChangeStatus::Added => {
                notes.push((change, kind, text(Side::Right, path)));
            }
            Some(_) => {}
            None => {}
        }
    }
    let collected = question.changes.iter().any(|change| {
        change.status == ChangeStatus::Removed
            && role(change.path.as_str(), None).is_some_and(|role| role != FileRole::Changelog)
    });
    let mut config = None;
    if notes.iter().any(|(_, role, _)| *role == FileRole::Fragment) {
        let texts = CONFIGS.map(|path| text(Side::Right, path));
        config = texts.into_iter().flatten().find_map(Towncrier::read);
    }
    if texts.pending {
        return None;
    }
    let mut review = Review {
        style: "none",
        files: Vec::new(),
        entries: Vec::new(),
        problems: Vec::new(),
        missing: Vec::new(),
        release: false,
        breaking: title.breaking,
        internal: title.internal,
    };
    let changed: Vec<Changed<'a>> = changelogs
        .into_iter()
        .map(|(change, text)| Changed::new(change, text, question.today))
        .filter(|it| question.path.is_some() || is_changelog(it.path, &it.document))
        .collect();
    review.release = changed.iter().any(|it| it.document.makes_release()) || (collected && !changed.is_empty());
    if let Some(first) = changed.first() {
        review.style = first.document.style.as_str();
    }

    // Whose change may be noticed, as far as the hunks tell.
    let is_note = |path: &str, fragments: Option<&str>| match question.path {
        Some(_) => (question.is_path)(path) || role_of(path, fragments).is_some(),
        None => role_of(path, fragments).is_some() || is_among_notes(path, fragments),
    };
    let candidates: Vec<&FileChange> = question
        .changes
        .iter()
        .filter(|change| {
            !is_note(change.path.as_str(), None) && is_change(change) && (question.may_need)(change.path.as_str())
        })
        .collect();
    let with_code = !changed.is_empty() && candidates.iter().any(|change| !is_quiet_change(change));

    let mut said: Vec<&str> = Vec::new();
    for it in &changed {
        if it.says_something(review.release) {
            said.push(it.path);
        }
        if it.document.sheet.lines.iter().any(|line| line.added) {
            review.files.push(it.path.to_owned());
        }
        review.look_at(it, question, &title, with_code);
    }
    for (change, role, text) in &notes {
        let path = change.path.as_str();
        review.files.push(path.to_owned());
        review.style = if *role == FileRole::Changeset { "changesets" } else { "fragments" };
        review.look_at_note(path, *role, *text, change, config.as_ref(), &title);
    }
    let all_said = !notes.is_empty();
    if review.release || title.made || all_said {
        return Some(review);
    }
    // An entry in a changelog above a file tells of it, unless its package has one of its own.
    let open: Vec<&FileChange> = candidates
        .into_iter()
        .filter(|change| !said.iter().any(|log| is_in(scope_of(log), change.path.as_str())))
        .filter(|change| !is_quiet_change(change))
        .collect();
    if open.is_empty() {
        return Some(review);
    }
    find_missing(&mut review, question, source, &title, &open, &said, &changed)?;
    Some(review)
}

/// Below the root, a page that only is named like one tells of no release and does not begin with a list.
pub(super) fn is_changelog(path: &str, document: &Document<'_>) -> bool {
    !document.sheet.whole
        || !document.releases.is_empty()
        || !path.contains('/')
        || (is_named_changelog(path) && document.begins_with_list())
}

impl<'a> Changed<'a> {
    fn new(change: &'a FileChange, text: Option<&'a str>, today: NaiveDate) -> Self {
        let hunks = match &change.patch {
            Patch::Text(patch) => parse_hunks(patch),
            Patch::Empty | Patch::Binary | Patch::Truncated => Vec::new(),
        };
        let path = change.path.as_str();
        let document = read_document(path, Sheet::new(text, &hunks), today);
        Changed { path, text, hunks, document }
    }

    /// Whether a line with words was added where it belongs: in no release that was out before.
    fn says_something(&self, release: bool) -> bool {
        let document = &self.document;
        let says = |at: usize| {
            let text = document.sheet.lines[at].text;
            matches!(document.kinds[at], LineKind::Item { .. } | LineKind::Text { .. } | LineKind::Verbatim)
                && text.chars().any(|c| c.is_alphanumeric())
                && !is_placeholder(text)
                && document.sections.binary_search_by_key(&at, |section| section.at).is_err()
        };
        let in_old = |at: usize| {
            document
                .release_at(at)
                .is_some_and(|index| !document.releases[index].pending && !document.releases[index].added)
        };
        release
            || (0..document.kinds.len()).filter(|at| document.sheet.lines[*at].added).any(|at| says(at) && !in_old(at))
    }
}

impl Review {
    fn look_at(&mut self, it: &Changed<'_>, question: &Question<'_>, title: &PullTitle, with_code: bool) {
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
                let moved = |entry: &super::document::Entry| {
                    it.text.and_then(|text| draft::moved(document, entry, text, &habits))
                };
                problems.extend(misplaced::released(it.path, document, &new, &moved));
            }
        }
        if document.style == Style::Intridea {
            problems.extend(misplaced::placeholder(it.path, document));
        }
        problems.sort_by_key(|problem| (problem.line, problem.kind));
        problems.truncate(MAX_PROBLEMS);
        self.problems.extend(problems);
    }

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

/// Whether content changed at all: a file that only moved, a new empty one, or another mode is nothing to users.
fn is_change(change: &FileChange) -> bool {
    change.patch != Patch::Empty
}

fn is_quiet_change(change: &FileChange) -> bool {
    match &change.patch {
        Patch::Text(patch) => is_quiet(change.path.as_str(), &parse_hunks(patch)),
        Patch::Empty => true,
        Patch::Binary | Patch::Truncated => false,
    }
}
