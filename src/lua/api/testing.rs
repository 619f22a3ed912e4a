//! The analysis of missing and weakened tests, as its built-in rule calls it.

use super::super::session::Session;
use super::code_analyses::changed_files;
use super::git::changes;
use crate::analysis::focus::render_focus;
use crate::analysis::testing::{ChangedFile, Reading, Verdict, WeakerKind};
use crate::model::{Fact, FactKey, FileKey, FileText, LineHits, Patch, RepoPath, Side};
use mlua::{Lua, Table};
use serde_json::{Value as Json, json};
use std::collections::HashSet;

/// Reading a byte of source twice and comparing it costs as much as so many bytes of plain text.
const COST: usize = 8;

/// `{ sources, tests, patterns, each }`, changed sources, changed tests, the patterns of tests, and whether each source asks for
/// a test of its own, into
/// `{ untested = { { { file, line, count, evidence, is_new, own_test?, inline_test? } } }, grows, weaker = { { kind, file, line?, name, count, text? } } }`.
pub(super) fn missing_tests(lua: &Lua, session: &Session, arguments: &Table) -> mlua::Result<Json> {
    let sources: Vec<String> = arguments.get("sources")?;
    let tests: Vec<String> = arguments.get("tests")?;
    let patterns: Vec<String> = arguments.get("patterns")?;
    let each: bool = arguments.get("each")?;
    let strict: bool = arguments.get("strict")?;
    let is_test: HashSet<&str> = tests.iter().map(String::as_str).collect();
    let both: Vec<String> = sources.iter().chain(&tests).cloned().collect();
    let changed = changed_files(lua, session, &both)?;
    let mut files = Vec::with_capacity(changed.len());
    for file in changed {
        let text = match session.snapshot.files.get(&file.key()) {
            Some(Fact::Known(FileText::Text(text))) if !file.is_whole() => {
                session.charge_bytes(lua, text.len() * COST)?;
                Some(text.as_str())
            }
            _ => None,
        };
        let path = file.change.path.as_str();
        files.push(ChangedFile {
            path,
            status: file.change.status,
            hits: hits(session, &file.change.path),
            hunks: file.hunks,
            text,
            is_test: is_test.contains(path),
            is_source: !is_test.contains(path),
        });
    }
    // What tests read need be no text.
    let binary = changes(lua, session)?.iter().filter(|change| change.patch == Patch::Binary);
    files.extend(binary.filter(|change| is_test.contains(change.path.as_str())).map(|change| ChangedFile {
        path: change.path.as_str(),
        status: change.status,
        hits: None,
        hunks: Vec::new(),
        text: None,
        is_test: true,
        is_source: false,
    }));
    let reading = Reading::of(&files);
    let mut verdict = reading.judge(None, each);
    let key =
        |path: &String| FactKey::File(FileKey { side: Side::Right, path: RepoPath::from_git_quoted(path.as_bytes()) });
    let texts: Vec<FactKey> = verdict.request.texts.iter().map(key).filter(|key| !session.snapshot.has(key)).collect();
    if !texts.is_empty() {
        return Err(session.miss(texts));
    }
    if verdict.request.tests {
        let Some(fact) = session.snapshot.paths.get(&patterns) else {
            return Err(session.miss([FactKey::Paths(patterns)]));
        };
        // Without the list of files nothing is said of tests that exist.
        let known: Vec<String> = match fact {
            Fact::Known(paths) => paths.iter().map(|path| path.as_str().to_owned()).collect(),
            Fact::Unavailable(_) => Vec::new(),
        };
        session.charge_bytes(lua, known.len() * verdict.untested.len().max(1) * 32)?;
        verdict = reading.judge(Some(&known), each);
    }
    verdict.weaker = reading.find_weaker(strict);
    Ok(render(&verdict))
}

/// What reports say of a file, when another rule asked for them: a report is never waited for here.
fn hits<'a>(session: &'a Session, path: &RepoPath) -> Option<&'a [LineHits]> {
    let known = session.snapshot.coverage.values().filter_map(|fact| match fact {
        Fact::Known(facts) => Some(facts),
        Fact::Unavailable(_) => None,
    });
    known.filter(|facts| !facts.stale.contains(path)).find_map(|facts| facts.files.get(path)).map(Vec::as_slice)
}

fn render(verdict: &Verdict) -> Json {
    let untested = verdict.untested.iter().map(|area| {
        let files = area.iter().map(|file| {
            json!({
                "file": file.path,
                "line": file.line,
                "count": file.count,
                "evidence": file.evidence.as_str(),
                "is_new": file.is_new,
                "own_test": file.own_test,
                "inline_test": file.inline_test,
            })
        });
        files.collect::<Json>()
    });
    let weaker = verdict.weaker.iter().map(|it| {
        json!({
            "kind": it.kind.as_str(), "file": it.path, "line": it.line, "name": it.name, "count": it.count,
            "text": (it.kind == WeakerKind::Focused).then(|| render_focus(it.name)),
        })
    });
    json!({ "untested": untested.collect::<Json>(), "grows": verdict.grows, "weaker": weaker.collect::<Json>() })
}
