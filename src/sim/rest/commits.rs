//! Commits: alone, compared, their pull requests, their statuses.

use super::call::Call;
use super::page::linked;
use super::pulls::LISTED_FILES;
use crate::sim::json;
use crate::sim::reply::{Answer, Reply};
use crate::sim::state::CommitStatus;
use serde_json::{Value, json};

/// GitHub lists no more files in a comparison.
const COMPARED_FILES: usize = 300;
/// "There is a limit of 1000 statuses per sha and context within a repository."
const MAX_STATUSES: usize = 1_000;

pub(super) fn show(call: &mut Call<'_>) -> Answer {
    let repo = call.repo();
    let sha = sha_of(call)?;
    let commit = repo.git.load_commit(&sha).ok_or_else(Reply::not_found)?;
    let mut value = json::commit(call.state, repo, &commit);
    let (mut additions, mut deletions, mut link) = (0, 0, None);
    if let Some(parent) = commit.parents.first() {
        let diff = repo.git.diff(parent, &sha);
        (additions, deletions) =
            (diff.files.iter().map(|f| f.additions).sum(), diff.files.iter().map(|f| f.deletions).sum());
        // "The response will include pagination link headers for the remaining files, up to a limit of 3000 files."
        let listed = &diff.files[..diff.files.len().min(LISTED_FILES)];
        let (first, end, further) = call.page(listed.len());
        let page = listed[first..end].iter();
        let mut page: Vec<Value> = page.map(|file| json::file(call.state, repo, file, &sha)).collect();
        super::pulls::leave_out_beyond_limit(&mut page);
        (value["files"], link) = (page.into(), further);
    }
    value["stats"] = json!({ "additions": additions, "deletions": deletions, "total": additions + deletions });
    Ok(linked(Reply::json(200, value), link))
}

pub(super) fn compare(call: &mut Call<'_>) -> Answer {
    let repo = call.repo();
    let (base, head) = call.param(0).split_once("...").ok_or_else(Reply::not_found)?;
    let (base, head) = (side(call, base)?, side(call, head)?);
    let no_base = || Reply::refusal(404, "No common ancestor between the two commits.");
    let merge_base = repo.git.merge_base(&base, &head).ok_or_else(no_base)?;
    if call.accept.contains(".diff") {
        return super::pulls::diff_of(&repo.git.diff(&merge_base, &head));
    }
    let list = repo.git.list_commits(&base, &head);
    let behind = repo.git.list_commits(&head, &base).len();
    let (first, end, link) = call.page(list.len());
    let one = |sha: &String| repo.git.load_commit(sha).map(|commit| json::commit(call.state, repo, &commit));
    let commits: Vec<Value> = list[first..end].iter().filter_map(one).collect();
    let word = match (list.len(), behind) {
        (0, 0) => "identical",
        (_, 0) => "ahead",
        (0, _) => "behind",
        _ => "diverged",
    };
    let web = format!("{}/{}/compare/{base}...{head}", call.state.env.web, repo.full_name());
    let base_commit = one(&base).ok_or_else(Reply::not_found)?;
    let merge_commit = one(&merge_base).ok_or_else(Reply::not_found)?;
    let mut value = json!({
        "url": call.url, "html_url": web, "permalink_url": web, "diff_url": format!("{web}.diff"), "patch_url": format!("{web}.patch"),
        "base_commit": base_commit, "merge_base_commit": merge_commit, "status": word, "ahead_by": list.len(),
        "behind_by": behind, "total_commits": list.len(), "commits": commits,
    });
    // The files come with the first page only.
    if first == 0 {
        let diff = repo.git.diff(&merge_base, &head);
        let files = diff.files.iter().take(COMPARED_FILES);
        let mut files: Vec<Value> = files.map(|file| json::file(call.state, repo, file, &head)).collect();
        super::pulls::leave_out_beyond_limit(&mut files);
        value["files"] = files.into();
    }
    Ok(linked(Reply::json(200, value), link))
}

