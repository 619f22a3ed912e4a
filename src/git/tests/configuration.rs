//! Whatever the user's configuration says, the facts are the same, and no program of it runs.

use super::{Comparison, Fixture, head_text, summary};
use std::os::unix::fs::PermissionsExt;

fn texts(comparison: &Comparison) -> Vec<String> {
    let changes = comparison.load_changes().expect("changes");
    changes.into_iter().map(|file| format!("{} {:?}", file.path, file.patch)).collect()
}

#[test]
fn hostile_configuration_changes_nothing_and_runs_nothing() {
    let build = || {
        let repo = Fixture::new();
        let text: String = (0..30).map(|line| format!("    line {line}\n\n")).collect();
        repo.write("t\u{e4}xt.py", &text);
        repo.write("move me.py", &text.replace("line", "row"));
        repo.write(".gitattributes", "*.py diff=evil\n*.txt filter=none\n");
        repo.commit("Second\n\nBody");
        repo.git(&["switch", "-q", "-c", "topic"]);
        repo.write("t\u{e4}xt.py", &text.replace("line 9\n", "line nine\n").replace("line 20\n", ""));
        repo.git(&["mv", "move me.py", "moved.py"]);
        repo.write("a.txt", "one\r\ntwo\r\nthree\r\n");
        repo.commit("Third");
        repo.write("untracked.py", "new\n");
        repo
    };
    let facts = |repo: &Fixture| {
        let comparison = repo.compare(Some("main"), None);
        let mut messages = Vec::new();
        for commit in comparison.load_commits().expect("commits") {
            messages.push((commit.message, commit.author.name, commit.parents.len()));
        }
        (summary(&comparison), texts(&comparison), messages, head_text(&comparison, "untracked.py"))
    };
    let plain = build();
    let expected = facts(&plain);

    let hostile = build();
    let ran = hostile.path.with_file_name("ran");
    let program = hostile.path.with_file_name("program");
    std::fs::write(&program, format!("#!/bin/sh\ntouch '{}'\n", ran.display())).expect("write");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("executable");
    let program = program.to_str().expect("UTF-8");
    for (name, value) in [
        ("DIFF.External", program),
        ("diff.evil.command", program),
        ("diff.evil.TextConv", program),
        ("diff.evil.algorithm", "minimal"),
        ("core.fsmonitor", program),
        ("core.pager", program),
        ("pager.log", "true"),
        ("core.editor", program),
        ("core.alternateRefsCommand", program),
        ("gpg.program", program),
        ("Color.UI", "always"),
        ("color.diff", "always"),
        ("diff.noPrefix", "true"),
        ("diff.mnemonicPrefix", "true"),
        ("diff.srcPrefix", "x/"),
        ("diff.dstPrefix", "y/"),
        ("core.quotePath", "false"),
        ("diff.renames", "copies"),
        ("diff.renameLimit", "1"),
        ("diff.context", "0"),
        ("diff.interHunkContext", "20"),
        ("diff.algorithm", "patience"),
        ("diff.indentHeuristic", "false"),
        ("diff.suppressBlankEmpty", "true"),
        ("diff.ignoreSubmodules", "all"),
        ("diff.submodule", "log"),
        ("diff.orderFile", "order"),
        ("diff.relative", "true"),
        ("diff.wordRegex", "."),
        ("diff.wsErrorHighlight", "all"),
        ("diff.colorMoved", "zebra"),
        ("diff.statGraphWidth", "3"),
        ("diff.dirstat", "lines"),
        ("log.showSignature", "true"),
        ("log.showRoot", "false"),
        ("log.decorate", "full"),
        ("log.date", "relative"),
        ("log.follow", "true"),
        ("log.mailmap", "true"),
        ("log.abbrevCommit", "true"),
        ("format.pretty", "oneline"),
        ("format.notes", "*"),
        ("i18n.logOutputEncoding", "UTF-16"),
        ("core.abbrev", "4"),
        ("core.safecrlf", "true"),
        ("core.splitIndex", "true"),
        ("core.untrackedCache", "true"),
        ("core.commitGraph", "false"),
        ("core.ignoreCase", "true"),
        ("core.precomposeUnicode", "true"),
        ("core.warnAmbiguousRefs", "true"),
        ("status.showUntrackedFiles", "no"),
        ("status.relativePaths", "false"),
        ("status.submoduleSummary", "true"),
        ("add.ignoreErrors", "false"),
        ("index.threads", "8"),
        ("merge.renames", "false"),
        ("advice.detachedHead", "true"),
        ("fetch.recurseSubmodules", "true"),
        ("gc.auto", "1"),
        ("maintenance.auto", "true"),
    ] {
        hostile.git(&["config", name, value]);
    }
    hostile.git(&["notes", "add", "-m", "A note", "HEAD"]);
    // The hook belongs to the copy that hosts it, not to the change.
    std::fs::create_dir(hostile.path.join(".git/hooks-of-the-user")).expect("create");
    hostile.git(&["config", "CORE.HooksPath", ".git/hooks-of-the-user"]);
    std::fs::copy(program, hostile.path.join(".git/hooks-of-the-user/post-index-change")).expect("copy");
    let _ = std::fs::remove_file(&ran);
    assert_eq!(facts(&hostile), expected);
    assert!(!ran.exists(), "a program of the configuration ran");
}

#[test]
fn replaced_objects_and_grafts_are_not_seen() {
    let repo = Fixture::new();
    repo.git(&["switch", "-q", "-c", "topic"]);
    repo.write("a.txt", "changed\n");
    repo.commit("Topic");
    repo.git(&["replace", "HEAD", "main"]);
    let root = repo.git(&["rev-parse", "topic"]);
    std::fs::create_dir_all(repo.path.join(".git/info")).expect("create");
    std::fs::write(repo.path.join(".git/info/grafts"), format!("{root}\n")).expect("write");
    let comparison = repo.compare(Some("main"), Some("topic"));
    assert_eq!(summary(&comparison), ["Modified a.txt +1 -3"]);
    assert_eq!(comparison.load_commits().expect("commits")[0].message, "Topic");
}
