//! The built-in rules: one line a rule, sorted; a test compares the list with the directory `rules/`.

/// A built-in rule's three files.
#[derive(Clone, Copy, Debug)]
pub struct BuiltinRule {
    /// Its name, which is the stem of its files.
    pub name: &'static str,
    /// `rules/<name>.lua`
    pub source: &'static str,
    /// `rules/<name>.md`
    pub page: &'static str,
    /// `rules/<name>.cases.md`
    pub cases: &'static str,
}

macro_rules! rule {
    ($name:literal) => {
        BuiltinRule {
            name: $name,
            source: include_str!(concat!("../../rules/", $name, ".lua")),
            page: include_str!(concat!("../../rules/", $name, ".md")),
            cases: include_str!(concat!("../../rules/", $name, ".cases.md")),
        }
    };
}

#[rustfmt::skip]
const RULES: &[BuiltinRule] = &[
    rule!("changelog"),
    rule!("code_owners"),
    rule!("commit_messages"),
    rule!("conflict_markers"),
    rule!("diff_coverage"),
    rule!("feature_flag"),
    rule!("large_files"),
    rule!("leftovers"),
    rule!("lint_report"),
    rule!("lockfile"),
    rule!("migration_safety"),
    rule!("missing_tests"),
    rule!("pinned_actions"),
    rule!("pr_description"),
    rule!("pr_size"),
    rule!("secrets"),
    rule!("work_in_progress"),
];

/// Names of the contract that are not built yet: using one is a load error that says so.
pub(super) const LATER: &[&str] = &["auto_merge", "bump_downstream", "deploy_gate", "flaky_tests"];

/// All of them, by name.
pub fn builtin_rules() -> &'static [BuiltinRule] {
    RULES
}

/// Whether a later version brings a rule of that name.
pub fn is_planned_rule(name: &str) -> bool {
    LATER.contains(&name)
}

/// The rule of that name.
pub fn find_builtin(name: &str) -> Option<&'static BuiltinRule> {
    RULES.iter().find(|rule| rule.name == name)
}
