//! A change written down as a patch.

use super::MAX_COMPARED_LINES;
use similar::{Algorithm, TextDiff};

/// Unchanged lines around each change.
const CONTEXT: usize = 3;

/// The change of one ordinary file as a patch that `git apply` takes; the file is new without an old text. Empty when
/// nothing changes, `None` when a text is too long to be compared.
pub fn write_patch(path: &str, old: Option<&str>, new: &str) -> Option<String> {
    let before = old.unwrap_or_default();
    if before.lines().count() > MAX_COMPARED_LINES || new.lines().count() > MAX_COMPARED_LINES {
        return None;
    }
    if old == Some(new) {
        return Some(String::new());
    }
    let (kind, from) = match old {
        Some(_) => ("", format!("a/{path}")),
        None => ("new file mode 100644\n", "/dev/null".to_owned()),
    };
    // A line ends where git ends it: not at a lone carriage return.
    let (old_lines, new_lines): (Vec<&str>, Vec<&str>) =
        (before.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let mut configured = TextDiff::configure();
    configured.algorithm(Algorithm::Patience).newline_terminated(true);
    let diff = configured.diff_slices(&old_lines, &new_lines);
    let hunks = diff.unified_diff().context_radius(CONTEXT).header(&from, &format!("b/{path}")).to_string();
    Some(format!("diff --git a/{path} b/{path}\n{kind}{hunks}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::{parse_hunks, text_before};
    use proptest::prelude::*;

    #[test]
    fn a_change_reads_as_git_writes_it() {
        let patch = write_patch("a.md", Some("# A\n\n- one\n"), "# A\n\n- one\n- two").expect("short");
        let expected = "diff --git a/a.md b/a.md\n--- a/a.md\n+++ b/a.md\n@@ -1,3 +1,4 @@\n # A\n \n - one\n+- two\n\
                        \\ No newline at end of file\n";
        assert_eq!(patch, expected);
        let patch = write_patch("n/b.md", None, "x\n").expect("short");
        let expected =
            "diff --git a/n/b.md b/n/b.md\nnew file mode 100644\n--- /dev/null\n+++ b/n/b.md\n@@ -0,0 +1 @@\n+x\n";
        assert_eq!(patch, expected);
        assert_eq!(write_patch("a", Some("x"), "x").as_deref(), Some(""));
        assert_eq!(write_patch("a", None, &"x\n".repeat(MAX_COMPARED_LINES + 1)), None);
    }

    proptest! {
        #[test]
        fn a_patch_taken_back_gives_the_old_text(
            old in proptest::collection::vec("[ab\r]?[ab]?\n", 0..12), new in proptest::collection::vec("[ab\r]?[ab]?\n", 0..12),
        ) {
            let (old, new) = (old.concat(), new.concat());
            let patch = write_patch("a", Some(&old), &new).expect("short");
            let hunks = patch.find("@@").map(|at| &patch[at..]).unwrap_or_default();
            prop_assert_eq!(text_before(&new, &parse_hunks(hunks)), Some(old));
        }
    }
}
