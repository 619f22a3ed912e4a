//! `check_run`: a person asked for our check again, or another app reported.

use super::payload::{InstallationPart, PullPart, RepositoryPart, Unread, pulls_into, read, rerequested_jobs};
use crate::model::{CommitId, PullNumber};
use crate::webhook::{JobSpec, Pressed, RepositoryRef, Work};
use serde::Deserialize;

/// How the external ids of our own check runs begin.
const OWN: &str = "deckhand:";
/// What our check is called unless the settings say otherwise; other bases and rules have names that begin so.
const OUR_NAME: &str = "deckhand";

/// How the identifiers of the buttons begin that commit fixes.
pub const FIX_BUTTON: &str = "fix";

/// A check run that somebody asked for again, or that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckRunEvent {
    /// Where.
    pub repository: RepositoryRef,
    /// The commit of the check.
    pub head: CommitId,
    /// Open pull requests with that head; empty when it comes from a fork.
    pub pulls: Vec<PullNumber>,
    /// What happened.
    pub action: CheckRunAction,
    /// The app that reports under a name like ours without being us: branch protection that is not pinned to our app
    /// would believe it.
    pub imitator: Option<String>,
}

/// The actions that we know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckRunAction {
    /// A person clicked "Re-run", or a button of an older version. GitHub says so only to the app whose check it is.
    Rerequested,
    /// A person clicked a button that commits fixes.
    Pressed(Pressed),
    /// `created` or `completed`, of another app: said to every app that may read checks.
    Reported,
    /// The same of our own: we know.
    Own,
}

/// `fix`, or `fix:` and what names a rule.
fn is_fix_button(identifier: &str) -> bool {
    let rest = identifier.strip_prefix(FIX_BUTTON);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
}

impl CheckRunEvent {
    pub(super) fn read(action: Option<&str>, body: &[u8]) -> Result<Self, Unread> {
        #[derive(Deserialize)]
        struct Payload {
            #[serde(default)]
            installation: Option<InstallationPart>,
            repository: RepositoryPart,
            check_run: Run,
            #[serde(default)]
            requested_action: Option<Requested>,
            #[serde(default)]
            sender: Option<Sender>,
        }
        #[derive(Deserialize)]
        struct Requested {
            identifier: String,
        }
        #[derive(Deserialize)]
        struct Sender {
            login: String,
            #[serde(default, rename = "type")]
            kind: String,
        }
        #[derive(Deserialize)]
        struct Run {
            #[serde(default)]
            id: u64,
            head_sha: CommitId,
            #[serde(default)]
            external_id: Option<String>,
            #[serde(default)]
            pull_requests: Option<Vec<PullPart>>,
            #[serde(default)]
            name: Option<String>,
            #[serde(default)]
            app: Option<App>,
        }
        #[derive(Deserialize)]
        struct App {
            #[serde(default)]
            slug: Option<String>,
        }
        let rerequested = match action {
            Some("rerequested" | "requested_action") => true,
            Some("created" | "completed") => false,
            _ => return Err(Unread::Other),
        };
        let payload: Payload = read(body)?;
        let repository = payload.repository.seen_through(payload.installation)?;
        let run = payload.check_run;
        let pulls = pulls_into(&repository, run.pull_requests.unwrap_or_default());
        let pressed = payload.requested_action.filter(|it| is_fix_button(&it.identifier));
        let pressed = pressed.zip(payload.sender.filter(|sender| sender.kind != "Bot"));
        let action = match run.external_id {
            _ if let Some((Requested { identifier }, by)) = pressed => {
                CheckRunAction::Pressed(Pressed { check: run.id, button: identifier, by: by.login })
            }
            _ if rerequested => CheckRunAction::Rerequested,
            Some(id) if id.starts_with(OWN) => CheckRunAction::Own,
            _ => CheckRunAction::Reported,
        };
        let rest = run.name.as_deref().and_then(|name| name.strip_prefix(OUR_NAME));
        let like_ours = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '/']));
        let imitator = (action == CheckRunAction::Reported && like_ours)
            .then(|| run.app.and_then(|app| app.slug).unwrap_or_else(|| "unknown".to_owned()));
        Ok(CheckRunEvent { repository, head: run.head_sha, pulls, action, imitator })
    }

    pub(super) fn build_jobs(&self) -> Vec<JobSpec> {
        match &self.action {
            CheckRunAction::Pressed(pressed) => {
                let (head, pulls, pressed) = (self.head.clone(), self.pulls.clone(), pressed.clone());
                vec![self.repository.job(Work::HeedButton { head, pulls, pressed })]
            }
            CheckRunAction::Rerequested => rerequested_jobs(&self.repository, &self.head, &self.pulls),
            CheckRunAction::Reported => {
                vec![self.repository.job(Work::ReviewReported { head: self.head.clone() })]
            }
            CheckRunAction::Own => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imitator(run: serde_json::Value) -> Option<String> {
        let payload = serde_json::json!({
            "installation": { "id": 5 }, "repository": { "id": 7, "full_name": "o/r" }, "check_run": run,
        });
        let Ok(event) = CheckRunEvent::read(Some("completed"), payload.to_string().as_bytes()) else {
            panic!("it is read")
        };
        event.imitator
    }

    #[test]
    fn f50_a_check_of_our_name_by_another_app_is_noticed() {
        let run = |name: &str, external_id: &str| {
            serde_json::json!({
                "head_sha": "a".repeat(40), "name": name, "external_id": external_id, "app": { "slug": "impostor" },
            })
        };
        for name in ["deckhand", "deckhand (release)", "deckhand/changelog"] {
            assert_eq!(imitator(run(name, "x")).as_deref(), Some("impostor"), "{name}");
            assert_eq!(imitator(run(name, "deckhand:v1:-:-:x")), None);
        }
        assert_eq!(imitator(run("deckhands", "x")), None);
        assert_eq!(imitator(run("build", "x")), None);
    }
}
