//! A believable repository with a rich pull request.

use crate::model::Side;
use crate::sim::view::*;

/// The repository.
pub(in crate::sim) fn repository() -> RepositoryView {
    RepositoryView {
        owner: "tern".into(),
        name: "ledger".into(),
        description: "Double-entry bookkeeping for small shops".into(),
        open_pulls: 3,
    }
}

/// An open pull request with findings, a suggestion, a resolved and an outdated thread, and a failed check.
pub(in crate::sim) fn pull() -> PullView {
    PullView {
        number: 12,
        title: "Round amounts half to even".into(),
        body: BODY.into(),
        author: "lena".into(),
        state: PullStateView::Open,
        base: "main".into(),
        base_sha: sha('a'),
        head: "lena/rounding".into(),
        head_sha: sha('c'),
        labels: vec![label("bug", "d73a4a"), label("money", "1f7a8c")],
        created: "2 hours ago".into(),
        commits: commits(),
        timeline: timeline(),
        threads: threads(),
        files: files(),
        checks: vec![failed_check(), passed_check()],
        statuses: vec![StatusView {
            context: "deckhand/changelog".into(),
            state: StatusState::Failure,
            description: "1 problem".into(),
            target_url: "http://127.0.0.1:3000/runs/7".into(),
        }],
        merge: MergeView { can_merge: false, text: "Required check deckhand has not passed.".into() },
        editable: vec!["src/money.py".into(), "CHANGELOG.md".into()],
        awaiting: false,
    }
}

/// A pull request about which nobody has said anything.
pub(in crate::sim) fn bare_pull() -> PullView {
    PullView {
        number: 13,
        title: "Say hello".into(),
        body: "  \n".into(),
        labels: Vec::new(),
        timeline: Vec::new(),
        threads: Vec::new(),
        files: Vec::new(),
        checks: Vec::new(),
        statuses: Vec::new(),
        merge: MergeView { can_merge: true, text: String::new() },
        ..pull()
    }
}

/// The rich one right after a push.
pub(in crate::sim) fn running_pull() -> PullView {
    let mut view = pull();
    view.checks[0].state = CheckState::InProgress;
    view.checks[0].title = "Reviewing".into();
    view.checks[0].summary = "The rules are reading this change.".into();
    view.checks[0].annotations.clear();
    view
}

/// Rows for the list.
pub(in crate::sim) fn summaries() -> Vec<PullSummaryView> {
    let row = |number, title: &str, author: &str, state, checks: &[CheckState]| PullSummaryView {
        number,
        title: title.into(),
        author: author.into(),
        state,
        base: "main".into(),
        labels: if number == 12 { vec![label("bug", "d73a4a"), label("money", "1f7a8c")] } else { Vec::new() },
        created: "2 hours ago".into(),
        comments: if number == 12 { 6 } else { 0 },
        checks: checks.to_vec(),
    };
    vec![
        row(14, "WIP: import bank statements", "omar", PullStateView::Draft, &[CheckState::InProgress]),
        row(12, "Round amounts half to even", "lena", PullStateView::Open, &[CheckState::Success, CheckState::Failure]),
        row(11, "Add a currency column to the export", "omar", PullStateView::Open, &[CheckState::Success]),
        row(9, "Update the licence year", "kit", PullStateView::Merged, &[CheckState::Success]),
        row(8, "Try floating point", "kit", PullStateView::Closed, &[]),
    ]
}

/// 40 digits.
pub(in crate::sim) fn sha(digit: char) -> String {
    format!("{digit}3f9").repeat(10)
}

/// A comment by a person.
pub(in crate::sim) fn comment(id: u64, author: &str, body: &str) -> CommentView {
    CommentView {
        id,
        author: author.into(),
        is_bot: false,
        body: body.into(),
        time: "1 hour ago".into(),
        edited: false,
    }
}

fn bot_comment(id: u64, body: &str) -> CommentView {
    CommentView { is_bot: true, ..comment(id, "deckhand", body) }
}

fn label(name: &str, color: &str) -> LabelView {
    LabelView { name: name.into(), color: color.into() }
}

fn commit(digit: char, subject: &str) -> CommitView {
    CommitView { sha: sha(digit), subject: subject.into(), author: "lena".into() }
}

fn commits() -> Vec<CommitView> {
    vec![commit('b', "Round half to even"), commit('c', "Use it in invoices")]
}

fn timeline() -> Vec<TimelineEntry> {
    vec![
        TimelineEntry::Commit(commit('b', "Round half to even")),
        TimelineEntry::Note { author: "lena".into(), text: "added the labels bug and money".into() },
        TimelineEntry::Review(ReviewView {
            id: 50,
            author: "deckhand".into(),
            is_bot: true,
            body: String::new(),
            time: "2 hours ago".into(),
            comments: vec![51, 52, 54],
        }),
        TimelineEntry::Comment(CommentView { edited: true, ..bot_comment(60, SUMMARY) }),
        TimelineEntry::Comment(comment(61, "omar", "Thanks! Which places were wrong before?\nOnly `invoice()`?")),
        TimelineEntry::Commit(commit('c', "Use it in invoices")),
        TimelineEntry::Review(ReviewView {
            id: 70,
            author: "omar".into(),
            is_bot: false,
            body: "One question below, otherwise **good**.".into(),
            time: "1 hour ago".into(),
            comments: vec![71],
        }),
    ]
}

