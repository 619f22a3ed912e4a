//! What a report says, before its paths are resolved: files with lines, and the guards that every parser writes through.

use super::error::ReportError;
use crate::model::LineHits;

/// A line number above this is no line number: ten million.
pub const MAX_LINE: u32 = 10_000_000;

/// A report with more files is refused.
pub const MAX_FILES: usize = 500_000;

/// A report with more lines is refused; ten million take about 160 MB.
pub const MAX_LINES: usize = 10_000_000;

/// A longer path is no path.
const MAX_PATH_BYTES: usize = 4096;

/// The formats of reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `geninfo`'s tracefile, also 2.x.
    Lcov,
    /// Cobertura's XML, as coverage.py, coverlet, gcovr and many others write it.
    Cobertura,
    /// JaCoCo's XML.
    Jacoco,
    /// Clover's XML, also PHPUnit's and Istanbul's.
    Clover,
    /// SonarQube's generic XML.
    Sonar,
    /// `coverage json`
    CoveragePy,
    /// `go test -coverprofile`
    Go,
    /// `llvm-cov export`, also `cargo llvm-cov --json`.
    LlvmCov,
    /// `coverage-final.json` of nyc, Jest, c8 and Vitest.
    Istanbul,
    /// SimpleCov's `.resultset.json` and `coverage.json`.
    SimpleCov,
    /// `gcovr --json`
    Gcovr,
}

impl Format {
    /// All of them.
    pub const ALL: [Format; 11] = [
        Format::Lcov,
        Format::Cobertura,
        Format::Jacoco,
        Format::Clover,
        Format::Sonar,
        Format::CoveragePy,
        Format::Go,
        Format::LlvmCov,
        Format::Istanbul,
        Format::SimpleCov,
        Format::Gcovr,
    ];

    /// Its name, for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Lcov => "lcov",
            Format::Cobertura => "Cobertura",
            Format::Jacoco => "JaCoCo",
            Format::Clover => "Clover",
            Format::Sonar => "SonarQube XML",
            Format::CoveragePy => "coverage.py JSON",
            Format::Go => "Go profile",
            Format::LlvmCov => "llvm-cov JSON",
            Format::Istanbul => "Istanbul JSON",
            Format::SimpleCov => "SimpleCov JSON",
            Format::Gcovr => "gcovr JSON",
        }
    }
}

/// A report that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What it is.
    pub format: Format,
    /// Its files in its order; the same path can come several times.
    pub files: Vec<ReportFile>,
    /// Directories that its paths may be relative to (Cobertura's `<source>`).
    pub sources: Vec<String>,
    /// What was left out and why, a sentence each.
    pub notes: Vec<String>,
}

impl Report {
    /// Lines that it knows, over all files.
    pub fn line_count(&self) -> usize {
        self.files.iter().map(|file| file.lines.len()).sum()
    }
}

/// A file as a report knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportFile {
    /// The path as the report writes it.
    pub path: String,
    /// A directory that probably is part of the path (the module of a JaCoCo group).
    pub hint: Option<String>,
    /// Its lines in order, each once.
    pub lines: Vec<LineHits>,
}

/// Collects a report; holds the limits, so that no parser has to.
#[derive(Debug, Default)]
pub(super) struct Builder {
    files: Vec<ReportFile>,
    current: Option<ReportFile>,
    lines: usize,
    pub(super) sources: Vec<String>,
    /// What could not be read and was passed over: how often, and where first.
    skipped: usize,
    first_skipped: Option<String>,
    /// Files of which only totals are told: how many, and the first.
    summaries: usize,
    first_summary: Option<String>,
    notes: Vec<String>,
}

impl Builder {
    /// Begins a file; one that is open ends.
    pub(super) fn begin(&mut self, path: String) -> Result<(), ReportError> {
        self.end();
        if self.files.len() >= MAX_FILES {
            return Err(ReportError::TooMany { what: "files", limit: MAX_FILES });
        }
        self.current = Some(ReportFile { path, hint: None, lines: Vec::new() });
        Ok(())
    }

    pub(super) fn hint(&mut self, directory: Option<&str>) {
        if let Some(file) = &mut self.current {
            file.hint = directory.map(str::to_owned);
        }
    }

    pub(super) fn is_open(&self) -> bool {
        self.current.is_some()
    }

    /// Adds a line to the open file. A number that no line has is passed over, and counted.
    pub(super) fn line(&mut self, line: LineHits) -> Result<(), ReportError> {
        if line.number == 0 || line.number > MAX_LINE {
            self.skip(|| format!("line number {}", line.number));
            return Ok(());
        }
        self.lines += 1;
        if self.lines > MAX_LINES {
            return Err(ReportError::TooMany { what: "lines", limit: MAX_LINES });
        }
        if let Some(file) = &mut self.current {
            file.lines.push(LineHits { taken: line.taken.min(line.branches), ..line });
        }
        Ok(())
    }

    /// Ends the open file: its lines in order, each once.
    pub(super) fn end(&mut self) {
        let Some(mut file) = self.current.take() else { return };
        if file.path.is_empty() || file.path.len() > MAX_PATH_BYTES || file.path.contains('\0') {
            self.skip(|| "a file without a usable path".to_owned());
            return;
        }
        tidy(&mut file.lines);
        self.files.push(file);
    }

    /// Ends the open file, of which the report tells totals and no lines: it knows nothing of it.
    pub(super) fn end_summary(&mut self) {
        let Some(file) = self.current.take() else { return };
        self.summaries += 1;
        self.first_summary.get_or_insert(file.path);
    }

    /// Counts something that was passed over; the first place is named.
    pub(super) fn skip(&mut self, place: impl FnOnce() -> String) {
        self.skipped += 1;
        self.first_skipped.get_or_insert_with(place);
    }

    pub(super) fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    pub(super) fn finish(mut self, format: Format) -> Result<Report, ReportError> {
        self.end();
        if let Some(first) = &self.first_summary {
            if self.files.is_empty() {
                return Err(ReportError::Summary);
            }
            let (files, have) = if self.summaries == 1 { ("file has", "counts") } else { ("files have", "count") };
            self.notes.push(format!(
                "{} {files} totals without lines and {have} for nothing (first: `{first}`)",
                self.summaries
            ));
        }
        if let Some(first) = &self.first_skipped {
            let (what, were) = if self.skipped == 1 { ("entry", "was") } else { ("entries", "were") };
            self.notes.push(format!("{} {what} could not be read and {were} left out (first: {first})", self.skipped));
        }
        Ok(Report { format, files: self.files, sources: self.sources, notes: self.notes })
    }
}

/// Sorts lines and adds up those with the same number.
pub(super) fn tidy(lines: &mut Vec<LineHits>) {
    if !lines.is_sorted_by(|a, b| a.number < b.number) {
        lines.sort_by_key(|line| line.number);
        lines.dedup_by(|next, kept| {
            let same = next.number == kept.number;
            if same {
                kept.add(*next);
            }
            same
        });
    }
    lines.shrink_to_fit();
}
