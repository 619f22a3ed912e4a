//! The state as one value, and how things are found in it.

use super::{App, Delivery, Installation, Repo, Token, User};
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use crate::sim::clock::{SimClock, render_time};
use crate::sim::env::Env;
use crate::sim::patience::Patience;
use crate::sim::quota::Quota;

/// So many old states are kept for stale reads.
const HISTORY: usize = 8;

/// The whole world. Cloning it is cheap enough to keep one for every write when stale reads are asked for.
#[derive(Clone)]
pub(in crate::sim) struct State {
    pub(in crate::sim) env: Arc<Env>,
    pub(in crate::sim) users: BTreeMap<String, User>,
    pub(in crate::sim) repos: Vec<Repo>,
    pub(in crate::sim) apps: Vec<App>,
    pub(in crate::sim) installations: Vec<Installation>,
    pub(in crate::sim) tokens: HashMap<String, Token>,
    pub(in crate::sim) deliveries: Vec<Delivery>,
    next_id: u64,
    pub(in crate::sim) quota: Quota,
    /// Who was told to wait.
    pub(in crate::sim) patience: Patience,
    /// So many of the first calls with a new installation token are refused.
    pub(in crate::sim) refuse_new_tokens: u32,
    /// A completed check run keeps its conclusion, whatever an update says.
    pub(in crate::sim) keep_conclusions: bool,
    /// An address beside this GitHub, and the query by which whoever looks at the pages comes in there.
    pub(in crate::sim) signed_in: Option<(String, String)>,
    /// Old names of repositories, the newest last, and whose they were.
    pub(in crate::sim) renamed: Vec<(String, u64)>,
    /// Commits that pushes brought.
    pushed: BTreeSet<String>,
    /// How everything was before each of the last pushes, the newest last, for reads that are late.
    history: VecDeque<Arc<State>>,
}

impl State {
    pub(in crate::sim) fn new(env: Arc<Env>) -> Self {
        State {
            env,
            users: BTreeMap::new(),
            repos: Vec::new(),
            apps: Vec::new(),
            installations: Vec::new(),
            tokens: HashMap::new(),
            deliveries: Vec::new(),
            next_id: 1000,
            quota: Quota::default(),
            patience: Patience::default(),
            refuse_new_tokens: 0,
            keep_conclusions: false,
            signed_in: None,
            renamed: Vec::new(),
            pushed: BTreeSet::new(),
            history: VecDeque::new(),
        }
    }

    /// A number that nothing else has.
    pub(in crate::sim) fn fresh_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    /// Keeps how things are for reads that are late.
    pub(in crate::sim) fn keep_for_stale_reads(&mut self) {
        // Deliveries and tokens are not read late, and there are many of them.
        let deliveries = std::mem::take(&mut self.deliveries);
        let tokens = std::mem::take(&mut self.tokens);
        let mut history = std::mem::take(&mut self.history);
        history.push_back(Arc::new(self.clone()));
        if history.len() > HISTORY {
            history.pop_front();
        }
        (self.deliveries, self.tokens, self.history) = (deliveries, tokens, history);
    }

    /// A push brought this commit.
    pub(in crate::sim) fn note_pushed(&mut self, sha: &str) {
        self.pushed.insert(sha.to_owned());
    }

    /// Answers from how things were before the last so many pushes; 0 is now. Tokens are known at once everywhere.
    pub(in crate::sim) fn as_of<T>(&mut self, pushes: usize, answer: impl FnOnce(&mut State) -> T) -> T {
        let old = pushes.checked_sub(1).map(|back| self.history.len().saturating_sub(back + 1));
        let Some(old) = old.and_then(|at| self.history.get(at)) else { return answer(self) };
        let mut seen = State::clone(old);
        std::mem::swap(&mut seen.tokens, &mut self.tokens);
        seen.installations.clone_from(&self.installations);
        let not_yet = Arc::new(self.pushed.difference(&seen.pushed).cloned().collect());
        seen.repos.iter_mut().for_each(|repo| repo.not_yet = Arc::clone(&not_yet));
        let told = answer(&mut seen);
        std::mem::swap(&mut seen.tokens, &mut self.tokens);
        told
    }

    pub(in crate::sim) fn clock(&self) -> &SimClock {
        &self.env.clock
    }

    /// Now, as GitHub writes it.
    pub(in crate::sim) fn now(&self) -> String {
        render_time(self.env.clock.now())
    }

    /// The index of a repository by its names, in any letter case.
    pub(in crate::sim) fn find_repo(&self, owner: &str, name: &str) -> Option<usize> {
        self.repos.iter().position(|r| r.owner.eq_ignore_ascii_case(owner) && r.name.eq_ignore_ascii_case(name))
    }

    /// The repository that had these names before.
    pub(in crate::sim) fn find_renamed(&self, owner: &str, name: &str) -> Option<usize> {
        let full = format!("{owner}/{name}");
        let old = self.renamed.iter().rev().find(|(known, _)| known.eq_ignore_ascii_case(&full));
        old.and_then(|(_, id)| self.repo_by_id(*id))
    }

    pub(in crate::sim) fn repo_by_id(&self, id: u64) -> Option<usize> {
        self.repos.iter().position(|repo| repo.id == id)
    }

    /// The person or app of that login; made when it is not there yet.
    pub(in crate::sim) fn ensure_user(&mut self, login: &str, kind: &'static str) -> u64 {
        if let Some(user) = self.users.get(login) {
            return user.id;
        }
        let id = self.fresh_id();
        self.users.insert(login.to_owned(), User { id, login: login.to_owned(), kind });
        id
    }

    /// The installation of an app that covers a repository.
    pub(in crate::sim) fn installation_of(&self, app: u64, repo: &Repo) -> Option<&Installation> {
        self.installations.iter().find(|inst| inst.app_id == app && inst.covers(repo))
    }
}