fn threads() -> Vec<ThreadView> {
    let thread = |path: &str, line, comments| ThreadView {
        path: path.into(),
        side: Side::Right,
        line: Some(line),
        start_line: None,
        context: Vec::new(),
        outdated: false,
        resolved: false,
        comments,
    };
    vec![
        ThreadView {
            start_line: Some(9),
            ..thread("src/money.py", 10, vec![bot_comment(51, SUGGESTION), comment(53, "lena", "Right, thanks.")])
        },
        ThreadView {
            resolved: true,
            ..thread("src/money.py", 4, vec![bot_comment(52, "⚠️ **Warning:** An import in the middle.")])
        },
        ThreadView {
            outdated: true,
            context: vec![LineView {
                kind: crate::diff::LineKind::Added,
                old: None,
                new: Some(30),
                text: "print(amount)".into(),
            }],
            ..thread("src/money.py", 30, vec![bot_comment(54, "⚠️ **Warning:** Leftover `print`.")])
        },
        ThreadView { side: Side::Left, ..thread("src/money.py", 7, vec![comment(71, "omar", "Why did this go?")]) },
    ]
}

fn files() -> Vec<FileView> {
    let file = |path: &str, status, additions, deletions, patch| FileView {
        path: path.into(),
        old_path: None,
        status,
        additions,
        deletions,
        patch,
    };
    vec![
        file("src/money.py", FileStatus::Modified, 5, 2, PatchView::parse(MONEY)),
        FileView {
            old_path: Some("docs/round.md".into()),
            ..file("docs/rounding.md", FileStatus::Renamed, 1, 1, PatchView::parse(DOCS))
        },
        file("logo.png", FileStatus::Added, 0, 0, PatchView::Absent("Binary file.".into())),
    ]
}

fn failed_check() -> CheckView {
    let annotation = |line, level, title: &str, message: &str| AnnotationView {
        path: "src/money.py".into(),
        start_line: line,
        end_line: line,
        level,
        title: title.into(),
        message: message.into(),
    };
    CheckView {
        id: 900,
        name: "deckhand".into(),
        app: "deckhand".into(),
        state: CheckState::Failure,
        title: "1 problem, 2 warnings".into(),
        summary: CHECK.into(),
        text: String::new(),
        annotations: vec![
            annotation(10, AnnotationLevel::Warning, "no-float", "Amounts are decimals here."),
            annotation(99, AnnotationLevel::Failure, "changelog", "Say it in CHANGELOG.md,\nunder Unreleased."),
        ],
        details_url: "http://127.0.0.1:3000/runs/7".into(),
        actions: vec![ActionView {
            label: "Fix changelog".into(),
            description: "Commits a change of CHANGELOG.md".into(),
            identifier: "fix".into(),
        }],
        started: "2 hours ago".into(),
        completed: "2 hours ago".into(),
    }
}

fn passed_check() -> CheckView {
    CheckView {
        id: 901,
        name: "unit tests".into(),
        app: "ci".into(),
        state: CheckState::Success,
        title: "218 passed".into(),
        summary: String::new(),
        annotations: Vec::new(),
        details_url: String::new(),
        actions: Vec::new(),
        ..failed_check()
    }
}

const BODY: &str = "Invoices were off by a cent, because we rounded *away from zero*.

- [x] money
- [ ] exports

| amount | before | after |
|-------:|-------:|------:|
| 0.125  | 0.13   | 0.12  |
| 0.135  | 0.14   | 0.14  |

See [the docs](docs/rounding.md) and <https://example.com/rounding>.

<!-- template: please describe -->";

const SUGGESTION: &str = "⚠️ **Warning:** Amounts are decimals here.

```suggestion
    amount = Decimal(amount)
    return amount.quantize(CENT, ROUND_HALF_EVEN)
```

<sub>`no-float`</sub>

<!-- deckhand:v1 finding=000000000000056d op=r.1 body=3e2c2527f83d10a3 -->";

const SUMMARY: &str = "### 1 problem, 2 warnings

- ❌ **Failure:** No entry in `CHANGELOG.md`. <sub>`changelog`</sub>

<details><summary>Why?</summary>

Every change that people notice gets a line.

</details>

Hello @\u{2060}lena.

<!-- deckhand:v1 summary op=r.2 body=e2fe0ae4c10c0235 -->";

const CHECK: &str = "- ❌ No entry in `CHANGELOG.md`. <sub>`changelog`</sub>

**`src/money.py`**

- ⚠️ **line 10:** Amounts are decimals here. <sub>`no-float`</sub>

Skipped: `migration_safety` (no such files)
";

const MONEY: &str = "@@ -1,10 +1,13 @@ module
 \"\"\"Amounts of money.\"\"\"
 
 from decimal import Decimal
+from decimal import ROUND_HALF_EVEN
 
 
 def cents(amount):
-    # rounds away from zero
-    return round(amount + 0.005, 2)
+    \"\"\"Rounds half to even.\"\"\"
+    amount = float(amount)
+    return round(amount, 2)
+
 
 def total(lines):
";

const DOCS: &str = "@@ -1,2 +1,2 @@
-# Round
+# Rounding
 Half to even, as banks do.
";
