//! Migrations beside each other: numbers that two of them share, numbers that come too late, and files that take back.

use super::convention::is_migration_path;
use super::framework::Framework;

/// What the files of both sides say about a new migration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Neighbours {
    /// Another migration with the same number.
    pub same_number: Option<String>,
    /// The migration on the base with the highest number, when that is higher.
    pub newer: Option<String>,
    /// A migration that came to the base after this branch left it.
    pub new_on_base: Option<String>,
}

/// The directory in which a tool looks for the migrations of one database. The empty text is the root.
pub fn directory_of(path: &str) -> &str {
    let parent = |path: &str| path.rfind('/').unwrap_or(0);
    let directory = &path[..parent(path)];
    if is_unit(path) { &directory[..parent(directory)] } else { directory }
}

/// Compares a new migration with the files of its directory at the tip of the base branch and at the head. `own` are the
/// files that the pull request changes or deletes.
pub fn neighbours(path: &str, framework: Framework, own: &[&str], base: &[&str], head: &[&str]) -> Neighbours {
    let beside = |other: &&&str| **other != path && directory_of(other) == directory_of(path);
    let mut found = Neighbours::default();
    if names_its_parents(framework) {
        let came = |other: &&&str| !head.contains(other) && !own.contains(other) && is_migration_path(other);
        found.new_on_base = base.iter().filter(beside).find(came).map(|other| (*other).to_owned());
        return found;
    }
    // Prisma goes by the whole name, Liquibase by its own list.
    if matches!(framework, Framework::Prisma | Framework::Liquibase) {
        return found;
    }
    let Some(number) = number_of(path) else { return found };
    // The old place of a file that the pull request moves or deletes is no neighbour.
    let there = |other: &&&str| beside(other) && (head.contains(*other) || !own.contains(*other));
    let numbered = |other: &&str| Some((number_of(other)?, (*other).to_owned()));
    let mut all = head.iter().chain(base.iter().filter(|other| !own.contains(*other))).filter(there);
    found.same_number = all.find(|other| number_of(other).as_ref() == Some(&number)).map(|other| (*other).to_owned());
    let newest = base.iter().filter(there).filter_map(numbered).max();
    found.newer = newest.filter(|(highest, _)| *highest > number).map(|(_, other)| other);
    found
}

/// The file that takes a migration back, for tools that keep it in a file of its own.
pub fn reverse_of(path: &str) -> Option<String> {
    if let Some(stem) = path.strip_suffix(".up.sql") {
        return Some(format!("{stem}.down.sql"));
    }
    let directory = path.strip_suffix("up.sql")?;
    (directory.is_empty() || directory.ends_with('/')).then(|| format!("{directory}down.sql"))
}

fn names_its_parents(framework: Framework) -> bool {
    matches!(framework, Framework::Django | Framework::Alembic)
}

/// Whether a directory is the migration and the file is called alike in all of them.
fn is_unit(path: &str) -> bool {
    matches!(path.rsplit('/').next(), Some("up.sql" | "migration.sql"))
}

/// The number that a migration's name begins with, part by part; `None` for a file that goes back or has none.
fn number_of(path: &str) -> Option<Vec<u64>> {
    if !path.contains('.') || !is_migration_name(path) {
        return None;
    }
    let name = if is_unit(path) {
        path.rsplit('/').nth(1).unwrap_or_default()
    } else {
        path.rsplit('/').next().unwrap_or_default()
    };
    let (digits, separators): (&str, &[char]) = match name.strip_prefix('V').and_then(|rest| rest.split_once("__")) {
        Some((version, _)) => (version, &['.', '_']),
        None => (&name[..name.find(|c: char| !c.is_ascii_digit() && c != '-').unwrap_or(name.len())], &['-']),
    };
    let digits = digits.trim_end_matches('-');
    let parts: Option<Vec<u64>> = digits.split(separators).map(|part| part.parse().ok()).collect();
    let mut parts = parts?;
    // 1.0 is 1.
    while parts.len() > 1 && parts.last() == Some(&0) {
        parts.pop();
    }
    Some(parts)
}

fn is_migration_name(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let known = [".sql", ".rb", ".exs"].iter().any(|end| name.ends_with(end));
    known && name != "down.sql" && !name.ends_with(".down.sql") && !name.starts_with(['U', 'R'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_as_numbers() {
        assert_eq!(number_of("db/V1_10__a.sql"), Some(vec![1, 10]));
        assert_eq!(number_of("db/V2.0__2fa.sql"), Some(vec![2]));
        assert_eq!(number_of("migrations/0007_x.up.sql"), number_of("migrations/7_y.up.sql"));
        assert_eq!(number_of("migrations/2024-01-02-030405_x/up.sql"), Some(vec![2024, 1, 2, 30405]));
        for path in ["migrations/0007_x.down.sql", "migrations/a/down.sql", "db/R__v.sql", "migrations/readme.sql"] {
            assert_eq!(number_of(path), None, "{path}");
        }
    }

    #[test]
    fn the_base_moved() {
        let path = "db/V7__a.sql";
        let found = neighbours(path, Framework::Flyway, &[path], &["db/V7__b.sql", "db/V8__c.sql"], &[path]);
        assert_eq!(found.same_number.as_deref(), Some("db/V7__b.sql"));
        assert_eq!(found.newer.as_deref(), Some("db/V8__c.sql"));
        let other = neighbours(path, Framework::Flyway, &[path], &["else/V7__b.sql", "db/V6__c.sql"], &[path]);
        assert_eq!(other, Neighbours::default());
        let path = "shop/migrations/0003_a.py";
        let base = ["shop/migrations/0002_x.py", "shop/migrations/0003_b.py", "shop/migrations/__init__.py"];
        let head = ["shop/migrations/0002_x.py", "shop/migrations/__init__.py", path];
        let found = neighbours(path, Framework::Django, &[path], &base, &head);
        assert_eq!(found.new_on_base.as_deref(), Some("shop/migrations/0003_b.py"));
    }

    #[test]
    fn a_migration_that_is_moved_or_deleted_is_no_neighbour() {
        let own = ["db/V7__a.sql", "db/V7__old.sql"];
        let found = neighbours(own[0], Framework::Flyway, &own, &["db/V7__old.sql"], &["db/V7__a.sql"]);
        assert_eq!(found, Neighbours::default());
    }

    #[test]
    fn places() {
        assert_eq!(directory_of("prisma/migrations/2024_x/migration.sql"), "prisma/migrations");
        assert_eq!((directory_of("db/V1__a.sql"), directory_of("V1__a.sql")), ("db", ""));
        assert_eq!(reverse_of("migrations/a/up.sql").as_deref(), Some("migrations/a/down.sql"));
        assert_eq!(reverse_of("db/1_a.up.sql").as_deref(), Some("db/1_a.down.sql"));
        assert_eq!((reverse_of("backup.sql"), reverse_of("db/1_a.sql")), (None, None));
    }
}
