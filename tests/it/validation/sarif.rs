//! SARIF: the official schema of version 2.1.0, and what GitHub's page "SARIF support for code scanning" requires
//! beyond it.

use super::packages;
use jsonschema::{Draft, Validator};
use serde_json::Value;
use std::sync::LazyLock;

static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
    let text = packages::read("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json");
    let mut schema: Value = serde_json::from_str(&text).unwrap();
    // The pattern for a language has a stray bracket, which is no regular expression here. We name no language.
    for of in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][of]["properties"]["language"];
        assert!(language["pattern"].as_str().unwrap().contains("}]?$"), "the pattern was mended: keep it");
        language.as_object_mut().unwrap().remove("pattern");
    }
    let options = jsonschema::options().with_draft(Draft::Draft7).should_validate_formats(true);
    options.build(&schema).unwrap()
});

/// Required of a rule, as pointers; an empty text counts as missing. The help's Markdown is only recommended.
const OF_A_RULE: [&str; 5] = ["/id", "/shortDescription/text", "/fullDescription/text", "/help/text", "/help/markdown"];

/// Required of a result.
const OF_A_RESULT: [&str; 5] = [
    "/ruleId",
    "/message/text",
    "/locations/0/physicalLocation/artifactLocation/uri",
    "/locations/0/physicalLocation/region/startLine",
    "/partialFingerprints/primaryLocationLineHash",
];

/// What is wrong with a SARIF file for the schema or for GitHub.
pub(crate) fn check_sarif(log: &Value) -> Vec<String> {
    let mut complaints: Vec<String> =
        SCHEMA.iter_errors(log).map(|error| format!("{}: {error}", error.instance_path())).collect();
    for pointer in ["/$schema", "/version", "/runs/0/tool/driver/name", "/runs/0/results"] {
        require(log, "", pointer, &mut complaints);
    }
    for run in list(log, "/runs") {
        let rules = list(run, "/tool/driver/rules");
        for rule in rules {
            let at = format!("rule {}", rule["id"]);
            OF_A_RULE.iter().for_each(|pointer| require(rule, &at, pointer, &mut complaints));
            for (pointer, limit) in [("/name", 255), ("/shortDescription/text", 1024), ("/fullDescription/text", 1024)]
            {
                let long = rule.pointer(pointer).and_then(Value::as_str).is_some_and(|it| it.chars().count() > limit);
                if long {
                    complaints.push(format!("{at}: {pointer} is longer than {limit} characters"));
                }
            }
        }
        for (index, result) in list(run, "/results").iter().enumerate() {
            let at = format!("result {index}");
            OF_A_RESULT.iter().for_each(|pointer| require(result, &at, pointer, &mut complaints));
            let rule = result["ruleIndex"].as_u64().and_then(|index| rules.get(usize::try_from(index).ok()?));
            if rule.is_none_or(|rule| rule["id"] != result["ruleId"]) {
                complaints.push(format!("{at}: ruleIndex is not that of ruleId {}", result["ruleId"]));
            }
            let uri = result.pointer(OF_A_RESULT[2]).and_then(Value::as_str).unwrap_or_default();
            if uri.contains(':') || uri.starts_with('/') || uri.contains(|c: char| !c.is_ascii_graphic()) {
                complaints.push(format!("{at}: {uri:?} is no relative reference"));
            }
        }
    }
    complaints
}

fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn require(value: &Value, at: &str, pointer: &str, complaints: &mut Vec<String>) {
    let missing = match value.pointer(pointer) {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.is_empty(),
        Some(_) => false,
    };
    if missing {
        complaints.push(format!("{at}: {pointer} is missing or empty"));
    }
}
