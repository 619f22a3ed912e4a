//! F38: every odd kind of file, seen exactly and the same however it is read: from a comparison, a diff or a list of
//! files of GitHub's, or from git itself.

use crate::cli::Place;
use crate::sim_bench::{REPO, Story};
use deckhand::model::Verdict;
use deckhand::sim::OddEdit;
use deckhand::store::Archive;

/// Says all that a rule can see of each file, each byte that is no plain letter as a number.
const RULES: &str = r"local function show(text)
  if text == nil then return 'nothing' end
  return (text:gsub('[^ -~]', function(c) return string.format('{%d}', c:byte()) end))
end
for _, path in danger.git.created_files do message('created ' .. show(path)) end
for _, path in danger.git.modified_files do message('modified ' .. show(path)) end
for _, path in danger.git.deleted_files do message('deleted ' .. show(path)) end
for _, it in danger.git.renamed_files do message('renamed ' .. show(it.before) .. ' to ' .. show(it.after)) end
for at, path in danger.git.changed_files do
  if not path:find('^pad/') then
    rule('text-' .. at, { blocking = false }, function()
      message('text ' .. show(path) .. ': ' .. show(danger.git.file(path, 'base')) .. ' to ' .. show(danger.git.file(path)))
    end)
    rule('lines-' .. at, { blocking = false }, function()
      local diff = danger.git.structured_diff_for_file(path)
      for _, hunk in diff and diff.hunks or {} do
        for _, line in hunk.lines do
          if line.kind == 'added' then message('added ' .. show(path) .. ':' .. line.new .. ' ' .. show(line.text)) end
          if line.kind == 'removed' then message('removed ' .. show(path) .. ':' .. line.old .. ' ' .. show(line.text)) end
        end
      end
    end)
  end
end
";
const SUBMODULE: &str = "1234567890123456789012345678901234567890";
const LONG: &[u8] = b"one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\n";
const LONG_EDITED: &[u8] = b"one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nTEN\n";

