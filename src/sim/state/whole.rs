//! The state as one value, and how things are found in it.

use super::{App, Delivery, Installation, Repo, Token, User};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::sim::clock::{SimClock, render_time};
use crate::sim::env::Env;

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
    /// How everything was before the last push, for reads that are late.
    pub(in crate::sim) stale: Option<Box<State>>,
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
            stale: None,
        }
    }

    /// A number that nothing else has.
    pub(in crate::sim) fn fresh_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    pub(in crate::sim) fn keep_for_stale_reads(&mut self) {
        self.stale = None;
        self.stale = Some(Box::new(self.clone()));
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
