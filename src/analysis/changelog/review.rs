//! A change held against the changelogs of its repository: what it says, where, and what it does not say.

use super::answer::Review;
use super::fragment::{CONFIGS, Towncrier};
use super::missing::{Untold, find_missing};
use super::names::{FileRole, is_collected, is_in, scope_of};
use super::notice::is_quiet;
use super::question::{Changed, Question, is_changelog};
use super::source::{Asked, FolderSource};
use super::title::read_pull_title;
use crate::diff::parse_hunks;
use crate::model::{ChangeStatus, FileChange, Patch, Side};

/// Reviews a change. `None` when texts or names are still to come.
pub fn review<'a>(question: &Question<'a>, source: &'a dyn FolderSource) -> Option<Review> {
    let title = read_pull_title(question.title, question.body);
    let told = Told::gather(question, source)?;
    let mut review = Review::new(&title);
    let makes_release = |it: &Changed<'_>| it.document.makes_release();
    review.release = told.changed.iter().any(makes_release) || (told.collected && !told.changed.is_empty());
    if let Some(first) = told.changed.first() {
        review.style = first.document.style.as_str();
    }
    let candidates = candidates(question);
    let with_code = !told.changed.is_empty() && candidates.iter().any(|change| !is_quiet_change(change));

    let mut said: Vec<&str> = Vec::new();
    for it in &told.changed {
        if it.says_something(review.release) {
            said.push(it.path);
        }
        if it.document.sheet.lines.iter().any(|line| line.added) {
            review.files.push(it.path.to_owned());
        }
        review.look_at(it, question, &title, with_code);
    }
    for note in &told.notes {
        let path = note.change.path.as_str();
        review.files.push(path.to_owned());
        review.style = if note.role == FileRole::Changeset { "changesets" } else { "fragments" };
        review.look_at_note(path, note.role, note.text, note.change, told.config.as_ref(), &title);
    }
    if review.release || title.made || !told.notes.is_empty() {
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
    let untold = Untold { question, title: &title, changed: &told.changed, said: &said, open: &open };
    let found = find_missing(&untold, review.style, source)?;
    review.style = found.style;
    review.release |= found.release;
    for change in found.fragments {
        let path = change.path.as_str();
        review.files.push(path.to_owned());
        review.look_at_note(path, FileRole::Fragment, None, change, found.config.as_ref(), &title);
    }
    review.missing = found.missing;
    Some(review)
}

/// What was said where everybody knows to look.
struct Told<'a> {
    changed: Vec<Changed<'a>>,
    notes: Vec<Note<'a>>,
    /// Settings of towncrier, where there are fragments.
    config: Option<Towncrier>,
    /// Whether fragments or changesets go.
    collected: bool,
}

/// A fragment or a changeset that the change brings.
struct Note<'a> {
    change: &'a FileChange,
    role: FileRole,
    text: Option<&'a str>,
}

impl<'a> Told<'a> {
    /// `None` when texts are still to come.
    fn gather(question: &Question<'a>, source: &'a dyn FolderSource) -> Option<Self> {
        let mut asked = Asked { source, pending: false };
        let mut changelogs: Vec<(&'a FileChange, Option<&'a str>)> = Vec::new();
        let mut notes: Vec<Note<'a>> = Vec::new();
        for change in question.changes.iter().filter(|change| change.status != ChangeStatus::Removed) {
            let path = change.path.as_str();
            match question.role(path) {
                Some(FileRole::Changelog) => changelogs.push((change, asked.read(Side::Right, path))),
                // Where anything may lie, only what is new is an entry.
                Some(_) if question.path.is_none() && is_collected(path) && change.status != ChangeStatus::Added => {}
                Some(role) if change.additions > 0 || change.status == ChangeStatus::Added => {
                    notes.push(Note { change, role, text: asked.read(Side::Right, path) });
                }
                Some(_) | None => {}
            }
        }
        let mut config = None;
        if notes.iter().any(|note| note.role == FileRole::Fragment) {
            let texts = CONFIGS.map(|path| asked.read(Side::Right, path));
            config = texts.into_iter().flatten().find_map(Towncrier::read);
        }
        if asked.pending {
            return None;
        }
        let changed = changelogs.into_iter().map(|(change, text)| Changed::new(change, text, question.today));
        let collects = |change: &FileChange| {
            change.status == ChangeStatus::Removed
                && question.role(change.path.as_str()).is_some_and(|role| role != FileRole::Changelog)
        };
        Some(Told {
            changed: changed.filter(|it| question.path.is_some() || is_changelog(it.path, &it.document)).collect(),
            notes,
            config,
            collected: question.changes.iter().any(collects),
        })
    }
}

/// The files whose change may be noticed, as far as the hunks tell.
fn candidates<'a>(question: &Question<'a>) -> Vec<&'a FileChange> {
    let may_be = |change: &&FileChange| {
        let path = change.path.as_str();
        !question.is_note(path) && is_change(change) && (question.may_need)(path)
    };
    question.changes.iter().filter(may_be).collect()
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
