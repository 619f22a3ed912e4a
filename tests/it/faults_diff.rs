//! Changes that are too many, too long or too odd: seen whole and exactly, or the check fails and says why.

use crate::other_ways::Kills;
use crate::sim_bench::{Ending, REPO, Story, writes};
use deckhand::sim::{Fault, FaultEffect, LogEntry, OddEdit};

const PRINTS: &str = "rule('no-print', function()
  for _, line in danger.git.added_lines('**/*.py') do
    if line.text:find('print(', 1, true) then warn('Leftover print', { file = line.file, line = line.number }) end
  end
end)
";

/// The same without a look at each line.
const BY_FILE: &str = "rule('no-print', function()
  for _, path in danger.git.changed_files do
    if danger.git.diff_for_file(path).added:find('print(', 1, true) then warn('Leftover print', { file = path, line = 1 }) end
  end
end)
";

async fn begin(rules: &str) -> Story {
    Story::begin(&[("dangerfile.lua", rules), ("a.py", "a = 1\n")]).await
}

/// The newest check on the head: conclusion, title and summary.
fn check(story: &Story, number: u64) -> (String, String, String) {
    let head = story.sim.head(REPO, number).unwrap();
    let check = story.sim.checks(REPO, &head).into_iter().next().unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    (text(&check["conclusion"]), text(&check["output"]["title"]), text(&check["output"]["summary"]))
}

/// A pull request with these texts in files of these names.
async fn open_files(story: &Story, files: &[(String, String)]) -> u64 {
    let edits: Vec<(&str, Option<&str>)> =
        files.iter().map(|(name, text)| (name.as_str(), Some(text.as_str()))).collect();
    story.open("Change much", &edits).await
}

/// So many files of so many lines, each ending with something to find.
fn files(how_many: usize, lines: usize) -> Vec<(String, String)> {
    let text = format!("{}print(1)\n", "x = 1\n".repeat(lines - 1));
    (0..how_many).map(|at| (format!("src/f{at:04}.py"), text.clone())).collect()
}

fn lists(log: &[LogEntry]) -> usize {
    log.iter().filter(|it| it.path.contains("/pulls/1/files")).count()
}

#[tokio::test]
async fn f35_more_than_300_files_are_read_from_the_list() {
    let story = begin(BY_FILE).await;
    let number = open_files(&story, &files(301, 2)).await;
    let requests = story.requests();
    assert_eq!(lists(&requests), 4);
    assert!(requests.iter().all(|it| it.status != 406), "a diff that would be refused is not asked for");
    // Six chunks of annotations and the summary are beside the twelve.
    assert!(requests.iter().filter(|it| it.method == "GET" || it.path == "/graphql").count() <= 12, "{requests:#?}");
    let (conclusion, title, _) = check(&story, number);
    assert_eq!((conclusion.as_str(), title.as_str()), ("success", "301 warnings"));
    story.end().await;
}

#[tokio::test]
async fn f35_files_that_a_long_page_leaves_out_are_read_in_short_ones() {
    let story = begin(BY_FILE).await;
    // 25,000 lines on one page: GitHub gives the last files as if nothing in them had changed.
    let number = open_files(&story, &files(100, 250)).await;
    let requests = story.requests();
    assert!(requests.iter().any(|it| it.path.contains("per_page=10&")), "{requests:#?}");
    assert_eq!(check(&story, number).1, "100 warnings");
    story.end().await;
}

#[tokio::test]
async fn f36_more_than_3000_files_are_never_judged_as_fewer() {
    let rules =
        format!("{PRINTS}rule('title', function() if #danger.github.pr.title > 99 then fail('Too long') end end)\n");
    let story = begin(&rules).await;
    let number = open_files(&story, &files(3_001, 1)).await;
    let (conclusion, title, summary) = check(&story, number);
    assert_eq!(conclusion, "failure");
    assert!(title.contains("rule no-print could not run"), "{title}");
    assert!(summary.contains("3000 of 3001"), "{summary}");
    story.end().await;
}

