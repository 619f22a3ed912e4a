//! The table of rules that `init` may write: a line a rule, with the repositories it suits and the forms it is tried in.

use super::look::Look;
use crate::lua::find_builtin;

/// A rule that may suit.
pub(super) struct Candidate {
    /// The built-in rule.
    pub(super) name: &'static str,
    /// The forms in which it is tried, strictest first, or why it does not suit.
    pub(super) forms: fn(&Look) -> Result<Vec<Form>, String>,
}

/// The options of one form, as they stand between the braces.
pub(super) type Form = String;

/// In the order in which they are written. A rule that this version does not have is passed over.
#[rustfmt::skip]
const CANDIDATES: &[Candidate] = &[
    Candidate { name: "work_in_progress", forms: |_| Ok(forms(&[""])) },
    Candidate { name: "conflict_markers", forms: |_| Ok(forms(&["", WARN])) },
    Candidate { name: "secrets", forms: |_| Ok(forms(&["", WARN])) },
    Candidate { name: "large_files", forms: |_| Ok(forms(&["", "max_kib = 5120", WARN])) },
    Candidate { name: "lockfile", forms: |look| suits(!look.lockfiles.is_empty(), "there is no lockfile", &["", WARN]) },
    Candidate { name: "changelog", forms: changelog },
    Candidate { name: "migration_safety", forms: migration_safety },
    Candidate { name: "missing_tests", forms: |look| suits(!look.tests.is_empty(), "there are no tests", &[""]) },
    Candidate { name: "leftovers", forms: |_| Ok(forms(&[""])) },
    Candidate { name: "pinned_actions", forms: |look| suits(!look.workflows.is_empty() || !look.actions.is_empty(), "there are neither workflows nor actions", &[""]) },
    Candidate { name: "code_owners", forms: |look| suits(look.owners.is_some(), "there is no CODEOWNERS file", &[""]) },
    Candidate { name: "feature_flag", forms: |look| suits(look.flags.is_some(), "there is no file of feature flags", &[""]) },
    Candidate { name: "commit_messages", forms: commit_messages },
    Candidate { name: "pr_size", forms: |_| Ok(forms(&["", "max_lines = 800", "max_lines = 1500"])) },
    Candidate { name: "pr_description", forms: |_| Ok(forms(&[""])) },
];

const WARN: &str = "severity = \"warn\"";

/// Of the commits that are no merges, so many in a hundred must be conventional for the rule to ask for it.
const CONVENTIONAL_PERCENT: usize = 90;

/// The candidates that this version has as built-in rules.
pub(super) fn candidates() -> impl Iterator<Item = &'static Candidate> {
    CANDIDATES.iter().filter(|candidate| find_builtin(candidate.name).is_some())
}

fn forms(list: &[&str]) -> Vec<Form> {
    list.iter().map(|form| (*form).to_owned()).collect()
}

fn suits(it_does: bool, otherwise: &str, list: &[&str]) -> Result<Vec<Form>, String> {
    if it_does { Ok(forms(list)) } else { Err(otherwise.to_owned()) }
}

fn changelog(look: &Look) -> Result<Vec<Form>, String> {
    // One changelog is named, which makes the message clearer; of several, and of fragments, any counts.
    let path = match (look.changelogs.as_slice(), &look.fragment) {
        ([], None) => return Err("there is no changelog".to_owned()),
        ([only], None) => format!("path = \"{}\"", only.replace('\\', "\\\\").replace('"', "\\\"")),
        _ => String::new(),
    };
    let comma = if path.is_empty() { "" } else { ", " };
    Ok(vec![path.clone(), format!("{path}{comma}{WARN}")])
}

fn migration_safety(look: &Look) -> Result<Vec<Form>, String> {
    match &look.other_database {
        _ if look.migrations.is_empty() => Err("there are no migrations".to_owned()),
        Some(other) => Err(format!("it knows what PostgreSQL does, and {} names {}", other.file, other.name)),
        None => Ok(forms(&["", WARN])),
    }
}

fn commit_messages(look: &Look) -> Result<Vec<Form>, String> {
    let is_habit = look.subjects > 0 && look.conventional * 100 >= look.subjects * CONVENTIONAL_PERCENT;
    Ok(forms(if is_habit { &["conventional = true", "", "max_subject = 100"] } else { &["", "max_subject = 100"] }))
}

