//! What no entry tells of a change, and where it should be told: everything is asked for, the files are grouped by the
//! changelog that should tell of them, and each group gets a draft.

use super::answer::Missing;
use super::document::{Document, Style, read_document};
use super::draft::{self, Draft};
use super::fragment::{CONFIGS, Towncrier};
use super::habit::habits_of;
use super::names::{FileRole, changelogs_in, folders_for, is_among_notes, is_in, role_of, scope_of};
use super::new_file;
use super::notice::is_same;
use super::packages::Packages;
use super::question::{Changed, Question, is_changelog};
use super::sheet::Sheet;
use super::source::{Asked, FolderSource};
use super::title::PullTitle;
use crate::diff::{is_commentable, parse_hunks, text_before};
use crate::model::{ChangeStatus, FileChange, Patch, Side};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// So many files are compared whole, to see whether users notice their change.
const MAX_COMPARED: usize = 25;
/// A change of more lines is noticed, whatever the whole file says.
const MAX_COMPARED_LINES: u32 = 200;
/// So many changelogs of packages are said to lack an entry.
const MAX_MISSING: usize = 5;

/// A change of which the entries that everybody knows to look for do not tell all.
pub(super) struct Untold<'q, 'a> {
    pub(super) question: &'q Question<'a>,
    pub(super) title: &'q PullTitle,
    /// The changed changelogs.
    pub(super) changed: &'q [Changed<'a>],
    /// The paths of those that say something.
    pub(super) said: &'q [&'q str],
    /// The files that may be noticed and that none of those tells of.
    pub(super) open: &'q [&'a FileChange],
}

/// What became of it.
pub(super) struct Found<'a> {
    /// How the repository keeps its changelog.
    pub(super) style: &'static str,
    /// Settings of towncrier.
    pub(super) config: Option<Towncrier>,
    /// The changed fragments in the directory that those name.
    pub(super) fragments: Vec<&'a FileChange>,
    /// Whether they were collected into a release.
    pub(super) release: bool,
    /// What no entry tells.
    pub(super) missing: Vec<Missing>,
}

/// The files that nobody told of, by the changelog that should. `style` is what is known of it so far. `None` when texts or
/// names are still to come.
pub(super) fn find_missing<'a>(
    untold: &Untold<'_, 'a>,
    style: &'static str,
    source: &'a dyn FolderSource,
) -> Option<Found<'a>> {
    let known = Known::ask(untold, source)?;
    let fragments = known.fragments(untold.question);
    let style = if fragments.is_some() { "fragments" } else { style };
    let Fragments { there, added, collected } = fragments.unwrap_or_default();
    let release = collected && !untold.changed.is_empty();
    let groups = if added || release { Groups::new() } else { group(untold, &known, source)? };
    let (style, missing) = draft_groups(untold, &known, &groups, style);
    Some(Found { style, fragments: there, release, missing, config: known.config })
}

/// What the repository holds besides the change.
struct Known<'a> {
    /// The changelogs that could tell of it, by path.
    texts: BTreeMap<String, &'a str>,
    /// The packages, where it keeps changesets.
    packages: Option<Packages>,
    /// Settings of towncrier.
    config: Option<Towncrier>,
}

/// The fragments of a change, in the directory that the settings name.
#[derive(Default)]
struct Fragments<'a> {
    /// Those that are there now.
    there: Vec<&'a FileChange>,
    /// Whether one of them says something new.
    added: bool,
    /// Whether some go.
    collected: bool,
}

/// Files that users can notice, by the changelog next above them.
type Groups<'k, 'a> = BTreeMap<Option<&'k str>, Vec<&'a FileChange>>;

impl<'a> Known<'a> {
    /// Asks for everything at once that may be needed; what is read depends on what is there.
    fn ask(untold: &Untold<'_, 'a>, source: &'a dyn FolderSource) -> Option<Self> {
        let question = untold.question;
        let mut asked = Asked { source, pending: false };
        let files = || untold.open.iter().map(|change| change.path.as_str());
        let mut places: Vec<String> = Vec::new();
        if let Some(path) = question.path {
            places.push(path.to_owned());
        } else {
            for folder in folders_for(files()) {
                places.extend(changelogs_in(folder, asked.names(folder)));
            }
        }
        let root = asked.names("");
        let has = |name: &str| root.iter().any(|other| other == name);
        let changesets = question.path.is_none()
            && has(".changeset")
            && asked.names(".changeset").iter().any(|name| name == "config.json");
        let packages = changesets.then(|| Packages::read(&mut asked, files()));
        let configs = CONFIGS.iter().filter(|path| has(path));
        let config = configs.filter_map(|path| asked.read(Side::Right, path)).find_map(Towncrier::read);
        let mut texts: BTreeMap<String, &'a str> = BTreeMap::new();
        for place in places {
            if let Some(text) = asked.read(Side::Right, &place) {
                texts.insert(place, text);
            }
        }
        texts.retain(|path, text| is_readable(question, path, text));
        texts.extend(untold.changed.iter().filter_map(|it| Some((it.path.to_owned(), it.text?))));
        // Where all of it may be nothing to users, whole files have to tell; they are asked for along with the changelogs.
        if untold.open.iter().all(|change| is_comparable(change)) {
            untold.open.iter().take(MAX_COMPARED).for_each(|change| {
                asked.read(Side::Right, change.path.as_str());
            });
        }
        (!asked.pending).then_some(Known { texts, packages, config })
    }

