//! What can be done to a store.

use super::things::{
    CHORES, GUIDS, RULESETS, commit, installation, number, repository, seconds, some_facts, spec, work,
};
use deckhand::model::{CommitId, FactKey, InstallationId, PullNumber, RepositoryId};
use deckhand::store::ReportKind;
use deckhand::webhook::JobSpec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::collections::BTreeSet;

/// A job that was claimed; mostly one of the last, whose lease may hold.
pub(super) type Which = Index;

/// With which lease an operation is begun.
#[derive(Clone, Copy, Debug)]
pub(super) enum Proof {
    Own,
    /// That of whoever claimed something last.
    Last,
    Nothing,
}

#[derive(Clone, Debug)]
pub(super) enum Step {
    Accept {
        guid: &'static str,
        body: &'static str,
        work: Option<Vec<JobSpec>>,
        claims: bool,
    },
    FinishDelivery {
        work: Vec<JobSpec>,
    },
    Reread {
        version: &'static str,
    },
    Enqueue(JobSpec),
    EnqueueAll(Vec<JobSpec>),
    EnqueueLater(JobSpec, u64),
    Claim,
    Renew(Which),
    Finish(Which),
    Retry(Which, u64),
    Wait(Which, u64),
    GiveBack(Which),
    Park(Which),
    ParkJobs(InstallationId),
    WakeJobs(InstallationId),
    DropJobs {
        of: InstallationId,
        except: BTreeSet<RepositoryId>,
        ago: u64,
    },
    ByHand {
        id: u64,
        retry: bool,
    },
    TakeJob(RepositoryId, PullNumber),
    PutBack(Which),
    Begin {
        by: Which,
        operations: Vec<(u8, Proof)>,
        run: Option<(u8, Vec<JobSpec>)>,
    },
    Complete(Which),
    Abandon(Which),
    NoteCheck {
        id: u64,
        by: (RepositoryId, PullNumber),
        open: Option<(bool, u64)>,
    },
    AwaitCheck(u64, u64),
    SaveRun(u8, Vec<JobSpec>),
    ForgetJudgement(RepositoryId, PullNumber, Vec<JobSpec>),
    NoteRefused(RepositoryId, PullNumber, CommitId),
    NoteJudged(RepositoryId, PullNumber, CommitId),
    NoteJudgedBeside(RepositoryId, PullNumber, CommitId),
    FindJudged(RepositoryId),
    KnowPulls(InstallationId, RepositoryId),
    SaveReport {
        of: (RepositoryId, CommitId),
        kind: ReportKind,
        flag: Option<&'static str>,
        bytes: u8,
        wakes: Vec<JobSpec>,
    },
    NoteTestMerge(RepositoryId, CommitId, CommitId),
    SaveOverride(RepositoryId, PullNumber, u64),
    MarkHeeded(RepositoryId, u64),
    CountHeeded(RepositoryId),
    AllowPreview(RepositoryId, PullNumber, CommitId),
    NoteGroup(RepositoryId, CommitId, &'static str),
    RememberReads(RepositoryId, Option<PullNumber>, &'static str, BTreeSet<FactKey>),
    RememberWaits(RepositoryId, PullNumber, CommitId, BTreeSet<FactKey>),
    TakeTurn(&'static str, bool),
    EndTurn(&'static str),
    NoteFailed {
        guid: &'static str,
        delivery: u64,
        arrived: Option<&'static str>,
    },
    NoteAsked(&'static str),
    NoteInstallation(InstallationId, bool),
    ForgetOld {
        days: u64,
        runs: u64,
    },
    Advance(u64),
    GoBack(u64),
    Crash,
    Close,
}

/// Steps, and whether each shares its transaction with another change.
pub(super) fn steps(most: usize) -> impl Strategy<Value = Vec<(Step, bool)>> {
    let step = prop_oneof![
        8 => coming_in(),
        12 => in_hand(),
        4 => by_others(),
        4 => writing(),
        5 => noting(),
        3 => time(),
    ];
    prop::collection::vec((step, prop::bool::weighted(0.8)), 1..=most)
}

fn coming_in() -> impl Strategy<Value = Step> {
    let accept = (select(&GUIDS[..]), select(vec!["{}", "{}", "{}", "{ }"]), prop::option::of(work(2)), any::<bool>());
    prop_oneof![
        4 => accept.prop_map(|(guid, body, work, claims)| Step::Accept { guid, body, work, claims }),
        1 => work(2).prop_map(|work| Step::FinishDelivery { work }),
        1 => select(vec!["99.0.0", env!("CARGO_PKG_VERSION")]).prop_map(|version| Step::Reread { version }),
        3 => spec().prop_map(Step::Enqueue),
        3 => work(4).prop_map(Step::EnqueueAll),
        2 => (spec(), seconds()).prop_map(|(spec, later)| Step::EnqueueLater(spec, later)),
    ]
}

fn in_hand() -> impl Strategy<Value = Step> {
    let which = any::<Index>;
    prop_oneof![
        8 => Just(Step::Claim),
        1 => which().prop_map(Step::Renew),
        3 => which().prop_map(Step::Finish),
        2 => (which(), seconds()).prop_map(|(which, later)| Step::Retry(which, later)),
        1 => (which(), seconds()).prop_map(|(which, later)| Step::Wait(which, later)),
        1 => which().prop_map(Step::GiveBack),
        1 => which().prop_map(Step::Park),
    ]
}

fn by_others() -> impl Strategy<Value = Step> {
    let except = || prop::collection::btree_set(repository(), 0..3);
    let drop = (installation(), except(), select(vec![0u64, 0, 60]));
    prop_oneof![
        1 => installation().prop_map(Step::ParkJobs),
        1 => installation().prop_map(Step::WakeJobs),
        1 => drop.prop_map(|(of, except, ago)| Step::DropJobs { of, except, ago }),
        2 => (1u64..8, any::<bool>()).prop_map(|(id, retry)| Step::ByHand { id, retry }),
        3 => (repository(), number()).prop_map(|(repository, number)| Step::TakeJob(repository, number)),
        2 => any::<Index>().prop_map(Step::PutBack),
    ]
}

fn writing() -> impl Strategy<Value = Step> {
    let proof = select(vec![Proof::Own, Proof::Own, Proof::Own, Proof::Last, Proof::Nothing]);
    let operations = prop::collection::vec((0u8..3, proof), 0..4);
    let run = prop::option::weighted(0.3, (0u8..8, work(1)));
    prop_oneof![
        4 => (any::<Index>(), operations, run).prop_map(|(by, operations, run)| Step::Begin { by, operations, run }),
        3 => any::<Index>().prop_map(Step::Complete),
        1 => any::<Index>().prop_map(Step::Abandon),
    ]
}

fn noting() -> impl Strategy<Value = Step> {
    let pull = || (repository(), number());
    let open = prop::option::weighted(0.8, (any::<bool>(), seconds()));
    let kind = select(vec![ReportKind::Coverage, ReportKind::Lint]);
    let report = (repository(), commit(), kind, select(vec![None, Some("unit"), Some("ui")]), 0u8..3, work(1));
    let reads = (repository(), prop::option::weighted(0.8, number()), select(&RULESETS[..]), some_facts());
    let failed = (select(&GUIDS[..]), 1u64..9, prop::option::weighted(0.2, select(&GUIDS[..])));
    prop_oneof![
        2 => (1u64..4, pull(), open).prop_map(|(id, by, open)| Step::NoteCheck { id, by, open }),
        1 => (1u64..4, seconds()).prop_map(|(id, later)| Step::AwaitCheck(id, later)),
        3 => (0u8..8, work(1)).prop_map(|(run, wakes)| Step::SaveRun(run, wakes)),
        1 => (repository(), number(), work(1)).prop_map(|(of, number, wakes)| Step::ForgetJudgement(of, number, wakes)),
        1 => (repository(), number(), commit()).prop_map(|(of, number, head)| Step::NoteRefused(of, number, head)),
        1 => (repository(), number(), commit()).prop_map(|(of, number, head)| Step::NoteJudged(of, number, head)),
        1 => (repository(), number(), commit()).prop_map(|(of, number, head)| Step::NoteJudgedBeside(of, number, head)),
        1 => repository().prop_map(Step::FindJudged),
        1 => (installation(), repository()).prop_map(|(by, of)| Step::KnowPulls(by, of)),
        4 => report.prop_map(|(of, commit, kind, flag, bytes, wakes)| Step::SaveReport {
            of: (of, commit), kind, flag, bytes, wakes
        }),
        1 => (repository(), commit(), commit()).prop_map(|(of, commit, head)| Step::NoteTestMerge(of, commit, head)),
        1 => (repository(), number(), 1u64..3).prop_map(|(of, number, comment)| Step::SaveOverride(of, number, comment)),
        1 => (repository(), 1u64..3).prop_map(|(of, comment)| Step::MarkHeeded(of, comment)),
        1 => repository().prop_map(Step::CountHeeded),
        1 => (repository(), number(), commit()).prop_map(|(of, number, head)| Step::AllowPreview(of, number, head)),
        1 => (repository(), commit(), select(vec!["main", "next"])).prop_map(|(of, head, base)| Step::NoteGroup(of, head, base)),
        2 => reads.prop_map(|(of, number, ruleset, facts)| Step::RememberReads(of, number, ruleset, facts)),
        1 => (repository(), number(), commit(), some_facts())
            .prop_map(|(of, number, head, facts)| Step::RememberWaits(of, number, head, facts)),
        1 => (select(&CHORES[..]), any::<bool>()).prop_map(|(name, anyway)| Step::TakeTurn(name, anyway)),
        1 => select(&CHORES[..]).prop_map(Step::EndTurn),
        1 => failed.prop_map(|(guid, delivery, arrived)| Step::NoteFailed { guid, delivery, arrived }),
        1 => select(&GUIDS[..]).prop_map(Step::NoteAsked),
        1 => (installation(), any::<bool>()).prop_map(|(of, gone)| Step::NoteInstallation(of, gone)),
    ]
}

fn time() -> impl Strategy<Value = Step> {
    let day = 24 * 3600;
    prop_oneof![
        8 => select(vec![1u64, 30, 60, 61, 300]).prop_map(Step::Advance),
        1 => select(vec![day, 5 * day, 8 * day, 31 * day]).prop_map(Step::Advance),
        1 => Just(Step::GoBack(600)),
        2 => (select(vec![1u64, 7, 30]), 0u64..4).prop_map(|(days, runs)| Step::ForgetOld { days, runs }),
        2 => Just(Step::Crash),
        1 => Just(Step::Close),
    ]
}
