//! Whatever is done to a store, every engine gives the same answers: random steps, on SQLite and on the engine in memory
//! side by side.

mod act;
mod look;
mod step;
mod things;

use crate::engines::{Kind, LEASE, NOON, Room};
use act::{World, act};
use deckhand::store::Store;
use look::look;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::time::Duration;
use step::{Step, steps};

/// The same few cases always; with `DECKHAND_TEST_MODEL`, so many others.
fn cases() -> ProptestConfig {
    let wanted = std::env::var("DECKHAND_TEST_MODEL").ok().and_then(|text| text.parse().ok());
    let config = ProptestConfig { failure_persistence: None, max_shrink_iters: 2000, ..ProptestConfig::default() };
    match wanted {
        Some(cases) => ProptestConfig { cases, ..config },
        None => ProptestConfig { cases: 32, rng_seed: RngSeed::Fixed(1), ..config },
    }
}

proptest! {
    #![proptest_config(cases())]
    #[test]
    fn engines_agree_on_every_answer(steps in steps(40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(run(&steps))?;
    }
}

/// One engine and where it keeps things.
struct Side {
    room: Room,
    store: Store,
}

impl Side {
    async fn new(kind: Kind) -> Side {
        let room = Room::new(kind).await;
        Side { store: room.store.clone(), room }
    }

    /// Whatever may be written some time soon is written now.
    async fn settle(&self) {
        self.store.abandon("nobody's").await.unwrap();
    }

    async fn crash(&mut self) {
        self.settle().await;
        self.store = self.room.reopen().await;
    }

    async fn close(&mut self) {
        self.store.close().await;
        assert!(self.store.ping().await.is_err(), "it was closed");
        self.store = self.room.reopen().await;
    }
}

async fn run(steps: &[(Step, bool)]) -> Result<(), TestCaseError> {
    let (mut tried, mut model) = (Side::new(Kind::Sqlite).await, Side::new(Kind::Memory).await);
    let mut world = World::new(NOON);
    for (step, shares) in steps {
        world.count += 1;
        match step {
            Step::Advance(seconds) => {
                world.now = world.now.after(Duration::from_secs(*seconds));
                continue;
            }
            Step::GoBack(seconds) => {
                world.now = world.now.before(Duration::from_secs(*seconds));
                tried.store.mend_times(world.now, LEASE).await.unwrap();
                model.store.mend_times(world.now, LEASE).await.unwrap();
                continue;
            }
            Step::Crash => {
                tried.crash().await;
                model.crash().await;
                continue;
            }
            Step::Close => {
                tried.close().await;
                model.close().await;
                continue;
            }
            Step::Complete(which) | Step::Abandon(which) => world.choose_operation(&model.store, which).await,
            _ => {}
        }
        let expected = act(step, &world, &model.store).await;
        let said = if *shares {
            // Another change brings the two into one transaction.
            tokio::join!(act(step, &world, &tried.store), tried.settle()).0
        } else {
            act(step, &world, &tried.store).await
        };
        prop_assert_eq!(&said, &expected, "{:?}", step);
        world.take_over(expected);
    }
    tried.settle().await;
    let (seen, expected) = (look(&tried.store, world.now).await, look(&model.store, world.now).await);
    for (seen, expected) in seen.iter().zip(&expected) {
        prop_assert_eq!(seen, expected);
    }
    Ok(())
}
