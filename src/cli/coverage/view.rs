//! What every rendering of the coverage shows, and small words that they share.

use crate::analysis::coverage::{DiffCoverage, FileMeasure, LineRange};
use crate::model::FileChange;

/// A measured diff, ready to be printed.
pub(super) struct View<'a> {
    pub(super) measured: &'a DiffCoverage,
    /// Sentences that belong to the number.
    pub(super) remarks: &'a [String],
    pub(super) changes: &'a [FileChange],
    /// The minimum that was asked for, in percent.
    pub(super) minimum: Option<f64>,
}

impl View<'_> {
    /// The result in one sentence, without a full stop.
    pub(super) fn headline(&self) -> String {
        let total = self.measured.total();
        match self.measured.state.explain() {
            Some(reason) => format!("coverage of the diff: unknown, because {reason}"),
            None => {
                let lines = if total.lines == 1 { "line" } else { "lines" };
                format!(
                    "coverage of the diff: {} ({} of {} added {lines} that the reports know)",
                    total.render_percent(),
                    total.covered,
                    total.lines
                )
            }
        }
    }

    /// Whether the minimum is met. Where there is no number it is met only when nothing could have been covered.
    pub(super) fn passes(&self) -> bool {
        use crate::analysis::coverage::State;
        let Some(minimum) = self.minimum else { return true };
        if self.measured.files.iter().any(|file| file.truncated) {
            return false;
        }
        match self.measured.state {
            State::Measured => self.measured.total().reaches(minimum),
            State::NothingAdded => true,
            State::NothingMeasured => !self.measured.files.iter().any(|file| file.unknown || file.doubtful),
            State::NoReport | State::Empty | State::NothingMatched | State::Ambiguous => false,
        }
    }

    /// What the minimum says of the result; `None` without one.
    pub(super) fn verdict(&self) -> Option<String> {
        let minimum = self.minimum?;
        Some(match self.passes() {
            true => format!("the minimum of {minimum} % is met"),
            false => format!("the minimum of {minimum} % is not met"),
        })
    }
}

/// `4, 7-9`; of a long list the beginning.
pub(super) fn render_ranges(ranges: &[LineRange], most: usize) -> String {
    let shown = ranges.iter().take(most).map(|range| match range.last {
        last if last == range.first => last.to_string(),
        last => format!("{}-{last}", range.first),
    });
    let mut text = shown.collect::<Vec<_>>().join(", ");
    if ranges.len() > most {
        text.push_str(&format!(" and {} more", ranges.len() - most));
    }
    text
}

/// Why a file has no number, in two or three words; `None` when it has one.
pub(super) fn without_number(file: &FileMeasure) -> Option<&'static str> {
    match () {
        () if file.share().lines > 0 => None,
        () if file.truncated => Some("diff cut off"),
        () if file.doubtful => Some("ambiguous path"),
        () if file.unknown => Some("in no report"),
        () => Some("no added code"),
    }
}
