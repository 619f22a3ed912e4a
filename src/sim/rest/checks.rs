//! Check runs.

use super::call::Call;
use super::commits::sha_of;
use crate::sim::json;
use crate::sim::reply::{Answer, Reply};
use crate::sim::state::{Annotation, CheckAction, CheckOutput, CheckRun, CheckSuite, Repo};
use serde_json::{Value, json};

/// Bytes of summary and text, bytes of a message. Source: "Create a check run" in GitHub's documentation.
const MAX_OUTPUT: usize = 65_535;
const MAX_MESSAGE: usize = 64 * 1024;
/// Buttons of a check. Source: the same page, "actions".
const MAX_ACTIONS: usize = 3;

pub(super) fn create(call: &mut Call<'_>) -> Answer {
    let app = call.caller.app().ok_or_else(|| Reply::refusal(403, "You must authenticate via a GitHub App."))?;
    let name = call.text("name")?;
    let sha = call.text("head_sha")?;
    if call.repo().git.load_commit(&sha).is_none() {
        return Err(Reply::refusal(422, &format!("No commit found for SHA: {sha}")));
    }
    let (index, id) = (call.repo, call.state.fresh_id());
    let suite = call.state.ensure_suite(index, app, &sha);
    let mut run = CheckRun {
        id,
        suite,
        app,
        head_sha: sha,
        name,
        status: "queued".to_owned(),
        conclusion: None,
        external_id: None,
        details_url: None,
        started_at: Some(call.state.now()),
        completed_at: None,
        output: CheckOutput::default(),
        actions: Vec::new(),
    };
    apply(&mut run, &call.body, &call.state.now(), call.state.keep_conclusions)?;
    call.state.repos[index].runs.push(run.clone());
    announce(call, &run, "created");
    Reply::created(json::check_run(call.state, call.repo(), &run))
}

pub(super) fn update(call: &mut Call<'_>) -> Answer {
    let (id, app, index) = (call.number(0)?, call.caller.app(), call.repo);
    let at = call.repo().runs.iter().position(|run| run.id == id).ok_or_else(Reply::not_found)?;
    if app != Some(call.repo().runs[at].app) {
        return Err(Reply::refusal(
            403,
            "Invalid app_id: check runs can only be updated by the app that created them.",
        ));
    }
    let mut run = call.repo().runs[at].clone();
    let was_done = run.status == "completed";
    apply(&mut run, &call.body, &call.state.now(), call.state.keep_conclusions)?;
    call.state.repos[index].runs[at] = run.clone();
    if !was_done {
        announce(call, &run, "updated");
    }
    Reply::ok(json::check_run(call.state, call.repo(), &run))
}

pub(super) fn show(call: &mut Call<'_>) -> Answer {
    let run = run_of(call)?;
    Reply::ok(json::check_run(call.state, call.repo(), run))
}

pub(super) fn annotations(call: &mut Call<'_>) -> Answer {
    let run = run_of(call)?;
    let notes = run.output.annotations.iter();
    let all: Vec<Value> = notes.map(|note| json::annotation(call.state, call.repo(), &run.head_sha, note)).collect();
    call.list(&all)
}

pub(super) fn of_commit(call: &mut Call<'_>) -> Answer {
    let sha = sha_of(call)?;
    let (name, app) = (call.query.get("check_name"), call.query.get("app_id"));
    let (every, status) = (call.query.get("filter") == Some("all"), call.query.get("status"));
    let repo = call.repo();
    let wanted = |run: &&CheckRun| {
        run.head_sha == sha
            && name.is_none_or(|name| name == run.name)
            && app.is_none_or(|app| app == run.app.to_string())
            && status.is_none_or(|status| status == run.status)
            && (every || is_latest(repo, run))
    };
    let runs: Vec<Value> =
        repo.runs.iter().rev().filter(wanted).map(|run| json::check_run(call.state, repo, run)).collect();
    call.wrapped("check_runs", &runs)
}

pub(super) fn rerequest(call: &mut Call<'_>) -> Answer {
    let run = run_of(call)?;
    if call.caller.app() != Some(run.app) {
        return Err(Reply::forbidden());
    }
    let (id, (actor, _)) = (run.id, call.caller.author(call.state));
    call.state.rerequest_check(call.repo, id, &actor);
    Ok(Reply::json(201, json!({})))
}

pub(super) fn suites(call: &mut Call<'_>) -> Answer {
    let (sha, repo) = (sha_of(call)?, call.repo());
    let (name, app) = (call.query.get("check_name"), call.query.get("app_id"));
    let fits = |suite: &&CheckSuite| {
        suite.head_sha == sha
            && app.is_none_or(|app| app == suite.app.to_string())
            && name.is_none_or(|name| repo.runs.iter().any(|run| run.suite == suite.id && run.name == name))
    };
    let all: Vec<Value> =
        repo.suites.iter().filter(fits).map(|suite| json::check_suite(call.state, repo, suite)).collect();
    call.wrapped("check_suites", &all)
}

pub(super) fn suite(call: &mut Call<'_>) -> Answer {
    let id = call.number(0)?;
    let suite = call.repo().suites.iter().find(|suite| suite.id == id).ok_or_else(Reply::not_found)?;
    Reply::ok(json::check_suite(call.state, call.repo(), suite))
}

pub(super) fn rerequest_suite(call: &mut Call<'_>) -> Answer {
    let id = call.number(0)?;
    let suite = call.repo().suites.iter().find(|suite| suite.id == id).ok_or_else(Reply::not_found)?;
    if call.caller.app() != Some(suite.app) {
        return Err(Reply::forbidden());
    }
    let (repo, (actor, _)) = (call.repo().id, call.caller.author(call.state));
    call.state.tell_suite(repo, id, "rerequested", &actor);
    Ok(Reply::json(201, json!({})))
}

