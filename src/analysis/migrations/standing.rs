//! Which tables are new, as far as the text tells, and the schemas in which names without one are looked for.

use std::collections::BTreeSet;

/// Tables by name, and the schemas that names are looked for in.
#[derive(Debug, Default)]
pub(super) struct Standing {
    /// Made by these steps, so that nobody uses them yet.
    new: BTreeSet<String>,
    /// Made by these steps unless they were there before: `IF NOT EXISTS`.
    perhaps_new: BTreeSet<String>,
    /// Made by migrations that databases have run.
    old: BTreeSet<String>,
    /// Known not to be there: dropped or renamed.
    gone: BTreeSet<String>,
    /// Tables that the open transaction made or took away, in order.
    touched: Vec<String>,
    /// Savepoints, each with the number of tables that were touched before.
    savepoints: Vec<(String, usize)>,
    /// `SET search_path`, without those that PostgreSQL fills in; empty for the schema `public`.
    path: Vec<String>,
    /// What it was before the transaction, where that set it for itself only.
    path_outside: Option<Vec<String>>,
}

impl Standing {
    /// A table that is made.
    pub(super) fn create(&mut self, table: &str, if_not_exists: bool) {
        let table = self.made(table);
        self.touch(&table);
        let was_gone = self.gone.remove(&table);
        if !if_not_exists || was_gone || self.new.contains(&table) {
            self.perhaps_new.remove(&table);
            self.new.insert(table);
        } else if !self.old.contains(&table) {
            self.perhaps_new.insert(table);
        }
    }

    /// A table that goes away.
    pub(super) fn drop(&mut self, table: &str) {
        let table = self.key(table);
        self.touch(&table);
        for tables in [&mut self.new, &mut self.perhaps_new, &mut self.old] {
            tables.remove(&table);
        }
        self.gone.insert(table);
    }

    /// A table that gets another name, in full.
    pub(super) fn rename(&mut self, from: &str, to: &str) {
        self.touch(from);
        self.touch(to);
        for tables in [&mut self.new, &mut self.perhaps_new, &mut self.old] {
            let moved = tables.remove(from);
            tables.remove(to);
            if moved {
                tables.insert(to.to_owned());
            }
        }
        self.gone.insert(from.to_owned());
        self.gone.remove(to);
    }

    /// Databases have run what these tables come from.
    pub(super) fn age(&mut self) {
        self.old.append(&mut self.new);
        self.old.append(&mut self.perhaps_new);
    }

    /// Whether the text says that nobody uses a table yet.
    pub(super) fn is_new(&self, table: &str) -> bool {
        self.new.contains(&self.key(table))
    }

    /// Whether a table is new unless it was there before.
    pub(super) fn is_perhaps_new(&self, table: &str) -> bool {
        self.perhaps_new.contains(&self.key(table))
    }

    /// Whether an index may be named after a new table: `bills_note_idx` after `bills`.
    pub(super) fn is_new_without_schema(&self, table: &str) -> bool {
        self.new.contains(table) || self.path.first().is_some_and(|schema| self.new.contains(&in_schema(schema, table)))
    }

    /// Names without a schema are looked for in these from now on; `local` until the transaction ends.
    pub(super) fn search(&mut self, path: &[String], local: bool) {
        let before = std::mem::replace(&mut self.path, path.to_vec());
        if local {
            self.path_outside.get_or_insert(before);
        } else {
            self.path_outside = None;
        }
    }

    /// A savepoint.
    pub(super) fn mark(&mut self, name: &str) {
        if self.savepoints.len() < MAX_SAVEPOINTS {
            self.savepoints.push((name.to_owned(), self.touched.len()));
        }
    }

    /// What the transaction did, or what it did since a savepoint, is undone: nothing is known of those tables.
    pub(super) fn undo(&mut self, to: Option<&str>) {
        let at = to.and_then(|name| self.savepoints.iter().rposition(|(known, _)| known == name));
        let from = at.map_or(0, |at| self.savepoints[at].1);
        self.savepoints.truncate(at.map_or(0, |at| at + 1));
        for table in self.touched.drain(from.min(self.touched.len())..) {
            for tables in [&mut self.new, &mut self.perhaps_new, &mut self.gone] {
                tables.remove(&table);
            }
        }
    }

    fn touch(&mut self, table: &str) {
        self.touched.push(table.to_owned());
    }

    /// A transaction is over, and with it what was set for it only.
    pub(super) fn end_transaction(&mut self) {
        self.touched.clear();
        self.savepoints.clear();
        if let Some(path) = self.path_outside.take() {
            self.path = path;
        }
    }

    /// A name in full, without the schema `public`: that of a table that is known, else that in the first schema of the
    /// path. Names in quotes keep their letters, so that `"Users"` is not `users`.
    pub(super) fn key(&self, name: &str) -> String {
        if self.path.is_empty() || name.contains('.') {
            return without_public(name);
        }
        let known = |name: &String| self.new.contains(name) || self.perhaps_new.contains(name);
        let mut names = self.path.iter().take(MAX_SCHEMAS).map(|schema| in_schema(schema, name));
        names.find(known).unwrap_or_else(|| self.made(name))
    }

    /// The name in full of what is made under a name.
    fn made(&self, name: &str) -> String {
        match self.path.first() {
            Some(schema) if !name.contains('.') => in_schema(schema, name),
            _ => without_public(name),
        }
    }
}

/// Savepoints of one transaction that are remembered; those beyond undo more than they should.
const MAX_SAVEPOINTS: usize = 1_000;

/// Schemas of a search path that are looked at.
const MAX_SCHEMAS: usize = 20;

fn in_schema(schema: &str, name: &str) -> String {
    if schema == "public" { name.to_owned() } else { format!("{schema}.{name}") }
}

fn without_public(name: &str) -> String {
    name.strip_prefix("public.").unwrap_or(name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_that_may_have_been_there_is_no_new_one() {
        let mut tables = Standing::default();
        tables.create("a", true);
        assert!(tables.is_perhaps_new("public.a") && !tables.is_new("a"));
        tables.create("a", false);
        assert!(tables.is_new("a") && !tables.is_perhaps_new("a"));
        tables.drop("b");
        tables.create("b", true);
        assert!(tables.is_new("b"), "it was dropped before");
        tables.age();
        tables.create("a", true);
        assert!(!tables.is_new("a") && !tables.is_perhaps_new("a"), "databases have it");
    }

    #[test]
    fn what_is_undone_is_not_known() {
        let mut tables = Standing::default();
        tables.create("a", false);
        tables.mark("s");
        tables.drop("b");
        tables.create("c", false);
        tables.undo(Some("s"));
        tables.create("b", true);
        assert!(tables.is_new("a") && !tables.is_new("c") && !tables.is_new("b"));
        tables.undo(None);
        assert!(!tables.is_new("a"));
        tables.create("a", false);
        tables.end_transaction();
        tables.undo(None);
        assert!(tables.is_new("a"), "it was committed");
    }

    #[test]
    fn names_are_looked_for_along_the_path() {
        let mut tables = Standing::default();
        tables.create("a", false);
        tables.search(&["app".to_owned(), "public".to_owned()], true);
        assert!(tables.is_new("a"), "it is found in the second schema");
        tables.create("b", false);
        assert!(tables.is_new("app.b") && tables.is_new("b") && !tables.is_new("public.b"));
        tables.search(&["other".to_owned()], true);
        assert!(!tables.is_new("a") && !tables.is_new("b"));
        tables.end_transaction();
        assert!(tables.is_new("a") && !tables.is_new("b"));
    }
}