pub(super) fn pulls(call: &mut Call<'_>) -> Answer {
    let repo = call.repo();
    let sha = sha_of(call)?;
    let all: Vec<Value> = repo.pulls_with_commit(&sha).map(|pull| json::pull_simple(call.state, repo, pull)).collect();
    call.list(&all)
}

pub(super) fn statuses(call: &mut Call<'_>) -> Answer {
    let sha = sha_of(call)?;
    let found = call.repo().statuses.iter().rev().filter(|status| status.sha == sha);
    let all: Vec<Value> = found.map(|status| json::status(call.state, call.repo(), status)).collect();
    call.list(&all)
}

/// One page of the newest of each context; what it says of all of them is on every page.
pub(super) fn status(call: &mut Call<'_>) -> Answer {
    let mut value = json::combined_status(call.state, call.repo(), &sha_of(call)?);
    let all = value["statuses"].take();
    let all = all.as_array().map(Vec::as_slice).unwrap_or_default();
    let (first, end, link) = call.page(all.len());
    value["statuses"] = all[first..end].into();
    Ok(linked(Reply::json(200, value), link))
}

pub(super) fn create_status(call: &mut Call<'_>) -> Answer {
    let sha = call.param(0).to_owned();
    // A commit, and not a name of one.
    let full = sha.len() == 40 && sha.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !full || call.repo().git.load_commit(&sha).is_none() {
        return Err(Reply::refusal(422, &format!("No commit found for SHA: {sha}")));
    }
    let state = call.text("state")?;
    let text = |field: &str| call.body[field].as_str().map(str::to_owned);
    let (description, target_url) = (text("description"), text("target_url").filter(|url| !url.is_empty()));
    let context = text("context").unwrap_or_else(|| "default".to_owned());
    let long = |field: &str, text: &str, most: usize| {
        let message = format!("{field} is too long (maximum is {most} characters)");
        if text.chars().count() > most { Err(Reply::invalid("Status", field, &message)) } else { Ok(()) }
    };
    long("description", description.as_deref().unwrap_or_default(), 140)?;
    long("context", &context, 255)?;
    if context.is_empty() {
        return Err(Reply::invalid("Status", "context", "context can't be blank"));
    }
    if target_url.as_ref().is_some_and(|url| !url.starts_with("http://") && !url.starts_with("https://")) {
        return Err(Reply::invalid("Status", "target_url", "Target URL must use http(s) scheme"));
    }
    let same = call.repo().statuses.iter().filter(|it| it.sha == sha && it.context == context).count();
    if same >= MAX_STATUSES {
        let message = "This SHA and context has reached the maximum number of statuses.";
        return Err(Reply::invalid("Status", "context", message));
    }
    let (id, created_at, (creator, _)) = (call.state.fresh_id(), call.state.now(), call.caller.author(call.state));
    let status = CommitStatus { id, sha, state, context, description, target_url, creator, created_at };
    let answer = json::status(call.state, call.repo(), &status);
    let (event, creator) = (json::status_event(call.state, call.repo(), &status), status.creator.clone());
    call.state.repos[call.repo].statuses.push(status);
    call.state.tell(call.repo, "status", &creator, event.unwrap_or_default());
    Reply::created(answer)
}

/// One end of a comparison: a ref, or `owner:branch` of the same network.
fn side(call: &Call<'_>, name: &str) -> Result<String, Reply> {
    let found = match name.split_once(':') {
        Some((owner, branch)) => {
            let index = call.state.in_network(call.repo, owner).ok_or_else(Reply::not_found)?;
            call.state.repos[index].resolve(branch)
        }
        None => call.repo().resolve(name),
    };
    found.ok_or_else(Reply::not_found)
}

pub(super) fn sha_of(call: &Call<'_>) -> Result<String, Reply> {
    let name = call.param(0);
    call.repo().resolve(name).ok_or_else(|| Reply::refusal(422, &format!("No commit found for SHA: {name}")))
}
