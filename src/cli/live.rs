//! A pull request on GitHub, reviewed with a token: the server's road without its database, for `pr` and `ci`.

use super::access::Access;
use super::common::Common;
use super::dangerfile::{self, PLACES};
use super::failure::{Failure, Status};
use super::format::{self, Format, FromSnapshot, Report};
use super::trouble::{after_call, after_judging, after_publish};
use crate::git::load_source;
use crate::github::{CallError, Comparison, FoundDangerfile, Overview, RepoClient, RequestCounter};
use crate::model::{
    ChangeStatus, CommitId, Conclusion, CoverageFacts, Fact, FileChange, InstallationId, LintFacts, PullNumber,
    PullState, RepoName, RepoPath, RepositoryId, Ruleset, Snapshot, Subject, Timestamp, Verdict,
};
use crate::plan::{self, Plan, PlanInput, Published, Spot};
use crate::publish::{self, Outbox, Troubles, carry_out};
use crate::server::{
    JudgeConfig, Judges, JudgingError, MAX_REQUESTS, Surroundings, faulted, judge_or_fall_back, load_brought_rules,
};
use crate::store::RunId;
use futures_util::future::BoxFuture;
use std::path::PathBuf;

/// What is reviewed.
pub(super) struct Target {
    pub(super) repository: RepoName,
    pub(super) number: PullNumber,
    /// The commit that is meant; `None` is the head as it is now.
    pub(super) head: Option<CommitId>,
    /// The commit status that speaks for the verdict, if one shall.
    pub(super) context: Option<&'static str>,
}

/// A pull request before its rules ran.
pub(super) struct Live<'a> {
    access: &'a Access,
    client: RepoClient,
    overview: Overview,
    head: CommitId,
    context: Option<&'static str>,
    run: RunId,
    started_at: Timestamp,
}

/// What the rules said of it.
pub(super) struct Reviewed {
    pub(super) snapshot: Snapshot,
    pub(super) verdict: Verdict,
}

impl Reviewed {
    /// The findings in a format, with a newline at the end.
    pub(super) fn render(&self, format: Format, quiet: bool) -> String {
        let Reviewed { snapshot, verdict } = self;
        let fallback = RepoPath::from(PLACES[0]);
        let dangerfile = snapshot.ruleset.layers.last().map_or(&fallback, |layer| &layer.path);
        format::render(format, &Report { verdict, dangerfile, texts: &FromSnapshot(snapshot), quiet, compares: true })
    }
}

/// The end of a review.
pub(super) enum Outcome {
    Reviewed(Box<Reviewed>),
    /// The base has no dangerfile.
    NoDangerfile {
        /// The branch that was looked at.
        branch: String,
        /// Whether the pull request brings the first one.
        brought: bool,
    },
}

