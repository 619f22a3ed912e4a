//! Global ids, accounts and labels.

use super::answer::{Seen, key, named};
use crate::sim::graphql::{Object, Resolved};
use crate::sim::json::{node_id, parse_node_id};
use crate::sim::state::State;

/// The thing of a global id.
pub(super) fn find(state: &State, id: &str) -> Option<Object> {
    let (kind, number) = parse_node_id(id)?;
    let in_repo = |type_name: &'static str, has: &dyn Fn(&crate::sim::state::Repo) -> Option<u64>| {
        state.repos.iter().enumerate().find_map(|(index, repo)| Some(Object::new(type_name, key(index, has(repo)?))))
    };
    match kind.as_str() {
        "Repository" => Some(Object::new("Repository", state.repo_by_id(number)?)),
        "PullRequest" => {
            in_repo("PullRequest", &|repo| repo.pulls.values().find(|it| it.id == number).map(|it| it.number))
        }
        "IssueComment" => {
            in_repo("IssueComment", &|repo| repo.comments.iter().find(|it| it.id == number).map(|it| it.id))
        }
        "Thread" => in_repo("PullRequestReviewThread", &|repo| {
            repo.review_comments.iter().find(|it| it.id == number && it.reply_to.is_none()).map(|it| it.id)
        }),
        "PullRequestReviewComment" => in_repo("PullRequestReviewComment", &|repo| {
            repo.review_comments.iter().find(|it| it.id == number).map(|it| it.id)
        }),
        "CheckRun" => in_repo("CheckRun", &|repo| repo.runs.iter().find(|it| it.id == number).map(|it| it.id)),
        "CheckSuite" => in_repo("CheckSuite", &|repo| repo.suites.iter().find(|it| it.id == number).map(|it| it.id)),
        _ => None,
    }
}

/// Who did something, as an `Actor`.
pub(super) fn actor(state: &State, login: &str) -> Resolved {
    let kind = match state.users.get(login).map(|user| user.kind) {
        Some("Bot") => "Bot",
        Some("Organization") => "Organization",
        Some(_) => "User",
        None => return Resolved::Null,
    };
    Resolved::object(kind, login)
}

impl Seen<'_> {
    pub(super) fn account(&self, state: &State, object: &Object, name: &str) -> Resolved {
        if object.type_name == "Label" {
            return label(state, object, name).unwrap_or(Resolved::Unsupported);
        }
        let login = object.key.as_str().unwrap_or_default();
        let id = state.users.get(login).map_or(0, |user| user.id);
        let page = login.strip_suffix("[bot]").map_or_else(|| format!("/{login}"), |slug| format!("/apps/{slug}"));
        match name {
            "login" if object.type_name == "Bot" => Resolved::scalar(login.trim_end_matches("[bot]")),
            "login" => Resolved::scalar(login),
            "databaseId" => Resolved::scalar(id),
            "id" => Resolved::scalar(node_id("User", id)),
            "avatarUrl" => Resolved::scalar(format!("{}/avatars/{id}", state.env.web)),
            "resourcePath" => Resolved::scalar(page),
            "url" => Resolved::scalar(format!("{}{page}", state.env.web)),
            "name" => Resolved::Null,
            _ => Resolved::Unsupported,
        }
    }
}

fn label(state: &State, object: &Object, name: &str) -> Option<Resolved> {
    let (index, label) = named(object)?;
    let label = state.repos[index].labels.iter().find(|it| it.name == label)?;
    Some(match name {
        "name" => Resolved::scalar(label.name.clone()),
        "color" => Resolved::scalar(label.color.clone()),
        "description" => Resolved::scalar(label.description.clone()),
        "isDefault" => Resolved::scalar(false),
        "id" => Resolved::scalar(node_id("Label", label.id)),
        "repository" => Resolved::object("Repository", index),
        _ => return None,
    })
}
