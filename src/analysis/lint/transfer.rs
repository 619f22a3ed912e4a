//! What reports of one commit say of another one: of lines that are the same there.

use crate::diff::same_lines;
use crate::model::{FileText, LintDoubt, LintFacts, LintRange, LintResult, RepoPath};
use std::collections::BTreeMap;

/// Makes facts of one commit facts of another one: `texts` has each file there and here. A result on lines that are not
/// there any more is left out, unless the linter could not read the file because of it; so is a fix of which one line is
/// not there. A file that cannot be compared leaves a note.
pub fn transfer(facts: &mut LintFacts, texts: &BTreeMap<RepoPath, (FileText, FileText)>) {
    let mut lost: BTreeMap<RepoPath, usize> = BTreeMap::new();
    let mut lines: BTreeMap<RepoPath, Option<Lines>> = BTreeMap::new();
    let mut carry = |result: LintResult| {
        let known = lines.entry(result.path.clone()).or_insert_with_key(|path| Lines::between(texts.get(path)?));
        match known {
            Some(lines) => lines.carry(result),
            None => {
                *lost.entry(result.path).or_default() += 1;
                None
            }
        }
    };
    facts.results = std::mem::take(&mut facts.results).into_iter().filter_map(&mut carry).collect();
    let doubts = std::mem::take(&mut facts.doubts).into_iter();
    facts.doubts = doubts.filter_map(|it| Some(LintDoubt { result: carry(it.result)?, ..it })).collect();
    for (path, count) in lost {
        let what = if count == 1 { "a result".to_owned() } else { format!("{count} results") };
        facts.notes.push(format!("A linter's report has {what} for another version of `{path}`: they are left out."));
    }
}

/// Which lines of one version are lines of another.
enum Lines {
    Same,
    Moved(BTreeMap<u32, u32>),
}

impl Lines {
    fn between((there, here): &(FileText, FileText)) -> Option<Lines> {
        let (FileText::Text(there), FileText::Text(here)) = (there, here) else { return None };
        if there == here {
            return Some(Lines::Same);
        }
        Some(Lines::Moved(same_lines(there, here)?.into_iter().collect()))
    }

    fn carry(&self, mut result: LintResult) -> Option<LintResult> {
        if let Some(range) = &result.range {
            result.range = self.carry_range(range);
            if result.range.is_none() && !result.fatal {
                return None;
            }
        }
        for edit in std::mem::take(&mut result.edits) {
            let Some(range) = self.carry_range(&edit.range) else {
                result.edits.clear();
                break;
            };
            result.edits.push(crate::model::LintEdit { range, ..edit });
        }
        Some(result)
    }

    /// All of its lines, still one after the other.
    fn carry_range(&self, range: &LintRange) -> Option<LintRange> {
        let Lines::Moved(lines) = self else { return Some(*range) };
        let first = *lines.get(&range.line)?;
        let length = range.end_line.saturating_sub(range.line);
        // An end before the first sign of a line leaves that line alone, and it may lie behind the end of the text.
        let whole = if length > 0 && range.end_column == Some(1) { length - 1 } else { length };
        let stays = lines.range(range.line..=range.line.saturating_add(whole)).map(|(_, here)| *here);
        stays.eq(first..=first.saturating_add(whole)).then(|| LintRange {
            line: first,
            end_line: first.saturating_add(length),
            ..*range
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{LintEdit, LintSeverity};

    fn range(line: u32, end_line: u32, end_column: Option<u32>) -> LintRange {
        LintRange { line, column: Some(1), end_line, end_column, columns: crate::model::ColumnKind::Utf16 }
    }

    fn result(range: Option<LintRange>, edits: Vec<LintEdit>) -> LintResult {
        LintResult {
            path: "a.py".into(),
            range,
            tool: "ruff".to_owned(),
            rule: "F401".to_owned(),
            url: None,
            severity: LintSeverity::Error,
            message: "unused".to_owned(),
            edits,
            fatal: false,
        }
    }

    fn moved(there: FileText, here: FileText, results: Vec<LintResult>) -> LintFacts {
        let mut facts = LintFacts { results, ..LintFacts::default() };
        transfer(&mut facts, &BTreeMap::from([("a.py".into(), (there, here))]));
        facts
    }

    #[test]
    fn results_go_where_their_lines_went_and_fixes_with_them() {
        let text = |text: &str| FileText::Text(text.to_owned());
        let edit = |range| LintEdit { range, text: String::new() };
        let all = vec![
            result(Some(range(2, 2, Some(3))), vec![edit(range(2, 3, Some(1)))]),
            result(Some(range(2, 2, None)), vec![edit(range(2, 2, None)), edit(range(3, 3, None))]),
            result(Some(range(3, 3, None)), Vec::new()),
            result(None, Vec::new()),
        ];
        let facts = moved(text("base\na\nold\n"), text("a\nnew\n"), all);
        let seen: Vec<_> = facts.results.iter().map(|it| (it.range.map(|at| at.line), it.edits.len())).collect();
        assert_eq!(seen, [(Some(1), 1), (Some(1), 0), (None, 0)], "{facts:#?}");
        assert_eq!(facts.results[0].edits[0].range, range(1, 2, Some(1)));
        assert_eq!(facts.notes, [""; 0]);
    }

    #[test]
    fn lines_that_are_apart_now_are_no_range() {
        let text = |text: &str| FileText::Text(text.to_owned());
        let all = vec![result(Some(range(1, 2, None)), Vec::new())];
        assert_eq!(moved(text("a\nb\n"), text("a\nnew\nb\n"), all).results, []);
    }

    #[test]
    fn a_file_that_cannot_be_compared_is_said() {
        let all = vec![result(None, Vec::new()), result(Some(range(1, 1, None)), Vec::new())];
        let facts = moved(FileText::Absent, FileText::Text("a\n".to_owned()), all);
        assert_eq!(facts.results, []);
        assert_eq!(facts.notes, ["A linter's report has 2 results for another version of `a.py`: they are left out."]);
    }
}
