//! What an installed hook does: `deckhand local` for each branch that is pushed, or for the working tree.

use super::script::HookName;
use crate::cli::commands::Subcommand;
use crate::cli::common::Common;
use crate::cli::dangerfile;
use crate::cli::failure::{Failure, Status};
use crate::cli::local::Local;
use crate::cli::terminal::note;
use crate::git::{GitError, Repository};
use std::io::Read;

/// More than any push has branches.
const MAX_INPUT_BYTES: u64 = 1024 * 1024;

/// Judges before git goes on; every status but 0 stops it.
pub(super) fn run(common: &Common, repository: &Repository, hook: HookName) -> Result<Status, Failure> {
    let Some(top) = repository.top() else { return Ok(Status::Fine) };
    if common.dangerfile.is_none() && dangerfile::find_in(top).is_none() {
        note(common, "deckhand judges nothing: there is no dangerfile here");
        return Ok(Status::Fine);
    }
    let heads: Vec<Option<String>> = match hook {
        HookName::PreCommit => vec![None],
        HookName::PrePush => read_pushed()?.into_iter().map(Some).collect(),
    };
    let mut status = Status::Fine;
    for head in heads {
        match repository.compare(None, head.as_deref()) {
            Ok(_) => {}
            // The first commit, or the first push of a first branch: there is nothing to merge into yet.
            Err(error @ (GitError::NoBase { .. } | GitError::NoCommits)) => {
                note(common, &format!("deckhand judges nothing: {error}"));
                continue;
            }
            Err(error) => return Err(error.into()),
        }
        match Local::of_head(head).run(common)? {
            Status::Fine => {}
            stopped => status = stopped,
        }
    }
    if status != Status::Fine {
        let action = hook.action();
        note(common, &format!("deckhand stopped the {action}; `git {action} --no-verify` goes past it"));
    }
    Ok(status)
}

/// The branches that git is about to push, from standard input.
fn read_pushed() -> Result<Vec<String>, Failure> {
    let mut input = String::new();
    std::io::stdin()
        .take(MAX_INPUT_BYTES)
        .read_to_string(&mut input)
        .map_err(|error| Failure::failed(format!("could not read what is pushed: {error}")))?;
    Ok(parse_pushed(&input))
}

/// Lines `<local ref> <local id> <remote ref> <remote id>`. Deletions and tags bring nothing to judge.
fn parse_pushed(input: &str) -> Vec<String> {
    let mut heads: Vec<String> = Vec::new();
    for line in input.lines() {
        let mut fields = line.split(' ');
        let (Some(name), Some(id), Some(remote)) = (fields.next(), fields.next(), fields.next()) else { continue };
        if id.bytes().all(|digit| digit == b'0') || remote.starts_with("refs/tags/") {
            continue;
        }
        // A branch knows its upstream; what else can stand there (`HEAD~1`) is best taken as the commit that it means.
        let head = if name.starts_with("refs/heads/") || name == "HEAD" { name } else { id };
        if !heads.iter().any(|known| known == head) {
            heads.push(head.to_owned());
        }
    }
    heads
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn branches_are_judged_and_tags_and_deletions_are_not() {
        let (id, zero) = ("1".repeat(40), "0".repeat(40));
        let input = format!(
            "refs/heads/a {id} refs/heads/a {zero}\nrefs/heads/a {id} refs/heads/b {zero}\n\
             (delete) {zero} refs/heads/c {id}\nrefs/tags/v1 {id} refs/tags/v1 {zero}\nHEAD~1 {id} refs/heads/d {zero}\nx\n"
        );
        assert_eq!(parse_pushed(&input), ["refs/heads/a".to_owned(), id]);
        assert_eq!(parse_pushed(""), Vec::<String>::new());
    }
}
