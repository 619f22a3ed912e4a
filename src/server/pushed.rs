//! A branch moved: which open pull requests that concerns.

use super::failed_call::after_call;
use super::reviews::Reviews;
use super::work::{JobError, JobOutcome};
use crate::github::RepoClient;
use crate::model::PullNumber;
use crate::store::{COMMIT_LETTERS, Grounds, Job, Judged};
use crate::webhook::{BaseFact, Cause, JobSpec, Pushed, Work};
use std::collections::BTreeSet;
use std::time::Duration;

/// Of the pull requests that a push concerns, so many are judged at once, and the others one after the other.
const AT_ONCE: u32 = 4;
const APART: Duration = Duration::from_secs(5);

impl Reviews {
    /// GitHub is asked only where rules read what moved with the base.
    pub(super) async fn heed_base(
        &self,
        job: &Job,
        client: &RepoClient,
        branch: &str,
        of: BaseFact,
    ) -> Result<JobOutcome, JobError> {
        let readers = self.store().find_readers_of_base(&format!("{}/pull/", job.spec.repository), of).await?;
        if readers.is_empty() {
            return Ok(JobOutcome { summary: "no rule here reads what moved with the base".to_owned() });
        }
        let pulls = client.list_open_pulls(Some(branch)).await.map_err(after_call)?;
        let open = pulls.into_iter().map(|pull| review(job, pull.number));
        self.enqueue_apart(open.filter(|it| readers.contains(&it.key()))).await
    }

    /// New commits: those that a pull request holds as well move its merge base, and its rules may have required a script
    /// that they touch. Whoever was not judged yet has an event of its own.
    pub(super) async fn heed_push(&self, job: &Job, branch: &str, pushed: &Pushed) -> Result<JobOutcome, JobError> {
        let judged = self.store().find_judged(job.spec.repository).await?;
        let came = Came::new(branch, pushed);
        let concerned = judged.into_iter().filter(|(_, judged)| came.concerns(judged));
        self.enqueue_apart(concerned.map(|(number, _)| review(job, number))).await
    }

    /// A branch that moves every minute has each of them judged once in a while, and not each minute.
    async fn enqueue_apart(&self, reviews: impl Iterator<Item = JobSpec> + Send) -> Result<JobOutcome, JobError> {
        let (mut found, now) = (0, self.now());
        for spec in reviews {
            let run_after = now.after(APART * u32::saturating_sub(found, AT_ONCE));
            self.store().enqueue_later(&spec, run_after, now).await?;
            found += 1;
        }
        Ok(JobOutcome { summary: format!("{found} pull requests to review") })
    }
}

fn review(job: &Job, number: PullNumber) -> JobSpec {
    JobSpec { work: Work::ReviewPull { number, cause: Cause::Push, changed_at: None }, ..job.spec.clone() }
}

/// What came to a branch, to be compared with what judgements stand on.
struct Came<'a> {
    branch: &'a str,
    commits: BTreeSet<&'a str>,
    pushed: &'a Pushed,
}

impl<'a> Came<'a> {
    fn new(branch: &'a str, pushed: &'a Pushed) -> Came<'a> {
        let commits = pushed.commits.iter().map(|id| id.get(..COMMIT_LETTERS).unwrap_or(id)).collect();
        Came { branch, commits, pushed }
    }

    fn concerns(&self, judged: &Judged) -> bool {
        if judged.ruleset.is_empty() {
            return false;
        }
        let Some(grounds) = judged.grounds.as_ref().filter(|_| !self.pushed.cut) else { return true };
        self.holds_some(grounds) || grounds.scripts.iter().any(|script| self.pushed.scripts.contains(&script.path))
    }

    fn holds_some(&self, grounds: &Grounds) -> bool {
        if grounds.base != self.branch || self.commits.is_empty() {
            return false;
        }
        // Of too many commits nobody knows which they are.
        grounds.commits.as_ref().is_none_or(|its| its.iter().any(|id| self.commits.contains(id.as_str())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CommitId, RepoPath};
    use crate::store::RequiredScript;

    fn judged() -> Judged {
        let head = CommitId::new(&"c".repeat(40)).expect("a commit");
        let script = RequiredScript { layer: 0, path: RepoPath::new("rules/a.lua"), digest: "d".to_owned() };
        let grounds = Grounds {
            head: head.clone(),
            base: "main".to_owned(),
            commits: Some(vec!["b".repeat(COMMIT_LETTERS), "c".repeat(COMMIT_LETTERS)]),
            scripts: vec![script],
        };
        Judged { head, facts: String::new(), ruleset: "rules".to_owned(), grounds: Some(grounds) }
    }

    #[test]
    fn f46_a_push_concerns_whom_it_gives_another_merge_base_or_other_rules() {
        let concerns = |branch: &str, commit: &str, script: &str, judged: &Judged| {
            let pushed =
                Pushed { commits: [commit.repeat(40)].into(), scripts: [RepoPath::new(script)].into(), cut: false };
            Came::new(branch, &pushed).concerns(judged)
        };
        assert!(concerns("main", "b", "x.lua", &judged()), "its commit is in the base now");
        assert!(!concerns("next", "b", "x.lua", &judged()), "another base");
        assert!(!concerns("main", "a", "x.lua", &judged()), "somebody else's commit, and a script of nobody");
        assert!(concerns("next", "a", "rules/a.lua", &judged()));
        let without = Judged { ruleset: String::new(), ..judged() };
        assert!(!concerns("main", "b", "rules/a.lua", &without), "nobody judges it");
        let older = Judged { grounds: None, ..judged() };
        assert!(concerns("next", "a", "x.lua", &older), "nobody knows what it stands on");
        let cut = Pushed { cut: true, ..Pushed::default() };
        assert!(Came::new("next", &cut).concerns(&judged()));
        let mut many = judged();
        many.grounds.as_mut().expect("it has some").commits = None;
        assert!(concerns("main", "a", "x.lua", &many) && !concerns("next", "a", "x.lua", &many));
    }
}
