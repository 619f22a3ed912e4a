//! Checks that speak of a pull request under other names than its present one: a dangerfile can rename its check, also by
//! what the pull request says, and the guess at its opening can be wrong. What they say must not stay behind.

use super::shared_head::Neighbours;
use crate::github::Overview;
use crate::model::{Conclusion, DANGERFILE_RULE, Settings, Verdict};
use crate::plan::{StatusState, covers};
use std::collections::BTreeSet;

/// The other names under which the verdict is said too, so that whatever a branch requires says it.
pub(super) fn find(overview: &Overview, present: &str, neighbours: &Neighbours, verdict: &Verdict) -> BTreeSet<String> {
    // Of the last judgement at this head and base.
    let former = neighbours.former_name(overview);
    let (number, published) = (overview.pull.number, &overview.published);
    // Nobody knows how the check is called: what passed under any name must not stand for this ruleset.
    let whole = verdict.faults.iter().any(|fault| fault.rule == DANGERFILE_RULE);
    let others = Others::new(overview, neighbours, Some(verdict).filter(|_| !whole));
    let passes = |conclusion| matches!(conclusion, None | Some(Conclusion::Success | Conclusion::Neutral));
    let can_be = |name: &str| {
        let certain = is_of_base(overview, name) == is_of_base(overview, present);
        former.as_deref() == Some(name) || others.can_be_of_base(name) && (whole || certain)
    };
    let checks = published.checks.iter().filter(|it| covers(&it.external_id, number) || whole && passes(it.conclusion));
    let statuses = published.statuses.iter().filter(|it| whole && it.state != StatusState::Failure);
    let of_statuses = statuses.filter_map(|it| Some(it.context.rsplit_once('/')?.0));
    let names = checks.map(|it| it.name.as_str()).chain(of_statuses);
    names.filter(|name| *name != present && can_be(name)).map(str::to_owned).collect()
}

/// Names of open checks that can be this pull request's.
pub(super) fn find_open(overview: &Overview, neighbours: &Neighbours) -> BTreeSet<String> {
    let others = Others::new(overview, neighbours, None);
    let open = overview.published.checks.iter().filter(|it| it.conclusion.is_none());
    open.filter(|it| others.can_be_of_base(&it.name)).map(|it| it.name.clone()).collect()
}

/// Whether it is the name of a check for this base branch alone; the default branch has no such name.
fn is_of_base(overview: &Overview, name: &str) -> bool {
    let base = &overview.pull.base.name;
    *base != overview.default_branch && is_for(name, base)
}

/// What is known of checks for other base branches. A dangerfile may call its check `danger (lua)`: what a name looks like
/// says nothing by itself.
struct Others<'a> {
    overview: &'a Overview,
    /// Base branches that are judged on this head.
    bases: BTreeSet<&'a str>,
    /// How checks are or were called for bases that have no name of their own; the others have the base behind it.
    plain: BTreeSet<String>,
}

impl<'a> Others<'a> {
    /// `verdict`: of rules that say how their check is called.
    fn new(overview: &'a Overview, neighbours: &'a Neighbours, verdict: Option<&'a Verdict>) -> Self {
        let mut plain = neighbours.plain_names();
        plain.extend(verdict.map(|verdict| verdict.settings.check_name.clone()));
        plain.insert(Settings::default().check_name);
        Others { overview, bases: neighbours.other_bases(overview), plain }
    }

    /// Whether it is no name of a check for another base branch.
    fn can_be_of_base(&self, name: &str) -> bool {
        let has_base = |rest: &str| rest.starts_with(" (") && rest.ends_with(')');
        let of_plain = |plain: &String| name.strip_prefix(plain.as_str()).is_some_and(has_base);
        let is_of_other = || self.bases.iter().any(|base| is_for(name, base)) || self.plain.iter().any(of_plain);
        is_of_base(self.overview, name) || self.plain.contains(name) || !is_of_other()
    }
}

fn is_for(name: &str, base: &str) -> bool {
    name.strip_suffix(')').and_then(|name| name.strip_suffix(base)).is_some_and(|name| name.ends_with(" ("))
}
