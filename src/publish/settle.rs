//! After a restart: what became of the writes whose answers nobody heard.

use super::PublishError;
use super::once::{begin_one, finish, look_for};
use super::outbox::Outbox;
use crate::github::RepoClient;

/// Reads back the unfinished operations of the outbox's job. Those that happened are completed, the others forgotten:
/// the plan that is made next decides whether they are still wanted. Call it before the overview is fetched.
/// Gives how many there were.
///
/// # Errors
/// When reading back failed; then nothing may be planned.
pub async fn settle(outbox: &Outbox<'_>, client: &RepoClient) -> Result<usize, PublishError> {
    let unfinished = outbox.unfinished().await?;
    for (id, head, operation) in &unfinished {
        // Only the holder of the job may finish a check that was interrupted.
        begin_one(outbox, client, head, id, operation).await?;
        match look_for(client, operation).await.map_err(PublishError::Unclear)? {
            Some(found) => {
                finish(outbox, client, id, operation, found).await?;
            }
            None => outbox.abandon(id).await?,
        }
    }
    Ok(unfinished.len())
}
