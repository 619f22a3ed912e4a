//! Check runs and commit statuses as the pages show them.

/// A check run of the head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckView {
    /// Its id, the target of links.
    pub id: u64,
    /// Its name, as branch protection requires it.
    pub name: String,
    /// Name of the app that wrote it.
    pub app: String,
    /// Status and conclusion in one.
    pub state: CheckState,
    /// Title of the output.
    pub title: String,
    /// Summary of the output, Markdown.
    pub summary: String,
    /// Text of the output, Markdown.
    pub text: String,
    /// The annotations, in the order in which they were sent.
    pub annotations: Vec<AnnotationView>,
    /// Where the app says more; empty when nowhere.
    pub details_url: String,
    /// Buttons of the app, at most three.
    pub actions: Vec<ActionView>,
    /// When it began, as people read it; empty when unknown.
    pub started: String,
    /// When it ended, as people read it; empty before.
    pub completed: String,
}

/// A button on a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionView {
    /// What it shows.
    pub label: String,
    /// What it does.
    pub description: String,
    /// What its app calls it.
    pub identifier: String,
}

/// Status and conclusion of a check run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckState {
    /// Waits to begin.
    Queued,
    /// At work.
    InProgress,
    /// Passed.
    Success,
    /// Failed.
    Failure,
    /// Neither.
    Neutral,
    /// Somebody stopped it.
    Cancelled,
    /// It had nothing to do.
    Skipped,
    /// It took too long.
    TimedOut,
    /// A person must do something.
    ActionRequired,
    /// GitHub gave it up.
    Stale,
}

impl CheckState {
    /// From the words of the API; `None` for words that it does not have.
    pub fn parse(status: &str, conclusion: Option<&str>) -> Option<Self> {
        Some(match (status, conclusion) {
            ("queued" | "waiting" | "requested" | "pending", _) => Self::Queued,
            ("in_progress", _) => Self::InProgress,
            ("completed", Some("success")) => Self::Success,
            ("completed", Some("failure")) => Self::Failure,
            ("completed", Some("neutral")) => Self::Neutral,
            ("completed", Some("cancelled")) => Self::Cancelled,
            ("completed", Some("skipped")) => Self::Skipped,
            ("completed", Some("timed_out")) => Self::TimedOut,
            ("completed", Some("action_required")) => Self::ActionRequired,
            ("completed", Some("stale")) => Self::Stale,
            _ => return None,
        })
    }

    /// As people read it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::InProgress => "in progress",
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Neutral => "neutral",
            Self::Cancelled => "cancelled",
            Self::Skipped => "skipped",
            Self::TimedOut => "timed out",
            Self::ActionRequired => "action required",
            Self::Stale => "stale",
        }
    }

    /// Whether the end is still to come.
    pub fn is_running(self) -> bool {
        matches!(self, Self::Queued | Self::InProgress)
    }

    /// Whether it stands in the way.
    pub fn is_bad(self) -> bool {
        matches!(self, Self::Failure | Self::TimedOut | Self::ActionRequired | Self::Cancelled | Self::Stale)
    }
}

/// A mark that a check run put on lines of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnotationView {
    /// The file.
    pub path: String,
    /// First line on the new side.
    pub start_line: u32,
    /// Last line on the new side.
    pub end_line: u32,
    /// How bad it is.
    pub level: AnnotationLevel,
    /// A short heading, possibly empty.
    pub title: String,
    /// Plain text.
    pub message: String,
}

/// How bad an annotation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnnotationLevel {
    /// For information.
    Notice,
    /// Worth a look.
    Warning,
    /// Must be mended.
    Failure,
}

impl AnnotationLevel {
    /// From the word of the API; `None` for one that it does not have.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Notice, Self::Warning, Self::Failure].into_iter().find(|level| level.word() == word)
    }

    /// The word of the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Failure => "failure",
        }
    }
}

/// A commit status of the head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusView {
    /// Its name.
    pub context: String,
    /// How it stands.
    pub state: StatusState,
    /// One line, possibly empty.
    pub description: String,
    /// Where more is said; empty when nowhere.
    pub target_url: String,
}

/// State of a commit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusState {
    /// Not decided.
    Pending,
    /// Passed.
    Success,
    /// Failed.
    Failure,
    /// Could not be found out.
    Error,
}

impl StatusState {
    /// From the word of the API; `None` for one that it does not have.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Pending, Self::Success, Self::Failure, Self::Error].into_iter().find(|state| state.word() == word)
    }

    /// The word of the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Error => "error",
        }
    }
}
