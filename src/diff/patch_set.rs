//! A whole patch, as `git diff` and GitHub's diff media type print it, into file changes.
//!
//! A damaged file never takes others with it: it becomes a problem and, when its path is known, a change whose
//! patch is `Truncated`. Nothing is skipped silently: whoever sees a problem knows that the list is not the truth.

use super::scan::line_end;
use super::section::{Section, parse_section};
use crate::model::{FileChange, RepoPath};
use memchr::memmem;

/// A patch above this size is refused as a whole: 64 MB.
pub const MAX_PATCH_SET_BYTES: usize = 64 * 1024 * 1024;

/// After this many problems the rest of the patch is not read; a last problem says so.
pub const MAX_PROBLEMS: usize = 1000;

/// The files of a patch in its order, and what could not be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PatchSet {
    /// One entry for each `diff --git` section whose path is known.
    pub files: Vec<FileChange>,
    /// Empty when every byte was understood; otherwise `files` is incomplete.
    pub problems: Vec<PatchProblem>,
}

/// Something in a patch that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the patch{}: {damage}", path.as_ref().map(|path| format!(" ({path})")).unwrap_or_default())]
pub struct PatchProblem {
    /// The line of the patch, counted from 1.
    pub line: usize,
    /// The file that suffers, when it is known; its change is `Truncated`.
    pub path: Option<RepoPath>,
    /// What is wrong.
    pub damage: PatchDamage,
}

/// Why a part of a patch could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatchDamage {
    /// Larger than [`MAX_PATCH_SET_BYTES`].
    #[error("the patch is larger than 64 MB; review a smaller range")]
    TooLarge,
    /// More than [`MAX_PROBLEMS`] problems.
    #[error("too many damaged places; the rest was not read")]
    TooMany,
    /// Text without a single `diff --git` line.
    #[error("no file section (`diff --git`) found; make the patch with `git diff`")]
    NoSection,
    /// A merge commit's diff against several parents.
    #[error("a combined diff of a merge has no single old side; compare with one parent")]
    Combined,
    /// A path with a merge conflict in the index.
    #[error("the file has an unresolved merge conflict")]
    Unmerged,
    /// A hunk outside every file section.
    #[error("a hunk without a file section (`diff --git`) before it; make the patch with `git diff`")]
    StrayHunk,
    /// Neither `rename`, `---`, `+++` nor the `diff --git` line tell the path.
    #[error("the path of the file cannot be told")]
    NoPath,
    /// A line that no header of git's has, a cut one included.
    #[error("this line is not part of a git patch; it may be cut")]
    BadHeader,
    /// A `---` or `+++` line of another file inside a section.
    #[error(
        "this line names another file than the `diff --git` section that it stands in; it needs a section of its own"
    )]
    OtherFile,
    /// A hunk with fewer or other lines than its `@@` line promises.
    #[error("the hunk does not have the lines that its `@@` line promises; it may be cut")]
    BadHunk,
    /// The header says that the content changed, and no content follows.
    #[error("the change of the content is missing; the patch may be cut")]
    NoContent,
}

/// Reads a patch of many files. Input may be anything; text around the sections (a mail, a commit message) is skipped.
/// Empty input is a patch without files.
pub fn parse_patch_set(bytes: &[u8]) -> PatchSet {
    let mut reader = Reader { bytes, counted: (0, 1), set: PatchSet::default() };
    if bytes.len() > MAX_PATCH_SET_BYTES {
        reader.report(0, None, PatchDamage::TooLarge);
    } else {
        reader.read();
    }
    reader.set
}

struct Reader<'a> {
    bytes: &'a [u8],
    /// An offset and its line number, so that counting lines for problems stays linear.
    counted: (usize, usize),
    set: PatchSet,
}

