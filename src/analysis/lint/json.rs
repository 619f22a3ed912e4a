//! JSON that may be sloppy: a wrong type is nothing, not the end.

use serde::de::{Deserialize, DeserializeOwned, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt;

/// A member that is read when it has the right shape, and is nothing otherwise.
pub(super) fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(from: D) -> Result<T, D::Error> {
    let value = Value::deserialize(from)?;
    Ok(serde_json::from_value(value).unwrap_or_default())
}

/// The names of a document's members at its top.
#[derive(Debug, Default)]
pub(super) struct TopNames(pub(super) BTreeSet<String>);

/// So many names are looked at; no report has as many.
const MAX_NAMES: usize = 64;

impl<'de> Deserialize<'de> for TopNames {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Names;
        impl<'de> Visitor<'de> for Names {
            type Value = TopNames;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<TopNames, A::Error> {
                let mut names = BTreeSet::new();
                while let Some((name, IgnoredAny)) = map.next_entry::<String, IgnoredAny>()? {
                    if names.len() < MAX_NAMES {
                        names.insert(name);
                    }
                }
                Ok(TopNames(names))
            }
        }
        from.deserialize_map(Names)
    }
}
