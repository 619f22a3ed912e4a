//! Commands in comments that nobody told us of are found, and carried out as if somebody had.

use crate::github::{CallError, OpenPulls, RepoClient};
use crate::model::{RepositoryId, Timestamp};
use crate::server::failed_call::after_call;
use crate::server::reviews::Reviews;
use crate::server::work::JobError;
use crate::store::KnownPulls;
use crate::webhook::{JobSpec, Said, Work, parse_commands};
use std::time::Duration;

/// GitHub's lists may be behind its events.
const LAG: Duration = Duration::from_secs(60);
/// An older command is not what anybody waits for.
const LONGEST: Duration = Duration::from_secs(3 * 24 * 3600);

impl Reviews {
    /// Enqueues the commands that were written since the last look and of which nothing is known here. Asks GitHub nothing
    /// where nothing happened since.
    pub(super) async fn find_commands(
        &self,
        client: &RepoClient,
        repository: RepositoryId,
        spec: impl Fn(Work) -> JobSpec,
        found: &OpenPulls,
        known: &KnownPulls,
    ) -> Result<(), JobError> {
        let now = client.github_now();
        let cursor = format!("commands/{repository}");
        let Ok(seen) = self.store().turn_cursor(&cursor).await?.parse() else {
            // What was written before anybody looked was written for somebody else.
            self.store().end_turn(&cursor, &now.0.to_string()).await?;
            return Ok(());
        };
        let since = Timestamp(seen).before(LAG).max(known.since).max(now.before(LONGEST));
        if found.pulls.iter().all(|pull| pull.updated_at < since) {
            return Ok(());
        }
        let remarks = match client.fetch_remarks(since).await {
            Ok(remarks) => remarks,
            // Without the permission for comments, or without conversations, there are no commands.
            Err(CallError::Forbidden(_) | CallError::NotFound(_)) => return Ok(()),
            Err(error) => return Err(after_call(error)),
        };
        let mut work = Vec::new();
        for remark in remarks.found {
            let lines = parse_commands(&remark.text);
            if lines.is_empty() {
                continue;
            }
            let said = Said { comment: remark.id, author: remark.author, written_at: remark.written_at, lines };
            let command = spec(Work::HeedComment { number: remark.number, said });
            let known =
                self.store().is_heeded(repository, remark.id).await? || self.store().has_job(&command.key()).await?;
            if !known {
                tracing::info!(key = command.key(), "nobody told us of the commands of {}", command.key());
                work.push(command);
            }
        }
        self.store().enqueue_all(&work, self.now()).await?;
        let until = remarks.until.unwrap_or(now);
        self.store().end_turn(&cursor, &until.0.to_string()).await?;
        Ok(())
    }
}
