//! What is not there yet and will be: a rule that reads it waits, until a deadline.

use super::{FactKey, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// That a fact is not there yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    /// What is awaited, as a noun phrase: `a coverage report`.
    pub what: String,
    /// So long a rule waits for it, counted from [`Waits::since`]; a rule may ask for another time.
    pub minutes: u32,
}

impl Wait {
    /// GitHub computes in the background whether a pull request can be merged.
    pub fn for_mergeable() -> Wait {
        Wait { what: "GitHub to compute whether this can be merged".to_owned(), minutes: 10 }
    }

    /// Linters run in a build too. `name`: the one that is awaited, where several are.
    pub fn for_lint(name: Option<&str>) -> Wait {
        let what = name.map_or("a linter's report".to_owned(), |name| format!("the linter's report `{name}`"));
        Wait { what, minutes: 30 }
    }

    /// A report is made by a build that begins with the push.
    pub fn for_coverage() -> Wait {
        Wait { what: "a coverage report".to_owned(), minutes: 30 }
    }
}

/// Since when a run's facts are awaited. Only a run that is followed by others has it: any other cannot wait.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waits {
    /// The start of the first run of this head that lacked the fact; one that is not listed is awaited since now.
    #[serde(with = "super::snapshot::pairs")]
    pub since: BTreeMap<FactKey, Timestamp>,
}

/// That a rule waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// What for, as in [`Wait::what`].
    #[serde(rename = "for")]
    pub what: String,
    /// From then on the rule does without it, and says so.
    pub until: Timestamp,
}

impl std::fmt::Display for Waiting {
    /// `waiting for a coverage report, until 2026-11-25 10:35 UTC`
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "waiting for {}, until {}", self.what, self.until.to_minute())
    }
}
