//! A patch by file, with the line arithmetic that decides where a review comment may stand.
//! Written apart from the `diff` room on purpose: the product and its judge do not share a mistake.

/// One entry of a pull request's list of files.
#[derive(Clone, Debug)]
pub(super) struct ChangedFile {
    pub(super) path: String,
    pub(super) previous: Option<String>,
    /// GitHub's word: `added`, `removed`, `modified`, `renamed`, `changed`.
    pub(super) status: &'static str,
    /// The new blob (the old one of a removed file).
    pub(super) oid: String,
    pub(super) additions: u64,
    pub(super) deletions: u64,
    /// The hunks, from the first `@@` on, without the final newline; none for binary files and pure renames.
    pub(super) patch: Option<String>,
}

/// One line of a hunk with its numbers.
#[derive(Clone, Debug)]
pub(super) struct HunkLine<'a> {
    /// `+`, `-`, ` `, or `@` for the heading of a hunk.
    pub(super) sign: char,
    pub(super) old: Option<u64>,
    pub(super) new: Option<u64>,
    pub(super) text: &'a str,
}

/// Joins `git diff --raw -z` with the text of the same diff.
pub(super) fn parse_changes(raw: &[u8], text: &[u8]) -> Vec<ChangedFile> {
    let mut sections = split_sections(text).into_iter();
    let mut fields = raw.split(|byte| *byte == 0);
    let mut files = Vec::new();
    while let Some(facts) = fields.next().filter(|facts| !facts.is_empty()) {
        let facts = String::from_utf8_lossy(facts).into_owned();
        let parts: Vec<&str> = facts.split(' ').collect();
        let letter = parts.get(4).and_then(|status| status.chars().next()).unwrap_or('M');
        let mut name = || String::from_utf8_lossy(fields.next().unwrap_or_default()).into_owned();
        let first = name();
        let (path, previous) = if matches!(letter, 'R' | 'C') { (name(), Some(first)) } else { (first, None) };
        let mut hunks = hunks_of(sections.next().unwrap_or_default());
        if letter == 'T' {
            // A change of type is printed as a removal and an addition.
            let second = hunks_of(sections.next().unwrap_or_default());
            hunks = [hunks, second].into_iter().flatten().reduce(|first, second| format!("{first}\n{second}"));
        }
        let (additions, deletions) = hunks.as_deref().map_or((0, 0), count);
        let status = match letter {
            'A' => "added",
            'D' => "removed",
            'R' => "renamed",
            'C' => "copied",
            'T' => "changed",
            _ => "modified",
        };
        let oid = parts.get(if letter == 'D' { 2 } else { 3 }).copied().unwrap_or_default().to_owned();
        files.push(ChangedFile { path, previous, status, oid, additions, deletions, patch: hunks });
    }
    files
}

/// Walks the hunks of one file.
pub(super) fn lines(patch: &str) -> Vec<HunkLine<'_>> {
    let (mut old, mut new) = (0, 0);
    let mut out = Vec::new();
    for line in patch.split('\n') {
        if let Some((from, to)) = line.strip_prefix("@@ -").and_then(starts) {
            (old, new) = (from, to);
            out.push(HunkLine { sign: '@', old: None, new: None, text: line });
            continue;
        }
        let sign = line.chars().next().unwrap_or(' ');
        let (has_old, has_new) = match sign {
            '+' => (false, true),
            '-' => (true, false),
            ' ' => (true, true),
            _ => continue,
        };
        let text = line.get(1..).unwrap_or_default();
        out.push(HunkLine { sign, old: has_old.then_some(old), new: has_new.then_some(new), text });
        old += u64::from(has_old);
        new += u64::from(has_new);
    }
    out
}

/// The hunk down to a line, as GitHub keeps it with a comment.
pub(super) fn hunk_until(patch: &str, number: u64, side: &str) -> String {
    let lines = lines(patch);
    let hit = |line: &HunkLine<'_>| if side == "LEFT" { line.old == Some(number) } else { line.new == Some(number) };
    let Some(last) = lines.iter().position(hit) else { return String::new() };
    let first = lines[..last].iter().rposition(|line| line.sign == '@').unwrap_or(0);
    let one = |line: &HunkLine<'_>| {
        if line.sign == '@' { line.text.to_owned() } else { format!("{}{}", line.sign, line.text) }
    };
    lines[first..=last].iter().map(one).collect::<Vec<_>>().join("\n")
}

fn split_sections(text: &[u8]) -> Vec<&[u8]> {
    let mut starts = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b"diff --git ") {
            starts.push(at);
        }
        at += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).map(|(start, end)| &text[*start..end]).collect()
}

fn hunks_of(section: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(section);
    let at = text.find("\n@@ ")?;
    Some(text[at + 1..].strip_suffix('\n').unwrap_or(&text[at + 1..]).to_owned())
}

fn count(patch: &str) -> (u64, u64) {
    let count = |sign| lines(patch).iter().filter(|line| line.sign == sign).count() as u64;
    (count('+'), count('-'))
}

/// `12,3 +14,5 @@ heading` into the two first lines.
fn starts(text: &str) -> Option<(u64, u64)> {
    let (old, rest) = text.split_once(" +")?;
    let (new, _) = rest.split_once(" @@")?;
    let first = |range: &str| range.split(',').next()?.parse().ok();
    Some((first(old)?, first(new)?))
}
