//! Checks that this process wrote a moment ago. GitHub's readers may be some seconds behind its writers: what they say of
//! our own checks then is not the present, and a plan that takes it for the present writes nothing where it has to.

use crate::model::{CommitId, RepositoryId, Timestamp};
use crate::plan::{CheckRun, PublishedCheck, doubt};
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// So long readers may be behind, as [`crate::publish`] has it for a write whose answer was lost.
const BEHIND: Duration = Duration::from_secs(10);
/// So many are remembered.
const MAX_CHECKS: usize = 1_000;

struct Written {
    repository: RepositoryId,
    head: CommitId,
    at: Timestamp,
    check: PublishedCheck,
}

/// The newest of each name on each head.
#[derive(Default)]
pub(super) struct OwnChecks(Mutex<VecDeque<Written>>);

impl OwnChecks {
    /// Takes note of a check that GitHub has taken, as the run `id`, with so many annotations in this write.
    pub(super) fn note(&self, repository: RepositoryId, check: &CheckRun, id: u64, annotations: usize, at: Timestamp) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_same =
            |it: &Written| it.repository == repository && it.head == check.head && it.check.name == check.name;
        let before = all.iter().position(is_same).and_then(|at| all.remove(at));
        // GitHub adds annotations to those that are there.
        let had = before.filter(|it| it.check.id == id).map_or(0, |it| it.check.annotations);
        let written = PublishedCheck { annotations: had + annotations, ..PublishedCheck::written(id, check) };
        if all.len() >= MAX_CHECKS {
            all.pop_front();
        }
        all.push_back(Written { repository, head: check.head.clone(), at, check: written });
    }

    /// Corrects what was read of the checks on a head. What differs from the last write is doubted, so that it is written again
    /// whatever it is: another server may have written since.
    pub(super) fn settle(
        &self,
        repository: RepositoryId,
        head: &CommitId,
        now: Timestamp,
        read: &mut Vec<PublishedCheck>,
    ) {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_recent = |it: &&Written| it.repository == repository && it.head == *head && now.since(it.at) < BEHIND;
        for own in all.iter().filter(is_recent).map(|it| &it.check) {
            match read.iter_mut().find(|it| it.name == own.name) {
                None => read.push(doubt(own)),
                Some(newer) if newer.id > own.id => {}
                Some(same) if same.id == own.id && same.external_id == own.external_id => {}
                Some(older) => *older = doubt(own),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Conclusion;
    use crate::plan::CheckStatus;

    const REPOSITORY: RepositoryId = RepositoryId(7);

    fn head() -> CommitId {
        CommitId::new(&"a".repeat(40)).expect("a commit")
    }

    fn check(words: &str, conclusion: Conclusion) -> CheckRun {
        CheckRun {
            name: "deckhand".to_owned(),
            head: head(),
            external_id: format!("deckhand:v1:m:{words}:run.0:3"),
            details_url: None,
            status: CheckStatus::Completed { conclusion, completed_at: Timestamp(0) },
            awaited_until: None,
            started_at: Timestamp(0),
            title: String::new(),
            summary: String::new(),
            text: String::new(),
            annotations: Vec::new(),
            actions: Vec::new(),
        }
    }

    fn read(id: u64, words: &str, conclusion: Conclusion) -> PublishedCheck {
        let external_id = format!("deckhand:v1:m:{words}:run.0:3");
        PublishedCheck { id, name: "deckhand".to_owned(), external_id, conclusion: Some(conclusion), annotations: 2 }
    }

    #[test]
    fn what_readers_do_not_show_yet_is_doubted() {
        let own = OwnChecks::default();
        own.note(REPOSITORY, &check("old", Conclusion::Failure), 5, 2, Timestamp(0));
        own.note(REPOSITORY, &check("new", Conclusion::Success), 5, 0, Timestamp(1_000));
        let doubted = read(5, "?", Conclusion::Success);
        for (now, seen, expected) in [
            (2_000, vec![read(5, "new", Conclusion::Success)], read(5, "new", Conclusion::Success)),
            (2_000, vec![read(5, "old", Conclusion::Failure)], doubted.clone()),
            (2_000, vec![], doubted.clone()),
            (2_000, vec![read(4, "older", Conclusion::Failure)], doubted),
            // Somebody else wrote a newer one, or all readers know by now.
            (2_000, vec![read(6, "other", Conclusion::Failure)], read(6, "other", Conclusion::Failure)),
            (20_000, vec![read(5, "old", Conclusion::Failure)], read(5, "old", Conclusion::Failure)),
        ] {
            let mut checks = seen.clone();
            own.settle(REPOSITORY, &head(), Timestamp(now), &mut checks);
            assert_eq!(checks, [expected], "{seen:?}");
        }
        let mut elsewhere = Vec::new();
        own.settle(RepositoryId(8), &head(), Timestamp(2_000), &mut elsewhere);
        assert_eq!(elsewhere, []);
    }
}
