//! What findings suggest.

use super::{judge, snapshot};
use crate::diff::parse_patch_set;
use crate::model::*;

/// The suggestions of a rule on a new file of these lines, by line.
fn suggested(lua: &str, path: &str, lines: &[&str]) -> Vec<(u32, Option<String>)> {
    let added: String = lines.iter().map(|line| format!("+{line}\n")).collect();
    let patch = format!(
        "diff --git a/{path} b/{path}\nnew file mode 100644\n--- /dev/null\n+++ b/{path}\n@@ -0,0 +1,{} @@\n{added}",
        lines.len()
    );
    let mut snapshot = snapshot(lua);
    snapshot.changes = Some(Fact::Known(parse_patch_set(patch.as_bytes()).files));
    let text = FileText::Text(format!("{}\n", lines.join("\n")));
    snapshot.files.insert(FileKey { side: Side::Right, path: RepoPath::new(path) }, Fact::Known(text));
    let verdict = judge(&snapshot);
    assert_eq!(verdict.faults, []);
    let line = |it: &Finding| it.place.as_ref().and_then(|place| place.line).unwrap_or_default();
    verdict.findings.iter().map(|it| (line(it), it.suggestion.clone())).collect()
}

#[test]
fn a_blank_line_is_suggested_and_no_removal() {
    for (given, kept) in [("", ""), ("\\n", "\n"), ("x = 1\\n", "x = 1"), ("x = 1\\n\\n", "x = 1\n")] {
        let lua = format!("warn('x', {{ file = 'a.py', line = 1, suggestion = \"{given}\" }})");
        assert_eq!(suggested(&lua, "a.py", &["x"]), [(1, Some(kept.to_owned()))], "{given:?}");
    }
}

#[test]
fn a_pin_is_suggested_where_nothing_follows_it() {
    let commit = "11bd71901bbe5b1630ceea73d27597364c9af683";
    let pinned = format!("      - uses: actions/checkout@{commit} # v4.2.2");
    let lines = [
        "on: push",
        "jobs:",
        "  a:",
        "    steps:",
        &pinned,
        "      - uses: 'actions/checkout@v4'",
        "      - { uses: actions/checkout@v4, with: { fetch-depth: 0 } }",
        "      - uses: actions/checkout@v4 # zizmor: ignore[artipacked]",
        "      - uses: actions/checkout@v4 # v4 # zizmor: ignore[artipacked]",
        "      - name: x",
        "        uses: actions/checkout@v4   # v4",
        "      - uses: >-",
        "          actions/checkout@v4",
    ];
    let said = suggested("use('pinned_actions')", ".github/workflows/ci.yml", &lines);
    let pin = |before: &str, after: &str| Some(format!("{before}actions/checkout@{commit}{after}"));
    let ignored = pin("      - uses: ", " # v4.2.2 # zizmor: ignore[artipacked]");
    let expected = [
        (6, pin("      - uses: '", "' # v4.2.2")),
        (7, None),
        (8, ignored.clone()),
        (9, ignored),
        (11, pin("        uses: ", " # v4.2.2")),
    ];
    assert_eq!(said[..5], expected);
    assert!(said[5..].iter().all(|(_, suggestion)| suggestion.is_none()), "{said:?}");
}
