//! `deckhand rules`: the built-in rules, or one rule's page.

use super::commands::Subcommand;
use super::common::{Color, Common, Printed};
use super::failure::{Failure, Status};
use super::format::Format;
use super::page::render_page;
use super::terminal::{BOLD, DIM, columns, note, paint, print_result};
use crate::lua::{BuiltinRule, RuleMetadata, builtin_rules, find_builtin, is_planned_rule, nearest, rule_metadata};
use serde_json::{Map, Value, json};
use std::fmt::Write;
use std::io::IsTerminal;

/// The widest text that is pleasant to read.
const MAX_COLUMNS: usize = 100;

/// List the built-in rules, or print the page of one
///
/// A page says what the rule wants and why, shows examples, and lists the options that `use("NAME", { ... })` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  deckhand rules
  deckhand rules changelog
  deckhand rules changelog > changelog.md
  deckhand rules --format json")]
pub(super) struct Rules {
    /// The rule whose page to print
    name: Option<String>,
}

impl Subcommand for Rules {
    const NAME: &'static str = "rules";

    fn formats(&self) -> &'static [Printed] {
        Printed::DATA
    }

    fn run(self, common: &Common) -> Result<Status, Failure> {
        let text = match (common.format(), &self.name) {
            (Format::Json, None) => {
                let rules: Vec<Value> = builtin_rules()
                    .iter()
                    .map(|rule| Ok(Value::Object(to_json(&metadata_of(rule)?))))
                    .collect::<Result<_, Failure>>()?;
                format!("{:#}\n", json!({ "version": 1, "rules": rules }))
            }
            (Format::Json, Some(name)) => {
                let rule = find(name)?;
                let mut object = to_json(&metadata_of(rule)?);
                object.insert("version".to_owned(), json!(1));
                object.insert("page".to_owned(), json!(rule.page));
                format!("{:#}\n", Value::Object(object))
            }
            (_, None) => render_list()?,
            (_, Some(name)) => render_rule(common, find(name)?)?,
        };
        print_result(common, &text)?;
        if self.name.is_none() && common.format() == Format::Text {
            note(common, "`deckhand rules NAME` prints a rule's page; use(\"NAME\") in a dangerfile turns it on");
        }
        Ok(Status::Fine)
    }
}

fn render_list() -> Result<String, Failure> {
    let width = builtin_rules().iter().map(|rule| rule.name.len()).max().unwrap_or(0);
    let mut out = String::new();
    for rule in builtin_rules() {
        let metadata = metadata_of(rule)?;
        let severity = paint(DIM, &format!("{:<7}", metadata.severity.as_str()));
        let name = paint(BOLD, &format!("{:<width$}", rule.name));
        let _ = writeln!(out, "{name}  {severity}  {}", metadata.summary);
    }
    Ok(out)
}

/// On a terminal the page is laid out; in a pipe it is the Markdown that it is written in.
fn render_rule(common: &Common, rule: &BuiltinRule) -> Result<String, Failure> {
    if std::io::stdout().is_terminal() || common.color == Color::Always {
        let options = metadata_of(rule)?.all_options();
        return Ok(render_page(rule.page, &options, columns().min(MAX_COLUMNS)));
    }
    let end = if rule.page.ends_with('\n') { "" } else { "\n" };
    Ok(format!("{}{end}", rule.page))
}

fn find(name: &str) -> Result<&'static BuiltinRule, Failure> {
    if let Some(rule) = find_builtin(name) {
        return Ok(rule);
    }
    if is_planned_rule(name) {
        let message =
            format!("the built-in rule `{name}` is not built yet in this version: `deckhand rules` lists all");
        return Err(Failure::usage(message));
    }
    let names = || builtin_rules().iter().map(|rule| rule.name);
    // Whoever asks for a page knows the rule by some name: the nearest is named however far it is.
    let farther = || {
        let near = |rule: &&str| strsim::jaro_winkler(name, rule);
        names().max_by(|left, right| near(left).total_cmp(&near(right)))
    };
    let hint =
        nearest(name, names()).or_else(farther).map(|near| format!(" the nearest is `{near}`,")).unwrap_or_default();
    Err(Failure::usage(format!("there is no built-in rule {name:?}:{hint} `deckhand rules` lists all")))
}

fn metadata_of(rule: &BuiltinRule) -> Result<RuleMetadata, Failure> {
    rule_metadata(rule.name)
        .ok_or_else(|| Failure::failed(format!("the built-in rule `{}` has no readable head", rule.name)))
}

/// `{ name, summary, severity, options: [{ name, takes, default?, doc }] }`
fn to_json(metadata: &RuleMetadata) -> Map<String, Value> {
    let options: Vec<Value> = metadata
        .all_options()
        .iter()
        .map(|option| {
            let mut object = Map::new();
            object.insert("name".to_owned(), json!(option.name));
            object.insert("takes".to_owned(), json!(option.kind.describe()));
            if let Some(default) = &option.default {
                object.insert("default".to_owned(), default.clone());
            }
            object.insert("doc".to_owned(), json!(option.doc));
            Value::Object(object)
        })
        .collect();
    let mut object = Map::new();
    object.insert("name".to_owned(), json!(metadata.name));
    object.insert("summary".to_owned(), json!(metadata.summary));
    object.insert("severity".to_owned(), json!(metadata.severity.as_str()));
    object.insert("options".to_owned(), json!(options));
    object
}
