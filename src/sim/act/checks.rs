//! Check runs: made and changed by apps, asked for again by people.

use crate::sim::json;
use crate::sim::state::{CheckOutput, CheckRun, CheckSuite, CommitStatus, State};
use serde_json::json;

impl State {
    /// The suite of an app on a commit; made when it is not there yet.
    pub(in crate::sim) fn ensure_suite(&mut self, index: usize, app: u64, sha: &str) -> u64 {
        if let Some(suite) = self.repos[index].suites.iter().find(|suite| suite.app == app && suite.head_sha == sha) {
            return suite.id;
        }
        let (id, now) = (self.fresh_id(), self.now());
        let suite = CheckSuite { id, app, head_sha: sha.to_owned(), created_at: now.clone(), updated_at: now };
        self.repos[index].suites.push(suite);
        id
    }

    /// Another app reports: a run that has this conclusion, or none yet. A second report of a name is a new run.
    pub(in crate::sim) fn report_check(
        &mut self,
        index: usize,
        (app, sha): (u64, &str),
        name: &str,
        conclusion: Option<&str>,
    ) {
        let (suite, id, now) = (self.ensure_suite(index, app, sha), self.fresh_id(), self.now());
        let run = CheckRun {
            id,
            suite,
            app,
            head_sha: sha.to_owned(),
            name: name.to_owned(),
            status: if conclusion.is_some() { "completed" } else { "in_progress" }.to_owned(),
            conclusion: conclusion.map(str::to_owned),
            external_id: None,
            details_url: None,
            started_at: Some(now.clone()),
            completed_at: conclusion.map(|_| now),
            output: CheckOutput::default(),
            actions: Vec::new(),
        };
        self.repos[index].runs.push(run.clone());
        let actor = self.repos[index].owner.clone();
        self.tell_run(index, &run, "created", &actor);
        if conclusion.is_some() {
            self.tell_run(index, &run, "completed", &actor);
        }
    }

    /// Somebody reports a commit status.
    pub(in crate::sim) fn report_status(&mut self, index: usize, sha: &str, (context, state): (&str, &str)) {
        self.ensure_user("ci-bot", "User");
        let (id, created_at) = (self.fresh_id(), self.now());
        self.repos[index].statuses.push(CommitStatus {
            id,
            sha: sha.to_owned(),
            state: state.to_owned(),
            context: context.to_owned(),
            description: None,
            target_url: None,
            creator: "ci-bot".to_owned(),
            created_at,
        });
        let repo = &self.repos[index];
        let body = repo.statuses.last().and_then(|status| json::status_event(self, repo, status));
        self.tell(index, "status", "ci-bot", body.unwrap_or_default());
    }

    /// A person clicks "Re-run" at a check.
    pub(in crate::sim) fn rerequest_check(&mut self, index: usize, run: u64, actor: &str) -> bool {
        let Some(run) = self.repos[index].runs.iter().find(|it| it.id == run).cloned() else { return false };
        self.tell_run(index, &run, "rerequested", actor);
        true
    }

    /// A person clicks "Re-run all checks" at a commit: each app hears of its own suite.
    pub(in crate::sim) fn rerequest_suites(&mut self, index: usize, sha: &str, actor: &str) -> bool {
        let repo = &self.repos[index];
        let at_commit = repo.suites.iter().filter(|suite| suite.head_sha == sha);
        let (id, suites): (u64, Vec<u64>) = (repo.id, at_commit.map(|suite| suite.id).collect());
        for suite in &suites {
            self.tell_suite(id, *suite, "rerequested", actor);
        }
        !suites.is_empty()
    }

    /// A person clicks a button of a check; `identifier` is what its app called the button. False when the check has
    /// no such button.
    pub(in crate::sim) fn press_button(&mut self, index: usize, run: u64, identifier: &str, actor: &str) -> bool {
        let repo = &self.repos[index];
        let has = |run: &&CheckRun| run.actions.iter().any(|action| action.identifier == identifier);
        let Some(run) = repo.runs.iter().find(|it| it.id == run).filter(has) else { return false };
        let value = json::check_run(self, repo, run);
        let app = run.app;
        let mut body = json!({ "action": "requested_action", "check_run": value });
        body["requested_action"] = json!({ "identifier": identifier });
        self.tell_app(index, app, "check_run", actor, body);
        true
    }

    /// That a run is there or done hears every app that may read checks; that it is asked for again only its own.
    pub(in crate::sim) fn tell_run(&mut self, index: usize, run: &CheckRun, action: &str, actor: &str) {
        let repo = &self.repos[index];
        let mut value = json::check_run(self, repo, run);
        if let Some(suite) = repo.suites.iter().find(|suite| suite.id == run.suite) {
            value["check_suite"] = json::check_suite(self, repo, suite);
        }
        let body = json!({ "action": action, "check_run": value });
        match action {
            "created" | "completed" => self.tell(index, "check_run", actor, body),
            _ => self.tell_app(index, run.app, "check_run", actor, body),
        }
    }

    pub(in crate::sim) fn tell_suite(&mut self, repo: u64, suite: u64, action: &str, actor: &str) {
        let Some(index) = self.repo_by_id(repo) else { return };
        let repo = &self.repos[index];
        let Some(suite) = repo.suites.iter().find(|it| it.id == suite) else { return };
        let app = suite.app;
        let body = json!({ "action": action, "check_suite": json::check_suite(self, repo, suite) });
        self.tell_app(index, app, "check_suite", actor, body);
    }
}
