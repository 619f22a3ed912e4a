//! One repository with one pull request, three comments, a bot and a review thread; enough to ask about.

use super::super::{Args, Object, Resolved, World, execute};
use serde_json::{Value, json};
use std::cell::Cell;

/// The state; the only thing that changes is whether the thread is resolved.
#[derive(Default)]
pub(super) struct Sample {
    resolved: Cell<bool>,
}

impl World for Sample {
    fn query(&self, field: &str, args: &Args) -> Resolved {
        match field {
            "repository" if args.text("owner") == Some("octo") && args.text("name") == Some("demo") => {
                Resolved::object("Repository", 1)
            }
            "repository" => {
                let name = [args.text("owner"), args.text("name")].map(Option::unwrap_or_default).join("/");
                Resolved::not_found("Repository", &format!("the name '{name}'"))
            }
            "node" if args.text("id") == Some("RT_1") => Resolved::object("PullRequestReviewThread", "RT_1"),
            "node" => Resolved::object("Label", "bug"),
            "nodes" => Resolved::List(args.texts("ids").iter().map(|_| Resolved::Null).collect()),
            "viewer" => Resolved::object("User", "deckhand"),
            _ => Resolved::Unsupported,
        }
    }

    fn mutate(&self, field: &str, args: &Args) -> Resolved {
        match (field, args.within("input").text("threadId")) {
            ("resolveReviewThread", Some("RT_1")) => {
                self.resolved.set(true);
                let thread = Resolved::object("PullRequestReviewThread", "RT_1");
                Resolved::record("ResolveReviewThreadPayload", [("thread", thread)])
            }
            _ => Resolved::forbidden(),
        }
    }

    fn field(&self, object: &Object, name: &str, args: &Args) -> Resolved {
        match (object.type_name, name) {
            ("Repository", "nameWithOwner") => Resolved::scalar("octo/demo"),
            ("Repository", "databaseId") => Resolved::scalar(1_296_269),
            ("Repository", "isPrivate") => Resolved::scalar(false),
            ("Repository", "pullRequest") if args.number("number") == Some(7) => Resolved::object("PullRequest", 7),
            ("Repository", "pullRequest") => {
                let number = args.number("number").unwrap_or_default();
                Resolved::not_found("PullRequest", &format!("the number of {number}"))
            }
            ("Repository", "object") => match args.text("expression") {
                Some("HEAD:a.txt") => Resolved::object("Blob", "a.txt"),
                Some("HEAD:src") => Resolved::object("Tree", "src"),
                _ => Resolved::Null,
            },
            ("Repository", "labels") => Resolved::connection((0..5).map(|n| Object::new("Label", n))),
            // Wrong on purpose: the schema says that it is never null, an enum, a repository's owner.
            ("Repository", "name") => Resolved::Null,
            ("Repository", "visibility") => Resolved::scalar("SECRET"),
            ("Repository", "owner") => Resolved::object("Label", 1),
            ("Blob", "text") => Resolved::scalar("hello\n"),
            ("Label", "name") => Resolved::scalar(format!("label {}", object.key)),
            ("PullRequest", "title") => Resolved::scalar("Mend the mast"),
            ("PullRequest", "author") => Resolved::object("Bot", "deckhand"),
            ("PullRequest", "milestone") => Resolved::Null,
            ("PullRequest", "comments") => Resolved::connection((1..=3).map(|n| Object::new("IssueComment", n))),
            ("PullRequest", "reviewThreads") => Resolved::connection([Object::new("PullRequestReviewThread", "RT_1")]),
            ("PullRequest", "commits") => Resolved::connection([Object::new("PullRequestCommit", "c0ffee")]),
            ("PullRequestCommit", "commit") => Resolved::object("Commit", object.key.clone()),
            ("Commit", "oid") => Resolved::scalar(object.key.clone()),
            ("Commit", "checkSuites") => {
                let ours = args.within("filterBy").number("appId").is_none_or(|id| id == 5);
                Resolved::connection(ours.then(|| Object::new("CheckSuite", 1)))
            }
            ("CheckSuite", "status") => Resolved::scalar("COMPLETED"),
            ("Bot" | "User", "login") => Resolved::scalar(object.key.clone()),
            ("IssueComment", "fullDatabaseId") => Resolved::scalar(object.key.to_string()),
            ("IssueComment", "body") => Resolved::scalar(format!("Comment {}", object.key)),
            ("IssueComment", "viewerDidAuthor") => Resolved::scalar(object.key == 2),
            ("PullRequestReviewThread", "id") => Resolved::scalar(object.key.clone()),
            ("PullRequestReviewThread", "isResolved") => Resolved::scalar(self.resolved.get()),
            _ => Resolved::Unsupported,
        }
    }
}

/// The answer of a fresh sample.
pub(super) fn ask(document: &str, variables: &Value) -> Value {
    execute(&Sample::default(), document, None, variables)
}

/// The data of an answer without errors.
pub(super) fn data(document: &str, variables: &Value) -> Value {
    let mut answer = ask(document, variables);
    assert_eq!(answer.get("errors"), None, "{answer:#}");
    answer["data"].take()
}

/// What is selected of the sample's pull request.
pub(super) fn pull(selection: &str) -> Value {
    data(
        &format!("{{ repository(owner: \"octo\", name: \"demo\") {{ pullRequest(number: 7) {{ {selection} }} }} }}"),
        &json!({}),
    )["repository"]["pullRequest"]
        .take()
}

/// The messages of an answer with errors.
pub(super) fn messages(answer: &Value) -> Vec<&str> {
    let errors = answer["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    errors.iter().filter_map(|it| it["message"].as_str()).collect()
}
