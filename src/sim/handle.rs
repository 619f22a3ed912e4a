//! The story teller's end: what people do, and what there is to see.

use super::act::{NewPull, Push};
use super::faults::Fault;
use super::log::LogEntry;
use super::server::Shared;
use super::state::{Access, App, Permissions, State};
use super::webhooks::lock;
use serde_json::Value;
use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::task::JoinHandle;

/// An app as its settings page has it.
#[derive(Clone, Debug)]
pub struct AppConfig {
    /// Its number.
    pub app_id: u64,
    /// Its name in addresses; it writes as `<slug>[bot]`.
    pub slug: String,
    /// The public half of its key.
    pub public_key_pem: String,
    /// Where deliveries go; can come later.
    pub webhook_url: Option<String>,
    /// What deliveries are signed with.
    pub secret: String,
    /// Permission name to `read` or `write`.
    pub permissions: Vec<(String, String)>,
    /// Events that it subscribes to, such as those of [`AppConfig::events`]. Of its installations it hears always, of
    /// checks when it may write them.
    pub events: Vec<String>,
}

impl AppConfig {
    /// The events that an app of ours subscribes to, as the README has them.
    #[must_use]
    pub fn events() -> Vec<String> {
        ["pull_request", "pull_request_review", "push", "check_run", "check_suite", "issue_comment"]
            .map(str::to_owned)
            .to_vec()
    }
}

/// A delivery that was queued.
#[derive(Clone, Debug)]
pub struct DeliveryRecord {
    /// The same for a redelivery.
    pub guid: String,
    /// The event's name.
    pub event: String,
    /// The event's action; empty when it has none.
    pub action: String,
    /// What the receiver answered; 0 before, or when nobody answered.
    pub status: u16,
    /// Whether it was sent before.
    pub redelivery: bool,
    /// The payload.
    pub body: Value,
}

/// A running simulation; clones are the same one, and it ends with the last.
#[derive(Clone)]
pub struct SimHandle {
    shared: Arc<Shared>,
    _alive: Arc<Alive>,
}

struct Alive {
    _folder: tempfile::TempDir,
    tasks: Vec<JoinHandle<()>>,
}

impl Drop for Alive {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl SimHandle {
    pub(super) fn new(shared: Arc<Shared>, folder: tempfile::TempDir, tasks: Vec<JoinHandle<()>>) -> Self {
        SimHandle { shared, _alive: Arc::new(Alive { _folder: folder, tasks }) }
    }

    pub(super) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// Root of the REST API; GraphQL is at `/graphql` below it.
    pub fn api_url(&self) -> &str {
        &self.shared.env.api
    }

    /// Root of the web pages.
    pub fn web_url(&self) -> &str {
        &self.shared.env.web
    }

    /// GitHub's clock.
    pub fn clock(&self) -> &super::SimClock {
        &self.shared.env.clock
    }

    /// The settings page of a new app.
    pub fn register_app(&self, config: AppConfig) {
        let mut state = self.state();
        let permissions: Permissions =
            config.permissions.iter().filter_map(|(name, word)| Some((name.clone(), Access::parse(word)?))).collect();
        let hook_id = state.fresh_id();
        let created_at = state.now();
        let app = App {
            id: config.app_id,
            name: config.slug.clone(),
            slug: config.slug,
            owner: "app-owner".to_owned(),
            public_key: config.public_key_pem,
            webhook_url: config.webhook_url,
            secret: config.secret,
            hook_id,
            permissions,
            events: config.events,
            created_at,
        };
        state.ensure_user("app-owner", "User");
        state.ensure_user(&app.login(), "Bot");
        state.apps.push(app);
    }

    /// Sets or removes the address of an app's webhook.
    pub fn set_webhook_url(&self, app_id: u64, url: Option<&str>) {
        if let Some(app) = self.state().apps.iter_mut().find(|app| app.id == app_id) {
            app.webhook_url = url.map(str::to_owned);
        }
    }

    /// Changes the secret of an app's webhook; without one deliveries are not signed.
    pub fn set_webhook_secret(&self, app_id: u64, secret: &str) {
        if let Some(app) = self.state().apps.iter_mut().find(|app| app.id == app_id) {
            app.secret = secret.to_owned();
        }
    }