    /// The directory of fragments that the settings name.
    fn directory(&self) -> Option<&str> {
        self.config.as_ref().map(|config| config.directory.as_str())
    }

    /// `None` where no settings name a directory, or the dangerfile names another place.
    fn fragments(&self, question: &Question<'a>) -> Option<Fragments<'a>> {
        let directory = self.directory().filter(|_| question.path.is_none())?;
        let is_fragment =
            |change: &&FileChange| role_of(change.path.as_str(), Some(directory)) == Some(FileRole::Fragment);
        let (gone, there): (Vec<_>, Vec<_>) =
            question.changes.iter().filter(is_fragment).partition(|change| change.status == ChangeStatus::Removed);
        let says = |change: &&FileChange| change.additions > 0 || change.status == ChangeStatus::Added;
        Some(Fragments { added: there.iter().any(says), collected: !gone.is_empty(), there })
    }
}

/// Whether a text is a changelog; a page that only includes one is none.
fn is_readable(question: &Question<'_>, path: &str, text: &str) -> bool {
    let includes = [".. include::", "--8<--", "{include}"].iter().any(|sign| text.contains(sign));
    let document = || read_document(path, Sheet::unchanged(text), question.today);
    (text.len() > 400 || !includes) && (question.path.is_some() || is_changelog(path, &document()))
}

/// The open files that users can notice, by the changelog that should tell of them.
fn group<'k, 'a>(
    untold: &Untold<'_, 'a>,
    known: &'k Known<'a>,
    source: &'a dyn FolderSource,
) -> Option<Groups<'k, 'a>> {
    let mut groups = Groups::new();
    for change in untold.open {
        let path = change.path.as_str();
        if known.directory().is_some_and(|directory| is_among_notes(path, Some(directory))) {
            continue;
        }
        let nearest = nearest_changelog(untold, known, path);
        let near_root = nearest.is_none_or(|log| scope_of(log).is_empty());
        // Something was said, and this file belongs to no package that has a changelog of its own.
        if near_root && !untold.said.is_empty() {
            continue;
        }
        groups.entry(nearest).or_default().push(*change);
    }
    drop_unnoticed(&mut groups, source)?;
    drop_touched_along(&mut groups, untold);
    Some(groups)
}

fn nearest_changelog<'k>(untold: &Untold<'_, '_>, known: &'k Known<'_>, path: &str) -> Option<&'k str> {
    let above = known.texts.keys().filter(|log| untold.question.path.is_some() || is_in(scope_of(log), path));
    let nearest = above.max_by_key(|log| {
        let is_changed = untold.changed.iter().any(|it| it.path == log.as_str());
        (scope_of(log).len(), is_changed, Reverse(log.matches('/').count()))
    });
    nearest.map(String::as_str)
}

/// Drops files that are the same to users as before. `None` when texts are still to come.
fn drop_unnoticed<'a>(groups: &mut Groups<'_, 'a>, source: &'a dyn FolderSource) -> Option<()> {
    let mut asked = Asked { source, pending: false };
    let mut compared = 0;
    for files in groups.values_mut() {
        // What users notice for certain stands first; with it, the rest needs no second look.
        files.sort_by_key(|change| is_comparable(change));
        if files.iter().all(|change| is_comparable(change)) {
            files.retain(|change| {
                compared += 1;
                let whole = if compared <= MAX_COMPARED { asked.read(Side::Right, change.path.as_str()) } else { None };
                !whole.is_some_and(|new| is_same_file(change, new))
            });
        }
    }
    groups.retain(|_, files| !files.is_empty());
    (!asked.pending).then_some(())
}

