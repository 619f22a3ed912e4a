//! What is said about a step.

use super::hazard::Hazard;
use super::step::Span;

/// One thing to mend, or to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where.
    pub span: Span,
    /// What kind of danger.
    pub rule: RuleName,
    /// What happens, with the lock that is taken and what waits for it.
    pub message: String,
    /// The way that blocks nobody.
    pub help: Option<String>,
    /// New text for the lines of the span.
    pub suggestion: Option<String>,
}

/// The name under which a finding is known and can be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RuleName {
    /// One of our own kinds.
    Hazard(Hazard),
    /// A matter of style that squawk knows, under its name there.
    Style(&'static str),
}

/// How grave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Blocks others, loses data, breaks running code, or fails.
    Unsafe,
    /// Worth knowing.
    Style,
}

impl Level {
    /// The word in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Unsafe => "unsafe",
            Level::Style => "style",
        }
    }
}

impl RuleName {
    /// The name as people write it.
    pub fn as_str(self) -> &'static str {
        match self {
            RuleName::Hazard(hazard) => hazard.name(),
            RuleName::Style(name) => name,
        }
    }

    /// How grave it is.
    pub fn level(self) -> Level {
        match self {
            RuleName::Hazard(hazard) => hazard.level(),
            RuleName::Style(_) => Level::Style,
        }
    }

    /// Whether it is said as a warning even where matters of style are not asked for: what was not judged, and what cannot
    /// be taken back.
    pub fn is_always_said(self) -> bool {
        let warned = matches!(self, RuleName::Hazard(Hazard::UnseenSql | Hazard::Irreversible));
        warned || self.level() == Level::Unsafe
    }
}
