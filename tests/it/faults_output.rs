//! What people read: complete, within GitHub's limits, harmless, and never what another head was told.

use crate::faults_moves::before_request;
use crate::other_ways::Kills;
use crate::sim_bench::{Ending, REPO, Story, writes};
use deckhand::sim::{Fault, FaultEffect, Kind, SimHandle};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

const PRINTS: &str = "for _, line in danger.git.added_lines('**/*.py') do
  if line.text:find('print(', 1, true) then
    fail('Leftover ' .. line.text .. ' on ' .. line.number .. '!', { file = line.file, line = line.number })
  end
end
if danger.github.pr.title:find('WIP', 1, true) then fail('Not ready yet.') end
";
const QUIET: (&str, Option<&str>) = ("a.py", Some("a = 2\n"));
const NOISY: (&str, Option<&str>) = ("a.py", Some("a = 1\nprint(a)\n"));

async fn begin(rules: &str) -> Story {
    Story::begin(&[("dangerfile.lua", rules), ("a.py", "a = 1\n")]).await
}

/// The checks on the head, the newest first.
fn checks(story: &Story, number: u64) -> Vec<Value> {
    story.sim.checks(REPO, &story.sim.head(REPO, number).unwrap())
}

fn body(value: &Value) -> &str {
    value["body"].as_str().unwrap()
}

/// Lines of code, each with something to find.
fn prints(how_many: usize) -> String {
    (1..=how_many).map(|at| format!("print({at})\n")).collect()
}

/// The messages of all annotations that were sent to check runs.
fn annotations(story: &Story) -> Vec<String> {
    let log = story.sim.log();
    let chunks = log.iter().filter(|it| it.path.contains("/check-runs") && it.status < 300);
    chunks
        .flat_map(|it| it.request["output"]["annotations"].as_array().cloned().unwrap_or_default())
        .map(|it| it["message"].as_str().unwrap().to_owned())
        .collect()
}

/// Looks at the pull request once more, under another title.
async fn look_again(story: &Story, number: u64, title: &str) {
    story.sim.edit_pull(REPO, number, "mona", Some(title), None, None);
    story.rest().await;
}

/// A commit that adds a file on which nothing is said.
async fn push_quiet(story: &Story, branch: &str, path: &str) {
    story.sim.push(REPO, branch, "mona", "More", &[(path, Some("pass\n"))], "main");
    story.rest().await;
}

#[tokio::test]
async fn f39_annotations_go_out_by_fifty_and_none_twice() {
    for (how_many, requests) in [(50, 1), (51, 2), (1_000, 20)] {
        let rules = format!("for i = 1, {how_many} do fail('Line ' .. i, {{ file = 'b.py', line = i }}) end");
        let story = begin(&rules).await;
        let text = prints(how_many);
        let number = story.open("Print much", &[("b.py", Some(text.as_str()))]).await;
        let checks = checks(&story, number);
        assert_eq!(checks.len(), 1);
        assert_eq!(
            (&checks[0]["output"]["annotations_count"], &checks[0]["conclusion"]),
            (&json!(how_many), &json!("failure"))
        );
        let told = annotations(&story);
        assert_eq!((told.len(), told.iter().collect::<BTreeSet<_>>().len()), (how_many, how_many));
        let sent = writes(&story.requests()).iter().filter(|it| it.contains("check-runs")).count();
        assert_eq!(sent, requests + 1, "the open check, then the chunks");
        story.requests();
        look_again(&story, number, "Print it all").await;
        assert_eq!(writes(&story.requests()), [""; 0]);
        story.end().await;
    }
}

