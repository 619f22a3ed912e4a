//! One `diff --git` section of a patch: its extended header lines and its hunks.

use super::header::{GitLine, parse_bare_name, parse_git_line, parse_side_name};
use super::patch_set::PatchDamage;
use super::scan::{LineKind, line_end, scan_header, walk_hunk};
use crate::model::{ChangeStatus, FileChange, FileMode, Patch, RepoPath};

/// What became of one section.
pub(super) struct Section {
    /// The change, when the path is known.
    pub(super) change: Option<FileChange>,
    /// Where and why it could not be read to its end.
    pub(super) damage: Option<(usize, PatchDamage)>,
    /// Where the search for the next section goes on.
    pub(super) next: usize,
}

/// Reads the section whose `diff --git ` line has these names and ends before `at`.
pub(super) fn parse_section(bytes: &[u8], names: &[u8], at: usize) -> Section {
    let mut reader = Reader { bytes, at, git: parse_git_line(names), head: Head::default() };
    let content = reader.read_header().and_then(|content| reader.read_content(content));
    let damage = content.as_ref().err().copied().map(|damage| (reader.at.min(bytes.len()), damage));
    let content = content.unwrap_or(Content { patch: Patch::Truncated, additions: 0, deletions: 0 });
    let change = reader.build_change(content);
    let damage = match (&change, damage) {
        (None, None) => Some((at.saturating_sub(1), PatchDamage::NoPath)),
        (_, damage) => damage,
    };
    Section { change, damage, next: reader.at }
}

/// What the header lines say.
#[derive(Default)]
struct Head {
    old_mode: Option<FileMode>,
    new_mode: Option<FileMode>,
    /// `old mode` and `new mode` come in pairs.
    mode_lines: u8,
    added: bool,
    removed: bool,
    copied: bool,
    from: Option<RepoPath>,
    to: Option<RepoPath>,
    /// The blob ids of the `index` line differ and neither is the empty blob.
    content_changed: bool,
    old_side: Option<Option<RepoPath>>,
    new_side: Option<Option<RepoPath>>,
    lines: usize,
}

/// What follows the header.
enum Body {
    Hunks,
    Binary,
    Nothing,
}

struct Content {
    patch: Patch,
    additions: u32,
    deletions: u32,
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    git: GitLine,
    head: Head,
}

impl Reader<'_> {
    /// Reads header lines; stands at the content afterwards.
    fn read_header(&mut self) -> Result<Body, PatchDamage> {
        while self.at < self.bytes.len() {
            let (end, next) = line_end(self.bytes, self.at);
            let line = &self.bytes[self.at..end];
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.starts_with(b"@@ ") {
                return Ok(Body::Hunks);
            }
            if (line.starts_with(b"Binary files ") && line.ends_with(b" differ")) || line == b"GIT binary patch" {
                return Ok(Body::Binary);
            }
            if ends_section(line) {
                break;
            }
            self.read_header_line(line)?;
            self.head.lines += 1;
            self.at = next;
        }
        Ok(Body::Nothing)
    }

    fn read_header_line(&mut self, line: &[u8]) -> Result<(), PatchDamage> {
        match line.get(..SIDE_WORD_BYTES) {
            Some(b"--- ") => self.head.old_side = Some(self.read_side(line, self.head.from.as_ref())?),
            Some(b"+++ ") => self.head.new_side = Some(self.read_side(line, self.head.to.as_ref())?),
            _ => self.read_extended_line(line).ok_or(PatchDamage::BadHeader)?,
        }
        Ok(())
    }

    /// The name on a `---` or `+++` line, which must be the one that the section is about: lines below belong to it.
    fn read_side(&self, line: &[u8], moved: Option<&RepoPath>) -> Result<Option<RepoPath>, PatchDamage> {
        let read = |prefixed| parse_side_name(&line[SIDE_WORD_BYTES..], prefixed);
        let side = read(self.git.prefixed).ok_or(PatchDamage::BadHeader)?;
        let known = moved.or(self.git.path.as_ref());
        let fits = |name: &RepoPath| known.is_none_or(|known| known == name);
        match &side {
            // A moved file's names have no prefix, and with `--no-prefix` those of its sides have none either.
            Some(name) if !fits(name) && read(false).flatten().as_ref() != known => Err(PatchDamage::OtherFile),
            _ => Ok(side),
        }
    }

    fn read_extended_line(&mut self, line: &[u8]) -> Option<()> {
        let head = &mut self.head;
        let (word, rest) = HEADER_WORDS.iter().find_map(|word| Some((*word, line.strip_prefix(word.as_bytes())?)))?;
        match word {
            "index " => head.read_index(rest)?,
            "old mode " => (head.old_mode, head.mode_lines) = (parse_mode(rest)?, head.mode_lines + 1),
            "new mode " => (head.new_mode, head.mode_lines) = (parse_mode(rest)?, head.mode_lines + 1),
            "new file mode " => (head.new_mode, head.added) = (parse_mode(rest)?, true),
            "deleted file mode " => (head.old_mode, head.removed) = (parse_mode(rest)?, true),
            "copy from " => (head.from, head.copied) = (Some(parse_bare_name(rest)?), true),
            "rename from " | "rename old " => head.from = Some(parse_bare_name(rest)?),
            "copy to " | "rename to " | "rename new " => head.to = Some(parse_bare_name(rest)?),
            // `similarity index 98%` and `dissimilarity index 60%`.
            _ => rest.ends_with(b"%").then_some(())?,
        }
        Some(())
    }

    fn read_content(&mut self, body: Body) -> Result<Content, PatchDamage> {
        match body {
            Body::Hunks => self.read_hunks(),
            Body::Binary => {
                self.at = line_end(self.bytes, self.at).1;
                Ok(Content { patch: Patch::Binary, additions: 0, deletions: 0 })
            }
            Body::Nothing => {
                let head = &self.head;
                let cut = head.lines == 0
                    || head.mode_lines % 2 == 1
                    || head.from.is_some() != head.to.is_some()
                    || head.old_side.is_some()
                    || head.content_changed;
                if cut {
                    return Err(PatchDamage::NoContent);
                }
                Ok(Content { patch: Patch::Empty, additions: 0, deletions: 0 })
            }
        }
    }

    fn read_hunks(&mut self) -> Result<Content, PatchDamage> {
        let begin = self.at;
        let (mut additions, mut deletions) = (0u32, 0u32);
        while self.bytes[self.at..].starts_with(b"@@ ") {
            let header = scan_header(self.bytes, self.at).ok_or(PatchDamage::BadHunk)?;
            let walked = walk_hunk(self.bytes, &header, |kind, _, _| {
                additions += u32::from(kind == LineKind::Added);
                deletions += u32::from(kind == LineKind::Removed);
            });
            self.at = walked.map_err(|damaged| {
                self.at = damaged;
                PatchDamage::BadHunk
            })?;
        }
        let (end, _) = line_end(self.bytes, self.at);
        if self.at < self.bytes.len() && !ends_section(&self.bytes[self.at..end]) {
            return Err(PatchDamage::BadHunk);
        }
        Ok(Content { patch: Patch::Text(hunk_text(&self.bytes[begin..self.at])), additions, deletions })
    }

    fn build_change(&mut self, content: Content) -> Option<FileChange> {
        let Reader { git, head, .. } = self;
        let moved = head.from.is_some() && head.to.is_some();
        let added = head.added || head.old_side == Some(None);
        let removed = head.removed || head.new_side == Some(None);
        let status = match () {
            () if moved && head.copied => ChangeStatus::Copied,
            () if moved => ChangeStatus::Renamed,
            () if added => ChangeStatus::Added,
            () if removed => ChangeStatus::Removed,
            () => ChangeStatus::Modified,
        };
        let sides = [head.to.take(), head.new_side.take().flatten(), head.old_side.take().flatten(), git.path.take()];
        let path = sides.into_iter().flatten().next()?;
        Some(FileChange {
            old_path: if moved { head.from.take() } else { None },
            path,
            status,
            old_mode: head.old_mode,
            new_mode: head.new_mode,
            additions: content.additions,
            deletions: content.deletions,
            patch: content.patch,
            hidden: false,
        })
    }
}

