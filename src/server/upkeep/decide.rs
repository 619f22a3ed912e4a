//! Whether an open pull request is judged as it is now; otherwise why it is judged.

use super::facts::{Scripts, facts_digest};
use crate::github::{GlancedCheck, GlancedPull};
use crate::model::Timestamp;
use crate::plan::covers;
use crate::store::{KnownPulls, RequiredScript};
use crate::webhook::Cause;
use std::time::Duration;

/// A check that is in progress for longer, and that nobody here knows of, was left behind.
const ABANDONED: Duration = Duration::from_secs(600);
/// A review that was given up and has no check is tried again after this: GitHub may hear us by then.
const UNSAID: Duration = Duration::from_secs(1800);

/// Why a pull request is to be judged; `None` when it need not be. The rules are the digest of the present ruleset, and those
/// of the scripts that it requires, as far as they are known.
pub(super) fn decide(
    pull: &GlancedPull,
    known: &KnownPulls,
    (ruleset, scripts): (&str, &Scripts),
    now: Timestamp,
) -> Option<Cause> {
    let watched = |check: &GlancedCheck| {
        check.started_at.is_none_or(|at| now.since(at) < ABANDONED) || known.open_checks.contains(&check.id)
    };
    let of_this = || pull.checks.iter().filter(|check| covers(&check.external_id, pull.number));
    // What was open before anybody looked is judged without comments.
    let older = known.since == now || pull.created_at < known.since;
    let first = if older { Cause::Installed } else { Cause::Opened };
    match known.jobs.get(&pull.number) {
        // It will be.
        Some(None) => return None,
        // It was given up, and nothing happened since.
        Some(Some(parked_at)) if pull.updated_at <= *parked_at => {
            // Its check may be open since an answer that nobody heard, or that it was given up could not be said either.
            let left_open = of_this().any(|check| check.open && !watched(check));
            let unsaid = now.since(*parked_at) >= UNSAID && of_this().next().is_none() && !ruleset.is_empty();
            let cause = if known.judged.contains_key(&pull.number) { Cause::Rerequested } else { first };
            return (left_open || unsaid).then_some(cause);
        }
        Some(Some(_)) | None => {}
    }
    let Some(judged) = known.judged.get(&pull.number) else {
        return (!ruleset.is_empty()).then_some(first);
    };
    let labels = pull.labels.iter().map(String::as_str);
    if judged.head != pull.head {
        return Some(Cause::Synchronize);
    }
    if judged.ruleset != ruleset {
        return Some(if judged.ruleset.is_empty() { Cause::FirstDangerfile } else { Cause::Push });
    }
    let mut required = judged.grounds.iter().flat_map(|grounds| &grounds.scripts);
    let differs = |it: &RequiredScript| scripts.get(&(it.layer, it.path.clone())).is_some_and(|now| *now != it.digest);
    if required.any(differs) {
        return Some(Cause::Push);
    }
    if judged.facts != facts_digest(&pull.title, &pull.body, pull.draft, &pull.base, labels) {
        return (!ruleset.is_empty()).then_some(Cause::Edited);
    }
    let current = of_this().any(|check| check.concluded || check.open && watched(check));
    (!current && !ruleset.is_empty()).then_some(Cause::Rerequested)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CommitId, PullNumber, RepoPath};
    use crate::store::{Grounds, Judged};

    const NOW: Timestamp = Timestamp(10_000_000);

    fn commit(letter: &str) -> CommitId {
        CommitId::new(&letter.repeat(40)).expect("a commit")
    }

    fn check() -> GlancedCheck {
        let external_id = "deckhand:v1:a:b:run.0:3+7".to_owned();
        GlancedCheck { id: 5, external_id, open: false, concluded: true, started_at: Some(Timestamp(0)) }
    }

    fn pull() -> GlancedPull {
        GlancedPull {
            number: PullNumber(7),
            title: "Greet".to_owned(),
            body: String::new(),
            draft: false,
            queued: false,
            base: "main".to_owned(),
            labels: vec!["b".to_owned(), "a".to_owned()],
            head: commit("a"),
            created_at: Timestamp(2_000),
            updated_at: Timestamp(3_000),
            checks: vec![check()],
        }
    }

    fn known() -> KnownPulls {
        let facts = facts_digest("Greet", "", false, "main", ["a", "b"].into_iter());
        let script = RequiredScript { layer: 0, path: RepoPath::new("rules/a.lua"), digest: "old".to_owned() };
        let grounds = Grounds { head: commit("a"), base: "main".to_owned(), commits: None, scripts: vec![script] };
        let judged = Judged { head: commit("a"), facts, ruleset: "rules".to_owned(), grounds: Some(grounds) };
        KnownPulls { since: Timestamp(1_000), judged: [(PullNumber(7), judged)].into(), ..KnownPulls::default() }
    }

    #[test]
    fn f04_whatever_was_not_judged_is_found() {
        let why = |pull: &GlancedPull, known: &KnownPulls, ruleset: &str| {
            decide(pull, known, (ruleset, &Scripts::new()), NOW)
        };
        assert_eq!(why(&pull(), &known(), "rules"), None);
        assert_eq!(why(&GlancedPull { head: commit("b"), ..pull() }, &known(), "rules"), Some(Cause::Synchronize));
        assert_eq!(why(&GlancedPull { title: "WIP".to_owned(), ..pull() }, &known(), "rules"), Some(Cause::Edited));
        assert_eq!(why(&GlancedPull { base: "next".to_owned(), ..pull() }, &known(), "rules"), Some(Cause::Edited));
        assert_eq!(why(&pull(), &known(), "others"), Some(Cause::Push));
        assert_eq!(why(&GlancedPull { checks: Vec::new(), ..pull() }, &known(), "rules"), Some(Cause::Rerequested));
        let of_another = GlancedCheck { external_id: "deckhand:v1:a:b:run.0:8".to_owned(), ..check() };
        assert_eq!(
            why(&GlancedPull { checks: vec![of_another], ..pull() }, &known(), "rules"),
            Some(Cause::Rerequested)
        );
        let script = |digest: &str| Scripts::from([((0, RepoPath::new("rules/a.lua")), digest.to_owned())]);
        assert_eq!(decide(&pull(), &known(), ("rules", &script("old")), NOW), None);
        assert_eq!(decide(&pull(), &known(), ("rules", &script("new")), NOW), Some(Cause::Push));
        let nobody = KnownPulls { judged: [].into(), ..known() };
        assert_eq!(why(&pull(), &nobody, "rules"), Some(Cause::Opened));
        assert_eq!(why(&pull(), &nobody, ""), None);
        assert_eq!(why(&pull(), &KnownPulls { since: NOW, ..nobody.clone() }, "rules"), Some(Cause::Installed));
        assert_eq!(why(&pull(), &KnownPulls { since: Timestamp(2_500), ..nobody }, "rules"), Some(Cause::Installed));
    }

    #[test]
    fn f44_a_check_that_was_left_open_is_found() {
        let open = |started_at| GlancedCheck { open: true, concluded: false, started_at: Some(started_at), ..check() };
        let with = |check| GlancedPull { checks: vec![check], ..pull() };
        assert_eq!(decide(&with(open(Timestamp(NOW.0 - 60_000))), &known(), ("rules", &Scripts::new()), NOW), None);
        assert_eq!(
            decide(&with(open(Timestamp(0))), &known(), ("rules", &Scripts::new()), NOW),
            Some(Cause::Rerequested)
        );
        let watched = KnownPulls { open_checks: [5].into(), ..known() };
        assert_eq!(decide(&with(open(Timestamp(0))), &watched, ("rules", &Scripts::new()), NOW), None);
        let ended = GlancedCheck { concluded: false, ..check() };
        assert_eq!(
            decide(&with(ended), &known(), ("rules", &Scripts::new()), NOW),
            Some(Cause::Rerequested),
            "GitHub gave it up"
        );
    }

    #[test]
    fn what_is_queued_or_given_up_is_left_alone() {
        let unjudged = GlancedPull { head: commit("b"), ..pull() };
        let with = |job| KnownPulls { jobs: [(PullNumber(7), job)].into(), ..known() };
        assert_eq!(decide(&unjudged, &with(None), ("rules", &Scripts::new()), NOW), None);
        assert_eq!(decide(&unjudged, &with(Some(Timestamp(3_000))), ("rules", &Scripts::new()), NOW), None);
        assert_eq!(
            decide(&unjudged, &with(Some(Timestamp(2_999))), ("rules", &Scripts::new()), NOW),
            Some(Cause::Synchronize)
        );
        let open = GlancedCheck { open: true, concluded: false, ..check() };
        let left_open = GlancedPull { checks: vec![open], ..pull() };
        assert_eq!(
            decide(&left_open, &with(Some(Timestamp(3_000))), ("rules", &Scripts::new()), NOW),
            Some(Cause::Rerequested)
        );
        let unsaid = GlancedPull { checks: Vec::new(), ..pull() };
        let given_up = |ago: Duration| with(Some(NOW.before(ago)));
        let why = |known: &KnownPulls, ruleset: &str| decide(&unsaid, known, (ruleset, &Scripts::new()), NOW);
        assert_eq!(why(&given_up(UNSAID), "rules"), Some(Cause::Rerequested), "no check says that it was given up");
        assert_eq!(why(&given_up(UNSAID / 2), "rules"), None);
        assert_eq!(why(&given_up(UNSAID), ""), None, "none is due");
        let unjudged = KnownPulls { judged: [].into(), since: Timestamp(2_500), ..given_up(UNSAID) };
        assert_eq!(why(&unjudged, "rules"), Some(Cause::Installed));
        let fresh = Timestamp(ABANDONED.as_millis() as i64 - 1);
        assert_eq!(decide(&left_open, &with(Some(Timestamp(3_000))), ("rules", &Scripts::new()), fresh), None);
    }
}
