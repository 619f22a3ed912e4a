//! Commands in a comment: who may, what is done, and the one acknowledgement.
//!
//! Each step can be repeated: a decision is stored once for its comment, a review too many writes nothing, the sign is
//! idempotent on GitHub, and the answer goes through the outbox under an id that hangs on the comment.

use super::failed_call::{after_call, after_publish, not_judged_yet};
use super::fixing::{self, Fixed, Fixing};
use super::preview;
use super::reviews::{Reviews, after_overview};
use super::shared_head::Neighbours;
use super::work::{JobError, JobOutcome};
use crate::github::{FoundDangerfile, Overview, Permission, RepoClient};
use crate::model::{DANGERFILE_RULE, Overridden, Override, PullNumber, PullState, Timestamp, Verdict};
use crate::plan::{
    FixChoice, Heeded, Sibling, Words, answered_comments, build_answer, build_given_up_answer, check_name, has_answer,
    has_fixes, neutralise, nothing_to_fix, render_explain, render_help, render_misread, render_why, unknown_rule,
};
use crate::publish::{Outbox, carry_out, settle};
use crate::review::find_coverable;
use crate::store::{Job, OverrideRecord};
use crate::webhook::{Cause, Command, CommandLine, JobSpec, Said, Verb, Who, Work};
use std::collections::BTreeSet;
use std::time::Duration;

/// Answers in words under one pull request within an hour.
const MAX_ANSWERS: usize = 20;

/// Carries out the commands of a comment, unless that was done before.
pub(super) async fn run(
    reviews: &Reviews,
    job: &Job,
    client: RepoClient,
    number: PullNumber,
    said: &Said,
) -> Result<JobOutcome, JobError> {
    let (store, repository) = (reviews.store(), job.spec.repository);
    if store.is_heeded(repository, said.comment).await? {
        return Ok(JobOutcome { summary: "the commands of this comment are dealt with".to_owned() });
    }
    let outbox = Outbox::durable(store, &job.key, Some(&job.lease));
    if job.unsettled {
        settle(&outbox, &client).await.map_err(after_publish)?;
    }
    let overview = client.fetch_overview(number).await.map_err(|error| after_overview(error, job.attempt))?;
    if has_answer(said.comment, &overview.published) {
        // By an attempt that did not hear of it. What was refused then is not tried again.
        store.mark_heeded(repository, said.comment, reviews.now()).await?;
        return Ok(JobOutcome { summary: "the commands of this comment are answered".to_owned() });
    }
    let client = client.with_name(overview.name.clone());
    let neighbours = Neighbours::load(reviews, job, &overview).await?;
    let verdict = neighbours.present().cloned();
    let siblings = verdict.as_ref().map_or_else(Vec::new, |verdict| {
        let name = check_name(&verdict.settings, &overview.pull.base.name, &overview.default_branch);
        neighbours.siblings(&overview, &verdict.settings, &name)
    });
    let mut hearing = Hearing {
        reviews,
        job,
        client: &client,
        outbox: &outbox,
        overview: &overview,
        said,
        verdict,
        siblings,
        permission: None,
        fixed: None,
    };
    let mut lines = Vec::with_capacity(said.lines.len());
    for line in &said.lines {
        let heeded = match line {
            CommandLine::Read(command) => hearing.heed(command).await?,
            CommandLine::Misread(misread) => Heeded::Refused(render_misread(misread)),
        };
        lines.push((line.clone(), heeded));
    }
    let head = &overview.pull.head.sha;
    let words = find_words(reviews, job, &overview).await?;
    let plan = build_answer(said.comment, number, head, (&lines, words), &overview.published);
    carry_out(&outbox, &client, &plan).await.map_err(after_publish)?.leave();
    store.mark_heeded(repository, said.comment, reviews.now()).await?;
    let refused = lines.iter().filter(|(_, heeded)| matches!(heeded, Heeded::Refused(_))).count();
    Ok(JobOutcome { summary: format!("{} commands heeded, {refused} refused", lines.len() - refused) })
}

/// Two programs that answer each other would never come to an end: after so many answers of an hour under one pull request
/// there are no more words.
async fn find_words(reviews: &Reviews, job: &Job, overview: &Overview) -> Result<Words, JobError> {
    let answered = answered_comments(&overview.published);
    if answered.len() + 1 < MAX_ANSWERS {
        return Ok(Words::Usual);
    }
    let since = reviews.now().before(Duration::from_secs(3600));
    let lately = reviews.store().count_heeded(job.spec.repository, &answered, since).await?;
    Ok(match usize::try_from(lately).unwrap_or(usize::MAX) + 1 {
        it if it < MAX_ANSWERS => Words::Usual,
        MAX_ANSWERS => Words::Last,
        _ => {
            tracing::warn!("no more words for commands: {lately} answers in an hour under one pull request");
            Words::None
        }
    })
}

