//! `deckhand rules`: the built-in rules, or one rule's page.

use super::commands::Subcommand;
use super::common::Common;
use super::failure::{Failure, Status};
use super::terminal::{BOLD, DIM, note, paint, print_result};
use crate::lua::{builtin_rules, rule_metadata};
use std::fmt::Write;

/// List the built-in rules, or print the page of one
#[derive(Debug, clap::Args)]
pub(super) struct Rules {
    /// The rule whose page to print
    name: Option<String>,
}

impl Subcommand for Rules {
    const NAME: &'static str = "rules";

    fn run(self, common: &Common) -> Result<Status, Failure> {
        match self.name {
            Some(name) => print_page(common, &name),
            None => print_list(common),
        }
    }
}

fn print_list(common: &Common) -> Result<Status, Failure> {
    let width = builtin_rules().iter().map(|rule| rule.name.len()).max().unwrap_or(0);
    let mut out = String::new();
    for rule in builtin_rules() {
        let metadata = rule_metadata(rule.name)
            .ok_or_else(|| Failure::failed(format!("the built-in rule `{}` has no readable head", rule.name)))?;
        let severity = paint(DIM, &format!("{:<7}", metadata.severity.as_str()));
        let name = paint(BOLD, &format!("{:<width$}", rule.name));
        let _ = writeln!(out, "{name}  {severity}  {}", metadata.summary);
    }
    print_result(common, &out)?;
    note(common, "`deckhand rules NAME` prints a rule's page; use(\"NAME\") in a dangerfile turns it on");
    Ok(Status::Fine)
}

fn print_page(common: &Common, name: &str) -> Result<Status, Failure> {
    if let Some(rule) = builtin_rules().iter().find(|rule| rule.name == name) {
        let end = if rule.page.ends_with('\n') { "" } else { "\n" };
        print_result(common, &format!("{}{end}", rule.page))?;
        return Ok(Status::Fine);
    }
    let nearest = builtin_rules()
        .iter()
        .map(|rule| (strsim::jaro_winkler(name, rule.name), rule.name))
        .max_by(|(left, _), (right, _)| left.total_cmp(right));
    let nearest = nearest.map(|(_, near)| format!(" the nearest is `{near}`,")).unwrap_or_default();
    Err(Failure::usage(format!("there is no built-in rule {name:?}:{nearest} `deckhand rules` lists all")))
}
