//! Check suites, check runs and commit statuses: they belong to a commit.

/// The runs of one app on one commit.
#[derive(Clone, Debug)]
pub(in crate::sim) struct CheckSuite {
    pub(in crate::sim) id: u64,
    pub(in crate::sim) app: u64,
    pub(in crate::sim) head_sha: String,
    pub(in crate::sim) created_at: String,
    pub(in crate::sim) updated_at: String,
}

/// One check run.
#[derive(Clone, Debug)]
pub(in crate::sim) struct CheckRun {
    pub(in crate::sim) id: u64,
    pub(in crate::sim) suite: u64,
    pub(in crate::sim) app: u64,
    pub(in crate::sim) head_sha: String,
    pub(in crate::sim) name: String,
    /// `queued`, `in_progress`, `completed`.
    pub(in crate::sim) status: String,
    pub(in crate::sim) conclusion: Option<String>,
    pub(in crate::sim) external_id: Option<String>,
    pub(in crate::sim) details_url: Option<String>,
    pub(in crate::sim) started_at: Option<String>,
    pub(in crate::sim) completed_at: Option<String>,
    pub(in crate::sim) output: CheckOutput,
    /// Buttons, at most three.
    pub(in crate::sim) actions: Vec<CheckAction>,
}

/// A button that an app puts on its check.
#[derive(Clone, Debug)]
pub(in crate::sim) struct CheckAction {
    pub(in crate::sim) label: String,
    pub(in crate::sim) description: String,
    pub(in crate::sim) identifier: String,
}

/// What a check run shows.
#[derive(Clone, Debug, Default)]
pub(in crate::sim) struct CheckOutput {
    pub(in crate::sim) title: Option<String>,
    pub(in crate::sim) summary: Option<String>,
    pub(in crate::sim) text: Option<String>,
    pub(in crate::sim) annotations: Vec<Annotation>,
}

/// A note of a check run on lines of a file.
#[derive(Clone, Debug)]
pub(in crate::sim) struct Annotation {
    pub(in crate::sim) path: String,
    pub(in crate::sim) start_line: u64,
    pub(in crate::sim) end_line: u64,
    pub(in crate::sim) start_column: Option<u64>,
    pub(in crate::sim) end_column: Option<u64>,
    /// `notice`, `warning`, `failure`.
    pub(in crate::sim) level: String,
    pub(in crate::sim) message: String,
    pub(in crate::sim) title: Option<String>,
    pub(in crate::sim) raw_details: Option<String>,
}

/// A commit status of a context; the newest counts.
#[derive(Clone, Debug)]
pub(in crate::sim) struct CommitStatus {
    pub(in crate::sim) id: u64,
    pub(in crate::sim) sha: String,
    pub(in crate::sim) state: String,
    pub(in crate::sim) context: String,
    pub(in crate::sim) description: Option<String>,
    pub(in crate::sim) target_url: Option<String>,
    pub(in crate::sim) creator: String,
    pub(in crate::sim) created_at: String,
}
