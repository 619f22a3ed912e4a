//! The contract's JSON, indented: the same members that the server answers with.

use super::Report;
use crate::model::render_report;

pub(super) fn render(report: &Report<'_>) -> String {
    format!("{:#}\n", render_report(report.verdict))
}