    /// Changes the events that an app subscribes to.
    pub fn subscribe(&self, app_id: u64, events: &[&str]) {
        if let Some(app) = self.state().apps.iter_mut().find(|app| app.id == app_id) {
            app.events = events.iter().map(|event| (*event).to_owned()).collect();
        }
    }

    /// Whether deliveries are sent; otherwise they are only recorded.
    pub fn set_deliver(&self, on: bool) {
        self.shared.env.deliver.store(on, Ordering::SeqCst);
    }

    /// Takes a permission from all installations of all apps, as an owner can.
    pub fn withdraw_permission(&self, name: &str) {
        for installation in &mut self.state().installations {
            installation.permissions.remove(name);
        }
    }

    /// An owner grants a permission that the app asks for: it is in force at once.
    pub fn grant_permission(&self, account: &str, name: &str, word: &str) {
        if let Some(access) = Access::parse(word) {
            self.state().grant(account, name, access);
        }
    }

    /// An owner takes a repository from the apps of its account.
    pub fn take_repository(&self, repo: &str) {
        self.with(repo, State::take_repository);
    }

    /// An owner removes all apps from an account.
    pub fn uninstall(&self, account: &str) {
        self.state().uninstall(account);
    }

    /// Makes a repository with one commit on `main`; answers its id.
    pub fn create_repository(&self, owner: &str, name: &str, files: &[(&str, &str)], private: bool) -> u64 {
        self.state().create_repository(owner, name, files, private)
    }

    /// The number of a repository.
    pub fn repository_id(&self, repo: &str) -> u64 {
        self.with(repo, |state, index| state.repos[index].id)
    }

    /// Copies a repository to another account, under the same name; answers its id.
    pub fn fork(&self, repo: &str, owner: &str) -> u64 {
        self.with(repo, |state, index| state.fork(index, owner))
    }

    /// Deletes a repository.
    pub fn delete_repository(&self, repo: &str) {
        self.with(repo, State::delete_repository);
    }

    /// Gives a repository another name below the same owner; the old one is answered with 301 until it is taken.
    pub fn rename(&self, repo: &str, name: &str, actor: &str) {
        self.with(repo, |state, index| state.rename(index, name, actor));
    }

    /// Gives a repository to another account; its apps are those of that account from now on, where it is chosen.
    pub fn transfer(&self, repo: &str, owner: &str) {
        self.with(repo, |state, index| state.transfer(index, owner));
    }

    /// Describes a repository in one line.
    pub fn describe(&self, repo: &str, text: &str) {
        self.with(repo, |state, index| state.repos[index].description = Some(text.to_owned()));
    }

    /// Every registered app comes to the repository; answers the installation of the first.
    pub fn install(&self, repo: &str) -> u64 {
        self.with(repo, State::install)
    }

    /// Suspends the apps of an account.
    pub fn suspend(&self, account: &str) {
        self.state().suspend(account, true);
    }

    /// Lets the apps of an account work again.
    pub fn unsuspend(&self, account: &str) {
        self.state().suspend(account, false);
    }

    /// Says hello to an app's webhook.
    pub fn ping(&self, app_id: u64) {
        self.state().ping(app_id);
    }

    /// A person with `admin`, `maintain`, `write`, `triage` or `read` in the repository.
    pub fn add_user(&self, repo: &str, login: &str, permission: &str) {
        self.with(repo, |state, index| {
            state.ensure_user(login, "User");
            state.repos[index].members.insert(login.to_owned(), permission.to_owned());
        });
    }

    /// A person is no member any more.
    pub fn remove_user(&self, repo: &str, login: &str) {
        self.with(repo, |state, index| state.repos[index].members.remove(login));
    }

    /// One commit on a branch, which begins at `base` (or the default branch, when empty) if it is new. A path without
    /// text is deleted. Answers the commit.
    ///
    /// # Panics
    /// When the base does not exist.
    pub fn push(
        &self,
        repo: &str,
        branch: &str,
        author: &str,
        message: &str,
        edits: &[(&str, Option<&str>)],
        base: &str,
    ) -> String {
        let edits: Vec<(String, Option<Vec<u8>>)> =
            edits.iter().map(|(path, text)| ((*path).to_owned(), text.map(|text| text.as_bytes().to_vec()))).collect();
        let push = Push { branch, author, message, edits: &edits, base };
        self.with(repo, |state, index| state.push(index, &push)).expect("the base of the new branch exists")
    }

