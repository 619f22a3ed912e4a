//! `deckhand pr URL`: reviews a live pull request with a token. Prints what it would write, or writes it.

use super::access::{Access, Root};
use super::commands::Subcommand;
use super::common::{Common, Printed};
use super::dangerfile::{self, PLACES};
use super::failure::{Failure, Status};
use super::format::Format;
use super::live::{Live, Outcome, Reviewed, Target, explain, runtime, status_of};
use super::pull_url::{PullUrl, parse_pull_url};
use super::terminal::{note, print_result, warn};
use super::{trouble, writes};
use crate::model::render_report;
use crate::plan::Plan;
use crate::publish::Report;
use serde_json::json;
use std::fmt::Write;

/// The commit status that speaks for a person's review. The app's own name is its alone.
const CONTEXT: &str = crate::plan::TOKEN_STATUS;

const AFTER_HELP: &str = "\
Examples:
  deckhand pr https://github.com/octo/hello/pull/7                what would be written
  deckhand pr https://github.com/octo/hello/pull/7 --post         write it
  deckhand pr https://github.com/octo/hello/pull/7 --format json

The rules are those of the base, never those that the pull request brings; --dangerfile FILE judges by a file of yours.

The token comes from DECKHAND_GITHUB_TOKEN, else GITHUB_TOKEN, else GH_TOKEN. For GitHub Enterprise Server, set
DECKHAND_GITHUB_API_URL=https://HOST/api/v3.";

/// Review a pull request on GitHub with a token; print the findings and what would be written
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Pr {
    /// The pull request's address: https://github.com/OWNER/REPO/pull/123
    url: String,
    /// Write the comments and the commit status deckhand/local
    #[arg(long)]
    post: bool,
}

impl Subcommand for Pr {
    const NAME: &'static str = "pr";

    fn formats(&self) -> &'static [Printed] {
        Printed::FINDINGS
    }

    fn takes_dangerfile(&self) -> bool {
        true
    }

    fn run(self, common: &Common) -> Result<Status, Failure> {
        let format = common.format();
        let url = parse_pull_url(&self.url).map_err(Failure::usage)?;
        let env = |name: &str| std::env::var(name).ok();
        // A token would be of no use there.
        hold_together(&url, &Root::find(&env))?;
        let access = Access::find(&env)?;
        let named = common.dangerfile.as_deref().map(|file| dangerfile::load_named(file, None)).transpose()?;
        runtime()?.block_on(self.review(common, format, url, &access, named))
    }
}

impl Pr {
    async fn review(
        self,
        common: &Common,
        format: Format,
        url: PullUrl,
        access: &Access,
        named: Option<dangerfile::Found>,
    ) -> Result<Status, Failure> {
        let target = Target { repository: url.repository, number: url.number, head: None, context: Some(CONTEXT) };
        let mut live = Live::open(access, target).await?;
        if self.post && live.is_closed() {
            let name = live.name();
            return Err(Failure::usage(format!("{name} is closed, so nothing is posted: review it without --post")));
        }
        let reviewed = match live.review(named).await? {
            Outcome::Reviewed(reviewed) => *reviewed,
            Outcome::NoDangerfile { branch, brought } => return Err(no_dangerfile(&live, &branch, brought)),
        };
        let plan = live.plan(&reviewed).await?;
        // Findings are printed also when posting them fails.
        let posted = if self.post { Some(live.publish(&reviewed, &plan).await) } else { None };
        explain(common, &reviewed.verdict, &note);
        let report = posted.as_ref().map(|posted| posted.as_ref().ok());
        print_result(common, &render(common, format, &live, &reviewed, (&plan, report)))?;
        if let Some(posted) = posted {
            settle(common, &live, access, &posted?)?;
        }
        Ok(status_of(&reviewed.verdict))
    }
}

/// Refuses to look for a pull request of one host on another, where the same name may be somebody else's.
fn hold_together(url: &PullUrl, root: &Root) -> Result<(), Failure> {
    if url.is_served_by(&root.url) {
        return Ok(());
    }
    let by = root.variable.unwrap_or("the default");
    Err(Failure::usage(format!(
        "{url} is not on the GitHub of {} ({by}): if that host is a GitHub of its own, set DECKHAND_GITHUB_API_URL={}",
        root.url,
        url.api_root()
    )))
}

fn no_dangerfile(live: &Live<'_>, branch: &str, brought: bool) -> Failure {
    let name = live.name();
    Failure::usage(if brought {
        format!(
            "{name} brings the first dangerfile, and `{branch}` has none to judge by: try the new one on a checkout \
             with `deckhand local`, or name it with --dangerfile FILE"
        )
    } else {
        format!(
            "{name}: `{branch}` has no dangerfile to judge by, looked for {}. Merge one there (`deckhand init` writes \
             a first one), or name one with --dangerfile FILE",
            PLACES.join(" and ")
        )
    })
}

/// Findings, and the plan below them. `report` is nothing in a dry run, and nothing inside when posting failed.
fn render(
    common: &Common,
    format: Format,
    live: &Live<'_>,
    reviewed: &Reviewed,
    (plan, report): (&Plan, Option<Option<&Report>>),
) -> String {
    if format == Format::Json {
        let mut value = render_report(&reviewed.verdict);
        value["writes"] = writes::render_json(plan);
        if let (Some(report), Some(list)) = (report, value["writes"].as_array_mut()) {
            let done = |at| report.is_some_and(|report| report.done.iter().any(|(index, _)| *index == at));
            for (at, write) in list.iter_mut().enumerate() {
                write["done"] = json!(done(at));
            }
        }
        return format!("{value:#}\n");
    }
    let mut out = reviewed.render(format, common.quiet);
    if format == Format::Text && !common.quiet {
        let name = live.name();
        let _ = match report {
            _ if plan.operations.is_empty() => writeln!(out, "\nNothing to write: {name} says all of this already."),
            None => write!(
                out,
                "\nWould write on {name} (nothing is sent without --post):\n\n{}",
                writes::render_text(plan, common.verbose)
            ),
            Some(None) => Ok(()),
            Some(Some(report)) => {
                let describe =
                    |(index, answer): &(usize, _)| Some(writes::describe_done(plan.operations.get(*index)?, answer));
                let done: Vec<String> = report.done.iter().filter_map(describe).collect();
                match done.is_empty() {
                    true => Ok(()),
                    false => writeln!(out, "\nWrote on {name}: {}.", done.join(", ")),
                }
            }
        };
    }
    out
}

/// What GitHub would not have, said after the findings.
fn settle(common: &Common, live: &Live<'_>, access: &Access, report: &Report) -> Result<(), Failure> {
    let name = live.name();
    if report.head_moved {
        warn(common, &format!("{name} was pushed to meanwhile: its comments were left alone; run the command again"));
    }
    if report.gone > 0 {
        warn(common, &format!("somebody removed {} of the comments meanwhile; the next run sees it", report.gone));
    }
    let refused = report.unset.first().map(|reason| ("the commit status", reason));
    let Some((what, reason)) = refused.or(report.forbidden.first().map(|reason| ("comments", reason))) else {
        return Ok(());
    };
    let remedy = if reason.contains("locked") {
        "Unlock the conversation first"
    } else if !trouble::is_about_permissions(reason) {
        "This is for whoever rules over the repository or its organisation to lift"
    } else {
        "It needs *Commit statuses* and *Pull requests* read and write (the scope `repo`), and its owner must be allowed \
         to push"
    };
    Err(Failure::usage(format!(
        "GitHub does not let the token in {} write {what} on {name}: {}. {remedy}",
        access.variable,
        reason.trim_end_matches('.')
    )))
}