impl Reader<'_> {
    fn read(&mut self) {
        let mut at = 0;
        let mut sections = 0usize;
        loop {
            let begin = next_section(self.bytes, at);
            self.check_between(at, begin);
            if begin == self.bytes.len() {
                break;
            }
            if self.set.problems.len() >= MAX_PROBLEMS {
                self.report(begin, None, PatchDamage::TooMany);
                return;
            }
            sections += 1;
            at = self.read_section(begin);
        }
        if sections == 0 && self.set.problems.is_empty() && !self.bytes.trim_ascii().is_empty() {
            self.report(0, None, PatchDamage::NoSection);
        }
    }

    /// Reads the section at `begin` and says where to look for the next one.
    fn read_section(&mut self, begin: usize) -> usize {
        let (end, next) = line_end(self.bytes, begin);
        let line = self.bytes[begin..end].strip_suffix(b"\r").unwrap_or(&self.bytes[begin..end]);
        let Some(names) = line.strip_prefix(b"diff --git ") else {
            self.report(begin, None, PatchDamage::Combined);
            // Its `@@@` lines and prefixes are not ours to judge.
            return next_section(self.bytes, next);
        };
        let Section { change, damage, next } = parse_section(self.bytes, names, next);
        if let Some((offset, damage)) = damage {
            self.report(offset, change.as_ref().map(|change| change.path.clone()), damage);
            self.set.files.extend(change);
            return next_section(self.bytes, next);
        }
        self.set.files.extend(change);
        next
    }

    /// Text between sections may be a mail or a commit message, but no hunk and no conflict.
    fn check_between(&mut self, begin: usize, end: usize) {
        let text = &self.bytes[begin..end];
        for (mark, damage) in
            [(&b"@@ -"[..], PatchDamage::StrayHunk), (&b"* Unmerged path "[..], PatchDamage::Unmerged)]
        {
            if let Some(offset) = find_line(text, mark) {
                self.report(begin + offset, None, damage);
            }
        }
    }

    fn report(&mut self, offset: usize, path: Option<RepoPath>, damage: PatchDamage) {
        if offset < self.counted.0 {
            self.counted = (0, 1);
        }
        let newlines = memchr::memchr_iter(b'\n', &self.bytes[self.counted.0..offset]).count();
        self.counted = (offset, self.counted.1 + newlines);
        self.set.problems.push(PatchProblem { line: self.counted.1, path, damage });
    }
}

/// The offset of the next line that opens a section, or the end.
fn next_section(bytes: &[u8], at: usize) -> usize {
    let mut from = at;
    while let Some(offset) = find_line(&bytes[from..], b"diff --") {
        let begin = from + offset;
        if [&b"diff --git "[..], b"diff --cc ", b"diff --combined "].iter().any(|mark| bytes[begin..].starts_with(mark))
        {
            return begin;
        }
        from = line_end(bytes, begin).1;
    }
    bytes.len()
}

