//! `deckhand ci`: reviews the pull request of a GitHub Actions job. Annotations, a job summary and the exit status in any
//! case, comments where the job's token may write them.

use super::access::Access;
use super::commands::Subcommand;
use super::common::{Color, Common, Printed};
use super::dangerfile::{self, PLACES};
use super::failure::{Failure, Status};
use super::format::Format;
use super::job::Job;
use super::live::{Live, Outcome, Reviewed, Target, explain, runtime, status_of};
use super::local::now;
use super::terminal::{note, print_result, warn};
use super::workflow::{defuse, error, notice};
use super::writes;
use crate::model::{Ruleset, Snapshot, Subject, Verdict};
use crate::plan::{Plan, code_span};
use crate::publish::Report;
use crate::webhook::WorkflowPull;

const AFTER_HELP: &str = "\
Examples:
  deckhand ci
  deckhand ci --dry-run                       annotations and summary, no comments
  deckhand ci --format sarif > findings.sarif

Give the step `env: GITHUB_TOKEN: ${{ github.token }}` and the job `permissions: contents: read, pull-requests: write`.
The token of a fork's workflow can only read: then annotations, summary and exit status say everything.

The rules are those of the base, never those that the pull request brings. docs/ci.md has a workflow to copy.";

/// Review the pull request of a GitHub Actions job: annotations, job summary, comments, exit status
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Ci {
    /// Write no comments
    #[arg(long)]
    dry_run: bool,
}

impl Subcommand for Ci {
    const NAME: &'static str = "ci";

    fn formats(&self) -> &'static [Printed] {
        Printed::FINDINGS
    }

    fn takes_dangerfile(&self) -> bool {
        true
    }

    fn run(self, common: &Common) -> Result<Status, Failure> {
        let format = common.format_or(Format::Github);
        let ended = self.review(common, format);
        // Seen on the run's page, and not only by those who open the log.
        if let (Err(failure), Format::Github) = (&ended, format)
            && Job::is_read(&|name| std::env::var(name).ok())
        {
            print_result(common, &error(&failure.message))?;
        }
        ended.map_err(|failure| Failure { message: defuse(&failure.message), ..failure })
    }
}

impl Ci {
    fn review(self, common: &Common, format: Format) -> Result<Status, Failure> {
        let env = |name: &str| std::env::var(name).ok();
        let job = Job::find(&env)?;
        let access = Access::find(&env)?;
        let named = common.dangerfile.as_deref().map(|file| dangerfile::load_named(file, None)).transpose()?;
        runtime()?.block_on(self.review_job(common, format, &job, &access, named))
    }

    async fn review_job(
        self,
        common: &Common,
        format: Format,
        job: &Job,
        access: &Access,
        named: Option<dangerfile::Found>,
    ) -> Result<Status, Failure> {
        let out = Out { common, format };
        let pull = &job.pull;
        // The job's result belongs to this commit, also when the branch has moved on.
        let head = Some(pull.head.clone());
        let target = Target { repository: pull.repository.clone(), number: pull.number, head, context: None };
        let mut live = Live::open(access, target).await?;
        let reviewed = match live.review(named).await? {
            Outcome::Reviewed(reviewed) => *reviewed,
            Outcome::NoDangerfile { branch, brought } => return out.without_dangerfile(job, &live, &branch, brought),
        };
        explain(common, &reviewed.verdict, &|common, text| note(common, &defuse(text)));
        out.findings(&reviewed)?;
        out.summary(job, &reviewed.render(Format::Markdown, false))?;
        let plan = live.plan(&reviewed).await?;
        if let Some(newer) = live.newer_head() {
            out.remark(&format!(
                "{} has a newer head, {}: this job reviewed {} and writes no comments, the newer head's job does.",
                live.name(),
                newer.short(),
                reviewed.verdict.head.short()
            ))?;
        }
        if live.is_closed() {
            out.remark(&format!("{} is closed: nothing is written on it.", live.name()))?;
        } else if self.dry_run {
            out.would_write(&plan)?;
        } else {
            let report = live.publish(&reviewed, &plan).await?;
            out.refusals(job, &report)?;
        }
        Ok(status_of(&reviewed.verdict))
    }
}

