//! A branch moved: which open pull requests that concerns.

use super::failed_call::after_call;
use super::reviews::Reviews;
use super::work::{JobError, JobOutcome};
use crate::github::RepoClient;
use crate::model::PullNumber;
use crate::store::{COMMIT_LETTERS, Job, Judged};
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
        self.enqueue_apart(open.filter(|it| readers.contains(&it.key())), 0).await
    }

    /// New commits: those that a pull request holds as well move its merge base, and its rules may have required a script
    /// that they touch. Whoever was not judged yet has an event of its own, and one that is judged for the first time just
    /// now, from what was there before, is judged once more.
    pub(super) async fn heed_push(&self, job: &Job, branch: &str, pushed: &Pushed) -> Result<JobOutcome, JobError> {
        let repository = job.spec.repository;
        // Before the judgements: one that is done meanwhile is among those.
        let in_work = self.store().find_in_work(&format!("{repository}/pull/")).await?;
        let judged = self.store().find_judged(repository).await?;
        let came = Came::new(branch, pushed);
        // Which base it has that is judged for the first time is not known yet.
        let rules = came.rules() || judged.values().any(|it| came.is_base_of(it));
        let first = in_work.into_iter().filter(|spec| match spec.work {
            Work::ReviewPull { number, .. } => rules && !judged.contains_key(&number),
            _ => false,
        });
        let by_rules = judged.iter().filter(|(_, judged)| came.changes_rules_of(judged));
        // Whose rules changed is judged as if the dangerfile had; the newest first, of which people wait for most.
        let at_once: Vec<JobSpec> = first.chain(by_rules.rev().map(|(number, _)| review(job, *number))).collect();
        self.store().enqueue_all(&at_once, self.now()).await?;
        let moved =
            judged.iter().rev().filter(|(_, judged)| came.moves_base_of(judged) && !came.changes_rules_of(judged));
        self.enqueue_apart(moved.map(|(number, _)| review(job, *number)), at_once.len()).await
    }

    /// A branch that moves every minute has each of them judged once in a while, and not each minute. `before`: how many
    /// others were enqueued already.
    async fn enqueue_apart(
        &self,
        reviews: impl Iterator<Item = JobSpec> + Send,
        before: usize,
    ) -> Result<JobOutcome, JobError> {
        let (mut found, now) = (0, self.now());
        for spec in reviews {
            let run_after = now.after(APART * u32::saturating_sub(found, AT_ONCE));
            self.store().enqueue_later(&spec, run_after, now).await?;
            found += 1;
        }
        Ok(JobOutcome { summary: format!("{} pull requests to review", before + found as usize) })
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

    /// Whether rules lie on this branch, and may have changed.
    fn rules(&self) -> bool {
        self.pushed.cut || !self.pushed.scripts.is_empty()
    }

    /// Whether it is the branch that a judged pull request would go into.
    fn is_base_of(&self, judged: &Judged) -> bool {
        judged.grounds.as_ref().is_some_and(|grounds| grounds.base == self.branch)
    }

    /// Whether a script is among it that its rules required.
    fn changes_rules_of(&self, judged: &Judged) -> bool {
        if judged.ruleset.is_empty() || !self.rules() {
            return false;
        }
        // Of a judgement by an older version nobody knows what it stands on.
        let Some(grounds) = &judged.grounds else { return true };
        let is_pushed = |path| self.pushed.cut || self.pushed.scripts.contains(path);
        grounds.scripts.iter().any(|script| is_pushed(&script.path))
    }

    /// Whether a commit of the pull request's own is among it.
    fn moves_base_of(&self, judged: &Judged) -> bool {
        if judged.ruleset.is_empty() || !self.is_base_of(judged) {
            return false;
        }
        let commits = judged.grounds.as_ref().and_then(|grounds| grounds.commits.as_ref());
        match commits {
            Some(its) if !self.pushed.cut => its.iter().any(|id| self.commits.contains(id.as_str())),
            // Of too many nobody knows which they are.
            Some(_) => true,
            None => self.pushed.cut || !self.commits.is_empty(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CommitId, RepoPath};
    use crate::store::{Grounds, RequiredScript};

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

    fn push(commit: &str, script: &str) -> Pushed {
        Pushed { commits: [commit.repeat(40)].into(), scripts: [RepoPath::new(script)].into(), cut: false }
    }

    fn old() -> Judged {
        Judged { grounds: None, ..judged() }
    }

    fn unruled() -> Judged {
        Judged { ruleset: String::new(), ..judged() }
    }

    #[test]
    fn f46_a_push_gives_another_merge_base_to_whom_it_holds_a_commit_of() {
        let moves = |branch: &str, pushed: &Pushed, judged: &Judged| Came::new(branch, pushed).moves_base_of(judged);
        let own = push("b", "x.lua");
        assert!(moves("main", &own, &judged()), "its commit is in the base now");
        assert!(!moves("next", &own, &judged()), "another base");
        assert!(!moves("main", &push("a", "rules/a.lua"), &judged()), "somebody else's commit");
        assert!(!moves("main", &own, &unruled()), "nobody judges it");
        assert!(!moves("main", &own, &old()), "nobody knows its base");
        let cut = Pushed { cut: true, ..Pushed::default() };
        assert!(moves("main", &cut, &judged()) && !moves("next", &cut, &judged()));
        let mut many = judged();
        many.grounds.as_mut().expect("it has some").commits = None;
        assert!(moves("main", &push("a", "x.lua"), &many) && !moves("next", &push("a", "x.lua"), &many));
    }

    #[test]
    fn f46_a_push_of_a_script_concerns_whose_rules_required_it() {
        // Scripts are listed only of the branch on which rules lie.
        let changes = |pushed: &Pushed, judged: &Judged| Came::new("trunk", pushed).changes_rules_of(judged);
        assert!(changes(&push("a", "rules/a.lua"), &judged()));
        assert!(!changes(&push("b", "x.lua"), &judged()), "a script of nobody");
        assert!(!changes(&push("b", "rules/a.lua"), &unruled()), "nobody judges it");
        let elsewhere = Pushed { commits: ["b".repeat(40)].into(), ..Pushed::default() };
        assert!(changes(&push("a", "x.lua"), &old()), "nobody knows what it stands on");
        assert!(!changes(&elsewhere, &judged()) && !changes(&elsewhere, &old()), "no rules lie there");
        let cut = Pushed { cut: true, ..Pushed::default() };
        assert!(changes(&cut, &judged()) && changes(&cut, &old()));
        let mut without = judged();
        without.grounds.as_mut().expect("it has some").scripts.clear();
        assert!(!changes(&cut, &without));
    }
}
