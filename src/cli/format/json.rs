//! The contract's JSON, indented: the same members that the server answers with.

use super::Report;
use crate::model::render_report;

pub(super) fn render(report: &Report<'_>) -> String {
    let mut json = render_report(report.verdict);
    if let (false, Some(members)) = (report.compares, json.as_object_mut()) {
        members.remove("head");
        members.remove("base");
    }
    format!("{json:#}\n")
}
