//! What reports of one commit say of another one: of files that are the same there, and of the lines that are.

use super::combine::add;
use crate::diff::same_lines;
use crate::model::{CoverageFacts, FileText, LineHits, RepoPath};
use std::collections::BTreeMap;

/// Makes facts of one commit facts of another one: `texts` has each file there and here. A line that is not there any more
/// is left out; a file that cannot be compared is stale.
pub fn transfer(facts: &mut CoverageFacts, texts: &BTreeMap<RepoPath, (FileText, FileText)>) {
    let files = std::mem::take(&mut facts.files);
    for (path, lines) in files {
        match texts.get(&path).and_then(|(there, here)| carry(&lines, there, here)) {
            Some(lines) => drop(facts.files.insert(path, lines)),
            None => drop(facts.stale.insert(path)),
        }
    }
}

fn carry(lines: &[LineHits], there: &FileText, here: &FileText) -> Option<Vec<LineHits>> {
    let (FileText::Text(there), FileText::Text(here)) = (there, here) else { return None };
    if there == here {
        return Some(lines.to_vec());
    }
    let same: BTreeMap<u32, u32> = same_lines(there, here)?.into_iter().collect();
    let moved = lines.iter().filter_map(|line| Some(LineHits { number: *same.get(&line.number)?, ..*line }));
    Some(moved.collect())
}

/// Adds facts of further reports of the same commit. A file that some report fits is not stale.
pub fn merge(facts: &mut CoverageFacts, more: CoverageFacts) {
    let name = more.reports.first().map(|report| report.name.clone()).unwrap_or_default();
    facts.reports.extend(more.reports);
    for (path, lines) in more.files {
        add(facts, &name, &path, lines);
    }
    facts.matched_files = facts.matched_files.max(more.matched_files);
    facts.foreign_files += more.foreign_files;
    facts.ambiguous_paths += more.ambiguous_paths;
    facts.doubtful.extend(more.doubtful);
    for it in more.ambiguous {
        if !facts.ambiguous.contains(&it) {
            facts.ambiguous.push(it);
        }
    }
    facts.languages.extend(more.languages);
    facts.stale.extend(more.stale);
    let files = &facts.files;
    facts.stale.retain(|path| !files.contains_key(path));
    facts.notes.extend(more.notes);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(path: &str, numbers: &[u32]) -> CoverageFacts {
        let lines = numbers.iter().map(|number| LineHits::new(*number, 1)).collect();
        CoverageFacts { files: BTreeMap::from([(path.into(), lines)]), matched_files: 1, ..CoverageFacts::default() }
    }

    fn numbers(facts: &CoverageFacts, path: &str) -> Vec<u32> {
        facts.files.get(&RepoPath::new(path)).into_iter().flatten().map(|line| line.number).collect()
    }

    #[test]
    fn lines_go_where_the_text_went() {
        let text = |text: &str| FileText::Text(text.to_owned());
        let mut it = facts("a.py", &[1, 2, 3]);
        let texts = BTreeMap::from([("a.py".into(), (text("a\nb\nc\n"), text("new\na\nc\n")))]);
        transfer(&mut it, &texts);
        assert_eq!(numbers(&it, "a.py"), [2, 3]);
        let mut it = facts("a.py", &[1]);
        transfer(&mut it, &BTreeMap::from([("a.py".into(), (FileText::Absent, text("a\n")))]));
        assert_eq!((numbers(&it, "a.py"), it.stale.len()), (Vec::new(), 1));
        let mut all = facts("a.py", &[7]);
        merge(&mut all, it);
        assert_eq!(all.stale.len(), 0, "another report fits it");
        merge(&mut all, facts("a.py", &[7, 9]));
        assert_eq!((numbers(&all, "a.py"), all.files[&RepoPath::new("a.py")][0].hits), (vec![7, 9], 2));
    }
}