/// Says that the commands of a comment were given up, unless they have their answer. They are not dealt with: tried again
/// by hand they are carried out.
pub(super) async fn answer_given_up(
    reviews: &Reviews,
    job: &Job,
    client: &RepoClient,
    (number, said): (PullNumber, &Said),
    reason: &str,
) -> Result<(), JobError> {
    let (store, repository) = (reviews.store(), job.spec.repository);
    if store.is_heeded(repository, said.comment).await? {
        return Ok(());
    }
    let overview = client.fetch_overview(number).await.map_err(after_call)?;
    if has_answer(said.comment, &overview.published) {
        return Ok(());
    }
    let client = client.clone().with_name(overview.name.clone());
    let why = format!("{} Write the command again once that is mended.", render_given_up(reason));
    let heeded = |line: &CommandLine| match line {
        CommandLine::Read(_) => Heeded::Refused(why.clone()),
        CommandLine::Misread(misread) => Heeded::Refused(render_misread(misread)),
    };
    let lines: Vec<(CommandLine, Heeded)> = said.lines.iter().map(|line| (line.clone(), heeded(line))).collect();
    let plan = build_given_up_answer(said.comment, number, &overview.pull.head.sha, &lines, &overview.published);
    let outbox = Outbox::durable(store, &job.key, Some(&job.lease));
    carry_out(&outbox, &client, &plan).await.map_err(after_publish)?.leave();
    Ok(())
}

/// What whoever asked for something hears when it was given up; a part of it may be done.
pub(super) fn render_given_up(reason: &str) -> String {
    format!("This could not be carried out to its end: {}.", neutralise(reason))
}

/// One comment with everything that its commands are decided by.
struct Hearing<'a> {
    reviews: &'a Reviews,
    job: &'a Job,
    client: &'a RepoClient,
    outbox: &'a Outbox<'a>,
    overview: &'a Overview,
    said: &'a Said,
    /// What was said of the pull request at its present head and base.
    verdict: Option<Verdict>,
    siblings: Vec<Sibling>,
    /// Of the comment's author; asked for once.
    permission: Option<Permission>,
    /// What came of all `fix` commands together: they are one commit.
    fixed: Option<Heeded>,
}

