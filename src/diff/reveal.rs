//! Texts that a change hides from its own diff: `*.py -diff` or `binary` in a `.gitattributes` makes git, and GitHub with it,
//! show a text as it shows a binary file, without lines.

use super::{count_lines, write_patch};
use crate::model::{FileChange, FileText, Patch};

/// Whether a change can hide texts: it touches a file of attributes. What the base hides already is its people's wish.
pub fn may_hide(changes: &[FileChange]) -> bool {
    changes.iter().any(|change| {
        let path = change.path.as_str();
        path == ".gitattributes" || path.ends_with("/.gitattributes")
    })
}

/// Gives a file that is shown as binary its lines back, from the texts of both sides. What is no text stays as it is, and a
/// text that cannot be compared counts as cut.
pub fn reveal(change: &mut FileChange, before: &FileText, after: &FileText) {
    let (old, new) = match (before, after) {
        (FileText::Text(old), FileText::Text(new)) => (Some(old.as_str()), new.as_str()),
        (FileText::Absent, FileText::Text(new)) => (None, new.as_str()),
        (FileText::Text(old), FileText::Absent) => (Some(old.as_str()), ""),
        (FileText::Cut(_), _) | (_, FileText::Cut(_)) => {
            change.patch = Patch::Truncated;
            return;
        }
        _ => return,
    };
    change.patch = match write_patch(change.path.as_str(), old, new) {
        None => Patch::Truncated,
        Some(patch) => patch.find("\n@@ ").map_or(Patch::Empty, |end| Patch::Text(patch[end + 1..].to_owned())),
    };
    if let Patch::Text(hunks) = &change.patch {
        (change.additions, change.deletions) = count_lines(hunks);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ChangeStatus, RepoPath};

    fn hidden(path: &str) -> FileChange {
        FileChange {
            path: RepoPath::new(path),
            old_path: None,
            status: ChangeStatus::Modified,
            old_mode: None,
            new_mode: None,
            additions: 0,
            deletions: 0,
            patch: Patch::Binary,
        }
    }

    fn revealed(before: FileText, after: FileText) -> (Patch, u32, u32) {
        let mut change = hidden("a @@ b.py");
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
    }

    #[test]
    fn what_is_no_text_stays_and_what_is_cut_says_so() {
        let text = || FileText::Text("a\n".to_owned());
        let binary = || FileText::NotText("binary".to_owned());
        assert_eq!(revealed(binary(), text()).0, Patch::Binary);
        assert_eq!(revealed(text(), binary()).0, Patch::Binary);
        assert_eq!(revealed(text(), FileText::Cut("large".to_owned())).0, Patch::Truncated);
        assert_eq!(revealed(FileText::Cut("large".to_owned()), text()).0, Patch::Truncated);
    }

    #[test]
    fn only_attributes_hide() {
        assert!(may_hide(&[hidden("a.py"), hidden(".gitattributes")]) && may_hide(&[hidden("src/.gitattributes")]));
        assert!(!may_hide(&[hidden("a.gitattributes"), hidden(".gitattributes/a")]));
    }
}