/// What is printed of a pull request that there were no rules for: programs that read the output get a whole one.
fn unjudged(pull: &WorkflowPull) -> Reviewed {
    let (head, base) = (pull.head.clone(), pull.base.clone());
    let verdict = Verdict::empty(head.clone(), base.clone());
    let subject = Subject { repository: Some(pull.repository.clone()), base, head, started_at: now() };
    Reviewed { snapshot: Snapshot::new(subject, Ruleset::default()), verdict }
}

/// Where a job speaks.
struct Out<'a> {
    common: &'a Common,
    format: Format,
}

impl Out<'_> {
    fn findings(&self, reviewed: &Reviewed) -> Result<(), Failure> {
        let rendered = reviewed.render(self.format, self.common.quiet);
        let harmless = match self.format {
            Format::Github => rendered,
            // JSON can say the bracket in another way; everything else is for people.
            Format::Json | Format::Sarif => rendered.replace("##[", "##\\u005b"),
            // Styles would hide the beginning of a line until they are taken out.
            Format::Text | Format::Markdown if self.common.color == Color::Always => defuse(&rendered),
            Format::Text | Format::Markdown => defuse(&anstream::adapter::strip_str(&rendered).to_string()),
        };
        print_result(self.common, &harmless)
    }

    fn summary(&self, job: &Job, markdown: &str) -> Result<(), Failure> {
        let Some(room) = job.summary_room() else { return Ok(()) };
        // Blank lines part it from what other commands of the step have written.
        let page = format!("\n{markdown}\n");
        if page.len() > room {
            return self.remark("The job summary is full (1 MiB a step): give `deckhand ci` a step of its own.");
        }
        match job.append_summary(&page) {
            Ok(()) => Ok(()),
            Err(reason) => self.remark(&format!("{reason}.")),
        }
    }

    fn would_write(&self, plan: &Plan) -> Result<(), Failure> {
        let writes: Vec<String> = plan.operations.iter().map(writes::describe).collect();
        if writes.is_empty() {
            return self.remark("Dry run: there is nothing to write.");
        }
        self.remark(&format!("Dry run: without it this would be written: {}.", writes.join(", ")))
    }

    fn refusals(&self, job: &Job, report: &Report) -> Result<(), Failure> {
        if report.head_moved {
            self.remark("The pull request was pushed to meanwhile: comments are left to the newer head's job.")?;
        }
        let Some(reason) = report.forbidden.first() else { return Ok(()) };
        let why = match () {
            () if !reason.contains("not accessible") => {
                format!("GitHub refuses them: {}", reason.trim_end_matches('.'))
            }
            () if job.pull.from_fork => "this workflow's token may only read, as is usual for a fork".to_owned(),
            () => "this workflow's token may only read; to have them, give the job `permissions: pull-requests: write`"
                .to_owned(),
        };
        self.remark(&format!("No comments: {why}. The annotations, the job summary and the exit status say the same."))
    }

    fn without_dangerfile(&self, job: &Job, live: &Live<'_>, branch: &str, brought: bool) -> Result<Status, Failure> {
        let name = live.name();
        if brought {
            let says = |branch: &str| {
                format!("{name} brings the first dangerfile. It judges from its merge into {branch} on.")
            };
            let page = format!("### ✅ No rules yet\n\n{}\n", says(&code_span(branch)));
            match self.format {
                Format::Github => {}
                Format::Markdown => print_result(self.common, &defuse(&page))?,
                Format::Text | Format::Json | Format::Sarif => self.findings(&unjudged(&job.pull))?,
            }
            self.remark(&says(&format!("`{branch}`")))?;
            self.summary(job, &page)?;
            return Ok(Status::Fine);
        }
        Err(Failure::usage(format!(
            "{name}: `{branch}` has no dangerfile to judge by, looked for {}. Merge one there (`deckhand init` writes a \
             first one): the pull request that brings it passes",
            PLACES.join(" and ")
        )))
    }

    /// A notice on the run's page; a remark on standard error where that is no list of annotations.
    fn remark(&self, text: &str) -> Result<(), Failure> {
        if self.format == Format::Github {
            return print_result(self.common, &notice(text));
        }
        warn(self.common, &defuse(text));
        Ok(())
    }
}