#[tokio::test]
async fn f39_a_check_that_was_cut_off_between_chunks_is_continued() {
    let limited = || Fault::secondary_limit(20);
    for effect in [FaultEffect::DropAfter, FaultEffect::DropBefore, limited()] {
        let story = begin(PRINTS).await;
        let text = prints(230);
        // The first chunk passes; the second is lost however often it is tried in this attempt.
        let often = if matches!(effect, FaultEffect::Answer { .. }) { 1 } else { 2 };
        story.sim.inject(Fault::next("PATCH", "/check-runs/", effect.clone()).after(1).times(often));
        let number = story.open("Print much", &[("b.py", Some(text.as_str()))]).await;
        story.pass(120).await;
        let checks = checks(&story, number);
        assert_eq!(checks.len(), 1, "{effect:?}: {checks:#?}");
        assert_eq!(
            (&checks[0]["output"]["annotations_count"], &checks[0]["conclusion"]),
            (&json!(230), &json!("failure")),
            "{effect:?}"
        );
        let marks = story.sim.annotations(REPO, checks[0]["id"].as_u64().unwrap());
        assert_eq!(marks.iter().collect::<BTreeSet<_>>().len(), 230, "{effect:?}: none twice");
        story.end().await;
    }
}

#[tokio::test]
async fn f39_killed_before_or_after_any_chunk_none_is_there_twice() {
    let story = begin(PRINTS).await;
    let text = prints(130);
    let number = story.open("Print much", &[("b.py", Some(text.as_str()))]).await;
    let check = checks(&story, number).remove(0);
    let marks = story.sim.annotations(REPO, check["id"].as_u64().unwrap());
    assert_eq!((marks.len(), marks.iter().collect::<BTreeSet<_>>().len()), (130, 130));
    // Three chunks after the open check; the page that has to come out of each telling lists every annotation.
    assert_eq!(writes(&story.requests()).iter().filter(|it| it.contains("check-runs")).count(), 4);
    assert_eq!(story.page(number).matches("[failure] b.py:").count(), 130);
    story.end_killed_around_every_write().await;
}

#[tokio::test]
async fn f40_wide_characters_fit_wherever_github_counts() {
    let rules = "settings { check_name = string.rep('\u{1f980}', 25), statuses = 'per_rule' }
       local wide = string.rep('\u{1f980}', 16250)
       rule(string.rep('a', 60), function()
         fail(wide, { file = 'a.py', line = 1, suggestion = wide, fix = { ['a.py'] = wide } })
         fail('x' .. wide, { file = 'a.py', line = 2, fix = { [danger.git.created_files[1]] = wide } })
       end)
       rule(string.rep('b', 60), function() fail('xy' .. wide) end)
       rule('broken', function() error('xyz' .. wide) end)
       rule('skipped', { skip_label = 'none', paths = { '*.none' } }, function() end)
       markdown('xyz' .. wide)";
    let story = Story::begin_with_permissions(
        &[("contents", "write"), ("statuses", "write")],
        &[("dangerfile.lua", rules), ("a.py", "a = 1\n")],
    )
    .await;
    let wide = "\u{1f980}".repeat(60);
    let edits = [("a.py", Some("a = 1\nb = 2\n")), (wide.as_str(), Some("x\n"))];
    story.sim.push(REPO, "wide", "mona", "Say it", &edits, "main");
    let number = story.sim.open_pull(REPO, &wide, &wide, "wide", "main", "mona", false);
    story.rest().await;
    let check = checks(&story, number).remove(0);
    assert_eq!(check["conclusion"], "failure", "{check:#}");
    assert_eq!(check["output"]["annotations_count"], 2, "{check:#}");
    let limits = [("title", 255), ("summary", 65_535), ("text", 65_535)];
    for (part, bytes) in limits {
        let text = check["output"][part].as_str().unwrap_or_default();
        assert!(text.len() <= bytes, "{part}: {}", text.len());
    }
    let all = format!("{}{}", check["output"]["summary"], check["output"]["text"]);
    assert!(all.contains("[Read all of it]("), "{all}");
    let said = story.sim.statuses(REPO, &story.sim.head(REPO, number).unwrap());
    assert_eq!(said.len(), 5, "{said:#?}");
    for status in &said {
        assert!(status["description"].as_str().unwrap().len() <= 140, "{status:#}");
    }
    let refused: Vec<String> = story
        .sim
        .log()
        .iter()
        .filter(|it| it.status == 422 && it.kind == Kind::Write)
        .map(ToString::to_string)
        .collect();
    assert_eq!(refused, [""; 0], "GitHub takes every text");
    assert_eq!((story.sim.comments(REPO, number).len(), story.sim.review_comments(REPO, number).len()), (1, 2));
    // What a button and a command say is cut as well.
    story.sim.advance(std::time::Duration::from_secs(5));
    story.sim.comment(REPO, number, "mona", &format!("/deckhand explain {}", "a".repeat(60))).unwrap();
    story.sim.comment(REPO, number, "mona", "/deckhand why").unwrap();
    story.rest().await;
    assert_eq!(story.sim.comments(REPO, number).len(), 5);
    story.end().await;
}

