//! SARIF 2.1.0, shaped for GitHub code scanning: every rule with its help, every result with one place and a
//! fingerprint, paths as relative references from the repository's root.
//!
//! Code scanning reads of the fingerprints only `primaryLocationLineHash`, shows nothing without a place, and takes at
//! most 25,000 results of a run (GitHub's page "SARIF support for code scanning").

use super::report::lines_at;
use super::underline::meant;
use super::{Report, Texts};
use crate::cli::plain;
use crate::lua::{builtin_rules, rule_metadata};
use crate::model::{Fault, Finding, Place, RepoPath, RuleState, Severity, Side, Verdict, suggested_lines};
use crate::plan::spoken;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use serde_json::{Map, Value, json};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// Code scanning rejects a file with more.
const MAX_RESULTS: usize = 25_000;

/// What may stand plain in a relative reference: unreserved characters and the slash (RFC 3986). A colon may not: in
/// the first part of a path it would make a scheme of it.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// Scripts of our own are no files of the repository.
const BUILTIN: &str = "deckhand:";

pub(super) fn render(report: &Report<'_>) -> String {
    let verdict = report.verdict;
    let rules = rule_names(verdict);
    let mut findings: Vec<&Finding> =
        spoken(verdict).filter(|finding| finding.severity != Severity::Markdown).collect();
    if findings.len() > MAX_RESULTS {
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        findings.truncate(MAX_RESULTS);
    }
    let index_of = |name: &str| rules.iter().position(|rule| *rule == name);
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "deckhand",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|name| render_rule(name, report.dangerfile)).collect::<Vec<_>>(),
            } },
            "columnKind": "utf16CodeUnits",
            "invocations": [{
                "executionSuccessful": verdict.faults.is_empty(),
                "toolExecutionNotifications": verdict.faults.iter()
                    .map(|fault| render_fault(fault, index_of(&fault.rule)))
                    .collect::<Vec<_>>(),
            }],
            "results": findings.iter()
                .map(|finding| render_result(finding, index_of(&finding.rule), report))
                .collect::<Vec<_>>(),
            "properties": properties(report),
        }],
    });
    format!("{log:#}\n")
}

fn properties(report: &Report<'_>) -> Value {
    let verdict = report.verdict;
    match report.compares {
        true => json!({
            "conclusion": verdict.conclusion.as_str(),
            "head": verdict.head.as_str(),
            "base": verdict.base.as_str(),
        }),
        false => json!({ "conclusion": verdict.conclusion.as_str() }),
    }
}

