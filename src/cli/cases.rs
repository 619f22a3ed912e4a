//! Rule tests as readable Markdown (`*.cases.md`, contract section 7): parsing a file, running a case.

mod case;
mod compare;
mod effects;
mod findings;
mod plain_diff;
mod pull;
mod reports;
mod run;
mod texts;

pub use case::{Block, Case, CaseProblem, parse_cases};
pub use findings::{Expected, parse_findings};
pub use run::{CaseResult, Sources, run_case, run_case_with};
pub(super) use run::{CaseRules, empty_snapshot, run_case_by};
