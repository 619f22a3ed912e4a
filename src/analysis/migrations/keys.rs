//! Foreign keys that migrations make: which tables they tie together.

use std::collections::{BTreeMap, BTreeSet};

/// Foreign keys by the tables at both ends.
#[derive(Debug, Default)]
pub(super) struct Keys {
    /// Where the keys of a table point.
    to: BTreeMap<String, BTreeSet<String>>,
    /// Whose keys point to a table.
    from: BTreeMap<String, BTreeSet<String>>,
}

/// Keys of one table, at either end, that are remembered: each renaming goes through all of them.
const MAX_KEYS: usize = 50;
/// Tables at the other end that are named: a message is no list.
const MAX_ENDS: usize = 5;

impl Keys {
    /// A key of `table` that points to `other`.
    pub(super) fn add(&mut self, table: &str, other: &str) {
        let is_full = |side: &BTreeMap<String, BTreeSet<String>>, of: &str| {
            side.get(of).is_some_and(|ends| ends.len() >= MAX_KEYS)
        };
        let room = !is_full(&self.to, table) && !is_full(&self.from, other);
        if table != other && !other.is_empty() && room {
            self.to.entry(table.to_owned()).or_default().insert(other.to_owned());
            self.from.entry(other.to_owned()).or_default().insert(table.to_owned());
        }
    }

    /// A table goes away, and with it all its keys and those that point to it.
    pub(super) fn drop(&mut self, table: &str) {
        for other in self.to.remove(table).unwrap_or_default() {
            if let Some(tables) = self.from.get_mut(&other) {
                tables.remove(table);
            }
        }
        for other in self.from.remove(table).unwrap_or_default() {
            if let Some(tables) = self.to.get_mut(&other) {
                tables.remove(table);
            }
        }
    }

    /// A table gets another name.
    pub(super) fn rename(&mut self, table: &str, name: &str) {
        let (to, from) = (self.to.get(table).cloned(), self.from.get(table).cloned());
        self.drop(table);
        to.iter().flatten().for_each(|other| self.add(name, other));
        from.iter().flatten().for_each(|other| self.add(other, name));
    }

    /// The tables to which the keys of these point, and with `cascade` those whose keys point to them.
    pub(super) fn ends_of(&self, tables: &[String], cascade: bool) -> Vec<String> {
        let mut ends = BTreeSet::new();
        for table in tables {
            let sides = [Some(&self.to), cascade.then_some(&self.from)];
            ends.extend(sides.into_iter().flatten().filter_map(|side| side.get(table)).flatten().take(MAX_ENDS));
        }
        ends.into_iter().filter(|end| !tables.contains(end)).take(MAX_ENDS).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_of_a_key_are_known_until_it_goes() {
        let mut keys = Keys::default();
        keys.add("a", "b");
        keys.add("c", "a");
        keys.add("a", "a");
        let ends = |keys: &Keys, table: &str, cascade| keys.ends_of(&[table.to_owned()], cascade);
        assert_eq!(ends(&keys, "a", false), ["b"]);
        assert_eq!(ends(&keys, "a", true), ["b", "c"]);
        keys.rename("a", "d");
        assert_eq!(ends(&keys, "d", true), ["b", "c"]);
        keys.drop("d");
        assert!(ends(&keys, "b", true).is_empty() && ends(&keys, "c", true).is_empty());
    }
}
