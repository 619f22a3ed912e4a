//! `deckhand replay`: runs the rules of a stored run again, on the very facts of then.

use super::commands::Subcommand;
use super::common::{Common, Printed};
use super::dangerfile;
use super::difference::compare;
use super::failure::{Failure, Status};
use super::format::{FromSnapshot, Report, render};
use super::live::{explain, runtime};
use super::local::status_of;
use super::rerun::{Rerun, rerun, start_judges, stopped_by_server};
use super::stored::{self, StoredRun};
use super::terminal::{note, print_result, warn};
use crate::model::{RepoPath, Verdict};
use crate::store::RunId;

/// Run the rules of a stored run again, and say whether they say the same
///
/// Everything that rules can see was stored with the run, so that nothing is fetched and nothing is written. The database is
/// the server's: DECKHAND_DATABASE_URL, or deckhand.toml in this directory. With --dangerfile the run is judged by
/// another file in the place of the repository's.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  deckhand replay 3f2a9c0d1e4b5a6978877665544332ff                        by the rules of then
  deckhand replay 3f2a9c0d1e4b5a6978877665544332ff --dangerfile next.lua  by other rules
  deckhand replay 3f2a9c0d1e4b5a6978877665544332ff --format json          as the API shows the run

Exit status: 0 nothing blocks; 1 something blocks; 2 no such run, or it cannot be run again;
3 this version says something else than it said then.")]
pub(super) struct Replay {
    /// The run's id: the end of the address behind a check's Details, or that address
    #[arg(value_name = "RUN")]
    run: String,
}

impl Subcommand for Replay {
    const NAME: &'static str = "replay";

    fn formats(&self) -> &'static [Printed] {
        Printed::FINDINGS
    }

    fn takes_dangerfile(&self) -> bool {
        true
    }

    fn run(self, common: &Common) -> Result<Status, Failure> {
        let id = parse_id(&self.run)?;
        let found = common.dangerfile.as_deref().map(|file| dangerfile::load_named(file, None)).transpose()?;
        runtime()?.block_on(replay(common, &id, found.as_ref()))
    }
}

fn parse_id(text: &str) -> Result<RunId, Failure> {
    // What follows the path can hold the token that opens the page: it is nobody's business.
    let address = text.split(['?', '#']).next().unwrap_or_default();
    let id = address.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    RunId::parse(id).ok_or_else(|| {
        Failure::usage(format!(
            "`{address}` is not a run: its id has 32 digits from 0 to f and stands at the end of a check's Details link"
        ))
    })
}

async fn replay(common: &Common, id: &RunId, found: Option<&dangerfile::Found>) -> Result<Status, Failure> {
    let (archive, url) = stored::open().await?;
    let stored = stored::load(&archive, id).await?;
    archive.close().await;
    let mut stored = stored.ok_or_else(|| {
        Failure::usage(format!("there is no run {id} in {url}: old runs are forgotten (DECKHAND_RETENTION_DAYS)"))
    })?;
    let judges = start_judges()?;
    let verdict = match rerun(&judges, &mut stored, found).await? {
        Rerun::Done(verdict) => *verdict,
        Rerun::Cannot(reason) => return Err(cannot(&stored, &reason)),
    };
    let dangerfile = stored
        .snapshot
        .ruleset
        .layers
        .last()
        .map_or_else(|| RepoPath::new("dangerfile.lua"), |layer| layer.path.clone());
    let texts = FromSnapshot(&stored.snapshot);
    let report =
        Report { verdict: &verdict, dangerfile: &dangerfile, texts: &texts, quiet: common.quiet, compares: true };
    explain(common, &verdict, &note);
    print_result(common, &render(common.format(), &report))?;
    say(common, &stored, &verdict, found.is_some())?;
    Ok(status_of(&verdict))
}

fn cannot(stored: &StoredRun, reason: &str) -> Failure {
    let said = stopped_by_server(&stored.verdict).map(|said| format!(" The server ended that run: {said}"));
    let (id, said) = (&stored.record.id, said.unwrap_or_default());
    Failure::usage(format!("run {id} cannot be run again: the stored snapshot {reason}.{said}"))
}

/// Says how the verdict compares with the stored one. By the same rules in the same version it must be the same.
fn say(common: &Common, stored: &StoredRun, verdict: &Verdict, by_others: bool) -> Result<(), Failure> {
    let text = serde_json::to_string(verdict)
        .map_err(|error| Failure::failed(format!("the verdict cannot be written as JSON: {error}")))?;
    let title = stored.title();
    if text == stored.record.verdict {
        note(common, &format!("{title}: the same as the stored verdict, byte for byte"));
        return Ok(());
    }
    let difference = compare(&stored.verdict, verdict);
    if let (Some(said), false) = (stopped_by_server(&stored.verdict), by_others) {
        note(
            common,
            &format!("{title}: the server ended that run, so there is nothing to compare with. It said: {said}"),
        );
        return Ok(());
    }
    let summary = match (difference.is_empty(), difference.is_concluded_differently()) {
        (true, _) => "the same findings as stored; rules or their effects differ".to_owned(),
        (false, changed) => {
            let check = if changed {
                format!("{} then, {} now; ", stored.verdict.conclusion.as_str(), verdict.conclusion.as_str())
            } else {
                String::new()
            };
            format!(
                "differs from the stored verdict: {check}findings: {} new, {} gone",
                difference.new.len(),
                difference.gone.len()
            )
        }
    };
    if by_others {
        note(common, &format!("{title}: {summary}"));
        return Ok(());
    }
    if stored.is_of_this_version() {
        return Err(Failure::failed(format!(
            "{title}: {summary}. This version judged it then, so that is a defect of deckhand: please report it"
        )));
    }
    let version = stored.version.as_deref().map_or_else(|| "an older version".to_owned(), |it| format!("version {it}"));
    warn(common, &format!("{title}: {summary}; {version} judged it then, this is {}", env!("CARGO_PKG_VERSION")));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_named_by_its_id_or_its_address_and_the_token_is_never_said() {
        let id = "3f2a9c0d1e4b5a6978877665544332ff";
        for end in ["", "/", "?token=x", "/?token=x", "#top", "?token=x#top"] {
            let address = format!("http://127.0.0.1:3000/runs/{id}{end}");
            assert_eq!(parse_id(&address).map(|run| run.to_string()).ok().as_deref(), Some(id), "{address}");
            assert!(parse_id(&format!("{id}{end}")).is_ok(), "{end}");
        }
        for bad in ["", "3f2a", "https://host/runs?token=secret", "https://host/pull/7#secret"] {
            let said = parse_id(bad).expect_err(bad).message;
            assert!(said.contains("is not a run") && !said.contains("secret"), "{said}");
        }
    }
}
