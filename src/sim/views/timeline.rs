//! What happened on a pull request, and its threads.

use super::pull::time;
use crate::diff::LineKind;
use crate::sim::act::parse_side;
use crate::sim::json::login_of;
use crate::sim::state::{Repo, ReviewComment, State};
use crate::sim::view::{CommentView, CommitView, LineView, ReviewView, ThreadView, TimelineEntry};

pub(super) fn commit(state: &State, repo: &Repo, sha: &str) -> Option<CommitView> {
    let commit = repo.git.load_commit(sha)?;
    let author = login_of(state, &commit.author).unwrap_or(&commit.author.name).to_owned();
    Some(CommitView {
        sha: sha.to_owned(),
        subject: commit.message.lines().next().unwrap_or_default().to_owned(),
        author,
    })
}

/// Ids grow with time, whatever they belong to.
pub(super) fn timeline(state: &State, repo: &Repo, number: u64) -> Vec<TimelineEntry> {
    let mut entries: Vec<(u64, TimelineEntry)> = Vec::new();
    for note in repo.notes.iter().filter(|note| note.number == number) {
        let entry = match &note.commit {
            Some(sha) => commit(state, repo, sha).map(TimelineEntry::Commit),
            None => Some(TimelineEntry::Note { author: note.actor.clone(), text: note.text.clone() }),
        };
        entries.extend(entry.map(|entry| (note.id, entry)));
    }
    for it in repo.comments.iter().filter(|it| it.number == number) {
        let (created, updated) = (&it.created_at, it.edited);
        entries.push((it.id, TimelineEntry::Comment(comment(it.id, &it.author, &it.body, created, updated))));
    }
    for it in repo.reviews.iter().filter(|it| it.number == number) {
        let comments: Vec<u64> = repo.review_comments.iter().filter(|c| c.review == it.id).map(|c| c.id).collect();
        // A review whose comments are all deleted and that says nothing itself is gone from GitHub's page too.
        if comments.is_empty() && it.body.is_empty() && it.state == "COMMENTED" {
            continue;
        }
        let (author, is_bot) = name(&it.author);
        let (body, time) = (it.body.clone(), time(&it.submitted_at));
        entries.push((it.id, TimelineEntry::Review(ReviewView { id: it.id, author, is_bot, body, time, comments })));
    }
    entries.sort_by_key(|(id, _)| *id);
    entries.into_iter().map(|(_, entry)| entry).collect()
}

pub(super) fn threads(repo: &Repo, number: u64) -> Vec<ThreadView> {
    let first = repo.review_comments.iter().filter(|it| it.number == number && it.reply_to.is_none());
    first.map(|it| thread(repo, it)).collect()
}

fn thread(repo: &Repo, first: &ReviewComment) -> ThreadView {
    let short = |line: u64| u32::try_from(line).unwrap_or(u32::MAX);
    let outdated = first.line.is_none();
    let (line, start) =
        if outdated { (Some(first.original_line), first.original_start_line) } else { (first.line, first.start_line) };
    let of_thread = repo.review_comments.iter().filter(|it| it.id == first.id || it.reply_to == Some(first.id));
    ThreadView {
        path: first.path.clone(),
        side: parse_side(&first.side),
        line: line.map(short),
        start_line: start.map(short),
        // The kept hunk counts its lines as they were; a comment that moved is shown in the diff of today.
        context: if outdated || first.line == Some(first.original_line) { context(&first.hunk) } else { Vec::new() },
        outdated,
        resolved: first.resolved,
        comments: of_thread.map(|it| comment(it.id, &it.author, &it.body, &it.created_at, it.edited)).collect(),
    }
}

/// The kept hunk is cut behind the commented line, so that its header counts more lines than there are.
fn context(hunk: &str) -> Vec<LineView> {
    let number = |line: Option<u64>| line.and_then(|line| u32::try_from(line).ok());
    let view = |line: crate::sim::patch::HunkLine<'_>| {
        let kind = match line.sign {
            '+' => LineKind::Added,
            '-' => LineKind::Removed,
            ' ' => LineKind::Context,
            _ => return None,
        };
        Some(LineView { kind, old: number(line.old), new: number(line.new), text: line.text.to_owned() })
    };
    crate::sim::patch::lines(hunk).into_iter().filter_map(view).collect()
}

fn comment(id: u64, author: &str, body: &str, created: &str, edited: bool) -> CommentView {
    let (author, is_bot) = name(author);
    CommentView { id, author, is_bot, body: body.to_owned(), time: time(created), edited }
}

fn name(login: &str) -> (String, bool) {
    login.strip_suffix("[bot]").map_or_else(|| (login.to_owned(), false), |login| (login.to_owned(), true))
}