#[cfg(test)]
mod tests {
    use super::super::choose::render_use;
    use super::*;
    use crate::cli::cases::{CaseResult, parse_cases, run_case};
    use crate::cli::init::database::OtherDatabase;
    use crate::lua::{builtin_rules, is_planned_rule, rule_metadata};

    /// Rules that need more than a look at the repository: a report, a server, a decision of the team.
    const NEVER: [&str; 6] =
        ["auto_merge", "bump_downstream", "deploy_gate", "diff_coverage", "flaky_tests", "lint_report"];

    #[test]
    fn every_built_in_rule_is_a_candidate_or_left_out_on_purpose() {
        for rule in builtin_rules() {
            let is_candidate = CANDIDATES.iter().any(|candidate| candidate.name == rule.name);
            assert!(is_candidate != NEVER.contains(&rule.name), "{}: add its line to CANDIDATES", rule.name);
        }
        for candidate in CANDIDATES {
            let known = find_builtin(candidate.name).is_some() || is_planned_rule(candidate.name);
            assert!(known, "{} is no rule", candidate.name);
        }
    }

    /// A repository that every rule suits.
    fn everything() -> Look {
        Look {
            changelogs: vec!["odd\"name\\CHANGES".to_owned()],
            subjects: 10,
            conventional: 9,
            lockfiles: vec!["Cargo.lock".to_owned()],
            migrations: vec!["a.sql".to_owned()],
            tests: vec!["t".to_owned()],
            workflows: vec!["w".to_owned()],
            actions: vec!["action.yml".to_owned()],
            owners: Some("CODEOWNERS".to_owned()),
            flags: Some("flags.yml".to_owned()),
            ..Look::default()
        }
    }

    #[test]
    fn no_two_rules_speak_of_one_line() {
        let look = everything();
        let uses = candidates().map(|it| render_use(it.name, &(it.forms)(&look).expect("it suits")[0]));
        let focused = [
            ("test/a.test.ts", "it.only('adds', f);"),
            ("test/b.test.ts", "describe.sequential.only('adds', f);"),
            ("test/c.spec.ts", "fdescribe('adds', f);"),
            ("test/d-spec.ts", "test.describe.parallel.only('adds', f);"),
            ("spec/a_spec.rb", "fit 'adds' do"),
            ("spec/b_spec.rb", "it 'adds', focus: true do"),
            ("a/a_test.go", "FIt(\"adds\", f)"),
            ("tests/CartTest.php", "it('adds', f)->only();"),
            ("test/cart_test.exs", "@tag :focus"),
        ];
        let patch = |path: &str, line: &str| format!("--- a/{path}\n+++ b/{path}\n@@ -1 +1,2 @@\n f = 1\n+{line}\n");
        let patches: String = focused.iter().map(|(path, line)| patch(path, line)).collect();
        let mut found: Vec<String> = focused.iter().map(|(path, _)| format!("{path}:2 warn leftovers\n")).collect();
        found.sort();
        let text = format!(
            "## A focused test\n\n```lua\n{}```\n\n```pr\ntitle: test: try sums\nbody: Sums are tried with more numbers than before.\n\n{patches}```\n\n```findings\n{}```\n",
            uses.collect::<String>(),
            found.concat(),
        );
        let cases = parse_cases(&text).expect("a case");
        assert_eq!(run_case(&cases[0], ""), CaseResult::Passed);
    }

    #[test]
    fn forms_name_options_that_exist() {
        let look = everything();
        for candidate in candidates() {
            let options = rule_metadata(candidate.name).expect("it is built in").all_options();
            for form in (candidate.forms)(&look).expect("the repository has everything") {
                for part in form.split(", ").filter(|part| !part.is_empty()) {
                    let name = part.split(" = ").next().unwrap_or_default();
                    assert!(options.iter().any(|option| option.name == name), "{}: {name}", candidate.name);
                }
            }
        }
        assert_eq!(
            changelog(&look),
            Ok(vec![
                "path = \"odd\\\"name\\\\CHANGES\"".to_owned(),
                "path = \"odd\\\"name\\\\CHANGES\", severity = \"warn\"".to_owned(),
            ])
        );
        assert!(changelog(&Look::default()).is_err());
        let other = OtherDatabase { name: "SQLite", file: "Gemfile".to_owned() };
        let look = Look { other_database: Some(other), ..look };
        assert_eq!(migration_safety(&look), Err("it knows what PostgreSQL does, and Gemfile names SQLite".to_owned()));
    }
}
