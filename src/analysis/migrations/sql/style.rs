//! Matters of style: what squawk's own rules say, for those that are no danger.

use super::super::lines::Lines;
use super::super::step::Span;
use squawk_linter::{Linter, LinterSettings, Rule};
use squawk_syntax::{Parse, SourceFile};

/// What squawk said, under our name for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct StyleFinding {
    pub(in super::super) span: Span,
    pub(in super::super) name: &'static str,
    pub(in super::super) message: String,
    pub(in super::super) help: Option<String>,
}

/// Squawk's rules that are matters of style here, each with our name.
const RULES: [(Rule, &str); 14] = [
    (Rule::RequireLockTimeout, "require-lock-timeout"),
    (Rule::RequireStatementTimeout, "require-statement-timeout"),
    (Rule::PreferBigintOverInt, "prefer-bigint-over-int"),
    (Rule::PreferBigintOverSmallint, "prefer-bigint-over-smallint"),
    (Rule::PreferIdentity, "prefer-identity"),
    (Rule::PreferRobustStmts, "prefer-robust-stmts"),
    (Rule::PreferTextField, "prefer-text-field"),
    (Rule::PreferTimestampTz, "timestamp-without-tz"),
    (Rule::BanCharField, "ban-char-field"),
    (Rule::BanCreateDomainWithConstraint, "domain-constraint"),
    (Rule::IdentifierTooLong, "identifier-too-long"),
    (Rule::RequireEnumValueOrdering, "require-enum-value-ordering"),
    (Rule::BanDuplicateColumnAssignments, "duplicate-column-assignment"),
    (Rule::BanAlterIdentity, "alter-identity"),
];

/// The style name of one of our own or of squawk's, for comments that allow it.
pub(in super::super) fn find_style(name: &str) -> Option<&'static str> {
    let known = RULES.iter().find(|(rule, ours)| *ours == name || rule.to_string() == name);
    known.map(|(_, ours)| *ours)
}

/// Runs squawk's rules of style. Its own comments that ignore rules count.
pub(super) fn run_style(parse: &Parse<SourceFile>, text: &str, lines: &Lines<'_>) -> Vec<StyleFinding> {
    let mut linter = Linter::from(RULES.map(|(rule, _)| rule));
    linter.settings = LinterSettings::default();
    let found = linter.lint(parse, text);
    let ours = |rule: Rule| RULES.iter().find(|(known, _)| *known == rule).map(|(_, name)| *name);
    let finding = |violation: squawk_linter::Violation| {
        let range = violation.text_range;
        Some(StyleFinding {
            span: lines.span(range.start().into(), range.end().into()),
            name: ours(violation.code)?,
            message: violation.message,
            help: violation.help,
        })
    };
    found.into_iter().filter_map(finding).collect()
}
