//! The pool of judges: child processes of this binary in which rules run, reused, replaced when they die.

use super::JudgeConfig;
use super::frames::{HEADER, let_go, parse_header, render_frame};
use crate::model::Snapshot;
use crate::review::Outcome;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Why no outcome came. Always a failure of ours, never of a rule: rules fault inside the verdict.
#[derive(Clone, Debug, thiserror::Error)]
pub enum JudgeError {
    /// The child cannot be started.
    #[error("a judge cannot be started: {0}")]
    Start(String),
    /// It died or answered nonsense, twice.
    #[error("the judge died: {0}")]
    Died(String),
    /// It took too long, twice.
    #[error("the judge did not answer in {0} seconds")]
    Timeout(u64),
}

/// The judges of a server.
pub struct Judges {
    config: JudgeConfig,
    program: PathBuf,
    seats: Semaphore,
    idle: Mutex<Vec<Judge>>,
    replaced: AtomicU64,
}

struct Judge {
    child: Child,
    stdin: ChildStdin,
    stdout: ChildStdout,
    buffer: Vec<u8>,
}

impl Judges {
    /// Starts all judges ahead of the first request.
    ///
    /// # Errors
    /// When not one can be started.
    pub fn start(config: JudgeConfig) -> Result<Judges, JudgeError> {
        let program = match &config.program {
            Some(program) => program.clone(),
            None => find_itself()?,
        };
        let judges = Judges {
            seats: Semaphore::new(config.count.max(1)),
            idle: Mutex::new(Vec::new()),
            replaced: AtomicU64::new(0),
            program,
            config,
        };
        for _ in 0..judges.config.count.max(1) {
            let judge = judges.spawn()?;
            judges.put_back(judge);
        }
        Ok(judges)
    }

    /// Runs the snapshot's rules in a judge. One that dies or takes too long is replaced, and the run is tried once more.
    ///
    /// # Errors
    /// When the second try fails too.
    pub async fn judge(&self, snapshot: &Snapshot) -> Result<Outcome, JudgeError> {
        let _seat = self.take_seat().await?;
        match self.run_in_one(snapshot).await {
            Ok(outcome) => Ok(outcome),
            Err(error) => {
                tracing::warn!(error = %error, "a judge failed and was replaced; the run is tried once more");
                self.run_in_one(snapshot).await
            }
        }
    }

    /// The same without a second try, for rules on which nothing depends yet.
    ///
    /// # Errors
    /// When it fails.
    pub(super) async fn judge_once(&self, snapshot: &Snapshot) -> Result<Outcome, JudgeError> {
        let _seat = self.take_seat().await?;
        self.run_in_one(snapshot).await
    }

    async fn take_seat(&self) -> Result<SemaphorePermit<'_>, JudgeError> {
        self.seats.acquire().await.map_err(|_| JudgeError::Start("the pool is closed".to_owned()))
    }

    /// Whether a judge is there or can be started.
    pub fn is_ready(&self) -> bool {
        let is_alive = |judge: &mut Judge| matches!(judge.child.try_wait(), Ok(None));
        let alive = {
            let mut idle = self.idle.lock().expect("no holder panics");
            let before = idle.len();
            idle.retain_mut(is_alive);
            self.replaced.fetch_add((before - idle.len()) as u64, Ordering::Relaxed);
            !idle.is_empty()
        };
        if alive || self.seats.available_permits() == 0 {
            return true;
        }
        self.spawn().map(|judge| self.put_back(judge)).is_ok()
    }

    /// How many judges died or were killed since the start.
    pub fn replaced(&self) -> u64 {
        self.replaced.load(Ordering::Relaxed)
    }

    /// Process ids of the judges that wait for work.
    pub fn idle_pids(&self) -> Vec<u32> {
        self.idle.lock().expect("no holder panics").iter().filter_map(|judge| judge.child.id()).collect()
    }

    async fn run_in_one(&self, snapshot: &Snapshot) -> Result<Outcome, JudgeError> {
        let idle = self.idle.lock().expect("no holder panics").pop();
        // The guard counts a judge that does not come back, also when this future is dropped: it is killed with it.
        let lost = CountOnDrop(&self.replaced);
        let mut judge = match idle {
            Some(judge) => judge,
            None => self.spawn()?,
        };
        let answer = tokio::time::timeout(self.config.timeout, judge.ask(snapshot)).await;
        match answer {
            Ok(Ok(outcome)) => {
                std::mem::forget(lost);
                self.put_back(judge);
                Ok(outcome)
            }
            Ok(Err(error)) => Err(JudgeError::Died(error.to_string())),
            Err(_) => Err(JudgeError::Timeout(self.config.timeout.as_secs())),
        }
    }

    fn spawn(&self) -> Result<Judge, JudgeError> {
        let start = |error: io::Error| JudgeError::Start(format!("{}: {error}", self.program.display()));
        let mut child = Command::new(&self.program)
            .arg0("deckhand")
            .arg("judge")
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(start)?;
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(JudgeError::Start("it has no pipes".to_owned()));
        };
        Ok(Judge { child, stdin, stdout, buffer: Vec::new() })
    }

    fn put_back(&self, judge: Judge) {
        self.idle.lock().expect("no holder panics").push(judge);
    }
}

impl std::fmt::Debug for Judges {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Judges({} of {})", self.config.count, self.program.display())
    }
}

impl Judge {
    async fn ask(&mut self, snapshot: &Snapshot) -> io::Result<Outcome> {
        render_frame(snapshot, &mut self.buffer)?;
        self.stdin.write_all(&self.buffer).await?;
        let mut header = [0; HEADER];
        self.stdout.read_exact(&mut header).await?;
        self.buffer.resize(parse_header(header)?, 0);
        self.stdout.read_exact(&mut self.buffer).await?;
        let outcome = serde_json::from_slice(&self.buffer)?;
        let_go(&mut self.buffer);
        Ok(outcome)
    }
}

/// This very program, also once another version lies in its place.
fn find_itself() -> Result<PathBuf, JudgeError> {
    let itself = Path::new("/proc/self/exe");
    if itself.exists() {
        return Ok(itself.to_owned());
    }
    std::env::current_exe().map_err(|error| JudgeError::Start(error.to_string()))
}

struct CountOnDrop<'a>(&'a AtomicU64);

impl Drop for CountOnDrop<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}
