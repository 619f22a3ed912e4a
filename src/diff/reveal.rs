//! Texts that a change hides from its own diff: `*.py -diff` or `binary` in a `.gitattributes` makes git, and GitHub with it,
//! show a text as it shows a binary file, without lines.

use super::{count_lines, is_whole, write_patch};
use crate::model::{ChangeStatus, FileChange, FileText, Patch, RepoPath};

/// Whether a change can hide texts: it touches a file of attributes. Until then it is the base's people who hide them.
pub fn may_hide(changes: &[FileChange]) -> bool {
    let is_attributes =
        |path: &RepoPath| path.as_str() == ".gitattributes" || path.as_str().ends_with("/.gitattributes");
    changes.iter().any(|change| is_attributes(&change.path) || change.old_path.as_ref().is_some_and(is_attributes))
}

/// Gives a file that is shown without lines its lines back, from the texts of both sides. What is no text stays as it is, and
/// what cannot be had or compared counts as cut.
pub fn reveal(change: &mut FileChange, before: &FileText, after: &FileText) {
    // A file that becomes a link is told as two changes: each has one side.
    let old = if change.status == ChangeStatus::Added { Ok(None) } else { side(before) };
    let new = if change.status == ChangeStatus::Removed { Ok(None) } else { side(after) };
    let (old, new) = match (old, new) {
        (Err(Lacking::NoText), _) | (_, Err(Lacking::NoText)) => return,
        (Ok(old), Ok(new)) => (old, new.unwrap_or_default()),
        _ => {
            change.patch = Patch::Truncated;
            return;
        }
    };
    // The path is nobody's concern here, and can hold what a header cannot.
    change.patch = match write_patch("file", old, new) {
        None => Patch::Truncated,
        Some(patch) => match patch.find("\n@@ ").map(|end| &patch[end + 1..]) {
            None => Patch::Empty,
            Some(hunks) if is_whole(hunks) => Patch::Text(hunks.to_owned()),
            Some(_) => Patch::Truncated,
        },
    };
    change.hidden = true;
    let lines = |text: &str| u32::try_from(text.lines().count()).unwrap_or(u32::MAX);
    (change.additions, change.deletions) = match &change.patch {
        Patch::Text(hunks) => count_lines(hunks),
        Patch::Truncated => (lines(new), old.map_or(0, lines)),
        _ => (0, 0),
    };
}

/// Why a side gives no lines.
enum Lacking {
    NoText,
    Unknown,
}

fn side(text: &FileText) -> Result<Option<&str>, Lacking> {
    match text {
        FileText::Text(text) => Ok(Some(text)),
        FileText::NotText(_) | FileText::Folder(_) => Err(Lacking::NoText),
        // What has to be there and is not, is not known yet.
        FileText::Cut(_) | FileText::Absent => Err(Lacking::Unknown),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::MAX_COMPARED_LINES;

    fn hidden(path: &str) -> FileChange {
        FileChange::new(RepoPath::new(path), ChangeStatus::Modified, Patch::Binary)
    }

    fn revealed(before: FileText, after: FileText) -> (Patch, u32, u32) {
        let mut change = hidden("a\n@@ b.py");
        change.status = match (&before, &after) {
            (FileText::Absent, _) => ChangeStatus::Added,
            (_, FileText::Absent) => ChangeStatus::Removed,
            _ => ChangeStatus::Modified,
        };
        reveal(&mut change, &before, &after);
        (change.patch, change.additions, change.deletions)
    }

    #[test]
    fn a_hidden_text_has_its_lines_again() {
        let text = |text: &str| FileText::Text(text.to_owned());
        let hunks = "@@ -1 +1,2 @@\n a\n+b\n".to_owned();
        assert_eq!(revealed(text("a\n"), text("a\nb\n")), (Patch::Text(hunks), 1, 0));
        let hunks = "@@ -0,0 +1 @@\n+a\n".to_owned();
        assert_eq!(revealed(FileText::Absent, text("a\n")), (Patch::Text(hunks), 1, 0));
        let hunks = "@@ -1 +0,0 @@\n-a\n".to_owned();
        assert_eq!(revealed(text("a\n"), FileText::Absent), (Patch::Text(hunks), 0, 1));
        assert_eq!(revealed(text("a\n"), text("a\n")), (Patch::Empty, 0, 0));
        let hunks = "@@ -1,2 +1,2 @@\n a\rb\n-c\n+d\n".to_owned();
        assert_eq!(revealed(text("a\rb\nc\n"), text("a\rb\nd\n")), (Patch::Text(hunks), 1, 1));
        // It became a link.
        let mut change = FileChange { status: ChangeStatus::Removed, ..hidden("a.py") };
        reveal(&mut change, &text("a\n"), &text("b.py"));
        assert_eq!((change.patch, change.deletions), (Patch::Text("@@ -1 +0,0 @@\n-a\n".to_owned()), 1));
    }

    #[test]
    fn what_is_no_text_stays_and_what_is_cut_says_so() {
        let text = || FileText::Text("a\n".to_owned());
        let binary = || FileText::NotText("binary".to_owned());
        assert_eq!(revealed(binary(), text()).0, Patch::Binary);
        assert_eq!(revealed(text(), binary()).0, Patch::Binary);
        assert_eq!(revealed(text(), FileText::Cut("large".to_owned())).0, Patch::Truncated);
        assert_eq!(revealed(FileText::Cut("large".to_owned()), text()).0, Patch::Truncated);
        let long = FileText::Text("a\n".repeat(MAX_COMPARED_LINES + 1));
        let lines = u32::try_from(MAX_COMPARED_LINES + 1).expect("fits");
        assert_eq!(revealed(text(), long), (Patch::Truncated, lines, 1));
        // GitHub does not know the commit yet.
        let mut change = hidden("a.py");
        reveal(&mut change, &text(), &FileText::Absent);
        assert_eq!(change.patch, Patch::Truncated);
    }

    #[test]
    fn only_attributes_hide() {
        assert!(may_hide(&[hidden("a.py"), hidden(".gitattributes")]) && may_hide(&[hidden("src/.gitattributes")]));
        let moved = FileChange { old_path: Some(RepoPath::new("src/.gitattributes")), ..hidden("src/attributes") };
        assert!(may_hide(&[moved]));
        assert!(!may_hide(&[hidden("a.gitattributes"), hidden(".gitattributes/a")]));
    }
}
