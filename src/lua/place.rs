//! The `at` of a finding: where it is, what would mend it, and whether its lines may be shown.

use super::options::{OptionKind, OptionSpec, describe_text, read_options};
use crate::model::{Place, RepoPath, Side, suggestion_of};
use mlua::Table;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// What `{ file, line, end_line, side, suggestion, fix, hide_source }` says.
#[derive(Default)]
pub(super) struct At {
    pub(super) place: Option<Place>,
    pub(super) suggestion: Option<String>,
    pub(super) fix: BTreeMap<RepoPath, String>,
    pub(super) hide_source: bool,
}

/// Reads the table; on a mistake, the option's name and a message.
pub(super) fn read_at(owner: &str, table: &Table) -> Result<At, (String, String)> {
    let values = read_options(&format!("the place of {owner}"), Some(table), &specs())
        .map_err(|error| (error.key, error.message))?;
    let line = number(&values, "line");
    let end_line = number(&values, "end_line");
    let wrong = |key: &str, message: String| Err((key.to_owned(), message));
    for (key, value) in [("line", line), ("end_line", end_line)] {
        if value == Some(0) {
            return wrong(key, format!("the option `{key}` of {owner} counts from 1"));
        }
    }
    let file = text(&values, "file");
    if file.is_none() && (line.is_some() || values.contains_key("suggestion")) {
        return wrong("line", format!("{owner} names a line without a `file`"));
    }
    match (line, end_line) {
        (None, Some(_)) => return wrong("end_line", format!("{owner} names an `end_line` without a `line`")),
        (Some(first), Some(last)) if last < first => {
            return wrong("end_line", format!("{owner} ends at line {last}, before it begins at line {first}"));
        }
        _ => {}
    }
    let side = if text(&values, "side").as_deref() == Some("LEFT") { Side::Left } else { Side::Right };
    let suggestion = text(&values, "suggestion");
    if suggestion.is_some() && (line.is_none() || side == Side::Left) {
        return wrong("suggestion", format!("a suggestion of {owner} replaces lines of the new side: give a `line`"));
    }
    let hide_source = values.get("hide_source").and_then(Json::as_bool).unwrap_or(false);
    if hide_source && (suggestion.is_some() || values.contains_key("fix")) {
        return wrong(
            "hide_source",
            format!("{owner} hides its source lines, so it has neither `suggestion` nor `fix`"),
        );
    }
    let fix = values
        .get("fix")
        .and_then(Json::as_object)
        .map(|fix| fix.iter().map(|(path, new)| (RepoPath::from_written(path.as_bytes()), plain(new))).collect())
        .unwrap_or_default();
    let path = file.as_ref().map(|file| RepoPath::from_written(file.as_bytes()));
    if let (Some(path), Some(written)) = (&path, &file)
        && !path.can_name_a_file()
    {
        return wrong(
            "file",
            format!(
                "the option `file` of {owner} must be a path from the repository's root, as in \"src/a.py\", got {}",
                describe_text(written)
            ),
        );
    }
    let place = path.map(|path| Place { path, line, end_line: end_line.filter(|last| Some(*last) != line), side });
    Ok(At { place, suggestion: suggestion.as_deref().map(suggestion_of), fix, hide_source })
}

pub(super) fn specs() -> Vec<OptionSpec> {
    let sides = OptionKind::Choice(vec!["LEFT".to_owned(), "RIGHT".to_owned()]);
    vec![
        OptionSpec::new("file", OptionKind::String, "The file."),
        OptionSpec::new("line", OptionKind::Integer, "The first line."),
        OptionSpec::new("end_line", OptionKind::Integer, "The last line."),
        OptionSpec::new("side", sides, "The old or the new side; the new one when absent."),
        OptionSpec::new("suggestion", OptionKind::String, "Replacement text for the lines; empty removes them."),
        OptionSpec::new("fix", OptionKind::Texts, "New texts of files that mend it."),
        OptionSpec::new("hide_source", OptionKind::Boolean, "The lines hold a secret: no output shows them."),
    ]
}

fn number(values: &Map<String, Json>, key: &str) -> Option<u32> {
    values.get(key).and_then(Json::as_u64).map(|number| u32::try_from(number).unwrap_or(u32::MAX))
}

fn text(values: &Map<String, Json>, key: &str) -> Option<String> {
    values.get(key).map(plain)
}

fn plain(value: &Json) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
