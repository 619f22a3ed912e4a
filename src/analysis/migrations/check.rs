//! A file into findings.

use super::advice::advice_of;
use super::changesets::{split_into_changesets, with_semicolons};
use super::convention::{Transaction, find_migration, is_path_of_another_database};
use super::effects::is_refused_in_transaction;
use super::finding::{Finding, RuleName};
use super::framework::{Dialect, Framework};
use super::frameworks::read_framework;
use super::halves::forward_half;
use super::hazard::Hazard;
use super::judge::{Danger, Setting, judge};
use super::lines::Lines;
use super::mistaken::settle;
use super::placeholders::{Filled, fill};
use super::psql;
use super::sql::{Problem, is_of_another_database, read_sql};
use super::step::{Edit, Operation, Span, Step};
use super::suppress::{Ignores, Word};
use super::words::message_of;

/// How to check.
#[derive(Clone, Debug, Default)]
pub struct CheckOptions {
    /// Also matters of style.
    pub style: bool,
    /// The tool, where the convention does not say it or says it wrong.
    pub framework: Option<Framework>,
    /// Whether the tool runs the file in a transaction, where that cannot be told.
    pub in_transaction: Option<bool>,
    /// What migrations before this one did.
    pub before: Before,
}

/// What migrations before one did, in order.
#[derive(Clone, Debug, Default)]
pub struct Before {
    /// Those that databases have run: their tables are in use.
    pub merged: Vec<Step>,
    /// Those that come with this one: their tables are as new as its own.
    pub together: Vec<Step>,
}

/// What is said about a file, in order of lines; `None` when it is no migration.
pub fn check(path: &str, text: &str, options: &CheckOptions) -> Option<Vec<Finding>> {
    let read = read_file(path, text, options)?;
    let mut findings = Vec::new();
    if read.other_database {
        findings.push(of_another_database());
    } else if let Some(problem) = &read.problem {
        findings.push(finding_of_problem(problem));
    }
    let setting = Setting { in_transaction: read.in_transaction, in_code: read.framework.dialect() != Dialect::Sql };
    let lines = Lines::new(text);
    for danger in judge(&read.steps, setting, &options.before) {
        findings.push(finding_of(&danger, &read, path, text, &lines));
    }
    findings.extend(read.style.iter().cloned());
    if let Some(filled) = &read.filled {
        findings.iter_mut().for_each(|finding| filled.restore(finding));
    }
    let ignores = Ignores::of(text, read.framework.dialect());
    findings.retain_mut(|finding| match ignores.word_on(finding) {
        Word::Nothing => true,
        Word::Allowed => false,
        Word::WithoutReason => {
            let note = format!(
                "The comment that allows this gives no reason: write `deckhand-ignore {}: why`.",
                finding.rule.as_str()
            );
            finding.help = Some(finding.help.take().map_or(note.clone(), |help| format!("{note} {help}")));
            true
        }
    });
    findings.retain(|finding| options.style || finding.rule.is_always_said());
    findings.sort_by(|left, right| (left.span.line, left.rule.as_str()).cmp(&(right.span.line, right.rule.as_str())));
    // One operation of Django's may do the same to several tables; a helper that is called for each of them is one line.
    let each = read.framework == Framework::Django;
    let helper = RuleName::Hazard(Hazard::UnbatchedBackfill);
    findings.dedup_by(|left, right| {
        let same = !each || left.rule == helper || left.message == right.message;
        left.span == right.span && left.rule == right.rule && same
    });
    Some(findings)
}

/// What a file does; `None` when it is no migration.
pub fn read_steps(path: &str, text: &str) -> Option<Vec<Step>> {
    read_steps_as(path, text, None)
}

/// What a file of a given tool does.
pub fn read_steps_as(path: &str, text: &str, framework: Option<Framework>) -> Option<Vec<Step>> {
    read_file(path, text, &CheckOptions { framework, ..CheckOptions::default() }).map(|read| read.steps)
}

struct ReadFile<'a> {
    framework: Framework,
    in_transaction: bool,
    steps: Vec<Step>,
    problem: Option<Problem>,
    style: Vec<Finding>,
    /// The text that was read, where placeholders may have been filled.
    filled: Option<Filled<'a>>,
    /// Whether it is plainly written for another database, so that it has no steps.
    other_database: bool,
}

