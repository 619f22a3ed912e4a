//! F28: each kind of write that a long story makes is lost once, on the way there or on the way back. It is read back, and
//! the pages are those of the story in which nothing was lost.

use crate::other_ways::pages;
use crate::sim_bench::{REPO, Story};
use deckhand::sim::{Fault, FaultEffect, Kind, LogEntry};
use std::collections::BTreeMap;

const RULES: &str = "settings { statuses = 'per_rule' }
rule('no-print', function()
  for _, line in danger.git.added_lines('**/*.py') do
    if line.text:find('print(', 1, true) then
      fail('Leftover print in ' .. danger.github.pr.title, { file = line.file, line = line.number })
    end
  end
end)
rule('no-wip', function()
  if danger.github.pr.title:find('WIP', 1, true) then fail('Not ready: ' .. danger.github.pr.title) end
end)
";
const FILES: [(&str, &str); 2] = [("dangerfile.lua", RULES), ("a.py", "a = 1\n")];

/// A way to say which write is meant: the method, and a part of the path or of the mutation's name.
const WRITES: [(&str, &str); 10] = [
    ("POST", "/check-runs"),
    ("PATCH", "/check-runs/"),
    ("POST", "/statuses/"),
    ("POST", "/reviews"),
    ("PATCH", "/pulls/comments/"),
    ("DELETE", "/pulls/comments/"),
    ("POST", "mutation ResolveThread"),
    ("POST", "/issues/1/comments"),
    ("PATCH", "/issues/comments/"),
    ("POST", "/reactions"),
];

/// Everything that the robot writes in the life of a pull request.
async fn tell(lost: Option<&FaultEffect>) -> (Vec<String>, Vec<LogEntry>) {
    let story = Story::begin_with_permissions(&[("contents", "write"), ("statuses", "write")], &FILES).await;
    for (method, part) in WRITES {
        if let Some(effect) = lost {
            story.sim.inject(Fault::next(method, part, effect.clone()));
        }
    }
    let two = ("a.py", Some("a = 1\nprint(a)\nb = 2\nprint(b)\n"));
    let number = story.open("WIP say it", &[two]).await;
    let first = story.sim.review_comments(REPO, number)[0]["id"].as_u64().unwrap();
    story.sim.reply(REPO, first, "mona", "It helps.").unwrap();
    story.sim.edit_pull(REPO, number, "mona", Some("WIP say it twice"), None, None);
    story.rest().await;
    story.sim.comment(REPO, number, "mona", "/deckhand help").unwrap();
    story.rest().await;
    story.sim.push(REPO, "wip-say-it", "mona", "Be quiet", &[("a.py", Some("a = 2\n"))], "");
    story.rest().await;
    story.sim.edit_pull(REPO, number, "mona", Some("Say it"), None, None);
    story.rest().await;
    let told = (pages(&story.sim), story.sim.log());
    story.end().await;
    told
}

/// How often each write was done. A sign that is there already is answered with 200, and nothing happens.
fn count(log: &[LogEntry]) -> BTreeMap<(&'static str, &'static str), usize> {
    let mut counts = BTreeMap::new();
    let is_done = |it: &&LogEntry| {
        it.kind == Kind::Write
            && (200..300).contains(&it.status)
            && !(it.path.contains("/reactions") && it.status == 200)
    };
    for entry in log.iter().filter(is_done) {
        let text = entry.request.to_string();
        let is_it = |part: &str| if entry.path == "/graphql" { text.contains(part) } else { entry.path.contains(part) };
        let kind = WRITES.into_iter().find(|(method, part)| entry.method == *method && is_it(part));
        *counts
            .entry(kind.unwrap_or_else(|| panic!("a kind of write that nothing is known of: {entry}")))
            .or_default() += 1;
    }
    counts
}

#[tokio::test]
async fn f28_every_kind_of_write_that_is_lost_is_done_exactly_once() {
    let (page, log) = tell(None).await;
    let plain = count(&log);
    assert_eq!(plain.len(), WRITES.len(), "the story writes in every way: {plain:#?}");
    for effect in [FaultEffect::DropAfter, FaultEffect::DropBefore] {
        let (disturbed, log) = tell(Some(&effect)).await;
        assert_eq!(disturbed, page, "{effect:?}");
        assert_eq!(count(&log), plain, "{effect:?}");
        let lost = log.iter().filter(|it| it.kind == Kind::Write && it.status == 0).count();
        let expected = if matches!(effect, FaultEffect::DropBefore) { WRITES.len() } else { 0 };
        assert_eq!(lost, expected, "each was lost once on its way there");
    }
}
