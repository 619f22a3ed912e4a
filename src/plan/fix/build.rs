//! The commit: all wishes put together, or the first reason why not. Never a part of it.

use super::choose::{FixChoice, Wish, rules_of, wishes};
use super::ground::{Ground, GroundEntry};
use super::merge::merge;
use super::message::{body, headline};
use super::path::{folders, is_committable, is_workflow};
use super::words::{
    Change, Hands, Obstacle, in_the_way, may_not_touch, nothing_of, nothing_to_fix, odd_path, render_obstacle_with,
    with_patch,
};
use crate::model::{CommitId, PullNumber, RepoName, RepoPath, Verdict};
use crate::plan::NewCommit;
use std::collections::BTreeMap;

/// Files of one commit.
const MAX_FILES: usize = 100;
/// Bytes of one commit. GitHub takes a little more than this, and tells nobody how much.
const MAX_BYTES: usize = 1024 * 1024;
/// Commits of ours on top of a person's: whoever wants a third has to push one of their own.
const MAX_ON_TOP: usize = 2;
/// Commits of ours in one pull request, of those that are looked at.
const MAX_IN_ALL: usize = 20;

const FILE: u32 = 0o100_644;
const PROGRAM: u32 = 0o100_755;
const LINK: u32 = 0o120_000;
const SUBMODULE: u32 = 0o160_000;
const FOLDER: u32 = 0o040_000;

/// For whom a fix is committed, and where.
#[derive(Clone, Debug)]
pub struct FixInput<'a> {
    /// The operation's id.
    pub operation: &'a str,
    /// Who asked for it.
    pub by: &'a str,
    /// The pull request.
    pub number: PullNumber,
    /// Where its branch lives; nowhere when that is gone.
    pub repository: Option<&'a RepoName>,
    /// The branch.
    pub branch: &'a str,
    /// The head, which was judged.
    pub head: &'a CommitId,
    /// What the app may commit there.
    pub hands: Result<Hands, Obstacle>,
}

/// A commit that can be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FixCommit {
    /// The commit.
    pub commit: NewCommit,
    /// What other fixes of the same lines pushed out: rule and path.
    pub left_out: Vec<(String, RepoPath)>,
}

/// All fixes of the choice as one commit.
///
/// # Errors
/// Markdown that says why nothing is committed, and what to do.
pub fn build_fix(
    verdict: &Verdict,
    choice: &FixChoice,
    ground: &Ground,
    input: &FixInput<'_>,
) -> Result<FixCommit, String> {
    let wishes = wishes(verdict, choice);
    if wishes.is_empty() {
        let named = match choice {
            FixChoice::Rules(rules) => rules.first(),
            FixChoice::All => None,
        };
        return Err(named.map_or_else(|| nothing_of("The rules have"), |rule| nothing_to_fix(verdict, rule)));
    }
    if let Some(wish) = wishes.iter().find(|wish| !is_committable(wish.path)) {
        return Err(odd_path(wish));
    }
    let (texts, left_out) = put_together(&wishes, ground);
    let changes: BTreeMap<&RepoPath, Change<'_>> = texts
        .iter()
        .map(|(path, text)| (*path, (ground.entries.get(*path).and_then(|it| it.text.as_deref()), text.as_str())))
        .filter(|(_, (old, new))| *old != Some(*new))
        .collect();
    if changes.is_empty() {
        return Err("The files are already as the fix would make them. Nothing was changed.".to_owned());
    }
    if let Some(what) = changes.keys().find_map(|path| find_in_the_way(path, &ground.entries)) {
        return Err(what);
    }
    let (Some(repository), Ok(hands)) = (input.repository, input.hands) else {
        return Err(render_obstacle_with(input.hands.err().unwrap_or(Obstacle::Gone), &changes));
    };
    if let Some(workflow) = changes.keys().find(|path| is_workflow(path) && !hands.workflows) {
        return Err(with_patch(&may_not_touch(workflow), &changes));
    }
    let bytes: usize = changes.values().map(|(_, new)| new.len()).sum();
    if changes.len() > MAX_FILES || bytes > MAX_BYTES {
        return Err(format!(
            "The fix is larger than the robot commits at once ({MAX_FILES} files, {} MiB). \
             Name one rule: `/deckhand fix <rule>`.",
            MAX_BYTES >> 20
        ));
    }
    if ground.count_on_top() >= MAX_ON_TOP || ground.count_all() >= MAX_IN_ALL {
        return Err("The robot has committed often enough here. Push a commit of your own first.".to_owned());
    }
    let is_left_out = |wish: &&Wish<'_>| left_out.iter().any(|(rule, path)| rule == wish.rule && path == wish.path);
    let taken: Vec<Wish<'_>> = wishes.iter().filter(|wish| !is_left_out(wish)).copied().collect();
    let rules = rules_of(&taken);
    let files: BTreeMap<RepoPath, String> =
        changes.iter().map(|(path, (_, new))| ((*path).clone(), (*new).to_owned())).collect();
    let commit = NewCommit {
        number: input.number,
        repository: repository.clone(),
        branch: input.branch.to_owned(),
        parent: input.head.clone(),
        headline: headline(&rules),
        body: body(&rules, &left_out, input.by, input.operation),
        files,
    };
    Ok(FixCommit { commit, left_out })
}

/// The new text of each path. A second wish for a path is added where both leave each other's lines alone.
fn put_together<'a>(wishes: &[Wish<'a>], ground: &Ground) -> (BTreeMap<&'a RepoPath, String>, Vec<(String, RepoPath)>) {
    let mut texts: BTreeMap<&RepoPath, String> = BTreeMap::new();
    let mut left_out = Vec::new();
    for wish in wishes {
        let Some(so_far) = texts.get_mut(wish.path) else {
            texts.insert(wish.path, wish.text.to_owned());
            continue;
        };
        if so_far == wish.text {
            continue;
        }
        let before = ground.entries.get(wish.path).and_then(|entry| entry.text.as_deref());
        match before.and_then(|before| merge(before, so_far, wish.text)) {
            Some(both) => *so_far = both,
            None => left_out.push((wish.rule.to_owned(), wish.path.clone())),
        }
    }
    (texts, left_out)
}

/// GitHub would make an ordinary file of whatever lies there, and of the folders above it.
fn find_in_the_way(path: &RepoPath, entries: &BTreeMap<RepoPath, GroundEntry>) -> Option<String> {
    let kind = |path: &RepoPath| entries.get(path).map(|entry| entry.mode);
    let what = match kind(path) {
        Some(FILE) if entries.get(path).is_some_and(|entry| entry.text.is_none()) => {
            Some("is no text, or too large for GitHub to show as one")
        }
        None | Some(FILE) => None,
        Some(PROGRAM) => Some("is executable, and would not be after a commit through GitHub's API"),
        Some(LINK) => Some("is a symbolic link"),
        Some(SUBMODULE) => Some("is a submodule"),
        Some(FOLDER) => Some("is a folder"),
        Some(_) => Some("is no ordinary file"),
    };
    if let Some(what) = what {
        return Some(in_the_way(path, what));
    }
    folders(path).find_map(|folder| {
        let what = match kind(&folder) {
            None | Some(FOLDER) => return None,
            Some(LINK) => "is a symbolic link",
            Some(SUBMODULE) => "is a submodule",
            Some(_) => "is a file",
        };
        Some(in_the_way(&folder, what))
    })
}
