//! Repositories and labels.

use serde_json::{Value, json};

use super::{merge, node_id, user};
use crate::sim::state::{Label, LabelEvent, Repo, State};

/// Path below the repository's address for each `*_url` member.
const LINKS: &[(&str, &str)] = &[
    ("archive_url", "/{archive_format}{/ref}"),
    ("assignees_url", "/assignees{/user}"),
    ("blobs_url", "/git/blobs{/sha}"),
    ("branches_url", "/branches{/branch}"),
    ("collaborators_url", "/collaborators{/collaborator}"),
    ("comments_url", "/comments{/number}"),
    ("commits_url", "/commits{/sha}"),
    ("compare_url", "/compare/{base}...{head}"),
    ("contents_url", "/contents/{+path}"),
    ("contributors_url", "/contributors"),
    ("deployments_url", "/deployments"),
    ("downloads_url", "/downloads"),
    ("events_url", "/events"),
    ("forks_url", "/forks"),
    ("git_commits_url", "/git/commits{/sha}"),
    ("git_refs_url", "/git/refs{/sha}"),
    ("git_tags_url", "/git/tags{/sha}"),
    ("hooks_url", "/hooks"),
    ("issue_comment_url", "/issues/comments{/number}"),
    ("issue_events_url", "/issues/events{/number}"),
    ("issues_url", "/issues{/number}"),
    ("keys_url", "/keys{/key_id}"),
    ("labels_url", "/labels{/name}"),
    ("languages_url", "/languages"),
    ("merges_url", "/merges"),
    ("milestones_url", "/milestones{/number}"),
    ("notifications_url", "/notifications{?since,all,participating}"),
    ("pulls_url", "/pulls{/number}"),
    ("releases_url", "/releases{/id}"),
    ("stargazers_url", "/stargazers"),
    ("statuses_url", "/statuses/{sha}"),
    ("subscribers_url", "/subscribers"),
    ("subscription_url", "/subscription"),
    ("tags_url", "/tags"),
    ("teams_url", "/teams"),
    ("trees_url", "/git/trees{/sha}"),
];

/// `full-repository`.
pub(in crate::sim) fn repo(state: &State, repo: &Repo) -> Value {
    let full = repo.full_name();
    let api = format!("{}/repos/{full}", state.env.api);
    let web = format!("{}/{full}", state.env.web);
    let forks = state.repos.iter().filter(|other| other.parent == Some(repo.id)).count();
    let open = repo.pulls.values().filter(|pull| pull.open).count();
    let mut value = json!({
        "id": repo.id, "node_id": node_id("Repository", repo.id), "name": repo.name, "full_name": full,
        "private": repo.private, "owner": user(state, &repo.owner), "html_url": web,
        "description": repo.description, "fork": repo.parent.is_some(), "url": api,
        "clone_url": format!("{web}.git"), "git_url": format!("git://github.com/{full}.git"),
        "ssh_url": format!("git@github.com:{full}.git"), "svn_url": web, "mirror_url": null, "homepage": null,
        "default_branch": repo.default_branch, "archived": repo.archived, "disabled": false,
        "visibility": if repo.private { "private" } else { "public" }, "language": null, "license": null,
    });
    let more = json!({
        "topics": [], "is_template": false, "web_commit_signoff_required": false, "allow_forking": true,
        "has_issues": true, "has_projects": false, "has_wiki": false, "has_pages": false, "has_downloads": true,
        "has_discussions": false, "forks": forks, "forks_count": forks, "open_issues": open, "open_issues_count": open,
        "size": 100, "stargazers_count": 0, "watchers": 0, "watchers_count": 0,
        "created_at": repo.created_at, "updated_at": repo.pushed_at, "pushed_at": repo.pushed_at,
    });
    merge(&mut value, more);
    for (name, path) in LINKS {
        value[*name] = format!("{api}{path}").into();
    }
    value
}

/// Adds what only the answer for a single repository has.
pub(in crate::sim) fn full(state: &State, it: &Repo) -> Value {
    let mut value = repo(state, it);
    value["network_count"] = value["forks"].clone();
    value["subscribers_count"] = 0.into();
    value
}

/// `label`.
pub(in crate::sim) fn label(state: &State, repo: &Repo, label: &Label) -> Value {
    json!({
        "id": label.id, "node_id": node_id("Label", label.id), "name": label.name, "color": label.color,
        "url": format!("{}/repos/{}/labels/{}", state.env.api, repo.full_name(), label.name.replace(' ', "%20")),
        // The description of lists does not allow null.
        "default": false, "description": label.description.as_deref().unwrap_or_default(),
    })
}

/// `labeled-issue-event`.
pub(in crate::sim) fn label_event(state: &State, repo: &Repo, event: &LabelEvent) -> Value {
    let color = repo.labels.iter().find(|label| label.name == event.label).map_or("ededed", |label| &label.color);
    json!({
        "id": event.id, "node_id": node_id("LabeledEvent", event.id),
        "url": format!("{}/repos/{}/issues/events/{}", state.env.api, repo.full_name(), event.id),
        "actor": user(state, &event.actor), "event": event.event, "commit_id": null, "commit_url": null,
        "created_at": event.created_at, "performed_via_github_app": null,
        "label": {"name": event.label, "color": color},
    })
}
