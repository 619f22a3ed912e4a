//! Starting the simulation: a socket, a state, a sender of deliveries.

use super::clock::SimClock;
use super::env::Env;
use super::handle::SimHandle;
use super::server::{Shared, serve};
use super::state::State;
use super::webhooks;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

/// How to simulate.
#[derive(Clone, Debug)]
pub struct SimConfig {
    /// The port on the loopback address; 0 takes a free one.
    pub port: u16,
    /// GitHub's clock.
    pub clock: SimClock,
}

impl Default for SimConfig {
    fn default() -> Self {
        SimConfig { port: 0, clock: SimClock::standing() }
    }
}

/// The simulated GitHub.
pub struct Sim;

impl Sim {
    /// Starts one. It ends with the last handle.
    ///
    /// # Errors
    /// When the port is taken, or no temporary folder can be made.
    pub async fn start(config: SimConfig) -> std::io::Result<SimHandle> {
        let listener = TcpListener::bind(("127.0.0.1", config.port)).await?;
        let web = format!("http://{}", listener.local_addr()?);
        let folder = tempfile::tempdir()?;
        let (sender, queue) = mpsc::unbounded_channel();
        let env = Env {
            api: format!("{web}/api"),
            web,
            clock: config.clock,
            root: folder.path().to_owned(),
            sender,
            pending: watch::Sender::new(0),
            deliver: AtomicBool::new(true),
            requests: AtomicU64::new(0),
        };
        let env = Arc::new(env);
        let state = Arc::new(Mutex::new(State::new(env.clone())));
        let shared = Arc::new(Shared {
            state: state.clone(),
            env,
            log: Mutex::default(),
            faults: Mutex::default(),
            delay: Mutex::new(Duration::ZERO),
            halt: super::halt::Halt::default(),
        });
        let tasks = vec![tokio::spawn(serve(listener, shared.clone())), tokio::spawn(webhooks::run(state, queue))];
        Ok(SimHandle::new(shared, folder, tasks))
    }
}