/// Whether no newer run of that name was made in the same suite.
pub(super) fn is_latest(repo: &Repo, run: &CheckRun) -> bool {
    !repo.runs.iter().any(|other| other.suite == run.suite && other.name == run.name && other.id > run.id)
}

fn run_of<'a>(call: &'a Call<'_>) -> Result<&'a CheckRun, Reply> {
    let id = call.number(0)?;
    call.repo().runs.iter().find(|run| run.id == id).ok_or_else(Reply::not_found)
}

fn announce(call: &mut Call<'_>, run: &CheckRun, action: &str) {
    let (actor, _) = call.caller.author(call.state);
    if action == "created" {
        call.state.tell_run(call.repo, run, "created", &actor);
    }
    if run.status == "completed" {
        call.state.tell_run(call.repo, run, "completed", &actor);
    }
}

fn apply(run: &mut CheckRun, body: &Value, now: &str, keep: bool) -> Result<(), Reply> {
    let is_kept = keep && run.status == "completed";
    let text = |field: &str| body[field].as_str().map(str::to_owned);
    if let Some(status) = text("status") {
        if status == "completed" && body["conclusion"].is_null() {
            return Err(Reply::malformed("\"conclusion\" wasn't supplied."));
        }
        // One that is completed stays so, and nobody is told. Source: github.com/orgs/community/discussions/24761, "it's not
        // possible to modify its status"; tektoncd/pipelines-as-code#998, "although API call succeeded".
        if run.status != "completed" {
            run.status = status;
        }
    }
    if let Some(conclusion) = text("conclusion").filter(|_| !is_kept) {
        run.conclusion = Some(conclusion);
        "completed".clone_into(&mut run.status);
        run.completed_at = Some(text("completed_at").unwrap_or_else(|| now.to_owned()));
    }
    run.name = text("name").unwrap_or_else(|| std::mem::take(&mut run.name));
    run.external_id = text("external_id").or(run.external_id.take());
    run.details_url = text("details_url").or(run.details_url.take());
    run.started_at = text("started_at").or(run.started_at.take());
    if body["output"].is_object() {
        apply_output(&mut run.output, &body["output"])?;
    }
    if let Some(actions) = body["actions"].as_array() {
        if actions.len() > MAX_ACTIONS {
            return Err(Reply::malformed(&format!("No more than {MAX_ACTIONS} items are allowed in \"actions\".")));
        }
        run.actions = actions.iter().map(parse_action).collect::<Result<_, Reply>>()?;
    }
    Ok(())
}

fn parse_action(body: &Value) -> Result<CheckAction, Reply> {
    let part = |field: &str, limit: usize| {
        let wrong = |what: &str| Reply::malformed(&format!("For 'actions', \"{field}\" {what}."));
        let text = body[field].as_str().ok_or_else(|| wrong("wasn't supplied"))?;
        if text.is_empty() || text.chars().count() > limit {
            return Err(wrong(&format!("is not between 1 and {limit} characters long")));
        }
        Ok(text.to_owned())
    };
    Ok(CheckAction {
        label: part("label", 20)?,
        description: part("description", 40)?,
        identifier: part("identifier", 20)?,
    })
}

/// Texts replace, annotations are added.
fn apply_output(output: &mut CheckOutput, body: &Value) -> Result<(), Reply> {
    let text = |field: &str| body[field].as_str().map(str::to_owned);
    let summary = text("summary").ok_or_else(|| Reply::malformed("\"summary\" wasn't supplied."))?;
    for (name, value) in [("summary", Some(&summary)), ("text", text("text").as_ref())] {
        if value.is_some_and(|value| value.len() > MAX_OUTPUT) {
            return Err(Reply::malformed(&format!("Only {MAX_OUTPUT} characters are allowed; {name} has more.")));
        }
    }
    let notes = body["annotations"].as_array().map(Vec::as_slice).unwrap_or_default();
    let notes: Vec<Annotation> = notes.iter().map(parse_annotation).collect::<Result<_, Reply>>()?;
    output.title = text("title").or(output.title.take());
    output.summary = Some(summary);
    output.text = text("text").or(output.text.take());
    output.annotations.extend(notes);
    Ok(())
}

fn parse_annotation(body: &Value) -> Result<Annotation, Reply> {
    let wrong = |what: &str| Reply::malformed(&format!("For 'annotations', {what}"));
    let text = |field: &str| body[field].as_str().map(str::to_owned);
    let need = |field: &str| text(field).ok_or_else(|| wrong(&format!("\"{field}\" wasn't supplied.")));
    let line = |field: &str| body[field].as_u64().ok_or_else(|| wrong(&format!("\"{field}\" wasn't supplied.")));
    let note = Annotation {
        path: need("path")?,
        start_line: line("start_line")?,
        end_line: line("end_line")?,
        start_column: body["start_column"].as_u64(),
        end_column: body["end_column"].as_u64(),
        level: need("annotation_level")?,
        message: need("message")?,
        title: text("title"),
        raw_details: text("raw_details"),
    };
    let long = note.message.len() > MAX_MESSAGE || note.raw_details.as_ref().is_some_and(|it| it.len() > MAX_MESSAGE);
    if note.start_line == 0 || note.start_line > note.end_line || note.message.is_empty() || long {
        return Err(wrong("a line range, message or title is not valid"));
    }
    if note.start_column.is_some() && note.start_line != note.end_line {
        return Err(wrong("columns need a start_line that equals the end_line"));
    }
    Ok(note)
}