    /// A branch that points where another branch or a commit does.
    ///
    /// # Panics
    /// When there is no such branch or commit.
    pub fn branch(&self, repo: &str, branch: &str, at: &str, actor: &str) {
        self.with(repo, |state, index| {
            let sha = state.repos[index].resolve(at).expect("there is such a branch or commit");
            state.move_branch(index, branch, &sha, actor);
        });
    }

    /// Opens a pull request; answers its number. `head` is a branch, or `owner:branch` of a fork.
    ///
    /// # Panics
    /// When a branch does not exist.
    #[allow(clippy::too_many_arguments, reason = "the fields of GitHub's form")]
    pub fn open_pull(
        &self,
        repo: &str,
        title: &str,
        body: &str,
        head: &str,
        base: &str,
        author: &str,
        draft: bool,
    ) -> u64 {
        let new = NewPull { title, body, head, base, author, draft };
        self.with(repo, |state, index| state.open_pull(index, &new)).expect("head and base exist")
    }

    /// Changes what is given: title, body, base.
    pub fn edit_pull(
        &self,
        repo: &str,
        number: u64,
        actor: &str,
        title: Option<&str>,
        body: Option<&str>,
        base: Option<&str>,
    ) {
        self.with(repo, |state, index| state.edit_pull(index, number, actor, (title, body, base)));
    }

    /// Puts a label on.
    pub fn label(&self, repo: &str, number: u64, actor: &str, label: &str) {
        self.with(repo, |state, index| state.label(index, number, actor, label, true));
    }

    /// Takes a label off.
    pub fn unlabel(&self, repo: &str, number: u64, actor: &str, label: &str) {
        self.with(repo, |state, index| state.label(index, number, actor, label, false));
    }

    /// Writes into the conversation; answers the comment's id.
    pub fn comment(&self, repo: &str, number: u64, actor: &str, body: &str) -> Option<u64> {
        self.with(repo, |state, index| state.comment(index, number, actor, None, body))
    }

    /// Changes the words of a comment in the conversation.
    pub fn edit_comment(&self, repo: &str, comment: u64, actor: &str, body: &str) -> Option<()> {
        self.with(repo, |state, index| state.edit_comment(index, comment, actor, body))
    }

    /// The signs under a comment: who put which there.
    pub fn reactions(&self, repo: &str, comment: u64) -> Vec<(String, String)> {
        self.with(repo, |state, index| {
            let found = state.repos[index].reactions.iter().filter(|it| it.subject == comment);
            found.map(|it| (it.author.clone(), it.content.clone())).collect()
        })
    }

    /// Answers a comment on a line.
    pub fn reply(&self, repo: &str, comment: u64, actor: &str, body: &str) -> Option<u64> {
        self.with(repo, |state, index| state.reply(index, comment, (actor, None), body))
    }

    /// A person reviews the head: `APPROVED`, `CHANGES_REQUESTED` or `COMMENTED`, which needs a text.
    pub fn review(&self, repo: &str, number: u64, actor: &str, state: &'static str, body: &str) -> Option<u64> {
        self.with(repo, |it, index| it.review(index, number, actor, (state, body)))
    }

    /// Asks for a review: a login, or `team/SLUG`.
    pub fn request_review(&self, repo: &str, number: u64, actor: &str, whom: &str) {
        self.with(repo, |state, index| state.request_review(index, number, actor, whom));
    }

    /// Assigns a person to a pull request.
    pub fn assign(&self, repo: &str, number: u64, actor: &str, login: &str) {
        self.with(repo, |state, index| state.assign(index, number, actor, login));
    }

    /// A check run of another app on a commit, still running when it has no conclusion.
    pub fn report_check(&self, repo: &str, sha: &str, app: u64, name: &str, conclusion: Option<&str>) {
        self.with(repo, |state, index| state.report_check(index, (app, sha), name, conclusion));
    }

    /// A commit status: `error`, `failure`, `pending` or `success`.
    pub fn report_status(&self, repo: &str, sha: &str, context: &str, word: &str) {
        self.with(repo, |state, index| state.report_status(index, sha, (context, word)));
    }

    /// Resolves the thread that begins with this comment.
    pub fn resolve_thread(&self, comment: u64) -> bool {
        self.state().resolve_thread(comment)
    }

