//! `deckhand local`: reviews what the working tree, or a branch, adds to its merge base.

use super::commands::Subcommand;
use super::common::{Common, Format};
use super::failure::{Failure, Status};
use super::terminal::{note, print_result, warn};
use super::{annotations, dangerfile, text};
use crate::git::{Comparison, Repository};
use crate::model::{
    Conclusion, Fact, FileKey, FileText, Place, Ruleset, Side, Snapshot, Subject, Timestamp, Verdict, render_report,
};
use crate::review::{self, Outcome};
use std::path::Path;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// So many passes of the rules may ask for more facts; no sensible rule needs as many.
const MAX_PASSES: usize = 6;

/// Review what the working tree adds to its merge base, without a network or a server
#[derive(Debug, clap::Args)]
pub(super) struct Local {
    /// Compare with this commit or branch [default: the upstream, else origin/HEAD, main, master]
    #[arg(long, value_name = "REF")]
    base: Option<String>,
    /// Review this commit or branch instead of the working tree
    #[arg(long, value_name = "REF")]
    head: Option<String>,
}

impl Subcommand for Local {
    const NAME: &'static str = "local";

    fn run(self, common: &Common) -> Result<Status, Failure> {
        let format = common.format()?;
        let here = std::env::current_dir()
            .map_err(|error| Failure::usage(format!("the current directory cannot be read: {error}")))?;
        let repository = Repository::open(&here)?;
        let comparison = repository.compare(self.base.as_deref(), self.head.as_deref())?;
        let found = dangerfile::load(common, &repository, &comparison)?;
        for problem in comparison.problems() {
            warn(common, &format!("git left something out of the review: {problem}"));
        }
        let subject = Subject {
            repository: None,
            base: comparison.base.clone(),
            head: comparison.head.clone(),
            started_at: now(),
        };
        let snapshot = Snapshot::new(subject, Ruleset { layers: vec![found.dangerfile] });
        let (snapshot, verdict) = judge(&comparison, snapshot, found.sources.as_deref())?;
        explain(common, &comparison, &snapshot, &verdict);
        let rendered = match format {
            Format::Json => format!("{:#}\n", render_report(&verdict)),
            Format::Github => annotations::render(&verdict),
            Format::Text => text::render(&verdict, common.quiet, &|place| load_text(&comparison, &snapshot, place)),
        };
        print_result(common, &rendered)?;
        Ok(status_of(&verdict))
    }
}

/// A dangerfile that is not one (syntax, an unknown name or option) is the user's to mend before anything can be judged.
fn status_of(verdict: &Verdict) -> Status {
    if verdict.faults.iter().any(|fault| fault.mistake) {
        return Status::Usage;
    }
    match verdict.conclusion {
        Conclusion::Failure => Status::Blocked,
        Conclusion::Success | Conclusion::Pending | Conclusion::Neutral => Status::Fine,
    }
}

/// Runs the rules until they lack no fact.
fn judge(
    comparison: &Comparison,
    mut snapshot: Snapshot,
    sources: Option<&Path>,
) -> Result<(Snapshot, Verdict), Failure> {
    let started = Instant::now();
    for _ in 0..MAX_PASSES {
        match review::run(&snapshot, &|| started.elapsed()) {
            Outcome::Done(verdict) => return Ok((snapshot, *verdict)),
            Outcome::Missing(wanted) => comparison.load_facts(&mut snapshot, &wanted, sources)?,
        }
    }
    Err(Failure::usage(format!(
        "the rules still asked for more facts after {MAX_PASSES} passes: \
         ask for a file's text before looking at others, not depending on what they say"
    )))
}

/// What is said beside the findings, on standard error.
fn explain(common: &Common, comparison: &Comparison, snapshot: &Snapshot, verdict: &Verdict) {
    for line in &verdict.log {
        note(common, &format!("print: {line}"));
    }
    let against = format!("{} (merge base {})", comparison.base_name, comparison.base.short());
    if matches!(&snapshot.changes, Some(Fact::Known(changes)) if changes.is_empty()) {
        note(common, &format!("nothing differs from {against}; name another base with --base REF"));
    }
    if common.verbose {
        let head = if comparison.is_working_tree() { "the working tree" } else { comparison.head_name.as_str() };
        note(common, &format!("compared {head} with {against}"));
        for rule in &verdict.rules {
            let reason = rule.reason.as_ref().map(|reason| format!(", {reason}")).unwrap_or_default();
            let state = serde_json::to_string(&rule.state).unwrap_or_default();
            let state = state.trim_matches('"');
            note(common, &format!("rule {}: {state}{reason}, {} steps, {} ms", rule.name, rule.steps, rule.millis));
        }
    }
}

/// The text that a place lies in. On the old side a renamed file may be named by its new path.
fn load_text(comparison: &Comparison, snapshot: &Snapshot, place: &Place) -> Option<String> {
    let load = |path| match comparison.load_file(&FileKey { side: place.side, path }) {
        Ok(FileText::Text(text)) => Some(text),
        Ok(FileText::Absent | FileText::NotText(_) | FileText::Cut(_)) | Err(_) => None,
    };
    load(place.path.clone()).or_else(|| match &snapshot.changes {
        Some(Fact::Known(changes)) if place.side == Side::Left => {
            changes.iter().find(|change| change.path == place.path).and_then(|change| load(change.old_path().clone()))
        }
        _ => None,
    })
}

fn now() -> Timestamp {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX))
}
