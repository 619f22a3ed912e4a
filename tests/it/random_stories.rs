//! Stories that nobody wrote: people, GitHub and the network do whatever comes. Then all is well again, time goes by, and each
//! open pull request says what its rules say of it: once, at its lines, and nothing else.

mod step;
mod world;

use crate::sim_bench::{Away, REPO, Story};
use deckhand::sim::SimHandle;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::time::Duration;
use step::{Step, steps};
use world::{HOME, PERMISSIONS, RULES, World};

/// Longer than every lease, and the turn in which the server looks around.
const TURN: u64 = 301;
/// Longer than every limit that GitHub told of.
const LIMITS_OVER: Duration = Duration::from_secs(601);
/// So often it looks around before the end: pauses after failures grow to half an hour.
const TURNS: u32 = 24;

/// The same few always; with `DECKHAND_TEST_RANDOM`, so many others.
fn cases() -> ProptestConfig {
    let wanted = std::env::var("DECKHAND_TEST_RANDOM").ok().and_then(|text| text.parse().ok());
    let config = ProptestConfig { failure_persistence: None, max_shrink_iters: 300, ..ProptestConfig::default() };
    match wanted {
        Some(cases) => ProptestConfig { cases, ..config },
        None => ProptestConfig { cases: 4, rng_seed: RngSeed::Fixed(1), ..config },
    }
}

proptest! {
    #![proptest_config(cases())]
    #[test]
    fn whatever_happens_a_pull_request_says_in_the_end_what_its_rules_say(steps in steps(40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(tell(&steps));
    }
}

async fn tell(steps: &[(Step, bool)]) {
    let mut world = World::default();
    let files: Vec<(&str, &str)> = HOME.iter().copied().chain([("dangerfile.lua", RULES[0])]).collect();
    let mut kept = None;
    let story = Story::begin_with_groups(&[("statuses", "write")], &files).await;
    world.begin(&story.sim);
    let mut place = Place::Here(story);
    for (step, rests) in steps {
        place = match step {
            Step::Leave => Place::Gone(place.gone().await),
            Step::Return => Place::Here(place.back().await),
            Step::Keep => {
                let away = place.gone().await;
                kept = Some(away.keep());
                world.keep();
                Place::Here(Place::Gone(away).back().await)
            }
            Step::Restore if kept.is_some() => {
                let mut away = place.gone().await;
                // Of limits that GitHub told of since the copy was made it knows nothing.
                away.sim.advance(LIMITS_OVER);
                away.restore(kept.take().expect("there is a copy"));
                Place::Here(Place::Gone(away).back().await)
            }
            step => {
                world.act(place.sim(), step);
                place
            }
        };
        if let (true, Place::Here(story)) = (rests, &place) {
            story.server.wake();
            story.rest().await;
        }
    }
    let story = place.back().await;
    heal(&story, &mut world).await;
    let holds = |sim: &SimHandle, when: &str| {
        for pull in world.open_pulls() {
            let (expected, page) = (world.expect(sim, pull), sim.render_pull_text(REPO, pull.number));
            assert_eq!(world.said(sim, pull), expected, "{when}:\n{page}");
        }
        world.hold_groups(sim, when);
    };
    holds(&story.sim, "told as it is");
    story.end_where(holds).await;
}

/// Nothing goes wrong any more, the server has the time that it needs, and whoever runs it looks at what was given up.
async fn heal(story: &Story, world: &mut World) {
    story.sim.clear_faults();
    story.sim.set_deliver(true);
    story.deliver();
    world.act(&story.sim, &Step::Suspend(false));
    (0..PERMISSIONS.len()).for_each(|which| world.act(&story.sim, &Step::Grant(which)));
    for _ in 0..TURNS {
        story.pass(TURN).await;
        story.retry_all_by_hand().await;
    }
}

/// A server is there, or it is not.
enum Place {
    Here(Story),
    Gone(Away),
}

impl Place {
    fn sim(&self) -> &crate::recorded::Github {
        match self {
            Place::Here(story) => &story.sim,
            Place::Gone(away) => &away.sim,
        }
    }

    async fn gone(self) -> Away {
        match self {
            Place::Here(story) => story.away().await,
            Place::Gone(away) => away,
        }
    }

    async fn back(self) -> Story {
        match self {
            Place::Here(story) => story,
            Place::Gone(away) => {
                // A server that begins anew is not at once where it was.
                away.sim.advance(Duration::from_secs(1));
                away.back().await
            }
        }
    }
}