#[tokio::test]
async fn f40_texts_of_any_length_and_alphabet_are_cut_and_the_check_concludes() {
    let rules = "local wide = string.rep('\u{1f980}', 16000)
       local loud = string.rep('@a <b ', 9000)
       fail(wide, { file = 'a.py', line = 1 })
       warn(loud, { file = 'a.py', line = 2 })
       warn(loud)
       fail('x' .. wide)
       markdown(string.rep('<details>\u{00e9}</details>\\n', 2500))
       markdown(string.rep('`', 40000))
       for i = 1, 300 do warn(i .. string.rep('\u{1f980}', 500)) end
       fail('\u{202e}\u{7}', { file = 'a.py', line = 3 })";
    let story = begin(rules).await;
    let number = story.open("Say much", &[("a.py", Some("a = 1\nb = 2\nc = 3\n"))]).await;
    let check = checks(&story, number).remove(0);
    assert_eq!(check["conclusion"], "failure");
    let output = &check["output"];
    for part in ["summary", "text"] {
        let text = output[part].as_str().unwrap();
        assert!(text.len() <= 65_535, "{part}: {}", text.len());
    }
    assert!(
        output["text"].as_str().unwrap().contains(&format!("[Read all of it]({}/runs/", story.server.public_url()))
    );
    let comments = story.sim.comments(REPO, number);
    assert_eq!(comments.len(), 1);
    assert!(body(&comments[0]).contains("[Read all of it]("));
    let lines = story.sim.review_comments(REPO, number);
    assert_eq!(lines.len(), 3);
    for comment in comments.iter().chain(&lines) {
        assert!(body(comment).len() <= 65_536);
    }
    story.requests();
    look_again(&story, number, "Say much more").await;
    assert_eq!(writes(&story.requests()), [""; 0], "a link to another run is no other text");
    story.end().await;
}

#[tokio::test]
async fn f41_one_refused_comment_of_ten_costs_no_other() {
    let story = begin(PRINTS).await;
    let refusal = FaultEffect::Answer {
        status: 422,
        body: json!({
            "message": "Unprocessable Entity", "errors": ["Line could not be resolved"],
            "documentation_url": "https://docs.github.com/rest", "status": "422",
        }),
        headers: Vec::new(),
    };
    story.sim.inject(Fault::next("POST", "/reviews", refusal).containing("on 3!").times(100));
    let text = prints(10);
    let number = story.open("Print ten", &[("b.py", Some(text.as_str()))]).await;
    story.sim.clear_faults();
    let posted: BTreeSet<u64> =
        story.sim.review_comments(REPO, number).iter().map(|it| it["line"].as_u64().unwrap()).collect();
    assert_eq!(posted, BTreeSet::from([1, 2, 4, 5, 6, 7, 8, 9, 10]));
    assert_eq!(story.sim.review_comments(REPO, number).len(), 9);
    let comments = story.sim.comments(REPO, number);
    assert!(comments.len() == 1 && body(&comments[0]).contains("on 3!"), "{comments:#?}");
    assert_eq!(checks(&story, number)[0]["conclusion"], "failure");
    let lines = |sim: &SimHandle, when: &str| {
        let on: Vec<u64> = sim.review_comments(REPO, number).iter().map(|it| it["line"].as_u64().unwrap()).collect();
        assert_eq!(on.iter().copied().collect::<BTreeSet<_>>(), posted, "{when}");
        assert_eq!((on.len(), sim.comments(REPO, number).len()), (9, 1), "{when}");
    };
    // A review that was begun before and one that follows it are two.
    story.end_as(Ending { kills: Kills::Sparse, holds: Some(&lines), ..Ending::default() }).await;
}

