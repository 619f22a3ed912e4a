//! Where comments on lines stand after a push.

use crate::diff::{Hunk, is_commentable, map_line, parse_hunks};
use crate::model::Side;
use crate::sim::git::Git;
use crate::sim::state::Repo;

/// Moves the comments of a pull request from one head to the next; whoever's line changed is outdated.
pub(in crate::sim) fn move_comments(repo: &mut Repo, number: u64, before: &str, after: &str) {
    let Some(pull) = repo.pulls.get(&number) else { return };
    let base = repo.git.merge_base(&pull.base_sha, after).unwrap_or_else(|| pull.base_sha.clone());
    let git = repo.git.clone();
    for comment in repo.review_comments.iter_mut().filter(|comment| comment.number == number) {
        let Some(line) = comment.line else { continue };
        let moved = if comment.side == "RIGHT" { map(&git, before, after, &comment.path, line) } else { Some(line) };
        let first = match comment.start_line {
            Some(first) if comment.side == "RIGHT" => map(&git, before, after, &comment.path, first),
            other => other,
        };
        let side = parse_side(&comment.side);
        comment.line =
            moved.filter(|line| commentable(&git, &base, after, &comment.path, side, first.unwrap_or(*line), *line));
        comment.start_line = comment.line.and(first);
        if comment.line.is_some() {
            after.clone_into(&mut comment.commit);
        }
    }
}

/// GitHub's word for a side.
pub(in crate::sim) fn parse_side(word: &str) -> Side {
    if word == "LEFT" { Side::Left } else { Side::Right }
}

/// Whether a comment may stand on these lines of the diff.
pub(in crate::sim) fn commentable(
    git: &Git,
    base: &str,
    head: &str,
    path: &str,
    side: Side,
    start: u64,
    end: u64,
) -> bool {
    let diff = git.diff(base, head);
    let patch = diff.files.iter().find(|file| file.path == path).and_then(|file| file.patch.as_deref());
    let (Ok(start), Ok(end)) = (u32::try_from(start), u32::try_from(end)) else { return false };
    patch.is_some_and(|patch| is_commentable(&parse_hunks(patch), side, start, end))
}

fn map(git: &Git, before: &str, after: &str, path: &str, line: u64) -> Option<u64> {
    let diff = git.diff(before, after);
    let Some(file) = diff.files.iter().find(|file| file.path == path) else { return Some(line) };
    let hunks: Vec<Hunk<'_>> = file.patch.as_deref().map(parse_hunks).unwrap_or_default();
    map_line(&hunks, u32::try_from(line).ok()?).map(u64::from)
}
