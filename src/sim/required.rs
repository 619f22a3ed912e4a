//! What branches require before something is merged into them: active rules of rulesets, and protection of the old kind.

use super::handle::SimHandle;
use super::state::{Repo, Required};

impl SimHandle {
    /// A ruleset of the repository requires a check or commit status of this name for a branch.
    pub fn require_by_rule(&self, repo: &str, branch: &str, context: &str) {
        self.require(repo, branch, context, false);
    }

    /// The branch's own protection requires it.
    pub fn require_by_protection(&self, repo: &str, branch: &str, context: &str) {
        self.require(repo, branch, context, true);
    }

    fn require(&self, repo: &str, branch: &str, context: &str, classic: bool) {
        self.with(repo, |state, index| {
            let required = Required { branch: branch.to_owned(), context: context.to_owned(), classic };
            state.repos[index].required.push(required);
        });
    }
}

impl Repo {
    /// Names that a branch requires, of one kind.
    pub(in crate::sim) fn required_on<'a>(&'a self, branch: &'a str, classic: bool) -> impl Iterator<Item = &'a str> {
        let fits = move |it: &&Required| it.branch == branch && it.classic == classic;
        self.required.iter().filter(fits).map(|it| it.context.as_str())
    }
}
