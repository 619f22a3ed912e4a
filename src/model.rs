//! The values that every room speaks: plain, serialisable data without behaviour that reaches outside.

mod change;
mod coverage;
mod fact;
mod finding;
mod group;
mod head_report;
mod ids;
mod lint;
mod overrides;
mod path;
mod preview;
mod pull;
mod report;
mod review;
mod ruleset;
mod search;
mod settings;
mod snapshot;
mod time;
mod verdict;
mod wait;

pub use change::{ChangeStatus, FileChange, FileMode, Patch};
pub use coverage::{AmbiguousPath, CoverageFacts, LineHits, ProjectFacts, ReportFacts};
pub use fact::{CodeOwnersFile, Fact, FactKey, FileKey, FileText, Home, Unavailable};
pub use finding::{Finding, Fingerprint, Place, Severity, Side, suggested_lines, suggestion_of};
pub use group::QueuedPull;
pub use head_report::{HeadCheckRun, HeadStatus};
pub use ids::{CommitId, InstallationId, InvalidId, PullNumber, RepoName, RepositoryId};
pub use lint::{ColumnKind, LintDoubt, LintEdit, LintFacts, LintRange, LintResult, LintSeverity, LintSource};
pub use overrides::{Overridden, Override};
pub use path::RepoPath;
pub use preview::Preview;
pub use pull::{
    Author, Commit, Label, Labeling, Milestone, PullDetails, PullRequest, PullState, Ref, User, Verification,
};
pub use report::render_report;
pub use review::{RequestedReviewers, Review, Team};
pub use ruleset::{DANGERFILE_PLACES, Dangerfile, Origin, Ruleset};
pub use search::{Search, Searched};
pub use settings::{ConclusionMode, Settings, StatusMode, SummaryComment};
pub use snapshot::{Snapshot, Subject};
pub use time::Timestamp;
pub use verdict::{Conclusion, DANGERFILE_RULE, Effect, Fault, RuleOutcome, RuleState, Verdict};
pub use wait::{Wait, Waiting, Waits};
