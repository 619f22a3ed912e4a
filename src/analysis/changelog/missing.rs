//! What no entry tells of a change, and where it should be told.

use super::document::{Style, read_document};
use super::draft::{self, Draft};
use super::fragment::{CONFIGS, Towncrier};
use super::habit::habits_of;
use super::names::{FileRole, changelogs_in, folders_for, is_among_notes, is_in, role_of, scope_of};
use super::new_file;
use super::notice::is_same;
use super::packages::Packages;
use super::review::{Changed, Missing, Question, Review, is_changelog};
use super::sheet::Sheet;
use super::source::{Asked, FolderSource};
use super::title::PullTitle;
use crate::diff::{is_commentable, parse_hunks, text_before};
use crate::model::{ChangeStatus, FileChange, Patch, Side};
use std::collections::BTreeMap;

/// So many files are compared whole, to see whether users notice their change.
const MAX_COMPARED: usize = 25;
/// A change of more lines is noticed, whatever the whole file says.
const MAX_COMPARED_LINES: u32 = 200;
/// So many changelogs of packages are said to lack an entry.
const MAX_MISSING: usize = 5;

/// The files that nobody told of, by the changelog that should.
pub(super) fn find_missing<'a>(
    review: &mut Review,
    question: &Question<'a>,
    source: &'a dyn FolderSource,
    title: &PullTitle,
    open: &[&FileChange],
    said: &[&str],
    changed: &[Changed<'a>],
) -> Option<()> {
    let mut asked = Asked { source, pending: false };
    let files = || open.iter().map(|change| change.path.as_str());
    // Everything that may be needed is asked for at once; what is read depends on what is there.
    let mut texts: BTreeMap<String, &'a str> = BTreeMap::new();
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
    for place in places {
        if let Some(text) = asked.read(Side::Right, &place) {
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
    // Where all of it may be nothing to users, whole files have to tell; they are asked for along with the changelogs.
    if open.iter().all(|change| is_comparable(change)) {
        open.iter().take(MAX_COMPARED).for_each(|change| {
            asked.read(Side::Right, change.path.as_str());
        });
    }
    if asked.pending {
        return None;
    }
    let fragments = config.as_ref().map(|config| config.directory.as_str());
    if let (Some(directory), None) = (fragments, question.path) {
        let added = question.changes.iter().any(|change| {
            (change.additions > 0 || change.status == ChangeStatus::Added)
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
    let is_fragment = |path: &str| fragments.is_some_and(|directory| is_among_notes(path, Some(directory)));
    let mut groups: BTreeMap<Option<&str>, Vec<&FileChange>> = BTreeMap::new();
    for change in open.iter().filter(|change| !is_fragment(change.path.as_str())) {
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
        groups.entry(nearest.map(String::as_str)).or_default().push(change);
    }
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
    if asked.pending {
        return None;
    }
    groups.retain(|_, files| !files.is_empty());
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
    let noticed: Vec<String> = groups.values().flatten().map(|change| change.path.as_str().to_owned()).collect();
    for (log, files) in groups.into_iter().take(MAX_MISSING) {
        let missing = |draft: Option<Draft>, in_diff: bool| Missing {
            file: files[0].path.as_str().to_owned(),
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
        if let Some(packages) = &packages {
            review.style = "changesets";
            let names = packages.names_of(noticed.iter().map(String::as_str));
            let draft = (!names.is_empty()).then(|| new_file::changeset(&names, title));
            review.missing.push(missing(draft, false));
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
