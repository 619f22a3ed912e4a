//! What branches require before something is merged into them: active rules of rulesets, and protection of the old kind.

use super::handle::SimHandle;
use super::state::{Repo, Required};

impl SimHandle {
    /// A ruleset of the repository requires a check or commit status of this name for a branch.
    pub fn require_by_rule(&self, repo: &str, branch: &str, context: &str) {
        self.require(repo, Required { app: None, classic: false, ..required(branch, context) });
    }

    /// The same, reported by this app and nobody else.
    pub fn require_by_rule_of(&self, repo: &str, branch: &str, context: &str, app: u64) {
        self.require(repo, Required { app: Some(app), classic: false, ..required(branch, context) });
    }

    /// The branch's own protection requires it.
    pub fn require_by_protection(&self, repo: &str, branch: &str, context: &str) {
        self.require(repo, required(branch, context));
    }

    fn require(&self, repo: &str, required: Required) {
        self.with(repo, |state, index| state.repos[index].required.push(required));
    }
}

fn required(branch: &str, context: &str) -> Required {
    Required { branch: branch.to_owned(), context: context.to_owned(), classic: true, app: None }
}

impl Repo {
    /// What a branch requires, of one kind.
    pub(in crate::sim) fn required_on<'a>(
        &'a self,
        branch: &'a str,
        classic: bool,
    ) -> impl Iterator<Item = &'a Required> {
        self.required.iter().filter(move |it| it.branch == branch && it.classic == classic)
    }
}
