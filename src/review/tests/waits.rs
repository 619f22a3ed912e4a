//! Rules that wait for facts, and rules of a merge group.

use super::*;
use std::time::Duration;

const RULES: &str = "rule('merges', function() if not danger.github.pr.mergeable then fail('It conflicts.') end end)
rule('covered', { blocking = false }, function() print(danger.coverage.state) end)
rule('other', function() warn('See.') end)";

/// Awaited since so many minutes; `None` in a run that cannot wait.
fn waiting(minutes: Option<u64>) -> Snapshot {
    let mut snapshot = snapshot(RULES);
    let awaited = |wait| Unavailable::Awaited(wait);
    let coverage = FactKey::Coverage(Vec::new());
    snapshot.refuse(&FactKey::Mergeable, awaited(Wait::for_mergeable()));
    snapshot.refuse(&coverage, awaited(Wait::for_coverage()));
    snapshot.waits = minutes.map(|minutes| {
        let since = Timestamp(snapshot.subject.started_at.0 - i64::try_from(minutes * 60_000).expect("a small number"));
        Waits { since: [(FactKey::Mergeable, since), (coverage, since)].into() }
    });
    snapshot
}

#[test]
fn a_rule_waits_until_its_deadline_and_then_fails() {
    let verdict = judge(&waiting(Some(0)));
    assert_eq!((verdict.conclusion, verdict.faults.len(), verdict.findings.len()), (Conclusion::Pending, 0, 1));
    let waits: Vec<(&str, Duration)> =
        verdict.waits().map(|(rule, it)| (rule.name.as_str(), it.until.since(Timestamp(1_700_000_000_000)))).collect();
    let minute = Duration::from_secs(60);
    assert_eq!(waits, [("merges", 10 * minute), ("covered", 30 * minute)]);
    assert!(verdict.rules.iter().all(|rule| rule.waits.is_none() == (rule.state == RuleState::Ran)));

    let verdict = judge(&waiting(Some(10)));
    assert_eq!(verdict.conclusion, Conclusion::Failure);
    assert!(verdict.faults[0].message.starts_with("10 minutes of waiting for GitHub"), "{verdict:?}");
    assert_eq!(verdict.waits().count(), 1, "the advisory one has more time");
    let verdict = judge(&waiting(None));
    assert!(verdict.faults[0].message.starts_with("this run does not wait for GitHub"), "{verdict:?}");
}

#[test]
fn what_blocks_already_is_not_held_back_and_what_cannot_block_holds_nothing() {
    let mut snapshot = waiting(Some(0));
    snapshot.ruleset.layers[0].text.push_str("\nfail('No.')");
    assert_eq!(judge(&snapshot).conclusion, Conclusion::Failure);
    let mut advisory = waiting(Some(0));
    advisory.ruleset.layers[0].text.push_str("\nsettings { conclusion = 'advisory' }");
    assert_eq!(judge(&advisory).conclusion, Conclusion::Neutral);
    let mut ignored = waiting(Some(0));
    ignored.ruleset.layers[0].text.push_str("\nsettings { ignore_authors = { 'ada' } }");
    let verdict = judge(&ignored);
    assert_eq!((verdict.conclusion, verdict.waits().count()), (Conclusion::Success, 0));
}

/// A merge group of pull requests with these verdicts.
fn group(lua: &str, verdicts: Vec<Option<Verdict>>) -> Verdict {
    let mut snapshot = snapshot(lua);
    snapshot.refuse(&FactKey::Pull, Unavailable::OfQueuedPulls);
    let pull = |(index, verdict): (usize, Option<Verdict>)| QueuedPull {
        number: PullNumber(index as u64 + 1),
        head: snapshot.subject.head.clone(),
        author: "ada".to_owned(),
        verdict: verdict.map(Box::new),
    };
    snapshot.group = Some(verdicts.into_iter().enumerate().map(pull).collect());
    judge(&snapshot)
}

const GROUPED: &str = "rule('titled', function() if danger.github.pr.title == 'Print y' then fail('Say why.') end end)
rule('labelled', { labels = { 'nightly' } }, function() fail('never') end)
rule('changes', function() warn('Files: ' .. #danger.git.changed_files) end)";

#[test]
fn f49_the_worst_of_the_queued_pull_requests_counts() {
    let bad = done(GROUPED);
    let mut good = bad.clone();
    good.findings.retain(|finding| finding.rule != "titled");
    good.conclusion = Conclusion::Success;
    let verdict = group(GROUPED, vec![Some(good.clone()), Some(good.clone())]);
    assert_eq!((verdict.conclusion, verdict.findings.len(), verdict.faults.len()), (Conclusion::Success, 1, 0));
    let labelled = verdict.rules.iter().find(|rule| rule.name == "labelled").expect("it is there");
    assert_eq!((labelled.state, labelled.reason.as_deref()), (RuleState::Skipped, Some("needs the label `nightly`")));

    let verdict = group(GROUPED, vec![Some(good.clone()), Some(bad)]);
    assert_eq!(verdict.conclusion, Conclusion::Failure);
    assert!(verdict.findings.iter().any(|it| it.message == "In #2: Say why." && it.place.is_none()), "{verdict:?}");
    for unknown in [vec![Some(good.clone()), None], vec![]] {
        let verdict = group(GROUPED, unknown);
        assert_eq!((verdict.conclusion, verdict.faults.len()), (Conclusion::Failure, 2), "{verdict:?}");
    }
    good.rules.retain(|rule| rule.name != "titled");
    let verdict = group(GROUPED, vec![Some(good)]);
    assert_eq!(verdict.conclusion, Conclusion::Failure, "nobody said anything of a rule that is new");
}

#[test]
fn f49_a_pull_request_that_waits_holds_the_group() {
    let mut waiting = done(GROUPED);
    waiting.findings.clear();
    let until = Timestamp(1_700_000_600_000);
    waiting.rules[1].state = RuleState::Skipped;
    waiting.rules[1].waits = Some(Waiting { what: "a coverage report".to_owned(), until });
    let verdict = group(GROUPED, vec![Some(waiting)]);
    assert_eq!(verdict.conclusion, Conclusion::Pending, "{verdict:?}");
    assert_eq!(verdict.waits().map(|(_, it)| it.until).collect::<Vec<_>>(), [until]);
}