impl Head {
    /// `7a73709..2c33846` with a mode behind it when the mode did not change.
    fn read_index(&mut self, rest: &[u8]) -> Option<()> {
        let text = std::str::from_utf8(rest).ok()?;
        let (ids, mode) = text.split_once(' ').map_or((text, None), |(ids, mode)| (ids, Some(mode)));
        let (old, new) = ids.split_once("..")?;
        let is_id = |id: &str| id.len() >= 4 && id.bytes().all(|b| b.is_ascii_hexdigit());
        if !is_id(old) || !is_id(new) {
            return None;
        }
        if let Some(mode) = mode {
            let mode = parse_mode(mode.as_bytes())?;
            (self.old_mode, self.new_mode) = (mode, mode);
        }
        self.content_changed = old != new && !(is_void(old) && is_void(new));
        Some(())
    }
}

/// The bytes of `--- ` and of `+++ `.
const SIDE_WORD_BYTES: usize = 4;

const HEADER_WORDS: [&str; 13] = [
    "index ",
    "old mode ",
    "new mode ",
    "new file mode ",
    "deleted file mode ",
    "copy from ",
    "copy to ",
    "rename from ",
    "rename to ",
    "rename old ",
    "rename new ",
    "similarity index ",
    "dissimilarity index ",
];

/// Six octal digits; a mode that git no longer writes is no damage, only unknown.
fn parse_mode(rest: &[u8]) -> Option<Option<FileMode>> {
    let text = std::str::from_utf8(rest).ok()?;
    (text.len() == 6 && text.bytes().all(|b| (b'0'..=b'7').contains(&b))).then(|| FileMode::parse(text))
}

/// Whether this abbreviated blob id stands for no file, or for the empty one (of SHA-1 or SHA-256).
fn is_void(id: &str) -> bool {
    const EMPTY: [&str; 2] = [
        "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
        "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
    ];
    id.bytes().all(|b| b == b'0') || EMPTY.iter().any(|empty| empty.starts_with(id))
}

/// Lines that may follow a section: the next section, a blank one, a mail's signature, the next mail or commit.
fn ends_section(line: &[u8]) -> bool {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    line.is_empty()
        || line == b"-- "
        || [&b"diff --"[..], b"From ", b"commit ", b"* Unmerged path "].iter().any(|mark| line.starts_with(mark))
}

/// The text without its last newline, unless that newline is all there is of an empty context line.
fn hunk_text(bytes: &[u8]) -> String {
    let cut = match bytes.strip_suffix(b"\n") {
        Some(cut) if !cut.ends_with(b"\n") => cut,
        _ => bytes,
    };
    String::from_utf8_lossy(cut).into_owned()
}