#[tokio::test]
async fn f36_a_patch_that_is_missing_fails_the_rule_that_reads_it() {
    let rules = "rule('long', { paths = { 'long.py' } }, function()
         for _, line in danger.git.added_lines('long.py') do if line.text == 'print(1)' then fail('Found') end end
       end)
       rule('names', function() for _, file in danger.git.changed_files do message('sees ' .. file) end end)";
    let story = begin(rules).await;
    let mut changed = files(1, 20_500);
    changed[0].0 = "long.py".to_owned();
    let number = open_files(&story, &changed).await;
    let (conclusion, title, summary) = check(&story, number);
    assert_eq!(conclusion, "failure");
    assert!(title.contains("rule long could not run"), "{title}");
    assert!(summary.contains("long.py") && summary.contains("sees long.py"), "{summary}");
    story.end().await;
}

#[tokio::test]
async fn f37_more_than_250_commits_are_all_seen() {
    let story = begin(
        "message(#danger.git.commits .. ' commits, the last: ' .. danger.git.commits[#danger.git.commits].message)",
    )
    .await;
    story.sim.set_deliver(false);
    for at in 1..=260 {
        let text = format!("{at}\n");
        story.sim.push(REPO, "much", "mona", &format!("Step {at}"), &[("n.txt", Some(&text))], "main");
    }
    story.sim.set_deliver(true);
    let number = story.sim.open_pull(REPO, "Count", "", "much", "main", "mona", false);
    story.rest().await;
    let (_, _, summary) = check(&story, number);
    assert!(summary.contains("260 commits, the last: Step 260"), "{summary}");
    story.end_long().await;
}

#[tokio::test]
async fn f37_commits_that_github_leaves_out_fail_the_rule_that_reads_them_and_no_other() {
    let rules = "rule('commits', function() for _, it in danger.git.commits do message(it.message) end end)
       rule('names', function() for _, file in danger.git.changed_files do message('sees ' .. file) end end)";
    let story = begin(rules).await;
    story.sim.set_deliver(false);
    for at in 1..=120 {
        story.sim.push(REPO, "much", "mona", "Step", &[("n.txt", Some(&format!("{at}\n")))], "main");
    }
    story.sim.set_deliver(true);
    // The second page says nothing.
    let effect = FaultEffect::Alter(|page| page["commits"] = serde_json::json!([]));
    story.sim.inject(Fault::next("GET", "per_page=100&page=2", effect).times(100));
    let number = story.sim.open_pull(REPO, "Count", "", "much", "main", "mona", false);
    story.rest().await;
    story.sim.clear_faults();
    let (conclusion, title, summary) = check(&story, number);
    assert_eq!(conclusion, "failure");
    assert!(title.contains("rule commits could not run"), "{title}");
    assert!(summary.contains("100 of 120") && summary.contains("sees n.txt"), "{summary}");
    let news = Some("all commits are there now");
    story.end_as(Ending { kills: Kills::Sparse, news, ..Ending::default() }).await;
}

#[tokio::test]
async fn f34_a_push_between_two_pages_of_files_lends_no_file() {
    let story = begin(PRINTS).await;
    story.sim.set_deliver(false);
    let many = files(301, 2);
    let edits: Vec<(&str, Option<&str>)> =
        many.iter().map(|(name, text)| (name.as_str(), Some(text.as_str()))).collect();
    story.sim.push(REPO, "much", "mona", "Change much", &edits, "main");
    let number = story.sim.open_pull(REPO, "Change much", "", "much", "main", "mona", false);
    let old = story.sim.head(REPO, number).unwrap();
    story.sim.set_deliver(true);
    let removed: Vec<String> = many[..200].iter().map(|(name, _)| name.clone()).collect();
    story.sim.meanwhile("GET", "/pulls/1/files?per_page=100&page=2", 0, move |sim| {
        let edits: Vec<(&str, Option<&str>)> = removed.iter().map(|name| (name.as_str(), None)).collect();
        sim.push(REPO, "much", "mona", "Remove most", &edits, "");
    });
    story.sim.edit_pull(REPO, number, "mona", Some("Change more"), None, None);
    story.rest().await;
    story.pass(30).await;
    assert_ne!(story.sim.head(REPO, number).unwrap(), old);
    assert_eq!(check(&story, number).1, "101 warnings");
    assert!(
        story.sim.checks(REPO, &old).iter().all(|it| it["conclusion"] != "success"),
        "nothing was judged from half a list"
    );
    story.end().await;
}

