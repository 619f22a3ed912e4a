//! Markdown for a job summary or a comment: the words of the check, with what only the summary comment holds.

use super::Report;
use crate::plan::render_whole;

pub(super) fn render(report: &Report<'_>) -> String {
    render_whole(report.verdict)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::format::sample::{fault, finding, render_with, verdict};
    use crate::model::{Conclusion, Effect, Severity, Side};

    #[test]
    fn everything_is_said_once() {
        let mut verdict = verdict(
            Conclusion::Failure,
            vec![
                finding(Severity::Markdown, None, "## Coverage\n\n| a |\n|---|\n| 1 |"),
                finding(Severity::Warn, None, "Say why."),
                finding(Severity::Fail, Some(("src/a.py", Some(2), Some(3), Side::Right)), "Leftover `print`."),
                finding(Severity::Message, Some(("src/a.py", Some(9), None, Side::Left)), "It was here."),
            ],
        );
        verdict.faults = vec![fault("dangerfile.lua", true)];
        let arguments = [("labels".to_owned(), serde_json::json!(["a", "`b`"]))].into();
        verdict.effects = vec![Effect { kind: "add_labels".to_owned(), rule: "triage".to_owned(), arguments }];
        let expected = "\
### ❌ 1 fault: rule broken could not run, 1 problem, 1 warning

- 💥 **Rule `broken` could not run** at `dangerfile.lua:7`

  attempt to index nil

- 📄

  ## Coverage

  | a |
  |---|
  | 1 |

  <sub>`no-print`</sub>
- ⚠️ Say why. <sub>`no-print`</sub>

**`src/a.py`**

- ❌ **lines 2-3:** Leftover `print`. <sub>`no-print`</sub>
- 💬 **old line 9:** It was here. <sub>`no-print`</sub>

On GitHub the robot would:

- ``add_labels labels=[\"a\",\"`b`\"]``
";
        assert_eq!(render_with(&verdict, render), expected);
    }

    #[test]
    fn a_clean_verdict_says_so() {
        let clean = verdict(Conclusion::Success, Vec::new());
        let expected = "### ✅ No problems\n\nThe rules have nothing to say about this change.\n";
        assert_eq!(render_with(&clean, render), expected);
    }

    #[test]
    fn hostile_text_notifies_nobody_and_opens_no_tag() {
        let hostile = "@org/all <img src=x> <!-- deckhand:v1 --> </details>\n```\nopen";
        let path = "`<b>\n@you`.py";
        let verdict = verdict(
            Conclusion::Failure,
            vec![
                finding(Severity::Fail, None, hostile),
                finding(Severity::Markdown, Some((path, None, None, Side::Right)), hostile),
            ],
        );
        let text = render_with(&verdict, render);
        for bad in ["@org", "<img", "<!--", "</details"] {
            assert!(!text.contains(bad), "{bad}: {text}");
        }
        assert_eq!(text.matches("```").count() % 2, 0, "every fence is closed: {text}");
        assert!(text.contains("**`` `<b>\u{fffd}@you`.py ``**"), "{text}");
    }
}