impl<'a> Live<'a> {
    /// Reads the pull request as it is now. Call it inside a runtime.
    pub(super) async fn open(access: &'a Access, target: Target) -> Result<Live<'a>, Failure> {
        let github = access.connect()?;
        let client = github.repository(InstallationId(0), RepositoryId(0), target.repository);
        let client = client.with_counter(RequestCounter::new(MAX_REQUESTS));
        let started_at = client.timing().now();
        let subject = format!("{}#{}", client.name(), target.number);
        let overview = client.fetch_overview(target.number).await.map_err(|it| after_call(access, &subject, it))?;
        let mut bits = [0; 16];
        getrandom::fill(&mut bits).map_err(|error| Failure::failed(format!("no randomness: {error}")))?;
        Ok(Live {
            access,
            client: client.with_name(overview.name.clone()),
            head: target.head.unwrap_or_else(|| overview.pull.head.sha.clone()),
            overview,
            context: target.context,
            run: RunId::from_random(bits),
            started_at,
        })
    }

    /// `octo/hello#7`, under the repository's present name.
    pub(super) fn name(&self) -> String {
        format!("{}#{}", self.overview.name, self.overview.pull.number)
    }

    /// Whether nobody can merge it any more.
    pub(super) fn is_closed(&self) -> bool {
        self.overview.pull.state == PullState::Closed
    }

    /// The head that the pull request has by now, when another one is reviewed.
    pub(super) fn newer_head(&self) -> Option<&CommitId> {
        Some(&self.overview.pull.head.sha).filter(|now| **now != self.head)
    }

    /// Judges it: by the base's dangerfile, or by a file of the caller's choice.
    pub(super) async fn review(&mut self, named: Option<dangerfile::Found>) -> Result<Outcome, Failure> {
        let mut snapshot = self.empty_snapshot();
        let mut directory = None;
        // Rules of other bases never judge, and a file of the caller's choice stands for all others.
        let are_judged = named.is_none() && self.overview.pull.base.name == self.overview.default_branch;
        let layer = match (named, self.overview.judging_dangerfile()) {
            (Some(found), _) => {
                directory = found.sources;
                found.dangerfile
            }
            (None, FoundDangerfile::Found(dangerfile)) => dangerfile.clone(),
            (None, FoundDangerfile::Unreadable { path, reason }) => {
                let verdict = faulted(&snapshot, format!("`{path}` cannot be read: {reason}."));
                return Ok(Outcome::Reviewed(Box::new(Reviewed { snapshot, verdict })));
            }
            (None, FoundDangerfile::Absent) => return self.without_dangerfile().await,
        };
        snapshot.ruleset = Ruleset { layers: vec![layer] };
        let (comparison, changes) = match (self.fetch_difference().await, self.newer_head()) {
            (Ok(found), _) => found,
            (Err(CallError::NotFound(_)), Some(newer)) => {
                return Err(Failure::usage(format!(
                    "{} was pushed to, and GitHub has {} no more: the job of its newer head, {}, judges it",
                    self.name(),
                    self.head.short(),
                    newer.short()
                )));
            }
            (Err(error), _) => return Err(self.trouble(error)),
        };
        snapshot.subject.base = comparison.merge_base;
        snapshot.commits = Some(comparison.commits);
        snapshot.changes = Some(changes);
        // A child process without the environment: no rule and no text of the pull request is where the token is.
        let judges = Judges::start(JudgeConfig { count: 1, ..JudgeConfig::default() })
            .map_err(|error| Failure::failed(error.to_string()))?;
        let judged = async {
            if are_judged {
                load_brought_rules(&judges, &self.client, &mut snapshot).await?;
            }
            judge_or_fall_back(&judges, &self.client, &mut snapshot, &Checkout { directory }).await
        };
        let judged = judged.await.map_err(|error| after_judging(self.access, &self.name(), error))?;
        Ok(Outcome::Reviewed(Box::new(Reviewed { snapshot, verdict: judged.verdict })))
    }

    /// The writes that bring what this token's owner has written to the verdict.
    pub(super) async fn plan(&mut self, reviewed: &Reviewed) -> Result<Plan, Failure> {
        if self.context.is_some() {
            match self.client.fetch_statuses(&self.head).await {
                Ok(statuses) => self.overview.published.statuses = statuses,
                // Who may not read them may not set them either; setting says so.
                Err(CallError::Forbidden(_) | CallError::NotFound(_)) => {}
                Err(error) => return Err(self.trouble(error)),
            }
        }
        Ok(self.build(reviewed, &self.overview.published, self.plan_input(Vec::new())))
    }

    /// Carries a plan out. Lines that GitHub refuses go into the summary comment.
    pub(super) async fn publish(&self, reviewed: &Reviewed, plan: &Plan) -> Result<publish::Report, Failure> {
        let failed = |error| after_publish(self.access, &self.name(), error);
        let mut report = carry_out(&Outbox::none(), &self.client, plan).await.map_err(failed)?;
        // A status that may not be set is told by whoever prints the report.
        let comments = |it: &Troubles| !it.refused.is_empty() || it.resolving;
        if let Some(Troubles { refused, resolving, .. }) = report.troubles().filter(comments) {
            let number = self.overview.pull.number;
            let overview = self.client.fetch_overview(number).await.map_err(|error| self.trouble(error))?;
            if overview.pull.head.sha != self.head {
                report.head_moved = true;
                return Ok(report);
            }
            let mut published = overview.published;
            published.statuses = self.overview.published.statuses.clone();
            report.refused.clear();
            let may_resolve = resolving.then_some(false);
            let run = format!("{}-2", self.run);
            let input = PlanInput { run, may_resolve, ..self.plan_input(refused) };
            // The status was written by the first plan.
            let plan = plan::build_for_token(&reviewed.verdict, &reviewed.snapshot, &published, &input, None);
            let more = carry_out(&Outbox::none(), &self.client, &plan).await.map_err(failed)?;
            report.forbidden.extend(more.forbidden);
            report.gone += more.gone;
            report.head_moved |= more.head_moved;
        }
        Ok(report)
    }

    fn build(&self, reviewed: &Reviewed, published: &Published, input: PlanInput) -> Plan {
        plan::build_for_token(&reviewed.verdict, &reviewed.snapshot, published, &input, self.context)
    }

    fn plan_input(&self, refused: Vec<Spot>) -> PlanInput {
        let now = self.client.timing().now();
        PlanInput {
            // Comments of a head that was replaced would be wrong as soon as they are there.
            quiet: self.newer_head().is_some(),
            refused,
            ..PlanInput::new(self.run.to_string(), Some(self.overview.pull.number), self.started_at, now)
        }
    }

    async fn without_dangerfile(&self) -> Result<Outcome, Failure> {
        let added = |change: &FileChange| {
            change.status == ChangeStatus::Added && PLACES.iter().any(|place| change.path.as_str() == *place)
        };
        let brought = match self.fetch_difference().await.map_err(|error| self.trouble(error))? {
            (_, Fact::Known(changes)) => changes.iter().any(added),
            (_, Fact::Unavailable(_)) => false,
        };
        // Any base but the default branch is judged by the default branch's rules.
        Ok(Outcome::NoDangerfile { branch: self.overview.default_branch.clone(), brought })
    }

    async fn fetch_difference(&self) -> Result<(Comparison, Fact<Vec<FileChange>>), CallError> {
        let pull = &self.overview.pull;
        let ends = (&pull.base.sha, &self.head);
        if self.newer_head().is_none() {
            return self.client.fetch_difference(pull.number, ends, self.overview.size()).await;
        }
        // What GitHub counts is of the present head.
        let (comparison, changes) =
            (self.client.fetch_comparison(ends.0, ends.1), self.client.fetch_changes(pull.number, ends, None));
        futures_util::try_join!(comparison, changes)
    }

    fn empty_snapshot(&self) -> Snapshot {
        let pull = &self.overview.pull;
        let subject = Subject {
            repository: Some(self.overview.name.clone()),
            base: pull.base.sha.clone(),
            head: self.head.clone(),
            started_at: self.started_at,
        };
        let mut snapshot = Snapshot::new(subject, Ruleset::default());
        let mut pull = pull.clone();
        pull.head.sha = self.head.clone();
        snapshot.pull = Some(Fact::Known(pull));
        snapshot
    }

    fn trouble(&self, error: CallError) -> Failure {
        after_call(self.access, &self.name(), error)
    }
}

/// What a command has besides GitHub.
struct Checkout {
    /// Where the files lie that a dangerfile of the caller's choice requires.
    directory: Option<PathBuf>,
}

impl Surroundings for Checkout {
    fn load_source(&self, path: &RepoPath) -> Option<String> {
        load_source(self.directory.as_deref()?, path).ok().flatten()
    }

