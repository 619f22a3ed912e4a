//! `gcovr --json`: files with lines, each with a count and branches. A line can come several times, once a function
//! that a template became. The same reader takes the list of files of `simplecov-json`, which has the same place.
//!
//! Format: gcovr's documentation, "JSON output".

use super::json::{Count, LineNumber, Walk};
use super::report::Format;
use super::simplecov::Lines;
use crate::model::LineHits;
use serde::Deserialize;
use serde::de::SeqAccess;

#[derive(Default, Deserialize)]
#[serde(default)]
struct File {
    file: Option<String>,
    lines: Option<Vec<Line>>,
    filename: Option<String>,
    coverage: Option<Lines>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Line {
    line_number: LineNumber,
    count: Count,
    branches: Vec<Branch>,
    #[serde(rename = "gcovr/noncode")]
    noncode: bool,
    #[serde(rename = "gcovr/excluded")]
    excluded: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Branch {
    count: Count,
    throw: bool,
    #[serde(rename = "gcovr/excluded")]
    excluded: bool,
}

pub(super) fn read_files<'de, A: SeqAccess<'de>>(walk: &mut Walk, mut seq: A) -> Result<(), A::Error> {
    while let Some(file) = seq.next_element::<File>()? {
        if let (Some(path), Some(lines)) = (file.filename, &file.coverage) {
            walk.guard(Format::SimpleCov, |builder| lines.add(path, builder))?;
            continue;
        }
        let Some(path) = file.file else { continue };
        walk.guard(Format::Gcovr, |builder| {
            builder.begin(path)?;
            if file.lines.is_none() {
                // kcov lists its files like this, with percentages.
                builder.end_summary();
            }
            for line in file.lines.iter().flatten().filter(|line| !line.noncode && !line.excluded) {
                let Some(hits) = line.count.0 else { continue };
                // Branches that only an exception takes are the compiler's.
                let branches = line.branches.iter().filter(|branch| !branch.throw && !branch.excluded);
                let all = branches.clone().count();
                let taken = branches.filter(|branch| branch.count.0.unwrap_or(0) > 0).count();
                let small = |count: usize| u16::try_from(count).unwrap_or(u16::MAX);
                builder.line(LineHits {
                    number: line.line_number.0,
                    taken: small(taken),
                    branches: small(all),
                    hits,
                })?;
            }
            builder.end();
            Ok(())
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::json::parse_json;

    #[test]
    fn what_was_excluded_does_not_count() {
        let report = parse_json(
            r#"{"gcovr/format_version":"0.15","files":[{"file":"a.cpp","lines":[
            {"line_number":2,"count":2,"branches":[{"count":0,"gcovr/excluded":true},{"count":1,"throw":false},{"count":0,"throw":true}]},
            {"line_number":3,"count":0,"branches":[],"gcovr/excluded":true}]}]}"#,
        );
        assert_eq!(report.expect("reads").files[0].lines, [(2, 2, 1, 1).into()]);
    }
}