#[tokio::test]
async fn f38_odd_files_are_seen_exactly() {
    let rules = "local function say(kind, list) for _, path in list do message(kind .. ' ' .. path .. ' .') end end
       say('created', danger.git.created_files)
       say('modified', danger.git.modified_files)
       say('deleted', danger.git.deleted_files)
       for _, it in danger.git.renamed_files do message('renamed ' .. it.before .. ' to ' .. it.after .. ' .') end
       for _, line in danger.git.added_lines() do
         message('line ' .. line.file .. ':' .. line.number .. ' ' .. line.text:gsub('\\r', '{CR}') .. ' .')
       end";
    let story = begin(rules).await;
    let same = "one\ntwo\nthree\nfour\nfive\nsix\n".repeat(4);
    let before = [
        OddEdit::File(b"old name.txt", same.as_bytes()),
        OddEdit::File(b"mode.sh", b"x\n"),
        OddEdit::File(b"crlf.txt", b"a\r\nb\r\n"),
        OddEdit::File(b"bare.txt", b"no newline"),
        OddEdit::File(b"bin.dat", &[0, 1, 2, 255]),
        OddEdit::File(b"gone.txt", b"x\n"),
    ];
    story.sim.push_odd(REPO, "main", "mona", &before, "");
    let after = [
        OddEdit::Gone(b"old name.txt"),
        OddEdit::File("new \u{fc} name.txt".as_bytes(), same.as_bytes()),
        OddEdit::Program(b"mode.sh", b"x\n"),
        OddEdit::File(b"crlf.txt", b"a\r\nB\r\n"),
        OddEdit::File(b"bare.txt", b"still no newline"),
        OddEdit::File(b"bin.dat", &[0, 1, 3, 255]),
        OddEdit::Gone(b"gone.txt"),
        OddEdit::Link(b"link", b"mode.sh"),
        OddEdit::Submodule(b"sub", "1234567890123456789012345678901234567890"),
        OddEdit::File(b"tab\there.txt", b"t\n"),
        OddEdit::File(b"quo\"te.txt", b"q\n"),
        OddEdit::File(b"back\\slash.txt", b"b\n"),
        OddEdit::File(b"\xff\xfe.txt", b"n\n"),
        OddEdit::File(b"a b/c d.txt", b"s\n"),
    ];
    story.sim.push_odd(REPO, "odd", "mona", &after, "main");
    let number = story.sim.open_pull(REPO, "Be odd", "", "odd", "main", "mona", false);
    story.rest().await;
    let (conclusion, _, summary) = check(&story, number);
    assert_eq!(conclusion, "success", "{summary}");
    for expected in [
        "renamed old name.txt to new \u{fc} name.txt .",
        "modified new \u{fc} name.txt .",
        "modified mode.sh .",
        "modified crlf.txt .",
        "modified bare.txt .",
        "modified bin.dat .",
        "deleted gone.txt .",
        "created link .",
        "created sub .",
        "created tab\there.txt .",
        "created quo\"te.txt .",
        "created back\\slash.txt .",
        "created \"\\377\\376.txt\" .",
        "created a b/c d.txt .",
        "line crlf.txt:2 B{CR} .",
        "line bare.txt:1 still no newline .",
        "line link:1 mode.sh .",
        "line a b/c d.txt:1 s .",
    ] {
        assert!(summary.contains(expected), "{expected}: {summary}");
    }
    assert!(!summary.contains("line mode.sh") && !summary.contains("line bin.dat"), "{summary}");
    story.end().await;
}

#[tokio::test]
async fn f58_a_pull_request_whose_fork_is_gone_is_judged() {
    let story = begin(PRINTS).await;
    story.sim.fork(REPO, "ada");
    story.sim.push("ada/hello", "print", "ada", "Print", &[("a.py", Some("print(1)\n"))], "main");
    let number = story.sim.open_pull(REPO, "Print", "", "ada:print", "main", "ada", false);
    story.rest().await;
    assert_eq!(check(&story, number).1, "1 warning");
    story.sim.delete_repository("ada/hello");
    let softer = PRINTS.replace("Leftover", "Forgotten");
    story.sim.push(REPO, "main", "mona", "Say it otherwise", &[("dangerfile.lua", Some(&softer))], "");
    story.rest().await;
    let (conclusion, _, summary) = check(&story, number);
    assert!(conclusion == "success" && summary.contains("Forgotten print"), "{conclusion} {summary}");
    story.end().await;
}

