//! Who set the labels of a pull request, and whether they may write: what a skip label on a blocking rule hangs on.

use super::CallError;
use super::permission::Permission;
use super::repo::RepoClient;
use crate::model::{Labeling, PullRequest};
use serde::Deserialize;
use std::collections::BTreeMap;

const PAGE: usize = 100;
/// A pull request with more events than these has labels whose origin is not known, and they do not count.
const MAX_PAGES: usize = 10;

impl RepoClient {
    /// For each label that the pull request carries, who set it last and whether they may write now. A label that
    /// nobody is known to have set is left out: an account that is deleted by now did, or the events do not tell of it yet.
    ///
    /// # Errors
    /// As every call.
    pub(super) async fn fetch_labelings(&self, pull: &PullRequest) -> Result<Vec<Labeling>, CallError> {
        let mut actors: BTreeMap<&str, String> = BTreeMap::new();
        let mut complete = false;
        for page in 1..=MAX_PAGES {
            let path = format!("/issues/{}/events?per_page={PAGE}&page={page}", pull.number);
            let events: Vec<WireEvent> = self.get(&path, "events of the pull request").await?;
            let last = events.len() < PAGE;
            for event in events {
                let Some(label) = event.label else { continue };
                let Some(carried) = pull.labels.iter().find(|carried| carried.name == label.name) else { continue };
                match (event.event.as_str(), event.actor) {
                    ("labeled", Some(actor)) => _ = actors.insert(&carried.name, actor.login),
                    // Whoever set it before does not vouch for what was done after them.
                    ("labeled", None) | ("unlabeled", _) => _ = actors.remove(carried.name.as_str()),
                    _ => {}
                }
            }
            if last {
                complete = true;
                break;
            }
        }
        if !complete {
            // The newest events, which count, were not read.
            return Ok(Vec::new());
        }
        let mut labelings = Vec::new();
        for (label, actor) in actors {
            let known = labelings.iter().find(|known: &&Labeling| known.actor == actor).map(|known| known.can_write);
            let can_write = match known {
                Some(can_write) => can_write,
                None => self.fetch_permission(&actor).await? >= Permission::Write,
            };
            labelings.push(Labeling { label: label.to_owned(), actor, can_write });
        }
        Ok(labelings)
    }
}

#[derive(Deserialize)]
struct WireEvent {
    #[serde(default)]
    event: String,
    actor: Option<WireActor>,
    label: Option<WireLabel>,
}

#[derive(Deserialize)]
struct WireActor {
    login: String,
}

#[derive(Deserialize)]
struct WireLabel {
    name: String,
}
