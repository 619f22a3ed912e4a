//! Pull requests: as JSON, as a diff, their files and commits.

use super::call::Call;
use super::page::linked;
use crate::sim::git::Diff;
use crate::sim::json;
use crate::sim::reply::{Answer, Reply};
use crate::sim::state::Pull;
use serde_json::Value;

/// GitHub gives no diff above these. Source: "Limits for viewing content and diffs in a repository".
const DIFF_FILES: usize = 300;
const DIFF_LINES: usize = 20_000;
/// "No single file's diff may exceed 20,000 lines that you can load or 500 KB of raw diff data." (The same page.)
const PATCH_BYTES: usize = 500_000;
/// GitHub lists no more files, and no more commits.
pub(super) const LISTED_FILES: usize = 3_000;
const LISTED_COMMITS: usize = 250;

pub(super) fn list(call: &mut Call<'_>) -> Answer {
    let state = call.query.get("state").unwrap_or("open");
    let base = call.query.get("base");
    let head = call.query.get("head");
    let wanted = |pull: &&Pull| {
        (state == "all" || (state == "open") == pull.open)
            && base.is_none_or(|base| base == pull.base_ref)
            && head.is_none_or(|head| head == format!("{}:{}", pull.head_owner, pull.head_ref))
    };
    let found: Vec<&Pull> = call.repo().pulls.values().rev().filter(wanted).collect();
    // Only the page's own are built.
    let (first, end, link) = call.page(found.len());
    let page: Vec<Value> =
        found[first..end].iter().map(|pull| json::pull_simple(call.state, call.repo(), pull)).collect();
    Ok(linked(Reply::json(200, page.into()), link))
}

pub(super) fn show(call: &mut Call<'_>) -> Answer {
    let pull = pull_of(call)?;
    let repo = call.repo();
    if !call.accept.contains(".diff") {
        return Reply::ok(json::pull(call.state, repo, pull));
    }
    let base = repo.git.merge_base(&pull.base_sha, &pull.head_sha).unwrap_or_else(|| pull.base_sha.clone());
    diff_of(&repo.git.diff(&base, &pull.head_sha))
}

/// A diff as its own media type, within GitHub's limits.
pub(super) fn diff_of(diff: &Diff) -> Answer {
    let too_large = |what: &str| {
        let mut reply = Reply::refusal(
            406,
            &format!(
                "Sorry, the diff exceeded the maximum number of {what}. Consider using 'List pull requests files' API or locally cloning the repository instead."
            ),
        );
        if let crate::sim::reply::Body::Json(value) = &mut reply.body {
            value["errors"] = serde_json::json!([{ "resource": "PullRequest", "field": "diff", "code": "too_large" }]);
        }
        reply
    };
    if diff.files.len() > DIFF_FILES {
        return Err(too_large(&format!("files ({DIFF_FILES})")));
    }
    if diff.text.iter().filter(|byte| **byte == b'\n').count() > DIFF_LINES {
        return Err(too_large(&format!("lines ({DIFF_LINES})")));
    }
    Ok(Reply::bytes("application/vnd.github.diff; charset=utf-8", diff.text.clone()))
}

pub(super) fn files(call: &mut Call<'_>) -> Answer {
    let pull = pull_of(call)?;
    let repo = call.repo();
    let base = repo.git.merge_base(&pull.base_sha, &pull.head_sha).unwrap_or_else(|| pull.base_sha.clone());
    let diff = repo.git.diff(&base, &pull.head_sha);
    let files = &diff.files[..diff.files.len().min(LISTED_FILES)];
    let (first, end, link) = call.page(files.len());
    let mut page: Vec<Value> =
        files[first..end].iter().map(|file| json::file(call.state, repo, file, &pull.head_sha)).collect();
    leave_out_beyond_limit(&mut page);
    Ok(linked(Reply::json(200, page.into()), link))
}

/// GitHub lists a file whose own patch is too long without it, and the files beyond the limit of a response as if no
/// line had changed in them. (github.com/orgs/community/discussions/213491)
pub(super) fn leave_out_beyond_limit(files: &mut [Value]) {
    let mut lines = 0;
    for file in files {
        let too_long = |patch: &str| patch.len() > PATCH_BYTES || patch.lines().count() > DIFF_LINES;
        if file["patch"].as_str().is_some_and(too_long) {
            file.as_object_mut().map(|members| members.remove("patch"));
        }
        if lines >= DIFF_LINES {
            for name in ["additions", "deletions", "changes"] {
                file[name] = 0.into();
            }
            file.as_object_mut().map(|members| members.remove("patch"));
        }
        lines += file["patch"].as_str().map_or(0, |patch| patch.lines().count());
    }
}

pub(super) fn requested_reviewers(call: &mut Call<'_>) -> Answer {
    Reply::ok(json::review_requests(call.state, call.repo(), pull_of(call)?))
}

pub(super) fn commits(call: &mut Call<'_>) -> Answer {
    let pull = pull_of(call)?;
    let repo = call.repo();
    let list = repo.git.list_commits(&pull.base_sha, &pull.head_sha);
    let commits = list.iter().take(LISTED_COMMITS).filter_map(|sha| repo.git.load_commit(sha));
    let all: Vec<Value> = commits.map(|commit| json::commit(call.state, repo, &commit)).collect();
    call.list(&all)
}

pub(super) fn pull_of<'a>(call: &'a Call<'_>) -> Result<&'a Pull, Reply> {
    call.repo().pulls.get(&call.number(0)?).ok_or_else(Reply::not_found)
}