#[tokio::test]
async fn f41_refusals_that_name_several_comments_or_none_cost_no_other() {
    // "Validation Failed" names nothing; the sample of GitHub's documentation for a review.
    for (words, bad) in
        [("Validation Failed", vec!["on 3!", "on 8!"]), ("Line could not be resolved", vec!["on 1!", "on 2!", "on 9!"])]
    {
        let story = begin(PRINTS).await;
        for line in &bad {
            let body =
                json!({ "message": words, "documentation_url": "https://docs.github.com/rest", "status": "422" });
            let refusal = FaultEffect::Answer { status: 422, body, headers: Vec::new() };
            story.sim.inject(Fault::next("POST", "/reviews", refusal).containing(line).times(100));
        }
        let text = prints(10);
        let number = story.open("Print ten", &[("b.py", Some(text.as_str()))]).await;
        story.sim.clear_faults();
        assert_eq!(story.sim.review_comments(REPO, number).len(), 10 - bad.len(), "{words}");
        let comments = story.sim.comments(REPO, number);
        assert!(comments.len() == 1 && bad.iter().all(|it| body(&comments[0]).contains(it)), "{comments:#?}");
        assert_eq!(checks(&story, number)[0]["output"]["title"], "10 problems", "{words}");
        let said = move |sim: &SimHandle, when: &str| {
            let seen = (sim.review_comments(REPO, number).len(), sim.comments(REPO, number).len());
            assert_eq!(seen, (10 - bad.len(), 1), "{words}: {when}");
        };
        story.end_as(Ending { kills: Kills::Sparse, holds: Some(&said), ..Ending::default() }).await;
    }
}

#[tokio::test]
async fn f41_a_line_that_stays_refused_is_tried_once_for_each_head() {
    let story = begin(PRINTS).await;
    let words = json!({ "message": "Line could not be resolved", "documentation_url": "https://docs.github.com/rest", "status": "422" });
    let refusal = FaultEffect::Answer { status: 422, body: words, headers: Vec::new() };
    story.sim.inject(Fault::next("POST", "/reviews", refusal).containing("on 3!").times(1_000));
    let text = prints(4);
    let number = story.open("Print four", &[("b.py", Some(text.as_str()))]).await;
    story.requests();
    look_again(&story, number, "Print all four").await;
    let again = story.requests();
    assert_eq!(writes(&again), [""; 0]);
    assert!(again.iter().all(|it| it.status < 400), "nothing is asked for that was refused: {again:#?}");
    assert!(body(&story.sim.comments(REPO, number)[0]).contains("on 3!"));
    // Another head is another diff.
    push_quiet(&story, "print-four", "c.py").await;
    assert!(story.requests().iter().any(|it| it.path.ends_with("/reviews") && it.status == 422));
    story.sim.clear_faults();
    push_quiet(&story, "print-four", "d.py").await;
    assert_eq!(story.sim.review_comments(REPO, number).len(), 4, "what is not refused any more is said at its line");
    story.end().await;
}

/// A text without its code spans and blocks.
fn outside_code(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('`') {
        out.push_str(&rest[..at]);
        let run: String = rest[at..].chars().take_while(|c| *c == '`').collect();
        let inside = &rest[at + run.len()..];
        match inside.find(&run) {
            Some(end) => rest = &inside[end + run.len()..],
            None => {
                out.push_str(&run);
                rest = inside;
            }
        }
    }
    out + rest
}

