//! Rules that a dangerfile registered, with their options.

use super::options::{OptionKind, OptionSpec};
use super::words::did_you_mean;
use crate::analysis::globs::Globs;
use crate::model::{Severity, StatusMode};
use mlua::Function;
use serde_json::{Map, Value as Json};

/// A rule as `rule` or `use` registered it.
#[derive(Clone)]
pub struct Registered {
    /// Its name.
    pub name: String,
    /// The options every rule has.
    pub options: RuleOptions,
    /// The file patterns that the dangerfile gives it, in whichever option.
    pub patterns: Vec<String>,
    /// Whether it is one of ours, registered with `use`.
    pub built_in: bool,
    pub(super) body: Function,
}

/// Options that every rule takes, read and checked.
#[derive(Clone, Debug)]
pub struct RuleOptions {
    /// Whether a `fail` of it fails the check.
    pub blocking: bool,
    /// Only when a changed file matches.
    pub paths: Option<Globs>,
    /// Only when the pull request carries one of these labels; empty for always.
    pub labels: Vec<String>,
    /// Events on which it runs: `pull_request`, `merge_group`.
    pub on: Vec<String>,
    /// A label that switches it off.
    pub skip_label: Option<String>,
    /// Whether it has a commit status of its own; `None` where the settings decide.
    pub statuses: Option<StatusMode>,
}

/// What `rule` takes.
pub(super) fn rule_specs() -> Vec<OptionSpec> {
    vec![
        OptionSpec::new("blocking", OptionKind::Boolean, "Whether its `fail` fails the check (default true)."),
        OptionSpec::new("paths", OptionKind::Globs, "Runs only when a changed file matches."),
        OptionSpec::new("labels", OptionKind::Strings, "Runs only when the pull request has one of these labels."),
        OptionSpec::new("on", OptionKind::Strings, "Runs only on these events: pull_request, merge_group."),
        OptionSpec::new("skip_label", OptionKind::String, "A label that switches it off."),
        OptionSpec::later("rollout", "The share of pull requests on which it speaks."),
        OptionSpec::later("shadow", "Runs and records, says nothing."),
        OptionSpec::new(
            "statuses",
            OptionKind::Choice(StatusMode::WORDS.map(str::to_owned).to_vec()),
            "Whether it has a commit status of its own (default: as the settings say).",
        ),
    ]
}

/// What `use` takes for every built-in rule.
pub(super) fn common_specs(severity: Severity) -> Vec<OptionSpec> {
    let words = ["fail", "warn", "message"].map(str::to_owned).to_vec();
    let mut spec = OptionSpec::new("severity", OptionKind::Choice(words), "How loud it speaks; only `fail` blocks.");
    spec.default = Some(severity.as_str().into());
    vec![
        spec,
        OptionSpec::new("skip_label", OptionKind::String, "A label that switches the rule off."),
        OptionSpec::new("paths", OptionKind::Globs, "Only changed files that match are judged."),
    ]
}

impl RuleOptions {
    /// From values that were read against [`rule_specs`] or [`common_specs`]; on a mistake the option and a message.
    pub(super) fn build(values: &Map<String, Json>) -> Result<Self, (String, String)> {
        let texts = |key: &str| -> Vec<String> {
            let list = values.get(key).and_then(Json::as_array);
            list.into_iter().flatten().filter_map(|text| text.as_str().map(str::to_owned)).collect()
        };
        for key in ["paths", "labels", "on"] {
            if values.contains_key(key) && texts(key).is_empty() {
                let message = format!("the option `{key}` is an empty list, so the rule would never run; leave it out");
                return Err((key.to_owned(), message));
            }
        }
        let paths = match texts("paths") {
            none if none.is_empty() => None,
            list => Some(Globs::parse_kept(list).map_err(|error| ("paths".to_owned(), error.to_string()))?),
        };
        let on = match texts("on") {
            none if none.is_empty() => vec!["pull_request".to_owned(), "merge_group".to_owned()],
            list => list,
        };
        if let Some(unknown) = on.iter().find(|event| !matches!(event.as_str(), "pull_request" | "merge_group")) {
            let hint = did_you_mean(unknown, ["pull_request", "merge_group"]);
            let message = format!("the option `on` knows `pull_request` and `merge_group`, not `{unknown}`{hint}");
            return Err(("on".to_owned(), message));
        }
        let severity_blocks = values.get("severity").and_then(Json::as_str).is_none_or(|word| word == "fail");
        Ok(RuleOptions {
            blocking: values.get("blocking").and_then(Json::as_bool).unwrap_or(severity_blocks),
            paths,
            labels: texts("labels"),
            on,
            skip_label: values.get("skip_label").and_then(Json::as_str).map(str::to_owned),
            statuses: values.get("statuses").and_then(Json::as_str).and_then(StatusMode::parse),
        })
    }
}
