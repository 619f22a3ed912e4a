//! SARIF: results with locations and fixes.
//!
//! Format: OASIS SARIF 2.1.0. What a result leaves out is looked up in its rule, as section 3.27 says; results that were
//! suppressed, passed or are no longer there say nothing. What kept the tool from its work stands in its invocations
//! (sections 3.20 and 3.58).

use super::builder::{Builder, columns_of, range, severity};
use super::error::LintError;
use super::json::lenient;
use super::report::{Diagnostic, LintFormat, LintReport, Spot};
use crate::model::{ColumnKind, LintEdit, LintRange, LintSeverity};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Log {
    runs: Vec<Run>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Run {
    #[serde(deserialize_with = "lenient")]
    tool: Tool,
    results: Option<Vec<WireResult>>,
    #[serde(deserialize_with = "lenient")]
    artifacts: Vec<Artifact>,
    #[serde(deserialize_with = "lenient")]
    original_uri_base_ids: BTreeMap<String, ArtifactLocation>,
    #[serde(deserialize_with = "lenient")]
    column_kind: String,
    #[serde(deserialize_with = "lenient")]
    invocations: Vec<Invocation>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Invocation {
    #[serde(deserialize_with = "lenient")]
    execution_successful: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    tool_execution_notifications: Vec<Notification>,
    #[serde(deserialize_with = "lenient")]
    tool_configuration_notifications: Vec<Notification>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Notification {
    #[serde(deserialize_with = "lenient")]
    level: Option<String>,
    #[serde(deserialize_with = "lenient")]
    message: Message,
    #[serde(deserialize_with = "lenient")]
    locations: Vec<Location>,
    #[serde(deserialize_with = "lenient")]
    descriptor: RuleReference,
    #[serde(deserialize_with = "lenient")]
    associated_rule: RuleReference,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Tool {
    driver: Component,
    extensions: Vec<Component>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Component {
    name: String,
    rules: Vec<Rule>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Rule {
    id: String,
    #[serde(deserialize_with = "lenient")]
    help_uri: Option<String>,
    #[serde(deserialize_with = "lenient")]
    default_configuration: Configuration,
    #[serde(deserialize_with = "lenient")]
    message_strings: BTreeMap<String, Message>,
    #[serde(deserialize_with = "lenient")]
    short_description: Message,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Configuration {
    level: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct WireResult {
    #[serde(deserialize_with = "lenient")]
    rule_id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    rule_index: Option<i64>,
    #[serde(deserialize_with = "lenient")]
    rule: RuleReference,
    #[serde(deserialize_with = "lenient")]
    kind: Option<String>,
    #[serde(deserialize_with = "lenient")]
    level: Option<String>,
    #[serde(deserialize_with = "lenient")]
    message: Message,
    #[serde(deserialize_with = "lenient")]
    locations: Vec<Location>,
    #[serde(deserialize_with = "lenient")]
    fixes: Vec<Fix>,
    #[serde(deserialize_with = "lenient")]
    suppressions: Vec<Suppression>,
    #[serde(deserialize_with = "lenient")]
    baseline_state: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RuleReference {
    id: Option<String>,
    index: Option<i64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Suppression {
    status: Option<String>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Message {
    text: Option<String>,
    id: Option<String>,
    arguments: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Location {
    physical_location: PhysicalLocation,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Option<Region>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ArtifactLocation {
    uri: Option<String>,
    uri_base_id: Option<String>,
    index: Option<i64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Artifact {
    location: ArtifactLocation,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Region {
    start_line: Option<u64>,
    start_column: Option<u64>,
    end_line: Option<u64>,
    end_column: Option<u64>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Fix {
    artifact_changes: Vec<ArtifactChange>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ArtifactChange {
    artifact_location: ArtifactLocation,
    replacements: Vec<Replacement>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Replacement {
    deleted_region: Region,
    inserted_content: Content,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Content {
    text: Option<String>,
    binary: Option<String>,
}

pub(super) fn parse_sarif(text: &str) -> Result<LintReport, LintError> {
    let log: Log = serde_json::from_str(text).map_err(|error| super::rdjson::damaged(&error, 0))?;
    let mut builder = Builder::default();
    for run in &log.runs {
        let columns = match run.column_kind.as_str() {
            "unicodeCodePoints" => ColumnKind::Characters,
            "utf16CodeUnits" => ColumnKind::Utf16,
            // UTF-16 by section 3.14.17, but who does not say it seldom means it.
            _ => columns_of(&run.tool.driver.name, ColumnKind::Utf16),
        };
        let reader = RunReader::new(run, columns);
        builder.name_tool(&run.tool.driver.name);
        for result in run.results.iter().flatten().filter(|result| result.speaks()) {
            builder.add(reader.read(result))?;
        }
        for invocation in &run.invocations {
            reader.read_invocation(invocation, &mut builder)?;
        }
    }
    Ok(builder.finish(LintFormat::Sarif))
}

impl WireResult {
    /// Section 3.27.9: without a kind it is a failure.
    fn fails(&self) -> bool {
        self.kind.as_deref().is_none_or(|kind| kind == "fail")
    }

    fn severity_of_kind(&self) -> LintSeverity {
        if self.fails() { LintSeverity::Warning } else { LintSeverity::Info }
    }

    /// Not suppressed, passed, or gone since the last run.
    fn speaks(&self) -> bool {
        // Section 3.35.3: without a status a suppression is accepted.
        let accepted = |it: &Suppression| it.status.as_deref().is_none_or(|status| status == "accepted");
        let silent_kind = matches!(self.kind.as_deref(), Some("pass" | "notApplicable"));
        !self.suppressions.iter().any(accepted) && !silent_kind && self.baseline_state.as_deref() != Some("absent")
    }
}

struct RunReader<'a> {
    run: &'a Run,
    /// The rules of the tool and of its extensions by their ids; of one id the tool's, the first.
    rules: HashMap<&'a str, &'a Rule>,
    columns: ColumnKind,
}

/// A rule's id is looked for without so many of its last parts.
const MAX_ID_LEVELS: usize = 5;

impl<'a> RunReader<'a> {
    fn new(run: &'a Run, columns: ColumnKind) -> Self {
        let mut rules = HashMap::new();
        let of_extensions = run.tool.extensions.iter().flat_map(|extension| &extension.rules);
        for rule in run.tool.driver.rules.iter().chain(of_extensions) {
            rules.entry(rule.id.as_str()).or_insert(rule);
        }
        RunReader { run, rules, columns }
    }

    fn read(&self, result: &WireResult) -> Diagnostic {
        let rule = self.rule(result);
        let id = result.rule_id.clone().or_else(|| result.rule.id.clone());
        let id = id.or_else(|| rule.map(|rule| rule.id.clone())).unwrap_or_default();
        let of_rule = || rule.and_then(|rule| rule.default_configuration.level.as_deref());
        // Section 3.27.10: what is no failure has no level but its own.
        let level = result.level.as_deref().or_else(|| if result.fails() { of_rule() } else { None });
        let spots = result.locations.iter().take(1).map(|location| self.spot(&location.physical_location)).collect();
        let url = rule.and_then(|rule| rule.help_uri.clone());
        Diagnostic {
            edits: self.edits(result, &spots),
            spots,
            tool: self.run.tool.driver.name.clone(),
            rule: id,
            url,
            severity: level.and_then(severity).unwrap_or_else(|| result.severity_of_kind()),
            message: message(&result.message, rule),
            fatal: false,
        }
    }

    /// What went wrong while the tool ran: at its place in a file, else as a failure of the whole.
    fn read_invocation(&self, invocation: &Invocation, builder: &mut Builder) -> Result<(), LintError> {
        let tool = &self.run.tool.driver.name;
        let all = invocation.tool_configuration_notifications.iter().chain(&invocation.tool_execution_notifications);
        let mut told = false;
        // Section 3.58.6: without a level it is a warning.
        for notification in all.filter(|it| it.level.as_deref() == Some("error")) {
            told = true;
            let text = message(&notification.message, None);
            let rule = notification.associated_rule.id.as_ref().or(notification.descriptor.id.as_ref());
            let spots = notification.locations.iter().take(1).map(|location| self.spot(&location.physical_location));
            let spots: Vec<Spot> = spots.filter(|spot| !spot.path.is_empty()).collect();
            if spots.is_empty() {
                builder.fail(tool, if text.trim().is_empty() { "it does not say why" } else { &text });
                continue;
            }
            builder.add(Diagnostic {
                spots,
                tool: tool.clone(),
                rule: rule.cloned().unwrap_or_default(),
                url: None,
                severity: LintSeverity::Error,
                message: text,
                edits: Vec::new(),
                fatal: true,
            })?;
        }
        if invocation.execution_successful == Some(false) && !told {
            builder.fail(tool, "it says that it did not run to its end, and not why; look into the log of its job");
        }
        Ok(())
    }

    /// The rule of a result.
    fn rule(&self, result: &WireResult) -> Option<&'a Rule> {
        let index = result.rule_index.or(result.rule.index).and_then(|index| usize::try_from(index).ok());
        let id = result.rule_id.as_deref().or(result.rule.id.as_deref());
        let fits = |rule: &&Rule| {
            id.is_none_or(|id| rule.id == id || id.strip_prefix(&rule.id).is_some_and(|rest| rest.starts_with('/')))
        };
        let by_index = index.and_then(|index| self.run.tool.driver.rules.get(index)).filter(fits);
        // `CA1000/1` is a kind of `CA1000` (section 3.27.5).
        let ids = id.into_iter().flat_map(|id| {
            let parents = id.rmatch_indices('/').take(MAX_ID_LEVELS).map(move |(end, _)| &id[..end]);
            std::iter::once(id).chain(parents)
        });
        let by_id = || ids.into_iter().find_map(|id| self.rules.get(id).copied());
        by_index.or_else(by_id)
    }

    fn spot(&self, location: &PhysicalLocation) -> Spot {
        let range = location.region.as_ref().and_then(|region| self.range(region));
        Spot { path: self.path(&location.artifact_location), range: range.map(without_empty_last_line) }
    }

    /// The whole line where a region names no column (section 3.30.6).
    fn range(&self, region: &Region) -> Option<LintRange> {
        range(self.columns, (region.start_line, region.start_column), (region.end_line, region.end_column))
    }

    fn path(&self, location: &ArtifactLocation) -> String {
        let index = location.index.and_then(|index| usize::try_from(index).ok());
        let listed = index.and_then(|index| self.run.artifacts.get(index)).map(|artifact| &artifact.location);
        let location = if location.uri.is_some() { location } else { listed.unwrap_or(location) };
        let uri = location.uri.as_deref().unwrap_or_default();
        let base = location.uri_base_id.as_ref().and_then(|id| self.run.original_uri_base_ids.get(id));
        let base = base.and_then(|base| base.uri.as_deref()).unwrap_or_default();
        let absolute = uri.contains("://") || uri.starts_with('/');
        let whole =
            if absolute || base.is_empty() { uri.to_owned() } else { format!("{}/{uri}", base.trim_end_matches('/')) };
        decode(whole.strip_prefix("file:").filter(|rest| !rest.starts_with("//")).unwrap_or(&whole))
    }

    /// The edits of the first fix, when all of them are of the file that the result is in.
    fn edits(&self, result: &WireResult, spots: &Vec<Spot>) -> Vec<LintEdit> {
        let (Some(fix), [spot, ..]) = (result.fixes.first(), spots.as_slice()) else { return Vec::new() };
        let mut edits = Vec::new();
        for change in &fix.artifact_changes {
            if self.path(&change.artifact_location) != spot.path {
                return Vec::new();
            }
            for replacement in &change.replacements {
                let region = &replacement.deleted_region;
                // A region of bytes or of characters from the file's start is not looked up.
                let Some(range) = self.range(region).filter(|_| replacement.inserted_content.binary.is_none()) else {
                    return Vec::new();
                };
                edits.push(LintEdit { range, text: replacement.inserted_content.text.clone().unwrap_or_default() });
            }
        }
        edits
    }
}

/// An end at the first column of a line leaves that line out.
fn without_empty_last_line(range: LintRange) -> LintRange {
    if range.end_column == Some(1) && range.end_line > range.line {
        return LintRange { end_line: range.end_line - 1, end_column: None, ..range };
    }
    range
}

/// The text of a message: its own, or that of its rule, with the arguments in their places.
fn message(message: &Message, rule: Option<&Rule>) -> String {
    let of_rule = || {
        let named = message.id.as_ref().and_then(|id| rule?.message_strings.get(id)?.text.as_deref());
        named.or_else(|| rule?.short_description.text.as_deref())
    };
    let text = message.text.as_deref().or_else(of_rule).unwrap_or_default();
    without_links(&with_arguments(&text[..text.floor_char_boundary(MAX_MESSAGE_BYTES)], &message.arguments))
}

/// Far more than is shown of a message.
const MAX_MESSAGE_BYTES: usize = 20_000;

/// `{0}` is the first argument (section 3.11.5).
fn with_arguments(text: &str, arguments: &[String]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let (before, from) = rest.split_at(open);
        out.push_str(before);
        let digits = from[1..].bytes().take_while(u8::is_ascii_digit).count();
        let argument = from[1..=digits].parse().ok().and_then(|at: usize| arguments.get(at));
        let argument = argument.filter(|_| from[1 + digits..].starts_with('}'));
        let taken = argument.map_or(1, |_| digits + 2);
        out.push_str(argument.map_or("{", |argument| &argument[..argument.floor_char_boundary(MAX_MESSAGE_BYTES)]));
        rest = &from[taken..];
        if out.len() > MAX_MESSAGE_BYTES {
            return out;
        }
    }
    out.push_str(rest);
    out
}

/// `[words](1)` leads to another location of the result, which a comment cannot; the words stay.
fn without_links(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(middle) = rest.find("](") {
        let digits = rest[middle + 2..].bytes().take_while(u8::is_ascii_digit).count();
        let end = middle + 2 + digits;
        let open = rest[..middle].rfind('[').filter(|_| digits > 0 && rest[end..].starts_with(')'));
        match open {
            Some(open) => {
                out.push_str(&rest[..open]);
                out.push_str(&rest[open + 1..middle]);
                rest = &rest[end + 1..];
            }
            None => {
                out.push_str(&rest[..middle + 2]);
                rest = &rest[middle + 2..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// `%20` and the like as what they stand for (RFC 3986).
fn decode(uri: &str) -> String {
    let bytes = uri.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        match bytes[at..] {
            [b'%', high, low, ..] if hex(high).is_some() && hex(low).is_some() => {
                out.push(hex(high).unwrap_or_default() * 16 + hex(low).unwrap_or_default());
                at += 3;
            }
            [byte, ..] => {
                out.push(byte);
                at += 1;
            }
            [] => break,
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_result_leaves_out_its_rule_says() {
        let report = parse_sarif(
            r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"lint","rules":[
              {"id":"A","helpUri":"https://x.test/a","defaultConfiguration":{"level":"error"},"messageStrings":{"m":{"text":"Bad {0}, see [there](1)"}}}]}},
              "originalUriBaseIds":{"R":{"uri":"file:///w/"}},
              "artifacts":[{"location":{"uri":"src/b%20c.py","uriBaseId":"R"}}],
              "results":[
               {"ruleIndex":0,"message":{"id":"m","arguments":["x"]},"locations":[{"physicalLocation":{"artifactLocation":{"index":0},"region":{"startLine":3,"endLine":5,"endColumn":1}}}]},
               {"ruleId":"A","message":{"text":"t"},"suppressions":[{"kind":"inSource"}],"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a"}}}]},
               {"kind":"pass","message":{"text":"t"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a"}}}]},
               {"ruleId":"B","level":"note","message":{"text":"t"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a"},"region":{"startLine":99999999999}}}]},
               {"message":{"text":"nowhere"}}
              ]}]}"#,
        )
        .expect("reads");
        assert_eq!(report.results.len(), 2);
        let first = &report.results[0];
        assert_eq!((first.tool.as_str(), first.rule.as_str(), first.severity), ("lint", "A", LintSeverity::Error));
        assert_eq!((first.message.as_str(), first.url.as_deref()), ("Bad x, see there", Some("https://x.test/a")));
        assert_eq!(first.spots[0].path, "file:///w/src/b c.py");
        let range = first.spots[0].range.expect("a place");
        assert_eq!((range.line, range.end_line), (3, 4));
        assert_eq!((report.results[1].severity, report.results[1].spots[0].range), (LintSeverity::Info, None));
        assert_eq!(report.notes, ["1 result could not be read and was left out (first: `nowhere` names no file)"]);
    }

    #[test]
    fn a_message_is_put_together_once_and_in_bounds() {
        let of = |text: &str, arguments: &[&str]| {
            let arguments = arguments.iter().map(|it| (*it).to_owned()).collect();
            message(&Message { text: Some(text.to_owned()), arguments, ..Message::default() }, None)
        };
        assert_eq!(of("{1} {0} {2} {x} {", &["a", "{0}"]), "{0} a {2} {x} {");
        assert_eq!(of("[a [b](1)](2) [c](x) [](3) ](4) [d](5", &[]), "[a b](2) [c](x)  ](4) [d](5");
        let long = "ä".repeat(MAX_MESSAGE_BYTES);
        assert!(of(&"{0}".repeat(MAX_MESSAGE_BYTES), &[&long]).len() <= 2 * MAX_MESSAGE_BYTES);
        assert_eq!(of(&long, &[]).len(), MAX_MESSAGE_BYTES);
    }

    #[test]
    fn a_kind_of_a_rule_has_what_the_rule_has() {
        let report = parse_sarif(
            r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"lint","rules":[
              {"id":"A","helpUri":"https://x.test/first"},{"id":"A","helpUri":"https://x.test/second"}]},
              "extensions":[{"name":"more","rules":[{"id":"A","helpUri":"https://x.test/more"},{"id":"B/c","helpUri":"https://x.test/b"}]}]},
              "results":[
               {"ruleId":"A","message":{"text":"t"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a"}}}]},
               {"ruleId":"A/x/y","message":{"text":"t"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a"}}}]},
               {"ruleId":"B/c/d","message":{"text":"t"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a"}}}]},
               {"ruleId":"B","message":{"text":"t"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a"}}}]}
              ]}]}"#,
        )
        .expect("reads");
        let urls: Vec<Option<&str>> = report.results.iter().map(|it| it.url.as_deref()).collect();
        let (first, other) = (Some("https://x.test/first"), Some("https://x.test/b"));
        assert_eq!(urls, [first, first, other, None]);
    }

    #[test]
    fn what_kept_a_tool_from_its_work_is_told() {
        let of = |invocation: &str| {
            let run = r#"{"tool":{"driver":{"name":"ESLint"}},"results":[],"invocations":["#;
            parse_sarif(&format!(r#"{{"version":"2.1.0","runs":[{run}{invocation}]}}]}}"#)).expect("reads")
        };
        let place =
            r#""locations":[{"physicalLocation":{"artifactLocation":{"uri":"a.js"},"region":{"startLine":3}}}]"#;
        let report = of(&format!(
            r#"{{"executionSuccessful":false,"toolConfigurationNotifications":[
              {{"level":"error","message":{{"text":"Parsing error"}},"descriptor":{{"id":"ESL0999"}},{place}}},
              {{"level":"warning","message":{{"text":"File ignored"}},{place}}}]}}"#
        ));
        let [only] = report.results.as_slice() else { panic!("one result: {report:#?}") };
        assert_eq!((only.rule.as_str(), only.severity, only.fatal), ("ESL0999", LintSeverity::Error, true));
        assert_eq!((only.spots[0].range.map(|it| it.line), report.failures), (Some(3), Vec::new()));
        let failures = |invocation: &str| of(invocation).failures;
        assert_eq!(
            failures(
                r#"{"executionSuccessful":false,"toolExecutionNotifications":[{"level":"error","message":{"text":"No memory."}}]}"#
            ),
            ["ESLint could not judge everything: No memory"]
        );
        assert_eq!(
            failures(r#"{"executionSuccessful":false}"#),
            [
                "ESLint could not judge everything: it says that it did not run to its end, and not why; look into the log of its job"
            ]
        );
        assert_eq!(failures(r#"{"executionSuccessful":true}"#), [""; 0]);
        assert_eq!(
            failures(r#"{"executionSuccessful":"no","toolExecutionNotifications":[{"level":"note"}]}"#),
            [""; 0]
        );
    }

    #[test]
    fn what_is_no_failure_is_a_note() {
        let of = |members: &str| {
            let text = format!(
                r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"t","rules":[{{"id":"R","defaultConfiguration":{{"level":"error"}}}}]}}}},
                  "results":[{{"ruleId":"R","message":{{"text":"m"}},{members}"locations":[{{"physicalLocation":{{"artifactLocation":{{"uri":"a.py"}}}}}}]}}]}}]}}"#
            );
            parse_sarif(&text).expect("reads").results[0].severity
        };
        assert_eq!(of(""), LintSeverity::Error);
        assert_eq!(of(r#""kind":"fail","#), LintSeverity::Error);
        assert_eq!(of(r#""kind":"review","#), LintSeverity::Info);
        assert_eq!(of(r#""kind":"informational","level":"none","#), LintSeverity::Info);
    }
}