#[tokio::test]
async fn f42_hostile_words_notify_nobody_and_escape_nowhere() {
    let marker = "<!-- deckhand:v1 summary op=x body=0000000000000000 -->";
    let title = format!("@org/all &#64;org &commat;org </details> {marker} \u{202e}evil\u{7} ```");
    let path = "src/@org `all` </details> <!-- x -->.py";
    let rules = "warn(danger.github.pr.title)
       for _, line in danger.git.added_lines() do
         warn(danger.github.pr.title .. ' ' .. line.file .. ' ' .. line.text, { file = line.file, line = line.number })
       end
       markdown('<details><summary>' .. danger.github.pr.title .. '</summary></details><script>')";
    let story = begin(rules).await;
    story.sim.push(REPO, "evil", "mona", &title, &[(path, Some("</details> @org/all ```suggestion\n"))], "main");
    let number = story.sim.open_pull(REPO, &title, "", "evil", "main", "mona", false);
    let foreign = story.sim.comment(REPO, number, "mona", &format!("Mine.\n\n{marker}")).unwrap();
    story.rest().await;
    let check = checks(&story, number).remove(0);
    let comments = story.sim.comments(REPO, number);
    let ours: Vec<&Value> = comments.iter().filter(|it| it["id"] != foreign).collect();
    assert_eq!(ours.len(), 1, "one summary of our own");
    let mut texts: Vec<String> = ["title", "summary", "text"]
        .iter()
        .filter_map(|part| check["output"][*part].as_str().map(str::to_owned))
        .collect();
    texts.push(body(ours[0]).to_owned());
    let lines = story.sim.review_comments(REPO, number);
    assert_eq!(lines.len(), 1);
    texts.extend(lines.iter().map(|it| body(it).to_owned()));
    for text in &texts {
        assert!(!text.contains('\u{202e}') && !text.contains('\u{7}'), "{text:?}");
        let (said, _) = text.rsplit_once("\n\n<!-- deckhand:v1").unwrap_or((text, ""));
        let open = outside_code(said);
        for harm in ["@org", "&#64;org", "&commat;org", "</details> ", "<!--", "<script"] {
            assert!(!open.contains(harm), "{harm}: {open}");
        }
    }
    let theirs = comments.iter().find(|it| it["id"] == foreign).unwrap();
    assert_eq!(body(theirs), format!("Mine.\n\n{marker}"), "nobody touched it");
    story.requests();
    story.sim.edit_pull(REPO, number, "mona", None, Some("@org/all"), None);
    story.rest().await;
    assert_eq!(writes(&story.requests()), [""; 0]);
    story.end().await;
}

#[tokio::test]
async fn f43_what_a_person_resolved_is_not_said_again() {
    let story = begin(PRINTS).await;
    let number = story.open("Say it", &[NOISY]).await;
    let first = story.sim.review_comments(REPO, number)[0]["id"].as_u64().unwrap();
    assert!(story.sim.resolve_thread(first));
    story.requests();
    for (text, words) in [("b = 0\na = 1\nprint(a)\n", "Move it"), ("b = 1\na = 1\nprint(a)\n", "Change beside it")] {
        story.sim.push(REPO, "say-it", "mona", words, &[("a.py", Some(text))], "");
        story.rest().await;
        let comments = story.sim.review_comments(REPO, number);
        assert_eq!(comments.len(), 1, "{words}: {comments:#?}");
        assert_eq!(checks(&story, number)[0]["conclusion"], "failure", "resolving is no override");
    }
    assert_eq!(writes(&story.requests()).iter().filter(|it| !it.contains("check-runs")).count(), 0);
    story.end().await;
}

