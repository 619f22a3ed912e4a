//! `settings { ... }`: how the check and the comments behave.

use super::super::options::{OptionError, OptionKind, OptionSpec};
use super::super::session::Session;
use crate::model::{ConclusionMode, Settings, StatusMode, SummaryComment};
use mlua::{Lua, Table, Value};
use serde_json::{Map, Value as Json};
use std::rc::Rc;

pub(super) fn register(lua: &Lua, session: &Rc<Session>, globals: &Table) -> mlua::Result<()> {
    let session = Rc::clone(session);
    let settings = move |lua: &Lua, table: Value| {
        if !session.registering.get() {
            // The name of a check must not depend on which rules run.
            return Err(session.error(lua, "`settings` stands inside a rule; move it out").into());
        }
        let Value::Table(table) = table else {
            let message = "settings takes a table: `settings { max_inline_comments = 10 }`";
            return session.refuse(session.mistake(lua, message));
        };
        let values = session.read_options(lua, "settings", Some(&table), &specs())?;
        let refuse = |key: &str, message: &str| {
            let mistake = OptionError { key: key.to_owned(), message: message.to_owned() };
            session.refuse(session.option_error(lua, mistake))
        };
        let is_name =
            |name: &str| !name.trim().is_empty() && name.len() <= 100 && !name.contains(|sign: char| sign.is_control());
        if values.get("check_name").and_then(Json::as_str).is_some_and(|name| !is_name(name)) {
            return refuse(
                "check_name",
                "`check_name` is a name of 1 to 100 bytes on one line; letters beyond ASCII take two to four each",
            );
        }
        session.settings.borrow_mut().extend(values);
        Ok(())
    };
    globals.set("settings", lua.create_function(settings)?)
}

pub(super) fn specs() -> Vec<OptionSpec> {
    let choice = |words: &[&str]| OptionKind::Choice(words.iter().map(|word| (*word).to_owned()).collect());
    vec![
        OptionSpec::new("check_name", OptionKind::String, "Name of the check run."),
        OptionSpec::new("statuses", choice(&StatusMode::WORDS), "A commit status for each blocking rule."),
        OptionSpec::new(
            "summary_comment",
            choice(&["always", "findings", "never"]),
            "When the summary comment is written.",
        ),
        OptionSpec::new("max_inline_comments", OptionKind::Integer, "At most so many review comments."),
        OptionSpec::new("ignore_authors", OptionKind::Strings, "Logins whose pull requests are not judged."),
        OptionSpec::new("bases", OptionKind::Branches, "Branches that get the check under its plain name."),
        OptionSpec::new("conclusion", choice(&["advisory", "enforced"]), "Whether findings can fail the check."),
        OptionSpec::new(
            "coverage_reports",
            OptionKind::Globs,
            "Where coverage reports lie, for local runs without `--report`.",
        ),
        OptionSpec::new(
            "lint_reports",
            OptionKind::Globs,
            "Where linters' reports lie, for local runs without `--report`.",
        ),
        OptionSpec::new(
            "report_artifacts",
            OptionKind::Globs,
            "Artifacts in which workflows keep reports of coverage and of linters, for a server.",
        ),
    ]
}

/// Settings from what `settings` was called with, over the defaults. A layer that ran earlier (the organisation's)
/// wins, so it comes last in `layers`.
pub fn build_settings<'a>(layers: impl IntoIterator<Item = &'a Map<String, Json>>) -> Settings {
    let mut merged = Map::new();
    for layer in layers {
        merged.extend(layer.clone());
    }
    let text = |key: &str| merged.get(key).and_then(Json::as_str);
    let texts = |key: &str| -> Vec<String> {
        let list = merged.get(key).and_then(Json::as_array);
        list.into_iter().flatten().filter_map(|item| item.as_str().map(str::to_owned)).collect()
    };
    let default = Settings::default();
    Settings {
        check_name: text("check_name").map_or(default.check_name, str::to_owned),
        summary_comment: match text("summary_comment") {
            Some("always") => SummaryComment::Always,
            Some("never") => SummaryComment::Never,
            _ => SummaryComment::Findings,
        },
        max_inline_comments: merged
            .get("max_inline_comments")
            .and_then(Json::as_u64)
            .map_or(default.max_inline_comments, |number| usize::try_from(number).unwrap_or(usize::MAX)),
        ignore_authors: texts("ignore_authors"),
        bases: texts("bases"),
        conclusion: match text("conclusion") {
            Some("advisory") => ConclusionMode::Advisory,
            _ => ConclusionMode::Enforced,
        },
        statuses: text("statuses").and_then(StatusMode::parse).unwrap_or_default(),
        report_artifacts: texts("report_artifacts"),
    }
}
