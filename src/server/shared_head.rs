//! Pull requests with one head share its check: who they are, and who is judged again because of one of them.

use super::known::Known;
use super::opening::Before;
use super::reviews::Reviews;
use super::work::JobError;
use crate::github::Overview;
use crate::model::{CommitId, PullNumber, Settings, Verdict};
use crate::plan::{Sibling, Spot, check_name, has_rule_statuses};
use crate::store::Job;
use crate::webhook::{Cause, JobSpec, Work};
use std::collections::BTreeSet;
use std::time::Duration;

/// A pull request that was opened a moment ago is judged for its own event; only when that was lost is it looked for.
const PATIENCE: Duration = Duration::from_secs(30);

/// The other pull requests whose judgement and this one's depend on each other.
pub(super) struct Neighbours {
    /// What the store knows: this pull request's last judgement, and those of others at its old and new head.
    judgements: Vec<Known>,
    number: PullNumber,
    head: CommitId,
    base: String,
}

impl Neighbours {
    pub(super) async fn load(reviews: &Reviews, job: &Job, overview: &Overview) -> Result<Neighbours, JobError> {
        let pull = &overview.pull;
        let judgements = reviews.store().find_judgements(job.spec.repository, pull.number, &pull.head.sha).await?;
        Ok(Neighbours {
            judgements: judgements.into_iter().map(Known::from).collect(),
            number: pull.number,
            head: pull.head.sha.clone(),
            base: pull.base.name.clone(),
        })
    }

    /// Those that share the check of this name.
    pub(super) fn siblings(&self, overview: &Overview, settings: &Settings, name: &str) -> Vec<Sibling> {
        let same_check = |base: &str| check_name(settings, base, &overview.default_branch) == name;
        let here = || self.others().filter(|it| it.head == self.head);
        let listed = overview.sharing.iter().filter(|pull| same_check(&pull.base)).map(|pull| {
            let judgement = here().find(|it| it.number == pull.number && it.base == pull.base);
            Sibling { number: pull.number, verdict: judgement.and_then(|it| it.verdict.clone()) }
        });
        let listed: Vec<Sibling> = listed.collect();
        let is_listed = |number| overview.sharing.iter().any(|pull| pull.number == number);
        // Whose closing nobody told is known to be closed all the same.
        let is_closed = |number| overview.closed_here.contains(&number);
        let only_stored = here().filter(|it| same_check(&it.base) && !is_listed(it.number) && !is_closed(it.number));
        let only_stored: Vec<Sibling> = only_stored
            .filter(|it| it.verdict.is_some())
            .map(|it| Sibling { number: it.number, verdict: it.verdict.clone() })
            .collect();
        listed.into_iter().chain(only_stored).collect()
    }

    /// The others whose judgement at this head was said by a check of this name.
    pub(super) fn judged_as(&self, overview: &Overview, name: &str) -> Vec<Sibling> {
        let here = self.others().filter(|it| it.head == self.head);
        here.filter_map(|it| {
            let verdict = it.verdict.as_ref()?;
            let named_so = check_name(&verdict.settings, &it.base, &overview.default_branch) == name;
            named_so.then(|| Sibling { number: it.number, verdict: Some(verdict.clone()) })
        })
        .collect()
    }

    /// The name that the check had when this pull request was judged at this head and base the last time.
    pub(super) fn former_name(&self, overview: &Overview) -> Option<String> {
        let settings = self.own_settings()?;
        Some(check_name(settings, &self.base, &overview.default_branch))
    }

    /// Other branches for which pull requests with this head were or will be judged, this one too.
    pub(super) fn other_bases<'a>(&'a self, overview: &'a Overview) -> BTreeSet<&'a str> {
        let listed = overview.sharing.iter().map(|pull| pull.base.as_str());
        let stored = self.judgements.iter().map(|it| it.base.as_str());
        listed.chain(stored).filter(|base| *base != self.base).collect()
    }

    /// How the rules called their check when these pull requests were judged, for a base that has no name of its own.
    pub(super) fn plain_names(&self) -> BTreeSet<String> {
        let verdicts = self.judgements.iter().filter_map(|it| it.verdict.as_ref());
        verdicts.map(|verdict| verdict.settings.check_name.clone()).collect()
    }

    /// Whether the last judgement at this head and base says this too, but for how long it took.
    pub(super) fn says(&self, verdict: &Verdict) -> bool {
        self.present().is_some_and(|said| untimed(said.clone()) == untimed(verdict.clone()))
    }

    /// What was said of the pull request at its present head and base; `None` when it was not judged there yet.
    pub(super) fn present(&self) -> Option<&Verdict> {
        self.own_here()?.verdict.as_ref()
    }