#[tokio::test]
async fn f43_comments_of_ours_that_people_changed_are_not_fought_over() {
    let story = begin(PRINTS).await;
    let number = story.open("WIP", &[NOISY]).await;
    let summary = story.sim.comments(REPO, number)[0].clone();
    let line = story.sim.review_comments(REPO, number)[0].clone();
    // Edited, the marker left alone: it stays as the person wants it.
    for comment in [&summary, &line] {
        story.sim.overwrite_comment(REPO, comment["id"].as_u64().unwrap(), &body(comment).replace("Problem", "Trifle"));
    }
    story.requests();
    look_again(&story, number, "WIP 2").await;
    assert_eq!(writes(&story.requests()), [""; 0]);
    // Edited away: it is nobody's now, and ours is written once.
    story.sim.overwrite_comment(REPO, summary["id"].as_u64().unwrap(), "Thanks!");
    look_again(&story, number, "WIP 3").await;
    look_again(&story, number, "WIP 4").await;
    assert_eq!(writes(&story.requests()), ["POST issues/comments 201"]);
    let comments = story.sim.comments(REPO, number);
    assert!(comments.len() == 2 && body(&comments[0]) == "Thanks!", "{comments:#?}");
    // There twice: one goes.
    story.sim.double_comment(REPO, comments[1]["id"].as_u64().unwrap());
    look_again(&story, number, "WIP 5").await;
    assert_eq!(writes(&story.requests()), ["DELETE issues/comments 204"]);
    // Deleted: said once more, since it still holds.
    story.sim.delete_comment(REPO, line["id"].as_u64().unwrap());
    look_again(&story, number, "WIP 6").await;
    look_again(&story, number, "WIP 7").await;
    assert_eq!(writes(&story.requests()), ["POST pulls/reviews 200"]);
    story.end().await;
}

#[tokio::test]
async fn f42_hostile_words_of_people_and_branches_stay_harmless_in_answers_too() {
    let marker = "<!-- deckhand:v1 summary op=x body=0000000000000000 -->";
    let title = format!("WIP @org/all </details> {marker} ``` \u{202e}evil");
    let rules = "rule('titled', function() fail('Not ready: ' .. danger.github.pr.title) end)\n\
         rule('named', function() fail('Into ' .. danger.github.pr.base.ref) end)\n\
         rule('broken', { blocking = false }, function() error(danger.github.pr.title) end)";
    let story = begin(rules).await;
    story.sim.add_user(REPO, "ada", "write");
    let base = "next/@org/all-</details>-```";
    story.sim.branch(REPO, base, "main", "mona");
    story.sim.push(REPO, "evil", "mona", &title, &[QUIET], base);
    let number = story.sim.open_pull(REPO, &title, "", "evil", base, "mona", false);
    story.rest().await;
    story.sim.advance(std::time::Duration::from_secs(5));
    let say = [
        format!("/deckhand override titled @org/all </details> {marker} ```"),
        "/deckhand why".to_owned(),
        format!("/deckhand explain @org/all</details>{marker}"),
        format!("/deckhand @org/all </details> {marker}"),
    ];
    for text in &say {
        story.sim.comment(REPO, number, "ada", text).unwrap();
        story.rest().await;
    }
    let check = checks(&story, number).remove(0);
    let comments = story.sim.comments(REPO, number);
    let ours: Vec<&Value> = comments.iter().filter(|it| it["user"]["login"] == "deckhand[bot]").collect();
    // The summary, and an answer to each but the first.
    assert_eq!(ours.len(), 4, "{comments:#?}");
    let of_check = ["title", "summary", "text"].iter().filter_map(|part| check["output"][*part].as_str());
    let said: String = of_check.clone().collect();
    assert!(said.contains("overridden"), "{said}");
    for text in of_check.chain(ours.iter().map(|it| body(it))) {
        assert!(!text.contains('\u{202e}'), "{text:?}");
        let (said, _) = text.rsplit_once("\n\n<!-- deckhand:v1").unwrap_or((text, ""));
        let open = outside_code(said);
        for harm in ["@org", "</details> ", "<!--"] {
            assert!(!open.contains(harm), "{harm}: {open}");
        }
    }
    let theirs: Vec<&str> = comments.iter().filter(|it| it["user"]["login"] == "ada").map(body).collect();
    assert_eq!(theirs, say, "nobody touched them");
    story.end().await;
}

