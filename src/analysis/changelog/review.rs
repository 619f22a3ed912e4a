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
use super::names::{FileRole, is_among_notes, is_in, places_for, role_of, scope_of};
use super::new_file;
use super::notice::{is_quiet, is_same};
use super::problem::{Problem, ProblemKind};
use super::sheet::Sheet;
use super::title::{PullTitle, read_pull_title};
use crate::analysis::lockfile::{FileSource, Text};
use crate::diff::{Hunk, is_commentable, parse_hunks};
use crate::model::{ChangeStatus, FileChange, Patch, Side};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// So many files are compared whole, to see whether users notice their change.
const MAX_COMPARED: usize = 25;
/// So many changelogs of packages are said to lack an entry.
const MAX_MISSING: usize = 5;
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
struct Changed<'a> {
    path: &'a str,
    text: Option<&'a str>,
    hunks: Vec<Hunk<'a>>,
    document: Document<'a>,
}

/// Texts that are read, and whether one of them is still to come.
struct Asked<'a> {
    source: &'a dyn FileSource,
    pending: bool,
}

impl<'a> Asked<'a> {
    fn read(&mut self, side: Side, path: &str) -> Option<&'a str> {
        match self.source.text(side, path) {
            Text::Known(text) => Some(text),
            Text::Pending => {
                self.pending = true;
                None
            }
            Text::Absent | Text::Unreadable => None,
        }
    }
}

/// Reviews a change. `None` when texts are still [`Text::Pending`].
pub fn review<'a>(question: &Question<'a>, source: &'a dyn FileSource) -> Option<Review> {
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
        .filter(|change| !is_quiet_change(change))
        .collect();

    let mut said: Vec<&str> = Vec::new();
    for it in &changed {
        if it.says_something(review.release) {
            said.push(it.path);
        }
        if it.document.sheet.lines.iter().any(|line| line.added) {
            review.files.push(it.path.to_owned());
        }
        review.look_at(it, question, &title, !candidates.is_empty());
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
        .collect();
    if open.is_empty() {
        return Some(review);
    }
    find_missing(&mut review, question, source, &title, &open, &said, &changed)?;
    Some(review)
}

/// Below the root, a page that only is named like one tells of no release.
fn is_changelog(path: &str, document: &Document<'_>) -> bool {
    !document.sheet.whole || !document.releases.is_empty() || !path.contains('/')
}

