//! The values that every room speaks: plain, serialisable data without behaviour that reaches outside.

mod change;
mod coverage;
mod fact;
mod finding;
mod head_report;
mod ids;
mod lint;
mod overrides;
mod path;
mod pull;
mod report;
mod review;
mod ruleset;
mod settings;
mod snapshot;
mod time;
mod verdict;

pub use change::{ChangeStatus, FileChange, FileMode, Patch};
pub use coverage::{AmbiguousPath, CoverageFacts, LineHits, ReportFacts};
pub use fact::{CodeOwnersFile, Fact, FactKey, FileKey, FileText, Unavailable};
pub use finding::{Finding, Fingerprint, Place, Severity, Side};
pub use head_report::{HeadCheckRun, HeadStatus};
pub use ids::{CommitId, InstallationId, InvalidId, PullNumber, RepoName, RepositoryId};
pub use lint::{ColumnKind, LintEdit, LintFacts, LintRange, LintResult, LintSeverity, LintSource};
pub use overrides::{Overridden, Override};
pub use path::RepoPath;
pub use pull::{Author, Commit, Label, Labeling, Milestone, PullDetails, PullRequest, PullState, Ref, User};
pub use report::render_report;
pub use review::{RequestedReviewers, Review, Team};
pub use ruleset::{Dangerfile, Origin, Ruleset};
pub use settings::{ConclusionMode, Settings, StatusMode, SummaryComment};
pub use snapshot::{Snapshot, Subject};
pub use time::Timestamp;
pub use verdict::{Conclusion, Effect, Fault, RuleOutcome, RuleState, Verdict};