#[tokio::test]
async fn f43_a_comment_that_is_there_twice_goes_once_and_a_summary_that_was_deleted_comes_once() {
    let story = begin(PRINTS).await;
    let number = story.open("WIP", &[NOISY]).await;
    let summary = story.sim.comments(REPO, number)[0]["id"].as_u64().unwrap();
    let line = story.sim.review_comments(REPO, number)[0]["id"].as_u64().unwrap();
    story.sim.double_comment(REPO, line);
    story.requests();
    look_again(&story, number, "WIP 2").await;
    look_again(&story, number, "WIP 3").await;
    assert_eq!(writes(&story.requests()), ["DELETE pulls/comments 204"]);
    assert_eq!(story.sim.review_comments(REPO, number).len(), 1);
    story.sim.delete_comment(REPO, summary);
    look_again(&story, number, "WIP 4").await;
    look_again(&story, number, "WIP 5").await;
    assert_eq!(writes(&story.requests()), ["POST issues/comments 201"]);
    // One of two was resolved by a person: that one stays, and what is open says it once.
    let left = story.sim.review_comments(REPO, number)[0]["id"].as_u64().unwrap();
    story.sim.double_comment(REPO, left);
    assert!(story.sim.resolve_thread(left));
    look_again(&story, number, "WIP 6").await;
    look_again(&story, number, "WIP 7").await;
    assert_eq!(writes(&story.requests()), [""; 0]);
    // Fixed and back again: what a person resolved is not brought up anew.
    let open = story.sim.review_comments(REPO, number)[1]["id"].as_u64().unwrap();
    assert!(story.sim.resolve_thread(open));
    for edit in [QUIET, NOISY] {
        story.sim.push(REPO, "wip", "mona", "Go on", &[edit], "");
        story.rest().await;
    }
    let posted = writes(&story.requests()).iter().filter(|it| it.contains("reviews")).count();
    assert_eq!((posted, story.sim.review_comments(REPO, number).len()), (0, 2));
    story.end().await;
}

#[tokio::test]
async fn f43_in_a_locked_conversation_the_check_speaks() {
    let story = begin(PRINTS).await;
    let number = story.open("Greet", &[QUIET]).await;
    story.sim.lock_conversation(REPO, number, true);
    story.sim.push(REPO, "greet", "mona", "Say it", &[NOISY], "");
    look_again(&story, number, "WIP").await;
    let check = checks(&story, number).remove(0);
    assert_eq!((&check["conclusion"], &check["output"]["annotations_count"]), (&json!("failure"), &json!(1)));
    assert!(story.sim.comments(REPO, number).is_empty() && story.sim.review_comments(REPO, number).is_empty());
    story.sim.lock_conversation(REPO, number, false);
    look_again(&story, number, "WIP 2").await;
    assert_eq!((story.sim.comments(REPO, number).len(), story.sim.review_comments(REPO, number).len()), (1, 1));
    story.end().await;
}

#[tokio::test]
async fn f45_a_head_that_moves_at_any_request_leaves_nothing_on_the_next() {
    const OLD: (&str, Option<&str>) = ("a.py", Some("a = 1\nprint('old', a)\nprint('older', a)\n"));
    const NEW: (&str, Option<&str>) = ("a.py", Some("a = 1\n\n\nb = 2\nprint('new', b)\n"));
    let mut moves = 0;
    loop {
        let story = begin(PRINTS).await;
        let moved = before_request(&story.sim, moves, |sim| {
            sim.push(REPO, "move", "mona", "Move on", &[NEW], "");
        });
        let number = story.open("Move", &[OLD]).await;
        story.pass(60).await;
        // Where a server is killed, more requests come, and the head may move before one of these.
        let holds = |sim: &SimHandle, when: &str| {
            let head = sim.head(REPO, number).unwrap();
            let has_moved = sim.message(REPO, &head).unwrap() == "Move on";
            let (word, title, problems) = if has_moved { ("'new'", "1 problem", 1) } else { ("'old", "2 problems", 2) };
            let checks = sim.checks(REPO, &head);
            assert_eq!(checks[0]["conclusion"], "failure", "{when}");
            for check in &checks {
                assert_eq!(check["output"]["title"], title, "{when}");
                assert!(check["output"]["summary"].as_str().unwrap().contains(word), "{when}");
            }
            let comments = sim.review_comments(REPO, number);
            assert_eq!(comments.len(), problems, "{when}: {comments:#?}");
            assert!(comments.iter().all(|it| body(it).contains(word)), "{when}");
            assert!(comments.iter().all(|it| it["commit_id"] == json!(head)), "{when}");
            assert!(sim.comments(REPO, number).is_empty(), "{when}");
        };
        holds(&story.sim, &format!("at request {moves}"));
        let has_moved = moved.load(Ordering::SeqCst);
        story.end_as(Ending { kills: Kills::Before, holds: Some(&holds), ..Ending::default() }).await;
        if !has_moved {
            break;
        }
        moves += 1;
    }
    assert!(moves >= 7, "the head moved before each of {moves} requests");
}