#[tokio::test]
async fn f36_a_text_that_a_pull_request_hides_by_its_own_attributes_is_judged() {
    let rules = "rule('no-print', function()
  for _, line in danger.git.added_lines('**/*.py') do
    if line.text:find('print(', 1, true) then fail('Leftover print', { file = line.file, line = line.number }) end
  end
end)";
    let long = "a = 1\nb = 2\nc = 3\nd = 4\ne = 5\nf = 6\ng = 7\n";
    let old = [("src/old.py", "x = 1\n"), ("src/named.py", long), ("src/moved.py", long)];
    let story = Story::begin(&[[("dangerfile.lua", rules)].as_slice(), &old].concat()).await;
    let hidden = [
        (".gitattributes", Some("*.py -diff\n*.png binary\n")),
        ("a.png", Some("\0")),
        ("src/moved.py", None),
        ("src/named.py", None),
        ("src/new.py", Some("print(1)\n")),
        ("src/old.py", Some("x = 1\nprint(2)\n")),
        ("src/other.py", Some(&format!("{long}print(3)\n"))),
        ("src/same.py", Some(long)),
    ];
    let number = story.open("Hide it", &hidden).await;
    let written = writes(&story.requests());
    let once = ["POST check-runs 201", "PATCH check-runs 200", "POST issues/comments 201"];
    assert!(written.len() == 3 && once.iter().all(|it| written.iter().any(|write| write == it)), "{written:?}");
    let page = story.page(number);
    assert!(page.contains("deckhand (by deckhand): failure - 3 problems"), "{page}");
    for place in ["src/new.py:1", "src/old.py:2", "src/other.py:8"] {
        assert!(page.contains(&format!("[failure] {place}")), "{place}: {page}");
    }
    // Once it is on the base it is what its people want.
    story.sim.push(REPO, "main", "mona", "Hide them", &[(".gitattributes", Some("*.py -diff\n"))], "");
    story.rest().await;
    let later = story.open("Hidden by the base", &[("src/new.py", Some("print(1)\n"))]).await;
    assert!(story.page(later).contains("deckhand (by deckhand): success"), "{}", story.page(later));
    story.end().await;
}

/// Two files, of which the second has something to find.
const TWO: [(&str, Option<&str>); 2] = [("b.py", Some("b = 1\n")), ("c.py", Some("print(1)\n"))];

/// Only the first file of a diff is left.
fn cut_behind_first(body: &mut Vec<u8>) {
    let text = String::from_utf8(std::mem::take(body)).unwrap();
    let second = text.match_indices("diff --git").nth(1).map(|(at, _)| at);
    *body = text.as_bytes()[..second.expect("two files are changed")].to_vec();
}

#[tokio::test]
async fn f36_the_diff_of_a_merge_group_that_is_not_whole_is_not_believed() {
    for garble in [Vec::clear as fn(&mut Vec<u8>), cut_behind_first] {
        let story = Story::begin_with_groups(&[], &[("dangerfile.lua", PRINTS), ("a.py", "a = 1\n")]).await;
        let number = open_two(&story).await;
        story.requests();
        // Behind the comparison, which names both files.
        story.sim.inject(Fault::next("GET", "/compare/", FaultEffect::Garble(garble)).after(1));
        let group = story.sim.enqueue(REPO, number, "mona");
        story.rest().await;
        let check = story.sim.checks(REPO, &group).remove(0);
        assert_eq!((&check["conclusion"], &check["output"]["title"]), (&"success".into(), &"1 warning".into()));
        let log = story.requests();
        assert!(log.iter().any(|it| it.path.contains(&format!("/commits/{group}?"))), "{log:#?}");
        story.end().await;
    }
}

async fn open_two(story: &Story) -> u64 {
    let number = story.open("Print", &TWO).await;
    assert_eq!(check(story, number).1, "1 warning");
    number
}

#[tokio::test]
async fn f36_that_nothing_is_changed_is_not_believed_where_github_counts_files() {
    let nothing: fn(&mut serde_json::Value) = |page| page["files"] = serde_json::json!([]);
    let untold: fn(&mut serde_json::Value) = |page| _ = page.as_object_mut().unwrap().remove("files");
    for alter in [nothing, untold] {
        let story = begin(PRINTS).await;
        story.sim.inject(Fault::next("GET", "/compare/", FaultEffect::Alter(alter)));
        story.sim.inject(Fault::next("GET", "/compare/", FaultEffect::Garble(Vec::clear)));
        let number = story.open("Print", &TWO).await;
        // The second spoils the comparison of the next attempt where the first one ended with it.
        story.pass(10).await;
        story.pass(30).await;
        assert_eq!(check(&story, number).1, "1 warning");
        story.end().await;
    }
}
