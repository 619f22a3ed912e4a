//! Check suites, check runs, apps.

use super::answer::{Seen, key, pair};
use crate::sim::graphql::{Args, Object, Resolved};
use crate::sim::json::node_id;
use crate::sim::state::{Access, CheckRun, State};

impl Seen<'_> {
    pub(super) fn check(&self, state: &State, object: &Object, name: &str, args: &Args) -> Resolved {
        if object.type_name == "App" {
            return app(state, object, name);
        }
        let Some((index, id)) = pair(object) else { return Resolved::Unsupported };
        let repo = &state.repos[index];
        if !self.caller.may(state, repo, &[("checks", Access::Read)]) {
            return Resolved::forbidden();
        }
        if object.type_name == "CheckRun" {
            let run = repo.runs.iter().find(|run| run.id == id);
            return run.map_or(Resolved::Null, |run| check_run(state, index, run, name));
        }
        let Some(suite) = repo.suites.iter().find(|suite| suite.id == id) else { return Resolved::Null };
        let runs: Vec<&CheckRun> = repo.runs.iter().filter(|run| run.suite == id).collect();
        match name {
            "id" => Resolved::scalar(node_id("CheckSuite", id)),
            "databaseId" => Resolved::scalar(id),
            "app" => Resolved::object("App", suite.app),
            "commit" => Resolved::object("Commit", key(index, suite.head_sha.clone())),
            "createdAt" => Resolved::scalar(suite.created_at.clone()),
            "updatedAt" => Resolved::scalar(suite.updated_at.clone()),
            "repository" => Resolved::object("Repository", index),
            "status" => {
                let done = !runs.is_empty() && runs.iter().all(|run| run.status == "completed");
                Resolved::scalar(if done { "COMPLETED" } else { "QUEUED" })
            }
            "checkRuns" => {
                let filter = args.within("filterBy");
                let all = filter.text("checkType") == Some("ALL");
                let (wanted, app) = (filter.text("checkName"), filter.number("appId"));
                let latest = |run: &CheckRun| !runs.iter().any(|other| other.name == run.name && other.id > run.id);
                let shown = runs.iter().rev().filter(|run| {
                    (all || latest(run))
                        && wanted.is_none_or(|name| name == run.name)
                        && app.is_none_or(|app| u64::try_from(app) == Ok(run.app))
                });
                Resolved::connection(shown.map(|run| Object::new("CheckRun", key(index, run.id))))
            }
            _ => Resolved::Unsupported,
        }
    }
}

/// The suites of a commit.
pub(super) fn suites(state: &State, index: usize, sha: &str, args: &Args) -> Resolved {
    let filter = args.within("filterBy");
    let (app, name) = (filter.number("appId"), filter.text("checkName"));
    let repo = &state.repos[index];
    let found = repo.suites.iter().filter(|suite| {
        suite.head_sha == sha
            && app.is_none_or(|app| u64::try_from(app) == Ok(suite.app))
            && name.is_none_or(|name| repo.runs.iter().any(|run| run.suite == suite.id && run.name == name))
    });
    Resolved::connection(found.map(|suite| Object::new("CheckSuite", key(index, suite.id))))
}

fn check_run(state: &State, index: usize, run: &CheckRun, name: &str) -> Resolved {
    let repo = &state.repos[index];
    match name {
        "id" => Resolved::scalar(node_id("CheckRun", run.id)),
        "databaseId" => Resolved::scalar(run.id),
        "name" => Resolved::scalar(run.name.clone()),
        "externalId" => Resolved::scalar(run.external_id.clone().unwrap_or_default()),
        "status" => Resolved::scalar(run.status.to_uppercase()),
        "conclusion" => Resolved::scalar(run.conclusion.as_ref().map(|word| word.to_uppercase())),
        "detailsUrl" => Resolved::scalar(run.details_url.clone()),
        "startedAt" => Resolved::scalar(run.started_at.clone()),
        "completedAt" => Resolved::scalar(run.completed_at.clone()),
        "title" => Resolved::scalar(run.output.title.clone()),
        "summary" => Resolved::scalar(run.output.summary.clone()),
        "text" => Resolved::scalar(run.output.text.clone()),
        "checkSuite" => Resolved::object("CheckSuite", key(index, run.suite)),
        "repository" => Resolved::object("Repository", index),
        "url" => Resolved::scalar(format!("{}/{}/runs/{}", state.env.web, repo.full_name(), run.id)),
        "annotations" => {
            let notes = run.output.annotations.iter().map(|note| {
                Resolved::record(
                    "CheckAnnotation",
                    [
                        ("path", Resolved::scalar(note.path.clone())),
                        ("message", Resolved::scalar(note.message.clone())),
                        ("title", Resolved::scalar(note.title.clone())),
                        ("annotationLevel", Resolved::scalar(note.level.to_uppercase())),
                        ("rawDetails", Resolved::scalar(note.raw_details.clone())),
                    ],
                )
            });
            Resolved::Connection(notes.collect())
        }
        _ => Resolved::Unsupported,
    }
}

fn app(state: &State, object: &Object, name: &str) -> Resolved {
    let Some(app) = state.apps.iter().find(|app| object.key.as_u64() == Some(app.id)) else { return Resolved::Null };
    match name {
        "databaseId" => Resolved::scalar(app.id),
        "id" => Resolved::scalar(node_id("App", app.id)),
        "name" => Resolved::scalar(app.name.clone()),
        "slug" => Resolved::scalar(app.slug.clone()),
        "createdAt" => Resolved::scalar(app.created_at.clone()),
        "description" => Resolved::Null,
        "url" => Resolved::scalar(format!("{}/apps/{}", state.env.web, app.slug)),
        _ => Resolved::Unsupported,
    }
}
