//! Workflows that end, and what they keep.

use crate::sim::json;
use crate::sim::state::{Artifact, State};
use std::sync::Arc;

impl State {
    /// A workflow that ran for this head ends and keeps these archives, by name. Answers the id of the run.
    pub(in crate::sim) fn finish_workflow(
        &mut self,
        index: usize,
        head: &str,
        actor: &str,
        artifacts: &[(&str, Vec<u8>)],
    ) -> u64 {
        let (run, created_at) = (self.fresh_id(), self.now());
        for (name, archive) in artifacts {
            let id = self.fresh_id();
            self.repos[index].artifacts.push(Artifact {
                id,
                run,
                name: (*name).to_owned(),
                head_sha: head.to_owned(),
                archive: Arc::new(archive.clone()),
                expired: false,
                created_at: created_at.clone(),
                readable_until: 0,
            });
        }
        let body = json::workflow_run_event(self, &self.repos[index], run, head, actor);
        self.tell(index, "workflow_run", actor, body);
        run
    }

    /// An artifact by an address that was given out for it; nothing once its minute is over.
    pub(in crate::sim) fn read_artifact(&self, id: u64) -> Option<Arc<Vec<u8>>> {
        let artifact = self.repos.iter().flat_map(|repo| &repo.artifacts).find(|it| it.id == id)?;
        (self.clock().now() <= artifact.readable_until).then(|| artifact.archive.clone())
    }
}
