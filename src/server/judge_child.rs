//! Inside a judge: limits first, then snapshots in and outcomes out, until the input ends.

use super::frames::{let_go, read_frame, render_frame};
use crate::lua::Clock;
use crate::model::Snapshot;
use crate::review::{self, Settled};
use rustix::process::{Resource, Rlimit, setrlimit};
use std::io::{self, Write};
use std::rc::Rc;
use std::time::Instant;

/// Address space of a judge: rules have 64 MiB each, a snapshot 20 MB of texts, twice while it is read.
const ADDRESS_SPACE: u64 = 512 << 20;
/// Standard streams and what the runtime opens for itself.
const OPEN_FILES: u64 = 16;

/// The command `judge`: answers each snapshot on standard input with an outcome on standard output.
/// It ends when its input ends, so that no judge outlives its server.
///
/// # Errors
/// When the limits cannot be set, or the server does not speak as it should.
pub fn judge_main() -> io::Result<()> {
    limit_itself()?;
    judge_until_end()
}

fn limit_itself() -> io::Result<()> {
    let limits = [
        (Resource::As, ADDRESS_SPACE),
        (Resource::Nofile, OPEN_FILES),
        (Resource::Core, 0),
        // No file grows by its hand; pipes are not files.
        (Resource::Fsize, 0),
    ];
    for (resource, limit) in limits {
        setrlimit(resource, Rlimit { current: Some(limit), maximum: Some(limit) })?;
    }
    Ok(())
}

fn judge_until_end() -> io::Result<()> {
    let mut input = io::stdin().lock();
    let mut output = io::stdout().lock();
    let mut buffer = Vec::new();
    while read_frame(&mut input, &mut buffer)? {
        let snapshot: Rc<Snapshot> = Rc::new(serde_json::from_slice(&buffer)?);
        // Before the rules take their share of the memory.
        let_go(&mut buffer);
        let start = Instant::now();
        let outcome = review::run_on(&snapshot, &mut Settled::default(), &Clock::new(move || start.elapsed()));
        render_frame(&outcome, &mut buffer)?;
        output.write_all(&buffer)?;
        output.flush()?;
        let_go(&mut buffer);
    }
    Ok(())
}
