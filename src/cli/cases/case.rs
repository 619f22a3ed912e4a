//! A file of cases: a heading names a case, fenced blocks below it make it up.

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

/// The first words of fenced blocks that mean something here; blocks in other languages are prose.
const KINDS: [&str; 8] = ["pr", "file", "base", "commit", "report", "lua", "findings", "effects"];

/// One case, as it stands in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The text of its heading.
    pub name: String,
    /// The line of its heading, from 1.
    pub line: usize,
    /// The pull request: header lines, then a diff.
    pub pr: Option<Block>,
    /// Files of the head: path and text.
    pub files: Vec<(String, Block)>,
    /// Files of the merge base: path and text.
    pub bases: Vec<(String, Block)>,
    /// Commits, oldest first: the words after `commit` (the author's login, `merge`) and the message. With none the pull
    /// request has one, of its title and body.
    pub commits: Vec<(String, Block)>,
    /// Coverage reports: name and text.
    pub reports: Vec<(String, Block)>,
    /// The dangerfile, when it is not the default one.
    pub lua: Option<Block>,
    /// What the rules must say.
    pub findings: Block,
    /// What they must ask of the robot; without it, anything.
    pub effects: Option<Block>,
    /// Blocks of other words, which say nothing to a case: their lines and words.
    pub others: Vec<(usize, String)>,
}

impl Case {
    /// The words of the blocks that make a case up.
    pub const WORDS: [&'static str; KINDS.len()] = KINDS;
}

/// The text inside a fence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The line of its first line of text, from 1.
    pub line: usize,
    /// Its text.
    pub text: String,
}

/// A mistake in a file of cases.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct CaseProblem {
    /// Where, from 1.
    pub line: usize,
    /// What is wrong and what to do.
    pub message: String,
}

impl CaseProblem {
    pub(super) fn new(line: usize, message: impl Into<String>) -> Self {
        CaseProblem { line, message: message.into() }
    }
}

/// What people call the block `pr`.
const DIFFS: [&str; 2] = ["diff", "patch"];

/// The cases of a file in their order. A heading without any of our blocks is only a heading.
///
/// # Errors
/// The first mistake: a block outside a case, twice the same block, a misspelt one, a case without `findings`.
pub fn parse_cases(text: &str) -> Result<Vec<Case>, CaseProblem> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut cases = Vec::new();
    let mut draft: Option<Draft> = None;
    let mut heading: Option<(usize, String)> = None;
    let mut fence: Option<(String, Block)> = None;
    for (event, range) in Parser::new(text).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { .. }) => {
                finish(draft.take(), &mut cases)?;
                heading = Some((line_at(text, range.start), String::new()));
            }
            Event::End(TagEnd::Heading(_)) => {
                draft = heading.take().map(|(line, name)| Draft::new(name.trim().to_owned(), line));
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                fence =
                    Some((info.trim().to_owned(), Block { line: line_at(text, range.start) + 1, text: String::new() }));
            }
            Event::End(TagEnd::CodeBlock) => {
                if let Some((info, block)) = fence.take() {
                    place(&info, block, draft.as_mut())?;
                }
            }
            Event::Text(piece) | Event::Code(piece) => match (&mut fence, &mut heading) {
                (Some((_, block)), _) => block.text.push_str(&piece),
                (None, Some((_, name))) => name.push_str(&piece),
                (None, None) => {}
            },
            _ => {}
        }
    }
    finish(draft, &mut cases)?;
    Ok(cases)
}

struct Draft {
    name: String,
    line: usize,
    pr: Option<Block>,
    files: Vec<(String, Block)>,
    bases: Vec<(String, Block)>,
    commits: Vec<(String, Block)>,
    reports: Vec<(String, Block)>,
    lua: Option<Block>,
    findings: Option<Block>,
    effects: Option<Block>,
    others: Vec<(usize, String)>,
}

impl Draft {
    fn new(name: String, line: usize) -> Self {
        Draft {
            name,
            line,
            pr: None,
            files: Vec::new(),
            bases: Vec::new(),
            commits: Vec::new(),
            reports: Vec::new(),
            lua: None,
            findings: None,
            effects: None,
            others: Vec::new(),
        }
    }

    fn is_empty(&self) -> bool {
        self.pr.is_none()
            && self.files.is_empty()
            && self.bases.is_empty()
            && self.commits.is_empty()
            && self.reports.is_empty()
            && self.lua.is_none()
            && self.findings.is_none()
            && self.effects.is_none()
    }
}

