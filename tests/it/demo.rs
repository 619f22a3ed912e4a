//! `deckhand demo` as a process: the first thing a newcomer runs.

use std::process::Command;

#[test]
fn the_demo_tells_its_story() {
    let output = Command::new(env!("CARGO_BIN_EXE_deckhand")).args(["demo", "--once"]).output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "silent in a pipe");
    // Commits of the demo carry the real time, so their ids differ.
    let stable = told.lines().map(|line| match line.split_once(" pushed ") {
        Some((who, rest)) => format!("{who} pushed {}", rest.split_once(' ').unwrap().1),
        None => line.to_owned(),
    });
    // The review and the summary go out side by side, and either may arrive first: paragraphs are compared as a set.
    let stable = stable.collect::<Vec<_>>().join("\n");
    let mut paragraphs: Vec<&str> = stable.split("\n\n").collect();
    paragraphs.sort_unstable();
    insta::assert_snapshot!(paragraphs.join("\n\n"));
}