/// Where a package told of the change, others were only touched along, unless they changed more.
fn drop_touched_along(groups: &mut Groups<'_, '_>, untold: &Untold<'_, '_>) {
    if untold.said.is_empty() {
        return;
    }
    let question = untold.question;
    let lines = |scope: &dyn Fn(&str) -> bool| -> u32 {
        let counts = |path: &str| scope(path) && (question.may_need)(path);
        let inside = question.changes.iter().filter(|change| counts(change.path.as_str()));
        inside.map(|change| change.additions.saturating_add(change.deletions)).fold(0, u32::saturating_add)
    };
    let told = lines(&|path| untold.said.iter().any(|log| is_in(scope_of(log), path)));
    groups.retain(|log, _| log.is_none_or(|log| lines(&|path| is_in(scope_of(log), path)) > told));
}

/// What is missing, with a draft where there can be one, and the style of the changelog.
fn draft_groups(
    untold: &Untold<'_, '_>,
    known: &Known<'_>,
    groups: &Groups<'_, '_>,
    style: &'static str,
) -> (&'static str, Vec<Missing>) {
    let Some((first, files)) = groups.first_key_value() else { return (style, Vec::new()) };
    let (title, author) = (untold.title, untold.question.author);
    // One fragment, or one changeset, tells of all packages.
    if let Some(config) = &known.config {
        let rst = config.filename.ends_with(".rst");
        let draft = new_file::fragment(&config.directory, &config.types, rst, title, author);
        return (style, vec![missing(*first, files, Some(draft), false)]);
    }
    if let Some(packages) = &known.packages {
        let names = packages.names_of(groups.values().flatten().map(|change| change.path.as_str()));
        let draft = (!names.is_empty()).then(|| new_file::changeset(&names, title));
        return ("changesets", vec![missing(*first, files, draft, false)]);
    }
    let (mut style, mut found) = (style, Vec::new());
    for (log, files) in groups.iter().take(MAX_MISSING) {
        let Some((log, text)) = log.and_then(|log| Some((log, *known.texts.get(log)?))) else {
            found.push(without_changelog(untold, files));
            continue;
        };
        let changed = untold.changed.iter().find(|it| it.path == log);
        let document = match changed {
            Some(it) => it.document.clone(),
            None => read_document(log, Sheet::unchanged(text), untold.question.today),
        };
        if style == "none" {
            style = document.style.as_str();
        }
        found.extend(with_changelog(untold, (log, text), (changed, &document), files));
    }
    (style, found)
}

fn missing(changelog: Option<&str>, files: &[&FileChange], draft: Option<Draft>, in_diff: bool) -> Missing {
    Missing {
        file: files[0].path.as_str().to_owned(),
        more: files.len() - 1,
        changelog: changelog.map(str::to_owned),
        draft,
        in_diff,
    }
}

/// Of files above which no changelog lies whose text is known.
fn without_changelog(untold: &Untold<'_, '_>, files: &[&FileChange]) -> Missing {
    let named = untold.question.path;
    let place = named.filter(|path| !path.contains(['*', '{', '?', '!']) && !path.ends_with('/'));
    let known = untold.changed.first().map(|it| it.path);
    // A changelog whose text is not known gets no draft, and there is no second one to begin.
    let begin = || new_file::first_changelog(place.unwrap_or("CHANGELOG.md"), untold.title, untold.question.author);
    missing(known, files, known.is_none().then(begin), false)
}

/// Of files that this changelog should tell of; a generated one tells by itself.
fn with_changelog(
    untold: &Untold<'_, '_>,
    (log, text): (&str, &str),
    (changed, document): (Option<&Changed<'_>>, &Document<'_>),
    files: &[&FileChange],
) -> Option<Missing> {
    if document.style == Style::Generated {
        return None;
    }
    if !document.sheet.whole {
        return Some(missing(Some(log), files, None, false));
    }
    let draft = draft::draft(log, document, text, &habits_of(document), untold.title, untold.question.author);
    let is_shown = |line| changed.is_some_and(|it| is_commentable(&it.hunks, Side::Right, line, line));
    let in_diff = draft.after.is_some_and(is_shown);
    Some(missing(Some(log), files, Some(draft), in_diff))
}

/// Whether the whole file may say of a change that is not quiet by its hunks that it is nothing to users after all.
fn is_comparable(change: &FileChange) -> bool {
    matches!(change.status, ChangeStatus::Modified | ChangeStatus::Renamed)
        && matches!(change.patch, Patch::Text(_))
        && change.additions.saturating_add(change.deletions) <= MAX_COMPARED_LINES
}

/// Whether the file is the same to users as before; `new` is all of it.
fn is_same_file(change: &FileChange, new: &str) -> bool {
    let Patch::Text(patch) = &change.patch else { return false };
    text_before(new, &parse_hunks(patch)).is_some_and(|old| is_same(change.path.as_str(), &old, new))
}