    /// Closes a pull request without merging it.
    pub fn close(&self, repo: &str, number: u64, actor: &str) {
        self.with(repo, |state, index| state.turn_pull(index, number, actor, "closed"));
    }

    /// Opens it again.
    pub fn reopen(&self, repo: &str, number: u64, actor: &str) {
        self.with(repo, |state, index| state.turn_pull(index, number, actor, "reopened"));
    }

    /// Marks a draft as ready.
    pub fn ready(&self, repo: &str, number: u64, actor: &str) {
        self.with(repo, |state, index| state.turn_pull(index, number, actor, "ready_for_review"));
    }

    /// Makes it a draft again.
    pub fn convert_to_draft(&self, repo: &str, number: u64, actor: &str) {
        self.with(repo, |state, index| state.turn_pull(index, number, actor, "converted_to_draft"));
    }

    /// Clicks "Re-run" at a check; whether there is one.
    pub fn rerequest_check(&self, repo: &str, check: u64, actor: &str) -> bool {
        self.with(repo, |state, index| state.rerequest_check(index, check, actor))
    }

    /// Clicks "Re-run all checks" at a commit; whether an app has checks there.
    pub fn rerequest_suite(&self, repo: &str, sha: &str, actor: &str) -> bool {
        self.with(repo, |state, index| state.rerequest_suites(index, sha, actor))
    }

    /// Sends the newest delivery of that GUID once more.
    pub fn redeliver(&self, guid: &str) -> bool {
        let mut state = self.state();
        let found = state.deliveries.iter().rev().find(|it| it.guid == guid).cloned();
        found.map(|known| state.redeliver(&known)).is_some()
    }

    /// Makes something go wrong.
    pub fn inject(&self, fault: Fault) {
        self.shared.faults.lock().unwrap_or_else(PoisonError::into_inner).push(fault);
    }