    /// The settings that the rules had for this pull request at its present head and base.
    pub(super) fn own_settings(&self) -> Option<&Settings> {
        Some(&self.present()?.settings)
    }

    /// What was said on this head before this pull request is judged there for this base.
    pub(super) fn before(&self, overview: &Overview) -> Before {
        let name = |settings: &Settings| check_name(settings, &self.base, &overview.default_branch);
        let here = || self.judgements.iter().filter(|it| it.head == self.head);
        // All of them are judged by the default branch's rules.
        let said = here().find_map(|it| it.verdict.clone());
        Before {
            check_name: said.as_ref().map(|said| name(&said.settings)),
            elsewhere: self.own().filter(|own| own.head != self.head).and_then(|own| own.verdict.clone()),
            said,
            unjudged: self.own_here().is_none(),
            other_place: self.own().is_some_and(|own| own.base != self.base || own.head != self.head),
        }
    }

    /// Whoever shared the head that was left, or the check that has another name now: they are judged again. Nobody can
    /// tell who they are any more once the new judgement is saved.
    pub(super) fn left_behind(&self, job: &Job) -> Vec<JobSpec> {
        let moved = |own: &&Known| own.head != self.head || own.base != self.base;
        let left = self.own().filter(moved).map(|own| self.others().filter(|it| it.head == own.head));
        left.into_iter().flatten().map(|it| review_of(job, it.number)).collect()
    }

    /// After a review: who was not judged at this head yet is, after a while.
    pub(super) async fn follow_up(&self, reviews: &Reviews, job: &Job, siblings: &[Sibling]) -> Result<(), JobError> {
        if siblings.iter().any(|sibling| sibling.verdict.is_none()) {
            let work = Work::ReviewCommit { head: self.head.clone(), cause: Cause::SharedHead };
            let (spec, now) = (JobSpec { work, ..job.spec.clone() }, reviews.now());
            reviews.store().enqueue_later(&spec, now.after(PATIENCE), now).await?;
        }
        Ok(())
    }

    /// After the writes: who shares the check may have been judged meanwhile, and each of the two has written what it knew
    /// of the other. Whoever writes last sees here what the other one saved before, and says it anew.
    pub(super) async fn catch_up(
        &self,
        reviews: &Reviews,
        job: &Job,
        (known, now): (&[Sibling], Vec<Sibling>),
    ) -> Result<(), JobError> {
        if timeless(known.to_vec()) != timeless(now) {
            reviews.store().enqueue(&review_of(job, self.number), reviews.now()).await?;
        }
        Ok(())
    }

    /// The pull request is not judged any more (it is closed, or the dangerfile is gone): others are judged without it.
    pub(super) async fn leave(&self, reviews: &Reviews, job: &Job) -> Result<(), JobError> {
        if !self.judgements.is_empty() {
            let others: Vec<JobSpec> = self.others().map(|it| review_of(job, it.number)).collect();
            reviews.store().forget_judgement(job.spec.repository, self.number, &others, reviews.now()).await?;
        }
        Ok(())
    }

    /// Whether rules had statuses when this pull request was judged at this head the last time.
    pub(super) fn had_rule_statuses(&self) -> bool {
        let last = self.own().filter(|own| own.head == self.head);
        last.and_then(|own| own.verdict.as_ref()).is_some_and(has_rule_statuses)
    }

    /// Lines on which GitHub took no comment when this pull request was judged at this head.
    pub(super) fn refused(&self) -> Vec<Spot> {
        self.own().filter(|own| own.head == self.head).map_or_else(Vec::new, |own| own.refused.clone())
    }

    fn own_here(&self) -> Option<&Known> {
        self.own().filter(|own| own.head == self.head && own.base == self.base)
    }

    fn own(&self) -> Option<&Known> {
        self.judgements.iter().find(|it| it.number == self.number)
    }

    fn others(&self) -> impl Iterator<Item = &Known> {
        self.judgements.iter().filter(|it| it.number != self.number)
    }
}

/// What they say, without how long it took.
fn timeless(mut siblings: Vec<Sibling>) -> Vec<Sibling> {
    for sibling in &mut siblings {
        sibling.verdict = sibling.verdict.take().map(untimed);
    }
    siblings
}

fn untimed(mut verdict: Verdict) -> Verdict {
    verdict.rules.iter_mut().for_each(|rule| rule.millis = 0);
    verdict
}

fn review_of(job: &Job, number: PullNumber) -> JobSpec {
    JobSpec { work: Work::ReviewPull { number, cause: Cause::SharedHead, changed_at: None }, ..job.spec.clone() }
}