#[tokio::test]
async fn f45_what_was_refused_on_an_old_head_is_not_said_on_the_next() {
    let story = begin(PRINTS).await;
    let body = json!({ "message": "Line could not be resolved", "documentation_url": "https://docs.github.com/rest" });
    let refusal = FaultEffect::Answer { status: 422, body, headers: Vec::new() };
    story.sim.inject(Fault::next("POST", "/reviews", refusal));
    // What was refused is planned anew, and by then the head is another one.
    story.sim.meanwhile("POST", "query Overview", 1, |sim| {
        sim.push(REPO, "say-it", "mona", "Move on", &[QUIET], "");
    });
    let number = story.open("Say it", &[NOISY]).await;
    assert_eq!(checks(&story, number)[0]["conclusion"], "success");
    assert!(story.sim.comments(REPO, number).is_empty() && story.sim.review_comments(REPO, number).is_empty());
    story.end().await;
}

#[tokio::test]
async fn f44_a_renamed_check_opens_at_once_when_its_name_is_known_and_none_stays_open_when_it_was_a_guess() {
    let rules = "local waits = danger.github.pr.title:find('WIP', 1, true)
       settings { check_name = waits and 'waits' or 'gate' }
       if waits then fail('Not ready yet.') end";
    let story = begin(rules).await;
    let of_checks = |story: &Story| -> Vec<String> {
        writes(&story.requests()).into_iter().filter(|it| it.contains("check-runs")).collect()
    };
    let said = |number: u64| -> Vec<String> {
        let line =
            |it: &Value| format!("{} {}", it["name"].as_str().unwrap(), it["conclusion"].as_str().unwrap_or("open"));
        let mut all: Vec<String> = checks(&story, number).iter().map(line).collect();
        all.sort();
        all
    };
    let first = story.open("Greet", &[QUIET]).await;
    assert_eq!(of_checks(&story), ["POST check-runs 201"], "nobody knows its name before the rules ran");
    assert_eq!(said(first), ["gate success"]);
    let second = story.open("Greet again", &[QUIET, ("b.py", Some("b = 1\n"))]).await;
    assert_eq!(of_checks(&story), ["POST check-runs 201", "PATCH check-runs 200"], "opened, then concluded");
    assert_eq!(said(second), ["gate success"]);
    let third = story.open("WIP", &[QUIET, ("c.py", Some("c = 1\n"))]).await;
    assert_eq!(said(third), ["gate failure", "waits failure"], "the guess was wrong, and says the same");
    // A server that begins anew guesses nothing, or does not know what was guessed: then the watchdog concludes.
    story.pass(15 * 60).await;
    story
        .end_where(|sim, when| {
            let of = |number| sim.checks(REPO, &sim.head(REPO, number).unwrap());
            assert!((1..=2).all(|number| of(number).iter().all(|it| it["conclusion"] == "success")), "{when}");
            let blocked = of(third);
            assert!(blocked.iter().all(|it| it["conclusion"] == "failure"), "{when}: {blocked:#?}");
            assert!(blocked.iter().any(|it| it["name"] == "waits"), "{when}: {blocked:#?}");
        })
        .await;
}
