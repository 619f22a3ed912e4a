//! The job of GitHub Actions that this process runs in: its event, and the page where its summary stands.

use super::failure::Failure;
use crate::webhook::{WorkflowPull, parse_workflow_pull};
use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// The events whose pull request is reviewed.
const EVENTS: [&str; 3] = ["pull_request", "pull_request_target", "pull_request_review"];
/// GitHub takes no larger summary of a step: 1 MiB ("Workflow commands", "Step isolation and limits").
const MAX_SUMMARY: u64 = 1 << 20;
/// The payload's own limit is checked where it is parsed; no more than this is read.
const MAX_EVENT: u64 = 64 << 20;

/// What a job knows of itself.
pub(super) struct Job {
    pub(super) pull: WorkflowPull,
    summary: Option<PathBuf>,
}

impl Job {
    /// From the variables that the runner sets.
    pub(super) fn find(env: &dyn Fn(&str) -> Option<String>) -> Result<Job, Failure> {
        let set = |name: &str| env(name).filter(|value| !value.trim().is_empty());
        // Runners that are not GitHub's own do not all set the name; the file says what it is about.
        let event = set("GITHUB_EVENT_NAME").unwrap_or_else(|| EVENTS[0].to_owned());
        let Some(path) = set("GITHUB_EVENT_PATH") else {
            return Err(Failure::usage(
                "`deckhand ci` runs in a job of GitHub Actions, and GITHUB_EVENT_PATH is not set: on your own machine \
                 use `deckhand local`, or `deckhand pr URL`",
            ));
        };
        if !EVENTS.contains(&event.as_str()) {
            return Err(Failure::usage(other_event(&event)));
        }
        let file = Path::new(&path);
        let pull = parse_workflow_pull(&read(file)?).map_err(|what| {
            Failure::usage(format!("the event file {path} (GITHUB_EVENT_PATH) cannot be used: {what}"))
        })?;
        if let Some(repository) = set("GITHUB_REPOSITORY")
            && !repository.eq_ignore_ascii_case(&pull.repository.to_string())
        {
            return Err(Failure::usage(format!(
                "the event is about {}, and GITHUB_REPOSITORY is {repository:?}: leave both as the runner sets them",
                pull.repository
            )));
        }
        Ok(Job { pull, summary: set("GITHUB_STEP_SUMMARY").map(PathBuf::from) })
    }

    /// Whether somebody reads workflow commands here.
    pub(super) fn is_read(env: &dyn Fn(&str) -> Option<String>) -> bool {
        env("GITHUB_ACTIONS").is_some_and(|value| value == "true")
    }

    /// How many bytes the step's summary still takes; nothing where there is no such page.
    pub(super) fn summary_room(&self) -> Option<usize> {
        let file = self.summary.as_deref()?;
        let used = file.metadata().map(|it| it.len()).unwrap_or(0);
        usize::try_from(MAX_SUMMARY.saturating_sub(used)).ok()
    }

    /// Adds Markdown to the step's summary, after what other commands of the step have written.
    pub(super) fn append_summary(&self, markdown: &str) -> Result<(), String> {
        let Some(file) = self.summary.as_deref() else { return Ok(()) };
        let open = OpenOptions::new().create(true).append(true).open(file);
        open.and_then(|mut file| file.write_all(markdown.as_bytes()))
            .map_err(|error| format!("the job summary cannot be written to {}: {error}", file.display()))
    }
}

/// What to do where a workflow was started by something else. A condition is never it: a step or job that is skipped passes
/// for one that found nothing.
fn other_event(event: &str) -> String {
    let known = EVENTS.map(|event| format!("`{event}`")).join(", ");
    if event == "merge_group" {
        return format!(
            "this workflow was started by `merge_group`, and `deckhand ci` reviews on {known}: a job cannot judge a merge \
             queue, so that this one does not pass. Use the GitHub App (`deckhand serve`), which does; a condition (`if:`) \
             would let the queue merge what nobody judged"
        );
    }
    let event: String = event.chars().take(60).collect();
    format!(
        "this workflow was started by `{event}`, and `deckhand ci` reviews on {known}: take `{event}` out of the workflow's \
         `on:`, or move this job to a workflow of its own that starts `on: pull_request`"
    )
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = std::fs::File::open(file).and_then(|file| file.take(MAX_EVENT).read_to_end(&mut bytes));
    match read {
        Ok(_) => Ok(bytes),
        Err(error) => Err(Failure::usage(format!(
            "the event file {} (GITHUB_EVENT_PATH) cannot be read: {error}. A container needs it mounted",
            file.display()
        ))),
    }
}
