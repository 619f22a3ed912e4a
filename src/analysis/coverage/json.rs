//! The walk over JSON that its formats share: the members of the root one after the other, a file at a time.
//!
//! The formats are told apart by the members that they have, wherever those stand: llvm-cov says its name at the very end.

use super::error::ReportError;
use super::report::{Builder, Format, Report};
use super::{coverage_py, gcovr, istanbul, llvm_cov, simplecov};
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use std::borrow::Cow;
use std::fmt;

/// What a walk fills.
pub(super) struct Walk {
    pub(super) builder: Builder,
    pub(super) format: Option<Format>,
    /// A limit that was hit; serde's own errors hold texts only.
    pub(super) limit: Option<ReportError>,
}

impl Walk {
    /// Runs a step that can hit a limit.
    pub(super) fn guard<E: serde::de::Error>(
        &mut self,
        format: Format,
        step: impl FnOnce(&mut Builder) -> Result<(), ReportError>,
    ) -> Result<(), E> {
        self.format = Some(format);
        step(&mut self.builder).map_err(|error| {
            self.limit = Some(error);
            E::custom("a limit")
        })
    }
}

/// Reads a report in JSON.
///
/// # Errors
/// When it is no report, damaged, cut off, nested too deeply or too large.
pub(super) fn parse_json(text: &str) -> Result<Report, ReportError> {
    let mut walk = Walk { builder: Builder::default(), format: None, limit: None };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let result = Root { walk: &mut walk }.deserialize(&mut deserializer).and_then(|seen| {
        deserializer.end()?;
        Ok(seen)
    });
    let members = match result {
        Ok(members) => members,
        Err(error) => return Err(walk.limit.take().unwrap_or_else(|| explain(&error))),
    };
    match walk.format {
        Some(format) => walk.builder.finish(format),
        // nyc and Jest write this when no file was instrumented.
        None if members.is_empty() => walk.builder.finish(Format::Istanbul),
        None => Err(ReportError::Unknown { syntax: "JSON", found: format!("it has {}", members.join(", ")) }),
    }
}

fn explain(error: &serde_json::Error) -> ReportError {
    let line = error.line().max(1);
    match error.classify() {
        Category::Eof => ReportError::Truncated { line, inside: None },
        Category::Syntax if error.to_string().contains("recursion limit") => ReportError::TooDeep { line },
        Category::Syntax | Category::Io => ReportError::Damaged { line, what: "it is not JSON there".to_owned() },
        Category::Data => {
            ReportError::Damaged { line, what: "a value is not what its format of coverage has there".to_owned() }
        }
    }
}

/// The root: an object. Gives the names of its first members, for the message that none is known.
struct Root<'w> {
    walk: &'w mut Walk,
}

impl<'de> DeserializeSeed<'de> for Root<'_> {
    type Value = Vec<String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<String>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Root<'_> {
    type Value = Vec<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a report")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vec<String>, A::Error> {
        let walk = self.walk;
        let mut members = Vec::new();
        while let Some(Text(key)) = map.next_key()? {
            match &*key {
                "files" => map.next_value_seed(Files { walk })?,
                "data" => map.next_value_seed(llvm_cov::Exports { walk })?,
                "coverage" => map.next_value_seed(simplecov::Files { walk })?,
                "gcovr/format_version" => {
                    walk.format.get_or_insert(Format::Gcovr);
                    map.next_value::<IgnoredAny>()?;
                }
                _ => map.next_value_seed(Member { walk, key: &key })?,
            }
            if members.len() < 3 {
                members.push(format!("`{}`", key.chars().take(40).collect::<String>()));
            }
        }
        Ok(members)
    }
}

/// `files`: an object in coverage.py's reports, a list in gcovr's and in those of older SimpleCov.
struct Files<'w> {
    walk: &'w mut Walk,
}

impl<'de> DeserializeSeed<'de> for Files<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Files<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("files")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        coverage_py::read_files(self.walk, map)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<(), A::Error> {
        gcovr::read_files(self.walk, seq)
    }
}

/// A member of the root with a name that no format has: a file of Istanbul's, or a test suite of SimpleCov's.
struct Member<'w, 'k> {
    walk: &'w mut Walk,
    key: &'k str,
}

impl<'de> DeserializeSeed<'de> for Member<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Member<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut file = istanbul::File::default();
        while let Some(Text(key)) = map.next_key()? {
            match &*key {
                "path" => file.path = map.next_value()?,
                "statementMap" => file.statements = Some(map.next_value()?),
                "s" => file.counts = map.next_value()?,
                "branchMap" => file.branches = map.next_value()?,
                "b" => file.branch_counts = map.next_value()?,
                // Files that were instrumented by an older plugin are wrapped once more.
                "data" => file = map.next_value()?,
                "coverage" => map.next_value_seed(simplecov::Files { walk: self.walk })?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        istanbul::add(self.walk, self.key, file)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        // Of an empty llvm-cov report this is all that tells.
        if self.key == "type" && text == "llvm.coverage.json.export" {
            self.walk.format = Some(Format::LlvmCov);
        }
        Ok(())
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
}

/// A key, borrowed where the text has no escapes.
#[derive(serde::Deserialize)]
#[serde(transparent)]
pub(super) struct Text<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

/// A count: also a float or a truth value, below zero is zero, and `None` for null and for words (SimpleCov's `"ignored"`).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Count(pub(super) Option<u64>);

impl<'de> serde::Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Counts;
        impl Visitor<'_> for Counts {
            type Value = Count;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a count")
            }

            fn visit_u64<E: serde::de::Error>(self, count: u64) -> Result<Count, E> {
                Ok(Count(Some(count)))
            }

            fn visit_i64<E: serde::de::Error>(self, count: i64) -> Result<Count, E> {
                Ok(Count(Some(u64::try_from(count).unwrap_or(0))))
            }

            fn visit_f64<E: serde::de::Error>(self, count: f64) -> Result<Count, E> {
                // A cast from a float keeps to the range: below zero is 0.
                Ok(Count(Some(count.ceil() as u64)))
            }

            fn visit_bool<E: serde::de::Error>(self, on: bool) -> Result<Count, E> {
                Ok(Count(Some(u64::from(on))))
            }

            fn visit_unit<E: serde::de::Error>(self) -> Result<Count, E> {
                Ok(Count(None))
            }

            fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<Count, E> {
                Ok(Count(None))
            }
        }
        deserializer.deserialize_any(Counts)
    }
}

/// A line number, 0 for what is none (null, a number below zero); a fraction is rounded up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct LineNumber(pub(super) u32);

impl<'de> serde::Deserialize<'de> for LineNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Count(number) = Count::deserialize(deserializer)?;
        u32::try_from(number.unwrap_or(0)).map(LineNumber).map_err(|_| D::Error::custom("no line number"))
    }
}