/// The offset of the first line of `text` that begins with `mark`; `text` itself begins a line.
fn find_line(text: &[u8], mark: &[u8]) -> Option<usize> {
    if text.starts_with(mark) {
        return Some(0);
    }
    memmem::find_iter(text, mark).find(|&offset| offset > 0 && text[offset - 1] == b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ChangeStatus, FileMode, Patch};
    use proptest::prelude::*;

    fn damages(text: &str) -> Vec<(usize, PatchDamage)> {
        parse_patch_set(text.as_bytes()).problems.iter().map(|problem| (problem.line, problem.damage)).collect()
    }

    #[test]
    fn nothing_is_no_file_and_no_problem() {
        assert_eq!(parse_patch_set(b""), PatchSet::default());
        assert_eq!(parse_patch_set(b" \n"), PatchSet::default());
        assert_eq!(damages("hello\n"), [(1, PatchDamage::NoSection)]);
    }

    #[test]
    fn a_damaged_file_leaves_the_others_whole() {
        let text = "diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-x\n+y\n\
                    diff --git a/bad b/bad\n--- a/bad\n+++ b/bad\n@@ -1,3 +1,3 @@\n x\n@@ nonsense\n\
                    diff --git a/c b/c\nold mode 100644\nnew mode 100755\n";
        let set = parse_patch_set(text.as_bytes());
        let seen: Vec<_> = set.files.iter().map(|file| (file.path.as_str(), file.patch.clone())).collect();
        let hunk = Patch::Text("@@ -1 +1 @@\n-x\n+y".to_owned());
        assert_eq!(seen, [("a", hunk), ("bad", Patch::Truncated), ("c", Patch::Empty)]);
        assert_eq!(set.files[2].new_mode, Some(FileMode::Executable));
        assert_eq!(set.problems.len(), 1);
        assert_eq!(
            set.problems[0].to_string(),
            "line 12 of the patch (bad): the hunk does not have the lines that its `@@` line promises; it may be cut"
        );
    }

    #[test]
    fn cut_and_foreign_sections_are_said() {
        use PatchDamage::*;
        assert_eq!(damages("diff --git a/x b/x\n"), [(2, NoContent)]);
        assert_eq!(damages("diff --git a/x b/x\nold mode 100644\n"), [(3, NoContent)]);
        assert_eq!(damages("diff --git a/x b/x\nindex 1234567..89abcde 100644\n"), [(3, NoContent)]);
        assert_eq!(damages("diff --git a/x b/x\nindex 12345"), [(2, BadHeader)]);
        assert_eq!(damages("diff --git a/x b/x\nnew file mo"), [(2, BadHeader)]);
        assert_eq!(damages("diff --git a/x b/y\nnew file mode 100644\n"), [(1, NoPath)]);
        assert_eq!(damages("diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-x\n+y\n+z\n"), [(7, BadHunk)]);
        assert_eq!(damages("@@ -1 +1 @@\n-x\n+y\n"), [(1, StrayHunk)]);
        assert_eq!(damages("* Unmerged path x\n"), [(1, Unmerged)]);
        assert_eq!(damages("diff --cc x\nindex 1,2..3\n@@@ -1 -1 +1 @@@\n"), [(1, Combined)]);
    }

    #[test]
    fn paths_come_from_whatever_line_knows_them() {
        let paths = |text: &str| {
            let set = parse_patch_set(text.as_bytes());
            assert_eq!(set.problems, [], "{text}");
            set.files.iter().map(|f| (f.old_path().to_string(), f.path.to_string(), f.status)).collect::<Vec<_>>()
        };
        let one = |old: &str, new: &str, status| vec![(old.to_owned(), new.to_owned(), status)];
        let mode = "old mode 100644\nnew mode 100755\n";
        assert_eq!(
            paths(&format!("diff --git a/a b/c d b/a b/c d\n{mode}")),
            one("a b/c d", "a b/c d", ChangeStatus::Modified)
        );
        assert_eq!(paths(&format!("diff --git src/x src/x\n{mode}")), one("src/x", "src/x", ChangeStatus::Modified));
        assert_eq!(
            paths("diff --git a/x \"b/t\\tb\"\nsimilarity index 100%\nrename from x\nrename to \"t\\tb\"\n"),
            one("x", "t\tb", ChangeStatus::Renamed)
        );
        assert_eq!(
            paths(&format!("diff --git \"a/\\303\\244\\\\\" \"b/\\303\\244\\\\\"\n{mode}")),
            one("ä\\", "ä\\", ChangeStatus::Modified)
        );
    }

    #[test]
    fn lines_of_another_file_are_damage() {
        let plain = "--- a/src/a.py\n+++ b/src/a.py\n@@ -1 +1,2 @@\n a\n+eval(x)\n";
        let moved = "similarity index 100%\nrename from m/1.sql\nrename to old/1.sql\n";
        for header in [
            format!("diff --git a/m/1.sql b/old/1.sql\n{moved}"),
            "diff --git a/run.sh b/run.sh\nold mode 100644\nnew mode 100755\n".to_owned(),
        ] {
            let set = parse_patch_set(format!("{header}{plain}").as_bytes());
            let seen: Vec<_> = set.problems.iter().map(|problem| (problem.line, problem.damage)).collect();
            let names = header.lines().count() + 1;
            assert_eq!(seen, [(names, PatchDamage::OtherFile)], "{header}");
            assert_eq!(set.files.len(), 1);
            assert_eq!(set.files[0].patch, Patch::Truncated, "no line of it is another file's");
        }
        let half = "diff --git a/x b/x\n--- a/x\n+++ b/y\n@@ -1 +1 @@\n-x\n+y\n";
        assert_eq!(damages(half), [(3, PatchDamage::OtherFile)]);
        for whole in [
            "diff --git a/o/x b/n/x\nrename from o/x\nrename to n/x\n--- a/o/x\n+++ b/n/x\n@@ -1 +1 @@\n-x\n+y\n",
            "diff --git o/x n/x\nrename from o/x\nrename to n/x\n--- o/x\n+++ n/x\n@@ -1 +1 @@\n-x\n+y\n",
            "diff --git a/x b/y\n--- a/x\n+++ b/y\n@@ -1 +1 @@\n-x\n+y\n",
        ] {
            assert_eq!(damages(whole), [], "{whole}");
        }
    }

    #[test]
    fn limits_are_problems_and_not_hangs() {
        let large = vec![b'x'; MAX_PATCH_SET_BYTES + 1];
        assert_eq!(parse_patch_set(&large).problems[0].damage, PatchDamage::TooLarge);
        let set = parse_patch_set("diff --git a/x b/x\n".repeat(50_000).as_bytes());
        assert_eq!(set.problems.len(), MAX_PROBLEMS + 1);
        assert_eq!(set.problems[MAX_PROBLEMS].damage, PatchDamage::TooMany);
    }

    const PIECES: [&str; 14] = [
        "diff --git a/x b/x\n",
        "diff --git \"a/\\303\" \"b/\\303\"\n",
        "--- a/x\n",
        "+++ b/x\t\n",
        "@@ -1 +1 @@\n",
        "@@ -1,0 +1,2 @@ f\r\n",
        "-a\n",
        "+b",
        "\n",
        " c\n",
        "\\ No newline\n",
        "index 1234567..89abcde 100644\n",
        "rename from a\n",
        "Binary files a and b differ\n",
    ];

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            parse_patch_set(&bytes);
        }

        #[test]
        fn any_pieces_of_patches_are_read_without_panic(pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..40)) {
            let set = parse_patch_set(pieces.concat().as_bytes());
            let truncated = set.files.iter().filter(|file| file.patch == Patch::Truncated).count();
            prop_assert!(truncated <= set.problems.len());
        }
    }
}
