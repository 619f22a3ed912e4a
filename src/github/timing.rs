//! The host's clock and a way to wait, as values: whoever simulates time hands in his own.

use crate::model::Timestamp;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

type Wait = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A clock and a pause.
#[derive(Clone)]
pub struct Timing {
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    pause: Arc<dyn Fn(Duration) -> Wait + Send + Sync>,
}

impl Timing {
    /// From a clock and a pause of the caller.
    pub fn new<F: Future<Output = ()> + Send + 'static>(
        now: impl Fn() -> Timestamp + Send + Sync + 'static,
        pause: impl Fn(Duration) -> F + Send + Sync + 'static,
    ) -> Self {
        Timing { now: Arc::new(now), pause: Arc::new(move |span| Box::pin(pause(span))) }
    }

    /// The host's own.
    pub fn system() -> Self {
        Timing::new(system_now, tokio::time::sleep)
    }

    /// The present.
    pub fn now(&self) -> Timestamp {
        (self.now)()
    }

    /// Waits.
    pub async fn pause(&self, span: Duration) {
        (self.pause)(span).await;
    }
}

fn system_now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