impl Hearing<'_> {
    async fn heed(&mut self, command: &Command) -> Result<Heeded, JobError> {
        let verb = command.verb();
        if let Command::NotBuilt(_) = command {
            return Ok(Heeded::Refused(format!("{} is not built yet in this version.", called(verb))));
        }
        if let Some(refusal) = self.refuse(verb).await? {
            return Ok(Heeded::Refused(refusal));
        }
        match command {
            Command::Help => Ok(Heeded::Told(render_help())),
            Command::Why => Ok(match &self.verdict {
                Some(verdict) => Heeded::Told(render_why(verdict, &self.siblings)),
                None => Heeded::Refused(self.not_judged()),
            }),
            Command::Explain { rule } => {
                let link = self.link();
                let told = render_explain(rule, self.verdict.as_ref(), link.as_deref());
                Ok(told.map_or_else(Heeded::Refused, Heeded::Told))
            }
            Command::Rerun => {
                self.review_again().await?;
                Ok(Heeded::Done)
            }
            Command::Override { rule, reason } => self.let_pass(rule, reason).await,
            Command::Fix { rule } => self.fix(rule.as_deref()).await,
            Command::Preview => self.preview().await,
            Command::NotBuilt(_) => unreachable!("refused above"),
        }
    }

    /// Why the comment's author may not use this command; `None` when they may.
    async fn refuse(&mut self, verb: Verb) -> Result<Option<String>, JobError> {
        let who = verb.who();
        if who == Who::Anyone {
            return Ok(None);
        }
        if self.overview.pull.state == PullState::Closed {
            return Ok(Some("This pull request is closed.".to_owned()));
        }
        let is_author = self.overview.pull.user.login.eq_ignore_ascii_case(&self.said.author);
        if who == Who::WriterOrAuthor && is_author {
            return Ok(None);
        }
        if verb == Verb::Fix {
            let permission = self.permission().await?;
            return Ok(fixing::refuse(self.overview, &self.said.author, permission));
        }
        if self.permission().await? < Permission::Write {
            let author = if who == Who::WriterOrAuthor { ", or to be the author of the pull request" } else { "" };
            return Ok(Some(format!("{} needs write permission on this repository{author}.", called(verb))));
        }
        if who == Who::WriterNotAuthor && is_author {
            let reason = "The author of a pull request does not let its own findings pass. \
                          Somebody else with write permission can write the same command.";
            return Ok(Some(reason.to_owned()));
        }
        Ok(None)
    }

    async fn permission(&mut self) -> Result<Permission, JobError> {
        if let Some(known) = self.permission {
            return Ok(known);
        }
        let permission = self.client.fetch_permission(&self.said.author).await.map_err(after_call)?;
        self.permission = Some(permission);
        Ok(permission)
    }

    async fn let_pass(&mut self, rule: &str, reason: &str) -> Result<Heeded, JobError> {
        let (store, repository) = (self.reviews.store(), self.job.spec.repository);
        let pull = &self.overview.pull;
        let known = store.find_overrides(repository, pull.number).await?;
        if known.iter().any(|it| it.comment == self.said.comment && it.decision.rule == rule) {
            // An earlier attempt came as far as this.
            self.review_again().await?;
            return Ok(Heeded::Done);
        }
        if rule == DANGERFILE_RULE && self.permission().await? < Permission::Maintain {
            let refusal = "Letting faults and the dangerfile's own findings pass needs maintain or admin permission.";
            return Ok(Heeded::Refused(refusal.to_owned()));
        }
        if !self.was_shown().await? {
            return Ok(Heeded::Refused(self.not_shown()));
        }
        let Some(verdict) = &self.verdict else {
            not_judged_yet(self.job.attempt)?;
            return Ok(Heeded::Refused(self.not_judged()));
        };
        let covers = find_coverable(verdict, rule);
        if covers.is_empty() {
            return Ok(Heeded::Refused(nothing_blocks(verdict, rule)));
        }
        let decision = Overridden { by: self.said.author.clone(), at: self.said.written_at, reason: reason.to_owned() };
        let record = OverrideRecord {
            repository,
            number: pull.number,
            comment: self.said.comment,
            head: pull.head.sha.clone(),
            decision: Override { rule: rule.to_owned(), covers, decision },
        };
        store.save_override(&record).await?;
        tracing::info!(rule, by = self.said.author, "rule {rule} was overridden by {}", self.said.author);
        self.review_again().await?;
        Ok(Heeded::Done)
    }

    /// Commits what the rules of all `fix` commands of this comment bring, once.
    async fn fix(&mut self, rule: Option<&str>) -> Result<Heeded, JobError> {
        let operation = format!("comment-{}.fix", self.said.comment);
        let fixing = Fixing {
            client: self.client,
            outbox: self.outbox,
            overview: self.overview,
            by: &self.said.author,
            operation: &operation,
        };
        // By an earlier attempt, after which the head is another one.
        let made = if self.fixed.is_none() { fixing.find_made().await? } else { None };
        if let Some(made) = made.as_ref().filter(|made| rule.is_none_or(|rule| made.holds(rule))) {
            return Ok(Fixed::made(&made.left_out).into());
        }
        if made.is_none() && self.fixed.is_none() && !self.was_shown().await? {
            return Ok(Heeded::Refused(self.not_shown()));
        }
        let Some(verdict) = &self.verdict else {
            not_judged_yet(self.job.attempt)?;
            return Ok(Heeded::Refused(self.not_judged()));
        };
        if let Some(rule) = rule.filter(|rule| made.is_some() || !has_fixes(verdict, rule)) {
            // The other lines do not wait for a name that is mistyped.
            return Ok(Heeded::Refused(nothing_to_fix(verdict, rule)));
        }
        if let Some(fixed) = &self.fixed {
            return Ok(fixed.clone());
        }
        let heeded = Heeded::from(fixing.run(verdict, &self.fix_choice(verdict)).await?);
        self.fixed = Some(heeded.clone());
        Ok(heeded)
    }

    /// What all `fix` commands of the comment ask for together.
    fn fix_choice(&self, verdict: &Verdict) -> FixChoice {
        let mut rules = BTreeSet::new();
        for line in &self.said.lines {
            match line {
                CommandLine::Read(Command::Fix { rule: None }) => return FixChoice::All,
                CommandLine::Read(Command::Fix { rule: Some(rule) }) if has_fixes(verdict, rule) => {
                    rules.insert(rule.clone());
                }
                _ => {}
            }
        }
        FixChoice::Rules(rules)
    }

    /// Lets the changed rules of this head run once; the review that follows does it.
    async fn preview(&self) -> Result<Heeded, JobError> {
        let Overview { pull, default_branch, .. } = self.overview;
        if !self.overview.head_has_dangerfile || pull.base.name != *default_branch {
            let refusal = format!(
                "There is nothing to try: only a dangerfile that goes into the default branch `{}` will judge.",
                neutralise(default_branch)
            );
            return Ok(Heeded::Refused(refusal));
        }
        let judged = *self.overview.judging_dangerfile() != FoundDangerfile::Absent;
        if judged && !self.was_shown().await? {
            return Ok(Heeded::Refused(self.not_shown()));
        }
        match &self.verdict {
            // One run for a head.
            Some(verdict) if verdict.preview.is_some() => return Ok(Heeded::Done),
            Some(verdict) if !preview::waits(verdict) => {
                let refusal = "There is nothing to try: this pull request changes no rules, or they do not load.";
                return Ok(Heeded::Refused(refusal.to_owned()));
            }
            None if judged => not_judged_yet(self.job.attempt)?,
            Some(_) | None => {}
        }
        let (store, repository) = (self.reviews.store(), self.job.spec.repository);
        store.allow_preview(repository, pull.number, &pull.head.sha, &self.said.author).await?;
        self.review_again().await?;
        Ok(Heeded::Done)
    }

    fn not_shown(&self) -> String {
        format!(
            "The review of {} began after this comment was written, so it may not be the commit that you mean. \
             Look at its check and write the command again.",
            self.overview.pull.head.sha.short()
        )
    }

    /// Whether the comment was written when the present head was the one shown: the last review that had ended was of it,
    /// or a check on it had begun after that review. A head that comes back was shown before and is not meant.
    async fn was_shown(&self) -> Result<bool, JobError> {
        let pull = &self.overview.pull;
        // All times here are GitHub's. Without knowing its clock nobody knows what came first.
        if self.client.github_time(self.reviews.now()).is_none() {
            return Ok(false);
        }
        // They are whole seconds.
        let written = self.said.written_at.unix_seconds();
        let end_of_second = Timestamp(written * 1_000 + 999);
        let last = self.reviews.store().find_last_run(self.job.spec.repository, pull.number, end_of_second).await?;
        let since = match last {
            Some((head, _)) if head == pull.head.sha => return Ok(true),
            Some((_, ended)) => ended.unix_seconds(),
            None => i64::MIN,
        };
        let began = self.client.fetch_beginnings(&pull.head.sha, pull.number).await.map_err(after_call)?;
        Ok(began.iter().any(|began| (since..=written).contains(&began.unix_seconds())))
    }

    async fn review_again(&self) -> Result<(), JobError> {
        let work = Work::ReviewPull { number: self.overview.pull.number, cause: Cause::Commanded, changed_at: None };
        let spec = JobSpec { work, name: self.overview.name.clone(), ..self.job.spec.clone() };
        Ok(self.reviews.store().enqueue(&spec, self.reviews.now()).await?)
    }

    fn not_judged(&self) -> String {
        match self.overview.judging_dangerfile() {
            FoundDangerfile::Absent => {
                "No rule judges this pull request: there is no dangerfile on the default branch.".to_owned()
            }
            FoundDangerfile::Found(_) | FoundDangerfile::Unreadable { .. } => format!(
                "The commit {} was not judged yet. Write the command again once its check is there.",
                self.overview.pull.head.sha.short()
            ),
        }
    }

    /// The page of the dangerfile that judges.
    fn link(&self) -> Option<String> {
        let FoundDangerfile::Found(dangerfile) = self.overview.judging_dangerfile() else { return None };
        let (repository, _) = self.overview.pull.html_url.rsplit_once("/pull/")?;
        Some(format!("{repository}/blob/{}/{}", dangerfile.commit.as_ref()?, dangerfile.path))
    }
}