    fn load_coverage<'a>(
        &'a self,
        _snapshot: &'a Snapshot,
        _patterns: &'a [String],
    ) -> BoxFuture<'a, Result<Option<Fact<CoverageFacts>>, JudgingError>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    fn load_lint<'a>(
        &'a self,
        _snapshot: &'a Snapshot,
        _patterns: &'a [String],
    ) -> BoxFuture<'a, Result<Option<Fact<LintFacts>>, JudgingError>> {
        Box::pin(std::future::ready(Ok(None)))
    }
}

/// The runtime of a command that calls GitHub.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let built = tokio::runtime::Builder::new_current_thread().enable_all().build();
    built.map_err(|error| Failure::failed(format!("the network runtime cannot start: {error}")))
}

/// What the verdict means for the exit status. Nothing is awaited by a command that ends now.
pub(super) fn status_of(verdict: &Verdict) -> Status {
    match verdict.conclusion {
        Conclusion::Failure | Conclusion::Pending => Status::Blocked,
        Conclusion::Success | Conclusion::Neutral => Status::Fine,
    }
}

/// What is said beside the findings, on standard error.
pub(super) fn explain(common: &Common, verdict: &Verdict, say: &dyn Fn(&Common, &str)) {
    for line in &verdict.log {
        say(common, &format!("print: {line}"));
    }
    if common.verbose {
        for rule in &verdict.rules {
            let reason = rule.reason.as_ref().map(|reason| format!(", {reason}")).unwrap_or_default();
            let state = serde_json::to_string(&rule.state).unwrap_or_default();
            let state = state.trim_matches('"');
            say(common, &format!("rule {}: {state}{reason}, {} steps, {} ms", rule.name, rule.steps, rule.millis));
        }
    }
}