/// The files that nobody told of, by the changelog that should.
fn find_missing<'a>(
    review: &mut Review,
    question: &Question<'a>,
    source: &'a dyn FileSource,
    title: &PullTitle,
    open: &[&FileChange],
    said: &[&str],
    changed: &[Changed<'a>],
) -> Option<()> {
    let mut asked = Asked { source, pending: false };
    let mut text = |side, path: &str| asked.read(side, path);
    // Everything that may be needed is asked for at once.
    let mut texts: BTreeMap<String, &'a str> = BTreeMap::new();
    let places = match question.path {
        Some(path) => vec![path.to_owned()],
        None => places_for(open.iter().map(|change| change.path.as_str())),
    };
    let config = CONFIGS.map(|path| text(Side::Right, path)).into_iter().flatten().find_map(Towncrier::read);
    let changesets =
        if question.path.is_none() { text(Side::Right, ".changeset/config.json").is_some() } else { false };
    let package = if question.path.is_none() { text(Side::Right, "package.json") } else { None };
    for place in places {
        if let Some(text) = text(Side::Right, &place) {
            texts.insert(place, text);
        }
    }
    // A page that only includes the changelog is none.
    texts.retain(|path, text| {
        let includes = [".. include::", "--8<--", "{include}"].iter().any(|sign| text.contains(sign));
        let document = || read_document(path, Sheet::unchanged(text), question.today);
        (text.len() > 400 || !includes) && (question.path.is_some() || is_changelog(path, &document()))
    });
    for it in changed {
        if let Some(text) = it.text {
            texts.insert(it.path.to_owned(), text);
        }
    }
    let sides: Vec<(&FileChange, Option<&str>, Option<&str>)> = open
        .iter()
        .take(MAX_COMPARED)
        .filter(|change| change.status != ChangeStatus::Added && matches!(change.patch, Patch::Text(_)))
        .map(|change| {
            let old = text(Side::Left, change.old_path().as_str());
            let new =
                if change.status == ChangeStatus::Removed { Some("") } else { text(Side::Right, change.path.as_str()) };
            (*change, old, new)
        })
        .collect();
    if asked.pending {
        return None;
    }
    let fragments = config.as_ref().map(|config| config.directory.as_str());
    if let (Some(directory), None) = (fragments, question.path) {
        let added = question.changes.iter().any(|change| {
            change.additions > 0
                && change.status != ChangeStatus::Removed
                && role_of(change.path.as_str(), Some(directory)) == Some(FileRole::Fragment)
        });
        let collected = question.changes.iter().any(|change| {
            change.status == ChangeStatus::Removed
                && role_of(change.path.as_str(), Some(directory)) == Some(FileRole::Fragment)
        });
        review.style = "fragments";
        review.release |= collected && !changed.is_empty();
        for change in question.changes.iter().filter(|change| change.status != ChangeStatus::Removed) {
            if role_of(change.path.as_str(), Some(directory)) == Some(FileRole::Fragment) {
                review.files.push(change.path.as_str().to_owned());
                review.look_at_note(change.path.as_str(), FileRole::Fragment, None, change, config.as_ref(), title);
            }
        }
        if added || review.release {
            return Some(());
        }
    }
    let is_same_file = |change: &FileChange| {
        sides.iter().any(|(other, old, new)| {
            std::ptr::eq(*other, change)
                && old.zip(*new).is_some_and(|(old, new)| is_same(change.path.as_str(), old, new))
        })
    };
    let is_fragment = |path: &str| fragments.is_some_and(|directory| is_among_notes(path, Some(directory)));
    let mut groups: BTreeMap<Option<&str>, Vec<&str>> = BTreeMap::new();
    for change in open.iter().filter(|change| !is_fragment(change.path.as_str()) && !is_same_file(change)) {
        let path = change.path.as_str();
        let nearest =
            texts.keys().filter(|log| question.path.is_some() || is_in(scope_of(log), path)).max_by_key(|log| {
                let is_changed = changed.iter().any(|it| it.path == log.as_str());
                (scope_of(log).len(), is_changed, std::cmp::Reverse(log.matches('/').count()))
            });
        let near_root = nearest.is_none_or(|log| scope_of(log).is_empty());
        // Something was said, and this file belongs to no package that has a changelog of its own.
        if near_root && !said.is_empty() {
            continue;
        }
        groups.entry(nearest.map(String::as_str)).or_default().push(path);
    }
    // Where a package told of the change, others were only touched along, unless they changed more.
    let lines = |scope: &dyn Fn(&str) -> bool| -> u32 {
        let inside = question
            .changes
            .iter()
            .filter(|change| scope(change.path.as_str()) && (question.may_need)(change.path.as_str()));
        inside.map(|change| change.additions.saturating_add(change.deletions)).fold(0, u32::saturating_add)
    };
    let told = lines(&|path| said.iter().any(|log| is_in(scope_of(log), path)));
    if !said.is_empty() {
        groups.retain(|log, _| log.is_none_or(|log| lines(&|path| is_in(scope_of(log), path)) > told));
    }
    for (log, files) in groups.into_iter().take(MAX_MISSING) {
        let missing = |draft: Option<Draft>, in_diff: bool| Missing {
            file: files[0].to_owned(),
            more: files.len() - 1,
            changelog: log.map(str::to_owned),
            draft,
            in_diff,
        };
        if let Some(config) = &config {
            let rst = config.filename.ends_with(".rst");
            let draft = new_file::fragment(&config.directory, &config.types, rst, title, question.author);
            review.missing.push(missing(Some(draft), false));
            break;
        }
        if changesets {
            review.style = "changesets";
            let name = package.and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok());
            let name = name.as_ref().and_then(|package| package["name"].as_str()).unwrap_or("your-package");
            review.missing.push(missing(Some(new_file::changeset("", name, title)), false));
            break;
        }
        let Some((log, text)) = log.and_then(|log| Some((log, *texts.get(log)?))) else {
            let place = question.path.filter(|path| !path.contains(['*', '{', '?', '!']) && !path.ends_with('/'));
            let known = changed.first().map(|it| it.path);
            // A changelog whose text is not known gets no draft, and there is no second one to begin.
            let draft = known
                .is_none()
                .then(|| new_file::first_changelog(place.unwrap_or("CHANGELOG.md"), title, question.author));
            review.missing.push(Missing { changelog: known.map(str::to_owned), ..missing(draft, false) });
            continue;
        };
        let it = changed.iter().find(|it| it.path == log);
        let document =
            it.map_or_else(|| read_document(log, Sheet::unchanged(text), question.today), |it| it.document.clone());
        if review.style == "none" {
            review.style = document.style.as_str();
        }
        if document.style == Style::Generated || !document.sheet.whole {
            if document.style != Style::Generated {
                review.missing.push(missing(None, false));
            }
            continue;
        }
        let draft = draft::draft(log, &document, text, &habits_of(&document), title, question.author);
        let in_diff =
            draft.after.is_some_and(|line| it.is_some_and(|it| is_commentable(&it.hunks, Side::Right, line, line)));
        review.missing.push(missing(Some(draft), in_diff));
    }
    Some(())
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

    fn look_at_note(
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
