//! Patterns that name a directory and mean a file.

use super::{judge, snapshot};
use crate::model::{Fact, FileChange, RepoPath};

#[track_caller]
fn notes(lua: &str, paths: &[&str]) -> Vec<String> {
    let mut snapshot = snapshot(lua);
    let Some(Fact::Known(changes)) = &mut snapshot.changes else { panic!("no changes") };
    let one = changes[0].clone();
    *changes = paths.iter().map(|path| FileChange { path: RepoPath::new(path), ..one.clone() }).collect();
    judge(&snapshot).notes
}

#[test]
fn a_directory_without_a_slash_is_told() {
    let lua = "rule('owned', { paths = { 'src', 'docs' } }, function() end)\n\
               rule('held', { paths = 'src' }, function() end)\n\
               use('conflict_markers', { paths = { '**', '!src/lib' } })";
    assert_eq!(
        notes(lua, &["src/lib/a.py", "README.md"]),
        [
            "`!src/lib` is a directory, and the pattern (of the rule `conflict_markers`) matches no file in it: write \
             `!src/lib/`.",
            "`src` is a directory, and the pattern (of the rules `held`, `owned`) matches no file in it: write `src/`.",
        ]
    );
}

#[test]
fn what_matches_or_lies_elsewhere_is_not_told() {
    for (pattern, path) in [
        ("src", "lib/src/a.py"),
        ("src", "src"),
        ("src", "srcs/a.py"),
        ("src/", "src/a.py"),
        ("src/**", "src/a.py"),
        ("/a.py", "b/a.py/c"),
        ("Makefile", "Makefile"),
        ("src*", "src/a.py"),
    ] {
        assert_eq!(
            notes(&format!("rule('x', {{ paths = '{pattern}' }}, function() end)"), &[path]),
            [""; 0],
            "{pattern}"
        );
    }
    // The same rule names what lies in it.
    for patterns in ["{ 'src', 'src/**' }", "{ 'src/', 'src' }"] {
        let lua = format!("rule('x', {{ paths = {patterns} }}, function() end)");
        assert_eq!(notes(&lua, &["src/a.py"]), [""; 0], "{patterns}");
    }
    // A file of that name is there as well.
    assert_eq!(notes("rule('x', { paths = 'bin' }, function() end)", &["bin/a", "etc/bin"]), [""; 0]);
}