    /// Nothing that was injected goes wrong any more.
    pub fn clear_faults(&self) {
        self.shared.faults.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Every installation has so many requests left until then (seconds since 1970), REST and GraphQL apart.
    pub fn set_quota(&self, remaining: u64, reset: i64) {
        self.state().quota.set(remaining, reset);
    }

    /// Calls of installations that came before a limit ended of which they had been told.
    pub fn early_calls(&self) -> Vec<String> {
        self.state().patience.early.clone()
    }

    /// So many of the first calls with an installation token that is minted from now on answer 401.
    pub fn refuse_new_tokens(&self, calls: u32) {
        self.state().refuse_new_tokens = calls;
    }

    /// Whoever looks at the pages is let in at `place` (`http://host:port`) too: links there carry this query.
    pub fn sign_in(&self, place: &str, query: &str) {
        self.state().signed_in = Some((place.to_owned(), query.to_owned()));
    }

    /// Whether completed check runs keep their conclusion, whatever an update says: GitHub's documents and its staff disagree.
    pub fn keep_conclusions(&self, on: bool) {
        self.state().keep_conclusions = on;
    }

    /// Every answer of the API takes so much longer.
    pub fn set_delay(&self, delay: Duration) {
        *self.shared.delay.lock().unwrap_or_else(PoisonError::into_inner) = delay;
    }

    /// The requests to the API so far.
    pub fn log(&self) -> Vec<LogEntry> {
        self.shared.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Forgets the requests so far.
    pub fn reset_log(&self) {
        self.shared.log.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The deliveries so far, in order.
    pub fn deliveries(&self) -> Vec<DeliveryRecord> {
        let record = |it: &super::state::Delivery| DeliveryRecord {
            guid: it.guid.clone(),
            event: it.event.clone(),
            action: it.action.clone().unwrap_or_default(),
            status: it.status_code,
            redelivery: it.redelivery,
            body: serde_json::from_str(&it.body).unwrap_or_default(),
        };
        self.state().deliveries.iter().map(record).collect()
    }

    /// How many deliveries there are.
    pub fn count_deliveries(&self) -> usize {
        self.state().deliveries.len()
    }

    /// The check runs on a commit as REST shows them, the newest first.
    pub fn checks(&self, repo: &str, sha: &str) -> Vec<Value> {
        self.with(repo, |state, index| {
            let repo = &state.repos[index];
            let runs = repo.runs.iter().rev().filter(|run| run.head_sha == sha);
            runs.map(|run| super::json::check_run(state, repo, run)).collect()
        })
    }

    /// The newest commit status of each context as REST shows them, the newest first.
    pub fn statuses(&self, repo: &str, sha: &str) -> Vec<Value> {
        self.with(repo, |state, index| {
            let mut combined = super::json::combined_status(state, &state.repos[index], sha);
            combined["statuses"].take().as_array().cloned().unwrap_or_default()
        })
    }

    /// The conversation of a pull request as REST shows it.
    pub fn comments(&self, repo: &str, number: u64) -> Vec<Value> {
        self.with(repo, |state, index| {
            let repo = &state.repos[index];
            let found = repo.comments.iter().filter(|it| it.number == number);
            found.map(|it| super::json::comment(state, repo, it)).collect()
        })
    }

    /// The comments on lines of a pull request as REST shows them.
    pub fn review_comments(&self, repo: &str, number: u64) -> Vec<Value> {
        self.with(repo, |state, index| {
            let repo = &state.repos[index];
            let found = repo.review_comments.iter().filter(|it| it.number == number);
            found.map(|it| super::json::review_comment(state, repo, it)).collect()
        })
    }

    /// A person clicks a button of a check, which its app calls `identifier`; whether the check has that button.
    pub fn press_button(&self, repo: &str, check: u64, identifier: &str, actor: &str) -> bool {
        self.with(repo, |state, index| state.press_button(index, check, identifier, actor))
    }

    /// Puts a pull request at the end of its branch's merge queue; answers the commit that would be merged.
    pub fn enqueue(&self, repo: &str, number: u64, actor: &str) -> String {
        self.with(repo, |state, index| state.enqueue(index, number, actor)).expect("the pull request is open")
    }

    /// The commit that the merge queue would merge for a pull request, while it is there.
    pub fn queued(&self, repo: &str, number: u64) -> Option<String> {
        self.with(repo, |state, index| {
            let entry = state.repos[index].queue.iter().find(|entry| entry.number == number)?;
            Some(entry.head_sha.clone())
        })
    }

    /// Takes a pull request out of the merge queue: `merged`, `invalidated` or `dequeued`.
    pub fn leave_queue(&self, repo: &str, number: u64, reason: &str, actor: &str) {
        self.with(repo, |state, index| state.leave_queue(index, number, reason, actor)).expect("it was queued before");
    }

    /// What GitHub has computed of whether a pull request merges; nothing while it computes.
    pub fn set_mergeable(&self, repo: &str, number: u64, mergeable: Option<bool>) {
        self.with(repo, |state, index| {
            let pull = state.repos[index].pulls.get_mut(&number).expect("the pull request was opened before");
            pull.mergeable = mergeable;
        });
    }

    /// The head commit of a pull request.
    pub fn head(&self, repo: &str, number: u64) -> Option<String> {
        self.with(repo, |state, index| state.repos[index].pulls.get(&number).map(|pull| pull.head_sha.clone()))
    }

    /// All pull requests: the repository's `owner/name`, the number.
    pub fn pulls(&self) -> Vec<(String, u64)> {
        let state = self.state();
        let of = |repo: &super::state::Repo| -> Vec<(String, u64)> {
            repo.pulls.keys().map(|number| (format!("{}/{}", repo.owner, repo.name), *number)).collect()
        };
        state.repos.iter().flat_map(of).collect()
    }

    /// What a person sees of a pull request, as text without times and ids.
    ///
    /// # Panics
    /// When there is no such pull request.
    pub fn render_pull_text(&self, repo: &str, number: u64) -> String {
        self.with(repo, |state, index| {
            let repo = &state.repos[index];
            let pull = repo.pulls.get(&number).expect("the pull request was opened before");
            super::render_pull_text(&super::views::pull(state, repo, pull))
        })
    }

    /// Returns once every delivery that was queued is answered, or nobody answered.
    pub async fn settle(&self) {
        let mut pending = self.shared.env.pending.subscribe();
        // The sender lives as long as this handle.
        _ = pending.wait_for(|count| *count == 0).await;
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.shared.state)
    }

    pub(super) fn with<T>(&self, repo: &str, act: impl FnOnce(&mut State, usize) -> T) -> T {
        let mut state = self.state();
        let (owner, name) = repo.split_once('/').expect("a repository is named owner/name");
        let index = state.find_repo(owner, name).expect("the repository was created before");
        act(&mut state, index)
    }
}
