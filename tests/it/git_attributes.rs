//! What `.gitattributes` gives to Git LFS, beside what git itself says.

use deckhand::analysis::attributes::Attributes;
use std::process::Command;

const FILES: &[&str] = &[
    "a.json",
    "data/a.json",
    "data/x/a.json",
    "small/a.json",
    "x/sub/a.json",
    "sub/a.json",
    "x/ab.json",
    "a b.json",
    "a.txt",
    "x/data",
    "[a].json",
    "é.json",
    "docs/deep/er/a.json",
    "a{b}.json",
    "-.json",
];

const CASES: &[&str] = &[
    "*.json filter=lfs diff=lfs merge=lfs -text",
    "data filter=lfs",
    "data/ filter=lfs",
    "data/** filter=lfs",
    "data/* filter=lfs",
    "data/*.json filter=lfs",
    "sub/a.json filter=lfs",
    "/a.json filter=lfs",
    "./a.json filter=lfs",
    "!*.txt filter=lfs",
    "*.{json,txt} filter=lfs",
    "a{b}.json filter=lfs",
    "a?.json filter=lfs",
    "**/data/** filter=lfs",
    "docs/**/a.json filter=lfs",
    "x/**/a.json filter=lfs",
    "** filter=lfs",
    "a**.json filter=lfs",
    "*\tfilter=lfs\r",
    "a[[:space:]]b.json filter=lfs",
    "\"a b.json\" filter=lfs",
    "\"\\303\\251.json\" filter=lfs",
    "[[]a].json filter=lfs",
    "\\[a\\].json filter=lfs",
    "[a-c].json filter=lfs",
    "[!a].json filter=lfs",
    "[^b].json filter=lfs",
    "[a filter=lfs",
    "?.json filter=lfs",
    "??.json filter=lfs",
    "é.json filter=lfs",
    "[é].json filter=lfs",
    "[]-].json filter=lfs",
    "[b-].json filter=lfs",
    "*.json filter=lfs\nsmall/*.json -filter",
    "*.json filter=lfs\nsmall/*.json !filter !diff",
    "*.json filter=lfs\n*.json filter=crypt",
    "*.json filter",
    "*.json filter=lfs -filter",
    "*.json -filter filter=lfs",
    "[attr]big filter=lfs -text\n*.json big",
    "[attr]big filter=lfs -text\n*.json big\n/small/*.json -big",
    "[attr]big filter=lfs -text\n*.json big\n/small/*.json !big",
    "[attr]big filter=lfs -text\n*.json big\n/small/*.json -filter",
    "[attr]big filter=lfs -text\n*.json -big\n/small/*.json big",
    "[attr]big filter=lfs\n[attr]huge big text\n*.json huge\n/small/*.json -big",
    "[attr]big filter=lfs\n[attr]huge big text\n*.json huge\n/small/*.json -huge",
    "[attr]a b\n[attr]b a filter=lfs\n*.json a",
    "*.json big\n[attr]big filter=lfs",
    "[attr]big text\n[attr]big filter=lfs\n*.json big",
    "[attr]big filter=lfs\n*.json big -filter",
    "[attr]big filter=lfs\n*.json -filter big",
    "*.json filter=lfs ok?",
    "  *.json filter=lfs",
    "# *.json filter=lfs\n\n*.txt filter=lfs",
    "\u{feff}*.json filter=lfs",
];

/// What git itself says of files that need not be there.
fn said_by_git(text: &str) -> Vec<bool> {
    let folder = tempfile::tempdir().expect("a folder");
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        // Nobody's own attributes count.
        command
            .args(arguments)
            .current_dir(folder.path())
            .env("HOME", folder.path())
            .env("XDG_CONFIG_HOME", folder.path());
        let output = command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_ATTR_NOSYSTEM", "1").output().expect("git runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    };
    git(&["init", "-q"]);
    std::fs::write(folder.path().join(".gitattributes"), text).expect("written");
    let said = git(&[&["check-attr", "-z", "filter", "--"], FILES].concat());
    said.split('\0').skip(2).step_by(3).map(|value| value == "lfs").collect()
}

#[test]
fn all_is_read_as_git_reads_it() {
    for text in CASES {
        let read = Attributes::parse(text);
        let ours: Vec<&&str> = FILES.iter().filter(|path| read.gives_to_lfs(path).is_some()).collect();
        let theirs: Vec<&&str> =
            FILES.iter().zip(said_by_git(text)).filter(|(_, given)| *given).map(|(path, _)| path).collect();
        assert_eq!(ours, theirs, "{text}");
    }
}