impl From<Fixed> for Heeded {
    fn from(fixed: Fixed) -> Self {
        match fixed {
            Fixed::Done => Heeded::Done,
            Fixed::Partly(text) => Heeded::Told(text),
            Fixed::Refused(why) => Heeded::Refused(why),
        }
    }
}

fn called(verb: Verb) -> String {
    format!("`/deckhand {}`", verb.name())
}

/// Why there is nothing to let pass.
fn nothing_blocks(verdict: &Verdict, rule: &str) -> String {
    let passed = verdict.findings.iter().filter(|finding| finding.rule == rule).find_map(|it| it.overridden.as_ref());
    if let Some(decision) = passed {
        let by = neutralise(&decision.by);
        return format!("What `{rule}` finds here was let pass already, by {by}.", rule = neutralise(rule));
    }
    if verdict.faults.iter().any(|fault| fault.rule == rule && fault.blocking) {
        return format!(
            "`{}` could not run. Somebody with maintain or admin permission lets that pass with \
             `/deckhand override {DANGERFILE_RULE} <reason>`.",
            neutralise(rule)
        );
    }
    if rule == DANGERFILE_RULE || verdict.rules.iter().any(|outcome| outcome.name == rule) {
        return format!("`{}` has nothing here that blocks.", neutralise(rule));
    }
    unknown_rule(rule, Some(verdict))
}