/// Before, after, and what is seen of it.
type Kind = (Vec<OddEdit<'static>>, Vec<OddEdit<'static>>, Vec<&'static str>);

/// What the list of files tells as well as the diff does.
fn plain_kinds() -> Vec<Kind> {
    vec![
        (
            vec![OddEdit::File(b"old name.txt", LONG)],
            vec![OddEdit::Gone(b"old name.txt"), OddEdit::File("n\u{fc} name.txt".as_bytes(), LONG)],
            vec!["renamed old name.txt to n{195}{188} name.txt", "modified n{195}{188} name.txt"],
        ),
        (
            vec![OddEdit::File(b"old.txt", LONG)],
            vec![OddEdit::Gone(b"old.txt"), OddEdit::File(b"edited.txt", LONG_EDITED)],
            vec![
                "renamed old.txt to edited.txt",
                "modified edited.txt",
                "removed edited.txt:10 ten",
                "added edited.txt:10 TEN",
            ],
        ),
        (
            vec![OddEdit::File(b"crlf.txt", b"a\r\nb\r\n")],
            vec![OddEdit::File(b"crlf.txt", b"a\r\nB\r\n")],
            vec![
                "modified crlf.txt",
                "removed crlf.txt:2 b{13}",
                "added crlf.txt:2 B{13}",
                "text crlf.txt: a{13}{10}b{13}{10} to a{13}{10}B{13}{10}",
            ],
        ),
        (
            vec![OddEdit::File(b"bare.txt", b"no end")],
            vec![OddEdit::File(b"bare.txt", b"still no end")],
            vec!["removed bare.txt:1 no end", "added bare.txt:1 still no end", "text bare.txt: no end to still no end"],
        ),
        (
            vec![OddEdit::File(b"end.txt", b"same")],
            vec![OddEdit::File(b"end.txt", b"same\n")],
            vec!["removed end.txt:1 same", "added end.txt:1 same", "text end.txt: same to same{10}"],
        ),
        (
            vec![],
            vec![OddEdit::Link(b"link", b"target.txt")],
            vec!["created link", "added link:1 target.txt", "text link: nothing to target.txt"],
        ),
        (
            vec![],
            vec![OddEdit::Submodule(b"sub", SUBMODULE)],
            vec![
                "created sub",
                "added sub:1 Subproject commit 1234567890123456789012345678901234567890",
                "text sub: nothing to nothing",
            ],
        ),
        (
            vec![],
            vec![OddEdit::File(b"tab\there.txt", b"t\n"), OddEdit::File(b"quo\"te.txt", b"q\n")],
            vec!["created tab{9}here.txt", "added tab{9}here.txt:1 t", "created quo\"te.txt", "added quo\"te.txt:1 q"],
        ),
        (
            vec![],
            vec![OddEdit::File(b"back\\slash.txt", b"b\n"), OddEdit::File(b"a b/c d.txt", b"s\n")],
            vec![
                "created back\\slash.txt",
                "added back\\slash.txt:1 b",
                "created a b/c d.txt",
                "added a b/c d.txt:1 s",
            ],
        ),
        (
            vec![],
            vec![OddEdit::File(b"line\nbreak.txt", b"l\n")],
            vec![
                "created line{10}break.txt",
                "added line{10}break.txt:1 l",
                "text line{10}break.txt: nothing to l{10}",
            ],
        ),
        (
            vec![OddEdit::File(b"gone.txt", b"x\n")],
            vec![OddEdit::Gone(b"gone.txt")],
            vec!["deleted gone.txt", "removed gone.txt:1 x", "text gone.txt: x{10} to nothing"],
        ),
        (vec![], vec![OddEdit::File(b"empty.txt", b"")], vec!["created empty.txt", "text empty.txt: nothing to "]),
        (
            vec![],
            vec![OddEdit::File(b"new.dat", &[0, 1, 255])],
            vec!["created new.dat", "text new.dat: nothing to nothing"],
        ),
    ]
}

/// What GitHub's lists leave open.
fn mute_kinds() -> Vec<Kind> {
    vec![
        (
            vec![OddEdit::File(b"mode.sh", b"x\n")],
            vec![OddEdit::Program(b"mode.sh", b"x\n")],
            vec!["modified mode.sh", "text mode.sh: x{10} to x{10}"],
        ),
        (
            vec![OddEdit::File(b"bin.dat", &[0, 1, 2, 255])],
            vec![OddEdit::File(b"bin.dat", &[0, 1, 3, 255])],
            vec!["modified bin.dat", "text bin.dat: nothing to nothing"],
        ),
    ]
}

/// What only a diff tells.
fn told_by_diffs_only() -> Vec<Kind> {
    vec![
        (
            vec![],
            vec![OddEdit::File(b"\xff\xfe.txt", b"n\n")],
            vec!["created \"\\377\\376.txt\"", "added \"\\377\\376.txt\":1 n"],
        ),
        (
            vec![OddEdit::File(b"type", b"x\n")],
            vec![OddEdit::Link(b"type", b"mode.sh")],
            vec!["created type", "deleted type", "text type: x{10} to mode.sh"],
        ),
    ]
}

/// What the rules say of these changes, on GitHub and in a checkout; faults too.
async fn told(kinds: &[Kind], padding: usize) -> (Vec<String>, Vec<String>, Vec<String>) {
    let story = Story::begin(&[("dangerfile.lua", RULES), ("a.py", "a = 1\n")]).await;
    let before: Vec<OddEdit<'_>> = kinds.iter().flat_map(|kind| kind.0.clone()).collect();
    if !before.is_empty() {
        story.sim.push_odd(REPO, "main", "mona", &before, "");
    }
    let names: Vec<Vec<u8>> = (0..padding).map(|at| format!("pad/{at:03}.txt").into_bytes()).collect();
    let pad = names.iter().map(|name| OddEdit::File(name, b"p\n"));
    let after: Vec<OddEdit<'_>> = kinds.iter().flat_map(|kind| kind.1.clone()).chain(pad).collect();
    let head = story.sim.push_odd(REPO, "odd", "mona", &after, "main");
    story.sim.open_pull(REPO, "Be odd", "", "odd", "main", "mona", false);
    story.rest().await;
    let base = story.sim.parent(REPO, &head);
    let how = story.requests().iter().filter(|it| it.method == "GET").map(|it| it.path.clone()).collect();

    let archive = Archive::open(&story.database_url()).await.unwrap();
    let newest = archive.find_newest(None, 1).await.unwrap().remove(0);
    let verdict: Verdict = serde_json::from_str(&archive.load_run(&newest).await.unwrap().unwrap().verdict).unwrap();
    archive.close().await;
    let mut on_github: Vec<String> = verdict.findings.iter().map(|it| it.message.clone()).collect();
    on_github.sort();

    let place = Place::empty();
    let rules = place.path.join("rules.lua");
    std::fs::write(&rules, RULES).unwrap();
    let from = story.sim.git_dir(REPO);
    let said = tokio::task::spawn_blocking(move || {
        place.git(&["clone", "--quiet", "--bare", from.to_str().unwrap(), "clone"]);
        let output = place
            .command(env!("CARGO_BIN_EXE_deckhand"))
            .current_dir(place.path.join("clone"))
            .args(["local", "--format", "json", "--base", &base, "--head", &head, "--dangerfile"])
            .arg(rules)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()
    })
    .await
    .unwrap();
    let mut in_checkout: Vec<String> =
        said["findings"].as_array().unwrap().iter().map(|it| it["message"].as_str().unwrap().to_owned()).collect();
    in_checkout.sort();
    story.end().await;
    (on_github, in_checkout, how)
}

fn hold(kinds: &[Kind], told: &[String]) {
    for expected in kinds.iter().flat_map(|kind| &kind.2) {
        assert!(told.iter().any(|it| it == expected), "{expected}: {told:#?}");
    }
}

#[tokio::test]
async fn f38_each_odd_kind_of_file_is_the_same_in_a_comparison_and_in_a_checkout() {
    for kind in plain_kinds().into_iter().chain(mute_kinds()) {
        let kind = [kind];
        let (on_github, in_checkout, _) = told(&kind, 0).await;
        hold(&kind, &on_github);
        assert_eq!(on_github, in_checkout);
    }
}

#[tokio::test]
async fn f38_all_odd_files_together_are_the_same_in_a_diff_and_in_a_checkout() {
    let kinds: Vec<Kind> = [plain_kinds(), mute_kinds(), told_by_diffs_only()].concat();
    let (on_github, in_checkout, how) = told(&kinds, 0).await;
    assert!(!how.iter().any(|path| path.contains("/files?")), "the diff told it: {how:?}");
    hold(&kinds, &on_github);
    // GitHub's API has no way to name such a file, so that its rule says that it could not read it.
    let readable = |it: &&String| !it.starts_with("text \"\\377");
    assert_eq!(on_github, in_checkout.iter().filter(readable).cloned().collect::<Vec<_>>());
}

#[tokio::test]
async fn f38_odd_files_in_a_long_list_are_the_same_as_in_a_checkout() {
    let kinds: Vec<Kind> = [plain_kinds(), mute_kinds()].concat();
    let (on_github, in_checkout, how) = told(&kinds, 300).await;
    assert!(how.iter().any(|path| path.contains("/files?")), "the list told it: {how:?}");
    hold(&kinds, &on_github);
    assert_eq!(on_github, in_checkout);
}

#[tokio::test]
async fn f38_a_path_that_a_list_cannot_say_fails_the_rule_that_reads_it() {
    let rules = "rule('names', function() for _, path in danger.git.changed_files do message(path) end end)";
    let story = Story::begin(&[("dangerfile.lua", rules), ("a.py", "a = 1\n")]).await;
    let names: Vec<Vec<u8>> = (0..300).map(|at| format!("pad/{at:03}.txt").into_bytes()).collect();
    let mut after: Vec<OddEdit<'_>> = names.iter().map(|name| OddEdit::File(name, b"p\n")).collect();
    after.push(OddEdit::File(b"\xff\xfe.txt", b"n\n"));
    story.sim.push_odd(REPO, "odd", "mona", &after, "main");
    let number = story.sim.open_pull(REPO, "Be odd", "", "odd", "main", "mona", false);
    story.rest().await;
    let check = story.sim.checks(REPO, &story.sim.head(REPO, number).unwrap()).remove(0);
    assert_eq!(check["conclusion"], "failure", "{check:#}");
    let summary = check["output"]["summary"].as_str().unwrap();
    assert!(summary.contains("not UTF-8"), "{summary}");
    story.end().await;
}