fn finish(draft: Option<Draft>, cases: &mut Vec<Case>) -> Result<(), CaseProblem> {
    let Some(draft) = draft.filter(|draft| !draft.is_empty()) else { return Ok(()) };
    let Some(findings) = draft.findings else {
        let message =
            format!("the case \"{}\" has no `findings` block: an empty one means that nothing is found", draft.name);
        return Err(CaseProblem::new(draft.line, message));
    };
    // Without its pull request such a case would find nothing and pass.
    if let (None, Some((line, word))) =
        (&draft.pr, draft.others.iter().find(|(_, word)| DIFFS.contains(&word.as_str())))
    {
        let message = format!("a block `{word}` is not read: the pull request of a case stands in a block `pr`");
        return Err(CaseProblem::new(*line, message));
    }
    let Draft { name, line, pr, files, bases, commits, reports, lua, effects, others, .. } = draft;
    cases.push(Case { name, line, pr, files, bases, commits, reports, lua, findings, effects, others });
    Ok(())
}

fn place(info: &str, block: Block, draft: Option<&mut Draft>) -> Result<(), CaseProblem> {
    let line = block.line - 1;
    let (word, rest) = info.split_once(char::is_whitespace).unwrap_or((info, ""));
    let rest = rest.trim();
    if !KINDS.contains(&word) {
        let meant = |kind: &&&str| {
            word.eq_ignore_ascii_case(kind) || word.len() > 2 && strsim::damerau_levenshtein(word, kind) == 1
        };
        return match KINDS.iter().find(meant) {
            Some(kind) => Err(CaseProblem::new(line, format!("a block `{word}` is unknown: did you mean `{kind}`?"))),
            None => {
                if let Some(draft) = draft.filter(|_| !word.is_empty()) {
                    draft.others.push((line, word.to_owned()));
                }
                Ok(())
            }
        };
    }
    let Some(draft) = draft else {
        return Err(CaseProblem::new(line, format!("this `{word}` block belongs to no case: put a heading above it")));
    };
    let single = match word {
        "file" | "base" | "report" => {
            if rest.is_empty() {
                return Err(CaseProblem::new(line, format!("a `{word}` block names its file: ```{word} PATH")));
            }
            let list = match word {
                "file" => &mut draft.files,
                "base" => &mut draft.bases,
                _ => &mut draft.reports,
            };
            list.push((rest.to_owned(), block));
            return Ok(());
        }
        "commit" => {
            draft.commits.push((rest.to_owned(), block));
            return Ok(());
        }
        "pr" => &mut draft.pr,
        "lua" => &mut draft.lua,
        "effects" => &mut draft.effects,
        _ => &mut draft.findings,
    };
    if single.is_some() {
        return Err(CaseProblem::new(line, format!("a second `{word}` block in the case \"{}\"", draft.name)));
    }
    *single = Some(block);
    Ok(())
}

fn line_at(text: &str, offset: usize) -> usize {
    memchr::memchr_iter(b'\n', &text.as_bytes()[..offset]).count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# Cases\n\nProse.\n\n## A `small` case\n\n```pr\ntitle: T\n```\n\n```file a b.txt\nx\n```\n\n```sh\nls\n```\n\n\
                        ```findings\n- fail x\n```\n";

    #[test]
    fn blocks_under_a_heading_make_a_case() {
        let cases = parse_cases(FILE).expect("parses");
        assert_eq!(cases.len(), 1);
        assert_eq!((cases[0].name.as_str(), cases[0].line), ("A small case", 5));
        assert_eq!(cases[0].pr, Some(Block { line: 8, text: "title: T\n".to_owned() }));
        assert_eq!(cases[0].files, [("a b.txt".to_owned(), Block { line: 12, text: "x\n".to_owned() })]);
        assert_eq!(cases[0].findings.text, "- fail x\n");
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        for (text, line, part) in [
            ("## A\n\n```pr\n```\n", 1, "has no `findings` block"),
            ("## A\n\n```PR\n```\n\n```findings\n```\n", 3, "did you mean `pr`?"),
            ("## A\n\n```diff\n-a\n```\n\n```findings\n```\n", 3, "stands in a block `pr`"),
            ("\u{feff}## A\n\n```pr\n```\n", 1, "has no `findings` block"),
            ("```findings\n```\n", 1, "belongs to no case"),
            ("## A\n```finding\n```\n", 2, "did you mean `findings`?"),
            ("## A\n```findings\n```\n```findings\n```\n", 4, "a second `findings` block"),
            ("## A\n```file\n```\n", 2, "names its file"),
        ] {
            let problem = parse_cases(text).expect_err(text);
            assert_eq!(problem.line, line, "{problem}");
            assert!(problem.message.contains(part), "{problem}");
        }
    }
}
