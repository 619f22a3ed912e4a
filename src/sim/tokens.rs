//! Tokens that are no app's of ours: those of people, and the `GITHUB_TOKEN` of a workflow's job.

use super::handle::SimHandle;
use super::state::{Access, App, Installation, Permissions, State, Token, TokenOwner};

/// The app behind every `GITHUB_TOKEN`, as GitHub numbers it.
const ACTIONS: (u64, &str) = (15_368, "github-actions");
/// The token ends with its job, at most after a day.
const JOB_LIFE: i64 = 24 * 3600;

impl SimHandle {
    /// A bearer token that speaks for a person and may all that they may: a classic one with every scope.
    pub fn user_token(&self, login: &str) -> String {
        self.state().personal_token("ghp_", login, None)
    }

    /// A fine-grained token of a person: it may no more than these permissions, nor more than the person.
    pub fn fine_grained_token(&self, login: &str, permissions: &[(&str, &str)]) -> String {
        self.state().personal_token("github_pat_", login, Some(read(permissions)))
    }

    /// The `GITHUB_TOKEN` of a job that this event of a pull request started; `permissions` are those of the workflow.
    /// A fork's `pull_request` gets no more than to read (docs.github.com, "GITHUB_TOKEN reference").
    ///
    /// # Panics
    /// When there is no such pull request.
    pub fn actions_token(&self, repo: &str, number: u64, event: &str, permissions: &[(&str, &str)]) -> String {
        self.with(repo, |state, index| state.job_token(index, number, event, read(permissions)))
    }

    /// The event file of such a job: the payload of the pull request's newest event, as far as a job needs it.
    ///
    /// # Panics
    /// When there is no such pull request.
    pub fn event_file(&self, repo: &str, number: u64) -> serde_json::Value {
        self.with(repo, |state, index| {
            let repo = &state.repos[index];
            let pull = repo.pulls.get(&number).expect("the pull request was opened before");
            serde_json::json!({
                "action": "synchronize", "number": number, "pull_request": super::json::pull(state, repo, pull),
                "repository": super::json::repo(state, repo), "sender": super::json::user(state, &pull.author),
            })
        })
    }
}

impl State {
    fn personal_token(&mut self, prefix: &str, login: &str, granted: Option<Permissions>) -> String {
        self.ensure_user(login, "User");
        let token = format!("{prefix}{:036}", self.fresh_id());
        let owner = TokenOwner::User { login: login.to_owned(), granted };
        self.tokens.insert(token.clone(), Token { owner, expires_at: None, refused_calls: 0 });
        token
    }

    fn job_token(&mut self, index: usize, number: u64, event: &str, mut permissions: Permissions) -> String {
        let (repository, owner) = (self.repos[index].id, self.repos[index].owner.clone());
        let head = self.repos[index].pulls.get(&number).expect("the pull request was opened before").head_repo;
        if event == "pull_request" && head != Some(repository) {
            permissions.values_mut().for_each(|access| *access = Access::Read);
        }
        // GitHub gives this one always.
        permissions.insert("metadata".to_owned(), Access::Read);
        let id = self.ensure_actions(owner);
        let serial = self.fresh_id();
        let token = format!("ghs_{serial:036}");
        let end = self.clock().now() + JOB_LIFE;
        let owner = TokenOwner::Installation { id, repositories: Some(vec![repository]), permissions };
        self.tokens.insert(token.clone(), Token { owner, expires_at: Some(end), refused_calls: 0 });
        token
    }

    /// The presence of GitHub Actions on an account: an installation like any other that nobody is told of.
    fn ensure_actions(&mut self, account: String) -> u64 {
        let (app, slug) = ACTIONS;
        if let Some(known) = self.installations.iter().find(|it| it.app_id == app && it.account == account) {
            return known.id;
        }
        let every = ["actions", "checks", "contents", "deployments", "issues", "metadata", "pull_requests", "statuses"];
        let permissions: Permissions = every.map(|name| (name.to_owned(), Access::Write)).into();
        if self.apps.iter().all(|it| it.id != app) {
            self.ensure_user("github", "Organization");
            let created_at = self.now();
            let actions = App {
                id: app,
                slug: slug.to_owned(),
                name: "GitHub Actions".to_owned(),
                owner: "github".to_owned(),
                public_key: String::new(),
                webhook_url: None,
                secret: String::new(),
                hook_id: 0,
                permissions: permissions.clone(),
                events: Vec::new(),
                created_at,
            };
            self.ensure_user(&actions.login(), "Bot");
            self.apps.push(actions);
        }
        let (id, created_at) = (self.fresh_id(), self.now());
        self.installations.push(Installation {
            id,
            app_id: app,
            account,
            repositories: None,
            permissions,
            suspended_at: None,
            created_at,
        });
        id
    }
}

fn read(permissions: &[(&str, &str)]) -> Permissions {
    permissions.iter().filter_map(|(name, word)| Some(((*name).to_owned(), Access::parse(word)?))).collect()
}
