//! `deckhand backtest`: what a changed dangerfile would have said on the runs that a server has stored.

use super::commands::Subcommand;
use super::common::{Common, Printed};
use super::dangerfile::{self, Found};
use super::difference::compare;
use super::failure::{Failure, Status};
use super::format::Format;
use super::live::runtime;
use super::plain;
use super::rerun::{Rerun, rerun, start_judges};
use super::stored::{self, StoredRun};
use super::terminal::{BOLD, YELLOW, paint, print_result};
use crate::model::{RepoName, Verdict, render_report};
use serde_json::{Value, json};
use std::fmt::Write;

/// Say what a changed dangerfile would have said on the last runs of a server
///
/// Each stored run is judged again by the dangerfile of this directory, or by --dangerfile, in the place of the
/// repository's own; an organisation's stays. Nothing is fetched: where the file reads something that the run did not
/// store, that is said and nothing is guessed. The database is the server's: DECKHAND_DATABASE_URL, or deckhand.toml.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  deckhand backtest                                     the last 50 runs, by the dangerfile here
  deckhand backtest --last 500 --dangerfile next.lua    by another file
  deckhand backtest --repo octo/hello --format json     of one repository, for a program

Exit status: 0 no run that passed would be blocked; 1 one would be; 2 the dangerfile has to be
mended, or there are no runs.")]
pub(super) struct Backtest {
    /// How many runs, counted from the newest
    #[arg(long, value_name = "N", default_value = "50", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    last: u32,
    /// Only runs of this repository [default: of all]
    #[arg(long, value_name = "OWNER/NAME")]
    repo: Option<String>,
}

impl Subcommand for Backtest {
    const NAME: &'static str = "backtest";

    fn formats(&self) -> &'static [Printed] {
        Printed::DATA
    }

    fn takes_dangerfile(&self) -> bool {
        true
    }

    fn run(self, common: &Common) -> Result<Status, Failure> {
        let repository = self.repo.as_deref().map(RepoName::parse).transpose();
        let repository = repository.map_err(|error| Failure::usage(format!("--repo: {error}")))?;
        let found = find_dangerfile(common)?;
        runtime()?.block_on(backtest(common, &found, repository.as_ref(), self.last))
    }
}

fn find_dangerfile(common: &Common) -> Result<Found, Failure> {
    let here = std::env::current_dir()
        .map_err(|error| Failure::usage(format!("the current directory cannot be read: {error}")))?;
    match &common.dangerfile {
        Some(file) => dangerfile::load_named(file, Some(&here)),
        None => dangerfile::load_from(&here),
    }
}

/// How many runs came to what.
#[derive(Default)]
struct Totals {
    runs: u32,
    same: u32,
    changed: u32,
    blocked: u32,
    freed: u32,
    unknown: u32,
}

async fn backtest(common: &Common, found: &Found, repository: Option<&RepoName>, last: u32) -> Result<Status, Failure> {
    let (archive, url) = stored::open().await?;
    let ids = archive.find_newest(repository, last).await.map_err(stored::after_store)?;
    if ids.is_empty() {
        let of = repository.map(|name| format!(" of {name}")).unwrap_or_default();
        return Err(Failure::usage(format!("there are no runs{of} in {url} to judge again")));
    }
    let judges = start_judges()?;
    let (mut totals, mut text, mut list) = (Totals::default(), String::new(), Vec::new());
    for id in ids {
        // Another process may forget it meanwhile.
        let Some(mut stored) = stored::load(&archive, &id).await? else { continue };
        let again = rerun(&judges, &mut stored, Some(found)).await?;
        if let Rerun::Done(verdict) = &again {
            hold_loadable(verdict)?;
        }
        totals.count(common, &stored, &again, &mut text);
        list.push(render_run(&stored, &again));
    }
    archive.close().await;
    let out = match common.format() {
        Format::Json => format!("{:#}\n", json!({ "version": 1, "runs": list, "totals": totals.render_json() })),
        _ => format!("{text}{}\n", totals.render()),
    };
    print_result(common, &out)?;
    Ok(if totals.blocked > 0 { Status::Blocked } else { Status::Fine })
}

/// A file that does not load says the same everywhere; it is to be mended first.
fn hold_loadable(verdict: &Verdict) -> Result<(), Failure> {
    let Some(mistake) = verdict.faults.iter().find(|fault| fault.mistake) else { return Ok(()) };
    let place = match (&mistake.path, mistake.line) {
        (Some(path), Some(line)) => format!("{path}:{line}: "),
        (Some(path), None) => format!("{path}: "),
        (None, _) => String::new(),
    };
    Err(Failure::usage(format!("{place}{}", mistake.message)))
}

impl Totals {
    fn count(&mut self, common: &Common, stored: &StoredRun, again: &Rerun, text: &mut String) {
        self.runs += 1;
        let title = paint(BOLD, &plain::line(&stored.title()));
        let id = &stored.record.id;
        match again {
            Rerun::Cannot(reason) => {
                self.unknown += 1;
                let unknown = paint(YELLOW, "cannot say");
                let _ = writeln!(text, "{title}  {unknown}: the stored snapshot {}  ({id})\n", plain::line(reason));
            }
            Rerun::Done(verdict) => {
                let difference = compare(&stored.verdict, verdict);
                if difference.is_empty() {
                    self.same += 1;
                    if common.verbose {
                        let _ = writeln!(text, "{title}  {}  ({id})\n", difference.render_conclusion());
                    }
                    return;
                }
                self.changed += 1;
                self.blocked += u32::from(difference.blocks_now());
                self.freed += u32::from(difference.frees_now());
                let _ = writeln!(text, "{title}  {}  ({id})", difference.render_conclusion());
                difference.render_lines(text);
                text.push('\n');
            }
        }
    }

    fn render(&self) -> String {
        let Totals { runs, same, changed, blocked, freed, unknown } = self;
        let plural = if *runs == 1 { "" } else { "s" };
        format!(
            "{runs} run{plural}: {same} the same, {changed} changed ({blocked} would be blocked, {freed} would no \
             longer be), {unknown} cannot be said"
        )
    }

    fn render_json(&self) -> Value {
        let Totals { runs, same, changed, blocked, freed, unknown } = self;
        json!({
            "runs": runs, "same": same, "changed": changed, "blocked": blocked, "freed": freed, "unknown": unknown,
        })
    }
}

fn render_run(stored: &StoredRun, again: &Rerun) -> Value {
    let record = &stored.record;
    let mut out = json!({
        "id": record.id.as_str(), "repository": record.name.to_string(), "number": record.number,
        "head": record.head.as_str(), "at": record.created_at.to_rfc3339(),
    });
    let more = match again {
        Rerun::Cannot(reason) => json!({ "state": "unknown", "reason": format!("the stored snapshot {reason}") }),
        Rerun::Done(verdict) => {
            let difference = compare(&stored.verdict, verdict);
            let mut more = difference.render_json(&render_report(&stored.verdict), &render_report(verdict));
            more["state"] = json!(if difference.is_empty() { "same" } else { "changed" });
            more
        }
    };
    if let (Some(out), Value::Object(more)) = (out.as_object_mut(), more) {
        out.extend(more);
    }
    out
}
