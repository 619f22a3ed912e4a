//! What can happen.

use crate::sim_bench::bad_gateway;
use deckhand::sim::{Fault, FaultEffect};
use proptest::prelude::*;
use proptest::sample::select;

/// One thing that happens. Pull requests and files are named by their place.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// Opened, or opened again.
    Open(usize),
    Close(usize),
    /// A file gets these prints, each where its number leads it, and no others.
    Write(usize, usize, Vec<usize>),
    /// The branch goes back to the commit before.
    Back(usize),
    /// The branch of the one goes where that of the other is: they have one head.
    Meet(usize, usize),
    Title(usize, bool),
    Draft(usize, bool),
    Label(usize, bool),
    /// To `next`, or to `main`.
    Retarget(usize, bool),
    /// The rules become others.
    Rules(usize),
    /// The base moves on.
    Move,
    /// Somebody asks for the check again: with a comment, or with GitHub's button.
    Rerun(usize, bool),
    /// Somebody with the right to it lets the title pass.
    Override(usize),
    /// Into the queue to be merged, or out of it.
    Queue(usize, bool),
    /// A person resolves the conversation about a print, or answers there.
    Resolve(usize, usize),
    Answer(usize, usize),
    /// The app loses a permission, or has it again.
    Withdraw(usize),
    Grant(usize),
    Fault(&'static str, &'static str, Wrong, u32),
    /// Deliveries are made, and arrive.
    Deliver {
        made: bool,
        arrive: bool,
    },
    Suspend(bool),
    /// The hour's requests are spent.
    Spend,
    Wait(u64),
    Leave,
    Return,
    /// The database is copied; that copy takes its place.
    Keep,
    Restore,
}

/// How a call goes wrong.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wrong {
    BadGateway,
    DropBefore,
    DropAfter,
    Stale,
    SecondaryLimit,
}

impl Step {
    pub(super) fn fault((method, path): (&str, &str), wrong: Wrong, times: u32) -> Fault {
        let effect = match wrong {
            Wrong::BadGateway => bad_gateway(),
            Wrong::DropBefore => FaultEffect::DropBefore,
            Wrong::DropAfter => FaultEffect::DropAfter,
            Wrong::Stale => FaultEffect::Stale,
            Wrong::SecondaryLimit => Fault::secondary_limit(60),
        };
        Fault::next(method, path, effect).times(times)
    }
}

const CALLS: [(&str, &str); 11] = [
    ("POST", "/graphql"),
    ("POST", "query Overview"),
    ("POST", "mutation"),
    ("GET", "/compare/"),
    ("POST", "/check-runs"),
    ("PATCH", "/check-runs"),
    ("GET", "/check-runs"),
    ("POST", "/reviews"),
    ("", "/comments"),
    ("POST", "/statuses/"),
    ("", ""),
];
const WRONGS: [Wrong; 5] =
    [Wrong::BadGateway, Wrong::DropBefore, Wrong::DropAfter, Wrong::Stale, Wrong::SecondaryLimit];

/// Steps, and whether everybody waits after each until all is done.
pub(super) fn steps(most: usize) -> impl Strategy<Value = Vec<(Step, bool)>> {
    proptest::collection::vec((step(), prop::bool::weighted(0.6)), 4..most)
}

fn step() -> impl Strategy<Value = Step> {
    let pull = || 0..super::world::PULLS;
    let prints = proptest::collection::vec(0..7_usize, 0..4);
    prop_oneof![
        4 => pull().prop_map(Step::Open),
        1 => pull().prop_map(Step::Close),
        8 => (pull(), 0..super::world::HOME.len(), prints).prop_map(|(pull, file, prints)| Step::Write(pull, file, prints)),
        2 => pull().prop_map(Step::Back),
        2 => (pull(), pull()).prop_map(|(one, other)| Step::Meet(one, other)),
        2 => (pull(), 0..7_usize).prop_map(|(pull, n)| Step::Resolve(pull, n)),
        1 => (pull(), 0..7_usize).prop_map(|(pull, n)| Step::Answer(pull, n)),
        1 => (0..super::world::PERMISSIONS.len()).prop_map(Step::Withdraw),
        1 => (0..super::world::PERMISSIONS.len()).prop_map(Step::Grant),
        2 => (pull(), any::<bool>()).prop_map(|(pull, bad)| Step::Title(pull, bad)),
        1 => (pull(), any::<bool>()).prop_map(|(pull, on)| Step::Draft(pull, on)),
        2 => pull().prop_map(Step::Override),
        2 => (pull(), prop::bool::weighted(0.7)).prop_map(|(pull, on)| Step::Queue(pull, on)),
        2 => (pull(), any::<bool>()).prop_map(|(pull, on)| Step::Label(pull, on)),
        2 => (pull(), any::<bool>()).prop_map(|(pull, next)| Step::Retarget(pull, next)),
        2 => (0..super::world::RULES.len()).prop_map(Step::Rules),
        1 => Just(Step::Move),
        2 => (pull(), any::<bool>()).prop_map(|(pull, button)| Step::Rerun(pull, button)),
        6 => (select(&CALLS[..]), select(&WRONGS[..]), 1..4_u32)
            .prop_map(|((method, path), wrong, times)| Step::Fault(method, path, wrong, times)),
        2 => (any::<bool>(), any::<bool>()).prop_map(|(made, arrive)| Step::Deliver { made, arrive }),
        1 => any::<bool>().prop_map(Step::Suspend),
        1 => Just(Step::Spend),
        3 => select(&[1, 10, 61, 301, 1_801][..]).prop_map(Step::Wait),
        1 => Just(Step::Leave),
        1 => Just(Step::Return),
        1 => Just(Step::Keep),
        1 => Just(Step::Restore),
    ]
}