fn read_file<'a>(path: &str, text: &'a str, options: &CheckOptions) -> Option<ReadFile<'a>> {
    let migration = find_migration(path, text);
    let framework = options.framework.or(migration.map(|migration| migration.framework))?;
    let transaction = migration.map_or(Transaction::None, |migration| migration.transaction);
    if options.framework.is_none() && is_path_of_another_database(path) {
        return Some(ReadFile {
            framework,
            in_transaction: false,
            steps: Vec::new(),
            problem: None,
            style: Vec::new(),
            filled: None,
            other_database: true,
        });
    }
    if framework.dialect() != Dialect::Sql {
        let read = read_framework(framework, path, text, &options.before);
        let in_transaction = options.in_transaction.unwrap_or(transaction == Transaction::Whole);
        return Some(ReadFile {
            framework,
            in_transaction,
            steps: read.steps,
            problem: read.problem,
            style: Vec::new(),
            filled: None,
            other_database: false,
        });
    }
    let half = forward_half(path, framework, text);
    let half = if framework == Framework::Liquibase { with_semicolons(half) } else { half };
    let (sql, commands) = psql::take_commands(half);
    let filled = fill(sql, framework == Framework::Sql);
    let lines = Lines::new(text);
    let mut read = read_sql(&filled.text, &lines, options.style, false);
    read.steps = psql::tell(read.steps, &commands, &lines);
    settle(&mut read.steps, &options.before);
    let broken = read.problem.as_ref().is_some_and(|problem| problem.syntax);
    let other_database = is_of_another_database(&filled.text, broken);
    if other_database {
        (read.steps, read.style) = (Vec::new(), Vec::new());
    }
    let in_transaction =
        options.in_transaction.unwrap_or_else(|| shares_transaction(transaction, &read.steps, read.statements));
    if let Some(first) = read.steps.first().filter(|_| lacks_way_back(framework, text)) {
        let what = "the half that goes forward".to_owned();
        read.steps.push(Step::new(first.span, Operation::Irreversible { what }));
    }
    if framework == Framework::Liquibase {
        read.steps = split_into_changesets(text, read.steps);
    }
    let style = read.style.into_iter().map(|style| Finding {
        span: style.span,
        rule: RuleName::Style(style.name),
        message: style.message,
        help: style.help,
        suggestion: None,
    });
    let style = style.collect();
    let (steps, problem, filled) = (read.steps, read.problem, Some(filled));
    Some(ReadFile { framework, in_transaction, style, steps, problem, filled, other_database })
}

/// Whether a tool whose files hold both directions got one only.
fn lacks_way_back(framework: Framework, text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    match framework {
        Framework::Goose => !lower.contains("+goose down"),
        Framework::Dbmate => !lower.contains("migrate:down"),
        _ => false,
    }
}

fn shares_transaction(transaction: Transaction, steps: &[Step], statements: usize) -> bool {
    match transaction {
        Transaction::Whole => true,
        Transaction::None => false,
        Transaction::UnlessSingle => statements > 1,
        Transaction::UnlessRefused => {
            let refused = steps.iter().filter(|step| makes_tools_leave(&step.operation)).count();
            refused == 0 || refused < statements
        }
    }
}

/// Whether a tool that looks runs the statement outside of a transaction. None looks into the bodies of blocks.
fn makes_tools_leave(operation: &Operation) -> bool {
    is_refused_in_transaction(operation) && *operation != Operation::OutsideTransaction { statement: "COMMIT" }
}

fn of_another_database() -> Finding {
    Finding {
        span: Span { line: 1, column: 1, end_line: 1 },
        rule: RuleName::Hazard(Hazard::OtherDatabase),
        message: "This file is not written for PostgreSQL, so what it locks was not judged.".to_owned(),
        help: None,
        suggestion: None,
    }
}

fn finding_of_problem(problem: &Problem) -> Finding {
    let hazard = if problem.syntax { Hazard::SyntaxError } else { Hazard::Unreadable };
    let message = &problem.message;
    let mut letters = message.chars();
    let message =
        letters.next().map(|first| format!("{}{}.", first.to_uppercase(), letters.as_str().trim_end_matches('.')));
    Finding {
        span: problem.span,
        rule: RuleName::Hazard(hazard),
        message: message.unwrap_or_default(),
        help: None,
        suggestion: None,
    }
}

fn finding_of(danger: &Danger<'_>, read: &ReadFile<'_>, path: &str, text: &str, lines: &Lines<'_>) -> Finding {
    let (span, framework) = (danger.step.span, read.framework);
    let mended = danger
        .step
        .edit
        .as_ref()
        .filter(|_| !danger.partitioned && is_mended_by_edit(danger.hazard, read.in_transaction));
    Finding {
        span,
        rule: RuleName::Hazard(danger.name()),
        message: message_of(danger, framework),
        help: advice_of(danger, framework, path),
        suggestion: mended.and_then(|edit| apply(edit, span, text, lines)),
    }
}

/// The dangers that the edit of a step removes.
fn is_mended_by_edit(hazard: Hazard, in_transaction: bool) -> bool {
    match hazard {
        Hazard::ForeignKeyScan | Hazard::CheckScan | Hazard::JsonColumn => true,
        Hazard::IndexNotConcurrent
        | Hazard::DropIndexNotConcurrent
        | Hazard::ReindexNotConcurrent
        | Hazard::DetachPartition => !in_transaction,
        _ => false,
    }
}

/// Lines that are longer together are not offered in another form.
const MAX_SUGGESTION_BYTES: usize = 10_000;

fn apply(edit: &Edit, span: Span, text: &str, lines: &Lines<'_>) -> Option<String> {
    let (start, end) = lines.range_of(span.line, span.end_line)?;
    let (start, end) = (start.min(edit.start), end.max(edit.end));
    // Of many statements on one line each would offer all of them again.
    if end - start > MAX_SUGGESTION_BYTES {
        return None;
    }
    if lines.span(edit.start, edit.end.max(edit.start + 1)).line < span.line || edit.end > end {
        return None;
    }
    let before = text.get(start..edit.start)?;
    let after = text.get(edit.end..end)?;
    Some(format!("{before}{}{after}", edit.text))
}
