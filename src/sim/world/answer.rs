//! From a request to GraphQL's answer.

use super::node;
use crate::sim::auth::{Caller, identify};
use crate::sim::graphql::{Args, Object, Resolved, World, execute};
use crate::sim::reply::Reply;
use crate::sim::rest::Request;
use crate::sim::state::{Access, State};
use serde_json::Value;
use std::cell::RefCell;

/// The state for one caller.
pub(super) struct Seen<'a> {
    pub(super) state: RefCell<&'a mut State>,
    pub(super) caller: Caller,
}

pub(in crate::sim) fn answer(state: &mut State, request: &Request) -> Reply {
    if request.headers.get("user-agent").is_none() {
        return Reply::refusal(
            403,
            "Request forbidden by administrative rules. Please make sure your request has a User-Agent header",
        );
    }
    let caller = match identify(state, &request.headers) {
        Ok(Caller::App(_)) => return Reply::refusal(401, "Bad credentials"),
        Ok(caller) => caller,
        Err(refusal) => return refusal,
    };
    if request.method != "POST" {
        return Reply::not_found();
    }
    let Some(document) = request.body["query"].as_str() else {
        return Reply::refusal(400, "A query attribute must be specified and must be a string.");
    };
    let seen = Seen { state: RefCell::new(state), caller };
    Reply::json(200, execute(&seen, document, request.body["operationName"].as_str(), &request.body["variables"]))
}

impl World for Seen<'_> {
    fn query(&self, field: &str, args: &Args) -> Resolved {
        let state = self.state.borrow();
        match field {
            "repository" => {
                let (owner, name) = (args.text("owner").unwrap_or_default(), args.text("name").unwrap_or_default());
                let follows = args.get("followRenames") != Some(&Value::Bool(false));
                let found =
                    state.find_repo(owner, name).or_else(|| state.find_renamed(owner, name).filter(|_| follows));
                let found = found.filter(|index| self.caller.sees(&state, &state.repos[*index]));
                let missing = || Resolved::not_found("Repository", &format!("the name '{owner}/{name}'"));
                found.map_or_else(missing, |index| Resolved::object("Repository", index))
            }
            "node" => self.node(&state, args.text("id").unwrap_or_default()),
            "nodes" => Resolved::List(args.texts("ids").into_iter().map(|id| self.node(&state, id)).collect()),
            "viewer" => {
                let (login, _) = self.caller.author(&state);
                Resolved::object("User", login)
            }
            "rateLimit" => Resolved::record(
                "RateLimit",
                [
                    ("cost", Resolved::scalar(1)),
                    ("limit", Resolved::scalar(5000)),
                    ("nodeCount", Resolved::scalar(1)),
                    ("remaining", Resolved::scalar(4999)),
                    ("used", Resolved::scalar(1)),
                    ("resetAt", Resolved::scalar(state.now())),
                ],
            ),
            _ => Resolved::Unsupported,
        }
    }

    fn mutate(&self, field: &str, args: &Args) -> Resolved {
        let input = args.within("input");
        if field == "createCommitOnBranch" {
            return self.create_commit(&input);
        }
        let id = input.text("threadId").or(input.text("subjectId")).unwrap_or_default().to_owned();
        let missing = || Resolved::not_found("node", &format!("the global id of '{id}'"));
        let Some(object) = node::find(&self.state.borrow(), &id) else { return missing() };
        let Some((repo, number)) = pair(&object) else { return missing() };
        if !self.caller.sees(&self.state.borrow(), &self.state.borrow().repos[repo]) {
            return missing();
        }
        match field {
            "resolveReviewThread" | "unresolveReviewThread" => {
                if !self.may(repo, &[("contents", Access::Write)]) && !self.opened(repo, number) {
                    return Resolved::forbidden();
                }
                let mut state = self.state.borrow_mut();
                let (who, _) = self.caller.author(&state);
                let comments = state.repos[repo].review_comments.iter_mut();
                for comment in comments.filter(|comment| comment.id == number) {
                    comment.resolved = field == "resolveReviewThread";
                    comment.resolved_by = comment.resolved.then(|| who.clone());
                }
                let payload = if field == "resolveReviewThread" {
                    "ResolveReviewThreadPayload"
                } else {
                    "UnresolveReviewThreadPayload"
                };
                Resolved::record(payload, [("thread", object.into())])
            }
            _ => Resolved::Unsupported,
        }
    }

    fn field(&self, object: &Object, name: &str, args: &Args) -> Resolved {
        let state = self.state.borrow();
        match object.type_name {
            "Repository" => self.repository(&state, object, name, args),
            "MergeQueue" => self.merge_queue(&state, object, name),
            "MergeQueueEntry" => self.queue_entry(&state, object, name),
            "Ref" => self.reference(&state, object, name, args),
            "Commit" => self.commit(&state, object, name, args),
            "Tree" | "TreeEntry" | "Blob" => self.content(&state, object, name),
            "PullRequest" | "PullRequestCommit" | "PullRequestChangedFile" => self.pull(&state, object, name, args),
            "IssueComment" => self.comment(&state, object, name),
            "PullRequestReview" => self.review(&state, object, name),
            "PullRequestReviewThread" | "PullRequestReviewComment" => self.thread(&state, object, name),
            "CheckSuite" | "CheckRun" | "App" => self.check(&state, object, name, args),
            "Status" | "StatusContext" => self.status(&state, object, name),
            "User" | "Bot" | "Organization" | "Label" => self.account(&state, object, name),
            _ => Resolved::Unsupported,
        }
    }
}

impl Seen<'_> {
    fn node(&self, state: &State, id: &str) -> Resolved {
        let seen = |object: &Object| pair(object).is_none_or(|(repo, _)| self.caller.sees(state, &state.repos[repo]));
        let missing = || Resolved::not_found("node", &format!("the global id of '{id}'"));
        node::find(state, id).filter(seen).map_or_else(missing, Resolved::from)
    }

    pub(super) fn may(&self, repo: usize, needed: &[(&str, Access)]) -> bool {
        let state = self.state.borrow();
        self.caller.may(&state, &state.repos[repo], needed)
    }

    /// Whether the caller opened the pull request: "You can resolve a conversation in a pull request if you opened the
    /// pull request or if you have write access to the repository". An app needs `contents: write`, also for threads
    /// that it began.
    fn opened(&self, repo: usize, comment: u64) -> bool {
        let state = self.state.borrow();
        let (author, _) = self.caller.author(&state);
        let comment = state.repos[repo].review_comments.iter().find(|it| it.id == comment);
        comment.and_then(|it| state.repos[repo].pulls.get(&it.number)).is_some_and(|pull| pull.author == author)
    }
}

/// The key of a thing in a repository: the repository's index, and the thing's number.
pub(super) fn pair(object: &Object) -> Option<(usize, u64)> {
    let index = usize::try_from(object.key[0].as_u64()?).ok()?;
    Some((index, object.key[1].as_u64()?))
}

/// A key with a text in second place.
pub(super) fn named(object: &Object) -> Option<(usize, &str)> {
    Some((usize::try_from(object.key[0].as_u64()?).ok()?, object.key[1].as_str()?))
}

pub(super) fn key(repo: usize, what: impl Into<Value>) -> Value {
    Value::Array(vec![repo.into(), what.into()])
}
