//! Checks that speak of a pull request under other names than its present one: a dangerfile can rename its check, also by
//! what the pull request says, and the guess at its opening can be wrong. What they say must not stay behind.

use super::passes::WHOLE;
use crate::github::Overview;
use crate::model::{Conclusion, Verdict};
use crate::plan::{StatusState, covers};
use std::collections::BTreeSet;

/// The other names under which the verdict is said too, so that whatever a branch requires says it. `former` is the name
/// of the last judgement at this head and base.
pub(super) fn find(overview: &Overview, present: &str, former: Option<String>, verdict: &Verdict) -> BTreeSet<String> {
    let (number, published) = (overview.pull.number, &overview.published);
    // Nobody knows how the check is called: what passed under any name must not stand for this ruleset.
    let whole = verdict.faults.iter().any(|fault| fault.rule == WHOLE);
    let passes = |conclusion| matches!(conclusion, None | Some(Conclusion::Success | Conclusion::Neutral));
    let can_be = |name: &str| {
        let certain = is_of_base(overview, name) == is_of_base(overview, present);
        former.as_deref() == Some(name) || can_be_of_base(overview, name) && (whole || certain)
    };
    let checks = published.checks.iter().filter(|it| covers(&it.external_id, number) || whole && passes(it.conclusion));
    let statuses = published.statuses.iter().filter(|it| whole && it.state != StatusState::Failure);
    let of_statuses = statuses.filter_map(|it| Some(it.context.rsplit_once('/')?.0));
    let names = checks.map(|it| it.name.as_str()).chain(of_statuses);
    names.filter(|name| *name != present && can_be(name)).map(str::to_owned).collect()
}

/// Names of open checks that can be this pull request's.
pub(super) fn find_open(overview: &Overview) -> BTreeSet<String> {
    let open = overview.published.checks.iter().filter(|it| it.conclusion.is_none());
    open.filter(|it| can_be_of_base(overview, &it.name)).map(|it| it.name.clone()).collect()
}

/// Whether it is the name of a check for this base branch alone.
fn is_of_base(overview: &Overview, name: &str) -> bool {
    name.ends_with(&format!(" ({})", overview.pull.base.name))
}

/// Whether it is no name of a check for another base branch.
fn can_be_of_base(overview: &Overview, name: &str) -> bool {
    is_of_base(overview, name) || !name.ends_with(')')
}