/// Rules that speak, in the order of registration, then those that only findings and faults name.
fn rule_names(verdict: &Verdict) -> Vec<&str> {
    let registered = verdict.rules.iter().filter(|rule| rule.state != RuleState::Shadow).map(|rule| rule.name.as_str());
    let speaking = spoken(verdict).map(|finding| finding.rule.as_str());
    let faulted = verdict.faults.iter().map(|fault| fault.rule.as_str());
    let mut names = Vec::new();
    for name in registered.chain(speaking).chain(faulted) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// A built-in rule brings its page; of a rule of the dangerfile nothing is known but where it stands.
fn render_rule(name: &str, dangerfile: &RepoPath) -> Value {
    let builtin = builtin_rules().iter().find(|rule| rule.name == name);
    let (short, help, severity) = match builtin.zip(rule_metadata(name)) {
        Some((rule, metadata)) => (metadata.summary, rule.page.to_owned(), metadata.severity),
        None => {
            let short = format!("The rule {name} of {dangerfile}.");
            let help = format!("This rule is written in {dangerfile} of this repository: read there what it wants.");
            (short, help, Severity::Warn)
        }
    };
    json!({
        "id": name,
        "shortDescription": { "text": short },
        "fullDescription": { "text": short },
        "help": { "text": help, "markdown": help },
        "defaultConfiguration": { "level": level(severity) },
        "properties": { "tags": ["pull-request"], "problem.severity": problem_severity(severity) },
    })
}

fn render_result(finding: &Finding, rule: Option<usize>, report: &Report<'_>) -> Value {
    let mut message = plain::block(finding.message.trim()).into_owned();
    let (path, region) = match &finding.place {
        None => (report.dangerfile, whole_file()),
        Some(place) => {
            if let (Some(line), Side::Left) = (place.line, place.side) {
                message = format!("Old line {line}: {message}");
            }
            (&place.path, region_of(place, &finding.message, report.texts))
        }
    };
    let mut result = Map::new();
    result.insert("ruleId".into(), json!(finding.rule));
    if let Some(index) = rule {
        result.insert("ruleIndex".into(), json!(index));
    }
    result.insert("level".into(), json!(level(finding.severity)));
    result.insert("message".into(), json!({ "text": text_or(&message, &finding.rule) }));
    result.insert("locations".into(), json!([location(path, &region)]));
    // The number after the colon tells results with one hash apart; our fingerprints differ already.
    let hash = format!("{}:1", finding.fingerprint.0);
    result.insert("partialFingerprints".into(), json!({ "primaryLocationLineHash": hash }));
    if let Some(fix) = render_fix(finding, report.texts) {
        result.insert("fixes".into(), json!([fix]));
    }
    result.insert("properties".into(), json!({ "blocking": finding.blocking }));
    Value::Object(result)
}

/// The region of a place. The old side has no place in the head's files: there the file as a whole is named.
fn region_of(place: &Place, message: &str, texts: &dyn Texts) -> Value {
    let Some(first) = place.line.filter(|_| place.side == Side::Right) else { return whole_file() };
    let first = first.max(1);
    let last = place.end_line.unwrap_or(first).max(first);
    let mut region = json!({ "startLine": first, "startColumn": 1, "endLine": last });
    if let Some(lines) = lines_at(texts, place)
        && let [begin, .., end] | [begin @ end] = lines.as_slice()
    {
        let start = if first == last { meant(begin, message).start } else { meant(begin, "").start };
        let stop = if first == last { meant(end, message).end } else { meant(end, "").end };
        region["startColumn"] = json!(column(begin, start));
        region["endLine"] = json!(first.saturating_add(u32::try_from(lines.len()).unwrap_or(u32::MAX) - 1));
        region["endColumn"] = json!(column(end, stop));
    }
    region
}

fn whole_file() -> Value {
    json!({ "startLine": 1, "startColumn": 1, "endLine": 1 })
}

/// The column of a byte of the line, from 1, in UTF-16 code units.
fn column(line: &str, byte: usize) -> usize {
    line[..byte].encode_utf16().count() + 1
}

/// The suggestion as a replacement of whole lines; only where their text is at hand, because an end needs a column.
fn render_fix(finding: &Finding, texts: &dyn Texts) -> Option<Value> {
    let place = finding.place.as_ref().filter(|place| place.side == Side::Right)?;
    let (suggestion, first) = (finding.suggestion.as_deref()?, place.line?);
    let lines = lines_at(texts, place)?;
    let last = first.saturating_add(u32::try_from(lines.len()).unwrap_or(u32::MAX) - 1);
    let new = suggested_lines(suggestion);
    let end = match new.strip_suffix('\n') {
        Some(_) => (last, lines.last().map_or(1, |line| column(line, line.len()))),
        // Lines that go take their newline along.
        None => (last.saturating_add(1), 1),
    };
    Some(json!({
        "description": { "text": "The suggestion of the rule." },
        "artifactChanges": [{
            "artifactLocation": { "uri": uri(&place.path) },
            "replacements": [{
                "deletedRegion": { "startLine": first, "startColumn": 1, "endLine": end.0, "endColumn": end.1 },
                "insertedContent": { "text": new.strip_suffix('\n').unwrap_or_default() },
            }],
        }],
    }))
}

fn render_fault(fault: &Fault, rule: Option<usize>) -> Value {
    let mut out = Map::new();
    out.insert("level".into(), json!(if fault.blocking { "error" } else { "warning" }));
    let message = plain::block(fault.message.trim());
    out.insert("message".into(), json!({ "text": text_or(&message, &fault.rule) }));
    if let Some(index) = rule {
        out.insert("associatedRule".into(), json!({ "id": fault.rule, "index": index }));
    }
    if let Some(path) = fault.path.as_ref().filter(|path| !path.as_str().starts_with(BUILTIN)) {
        let region = fault.line.map_or_else(whole_file, |line| json!({ "startLine": line.max(1), "startColumn": 1 }));
        out.insert("locations".into(), json!([location(path, &region)]));
    }
    Value::Object(out)
}

fn location(path: &RepoPath, region: &Value) -> Value {
    json!({ "physicalLocation": { "artifactLocation": { "uri": uri(path) }, "region": region } })
}

fn uri(path: &RepoPath) -> String {
    percent_encode(&path.to_bytes(), PATH).to_string()
}

/// Code scanning takes no empty text.
fn text_or<'a>(text: &'a str, otherwise: &'a str) -> &'a str {
    if text.is_empty() { otherwise } else { text }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Fail => "error",
        Severity::Warn => "warning",
        Severity::Message | Severity::Markdown => "note",
    }
}

fn problem_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Fail => "error",
        Severity::Warn => "warning",
        Severity::Message | Severity::Markdown => "recommendation",
    }
}
