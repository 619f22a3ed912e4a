//! `deckhand migrations`: what is unsafe in migrations, with the lock that is taken and the way that blocks nobody.

use super::commands::Subcommand;
use super::common::{Common, Printed};
use super::failure::{Failure, Status};
use super::format::{Format, Report, Texts, lines_of, render};
use super::terminal::{note, print_result};
use crate::analysis::migrations::{
    CheckOptions, Finding as Danger, Framework, Hazard, Level, RuleName, Span, check, find_migration,
    is_migration_path, settings_of, transaction_in_settings,
};
use crate::git::Repository;
use crate::model::{CommitId, Conclusion, Finding, Fingerprint, Place, RepoPath, Settings, Severity, Side, Verdict};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Say what is unsafe in these migrations: which lock, what waits for it, and the way that blocks nobody
///
/// Reads SQL (Flyway, goose, dbmate, Prisma, Diesel, sqlx, Liquibase) and the migrations of Django, Alembic, Rails,
/// Ecto, Knex, TypeORM, Sequelize and Kysely, without running them. PostgreSQL is assumed. Without a FILE every migration of this repository is read.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  deckhand migrations                               every migration of this repository
  deckhand migrations db/migrate/20240101_x.rb      one of them
  deckhand migrations --style migrations/           a directory, with matters of style
  deckhand migrations --format json | jq .findings  for a program

Exit status: 0 nothing is unsafe; 1 something is; 2 a file cannot be found.")]
pub(super) struct Migrations {
    /// Migrations, or directories that hold some [default: those of this repository]
    #[arg(value_name = "FILE", value_hint = clap::ValueHint::AnyPath)]
    files: Vec<PathBuf>,
    /// Also say what is only a matter of style
    #[arg(long)]
    style: bool,
    /// The tool that runs them, where names and marks do not tell
    #[arg(long, value_name = "TOOL", value_parser = read_framework)]
    framework: Option<Framework>,
    /// The tool runs each file in a transaction
    #[arg(long, conflicts_with = "no_transaction")]
    in_transaction: bool,
    /// The tool runs each file without a transaction
    #[arg(long)]
    no_transaction: bool,
}

fn read_framework(word: &str) -> Result<Framework, String> {
    let known = Framework::ALL.into_iter().find(|framework| framework.as_str() == word);
    known.ok_or_else(|| format!("use one of {}", Framework::ALL.map(Framework::as_str).join(", ")))
}

impl Subcommand for Migrations {
    const NAME: &'static str = "migrations";

    fn formats(&self) -> &'static [Printed] {
        Printed::FINDINGS
    }

    fn run(self, common: &Common) -> Result<Status, Failure> {
        let files = self.find()?;
        let mut read = Read::default();
        for file in &files {
            self.check(common, file, &mut read)?;
        }
        if read.checked == 0 {
            note(common, "no migrations here: name a FILE, or the tool that runs it with --framework");
        }
        let out = match common.format() {
            Format::Json => format!("{:#}\n", render_json(&read.found)),
            format => {
                let verdict = build_verdict(&read.found);
                let dangerfile = RepoPath::new("dangerfile.lua");
                let report = Report { verdict: &verdict, dangerfile: &dangerfile, texts: &read, quiet: true };
                let mut out = render(format, &report);
                if format == Format::Text && !common.quiet {
                    out.push_str(&summary(&read));
                }
                out
            }
        };
        print_result(common, &out)?;
        let blocked = read.found.iter().any(|(_, danger)| danger.rule.level() == Level::Unsafe);
        Ok(if blocked { Status::Blocked } else { Status::Fine })
    }
}

/// What was read and found.
#[derive(Default)]
struct Read {
    checked: usize,
    found: Vec<(RepoPath, Danger)>,
    texts: BTreeMap<RepoPath, String>,
}

impl Migrations {
    /// The files to read. A directory stands for the migrations in it.
    fn find(&self) -> Result<Vec<PathBuf>, Failure> {
        let mut files = Vec::new();
        if self.files.is_empty() {
            let here = std::env::current_dir()
                .map_err(|error| Failure::usage(format!("the current directory cannot be read: {error}")))?;
            let repository = Repository::open(&here)?;
            let top = repository.top().ok_or_else(|| {
                Failure::usage("there is no working tree here: name the files, `deckhand migrations FILE..`")
            })?;
            collect(top, &mut files, &here)?;
        }
        for file in &self.files {
            if file.is_dir() {
                collect(file, &mut files, Path::new(""))?;
            } else {
                files.push(file.clone());
            }
        }
        files.sort();
        files.dedup();
        Ok(files)
    }

    /// What the file of settings beside a migration says about its transaction.
    fn transaction_beside(&self, file: &Path, path: &RepoPath, text: &str) -> Option<bool> {
        let found = find_migration(path.as_str(), text).map(|migration| migration.framework);
        let settings = settings_of(path.as_str(), self.framework.or(found)?)?;
        let name = settings.rsplit('/').next().unwrap_or_default();
        transaction_in_settings(&std::fs::read_to_string(file.with_file_name(name)).ok()?)
    }

    fn check(&self, common: &Common, file: &Path, read: &mut Read) -> Result<(), Failure> {
        let path = RepoPath::new(file.to_string_lossy().trim_start_matches("./"));
        let bytes = std::fs::read(file)
            .map_err(|error| Failure::usage(format!("{} cannot be read: {error}", file.display())))?;
        let Ok(text) = String::from_utf8(bytes) else {
            read.checked += 1;
            read.found.push((path, not_text()));
            return Ok(());
        };
        let options = CheckOptions {
            style: self.style,
            framework: self.framework,
            in_transaction: match (self.in_transaction, self.no_transaction) {
                (true, _) => Some(true),
                (_, true) => Some(false),
                (false, false) => self.transaction_beside(file, &path, &text),
            },
            ..CheckOptions::default()
        };
        match check(path.as_str(), &text, &options) {
            Some(found) => {
                read.checked += 1;
                read.found.extend(found.into_iter().map(|danger| (path.clone(), danger)));
                read.texts.insert(path, text);
            }
            None if self.files.iter().any(|named| named == file) => {
                note(common, &format!("{path} is not a migration that goes forward; it was passed over"));
            }
            None => {}
        }
        Ok(())
    }
}

/// The migrations under a directory, by their paths; named from `from` where they lie below it.
fn collect(directory: &Path, files: &mut Vec<PathBuf>, from: &Path) -> Result<(), Failure> {
    let unreadable = |error: std::io::Error| Failure::usage(format!("{} cannot be read: {error}", directory.display()));
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(unreadable)? {
        entries.push(entry.map_err(unreadable)?.path());
    }
    entries.sort();
    for path in entries {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if path.is_symlink() || name.starts_with('.') {
            continue;
        }
        if path.is_dir() {
            if !matches!(name.as_str(), "node_modules" | "target" | "vendor" | "venv") {
                collect(&path, files, from)?;
            }
        } else if is_migration_path(&path.to_string_lossy()) {
            files.push(path.strip_prefix(from).map_or_else(|_| path.clone(), Path::to_owned));
        }
    }
    Ok(())
}

fn not_text() -> Danger {
    Danger {
        span: Span { line: 1, column: 1, end_line: 1 },
        rule: RuleName::Hazard(Hazard::Unreadable),
        message: "This file is not UTF-8 text, so it was not read; save it as UTF-8.".to_owned(),
        help: None,
        suggestion: None,
    }
}

/// The contract's JSON, version 1.
fn render_json(found: &[(RepoPath, Danger)]) -> Json {
    let one = |(path, danger): &(RepoPath, Danger)| {
        let mut members = Map::new();
        members.insert("path".to_owned(), json!(path.as_str()));
        members.insert("line".to_owned(), json!(danger.span.line));
        members.insert("column".to_owned(), json!(danger.span.column));
        members.insert("rule".to_owned(), json!(danger.rule.as_str()));
        members.insert("level".to_owned(), json!(danger.rule.level().as_str()));
        members.insert("message".to_owned(), json!(danger.message));
        if let Some(help) = &danger.help {
            members.insert("help".to_owned(), json!(help));
        }
        if let Some(suggestion) = &danger.suggestion {
            members.insert("suggestion".to_owned(), json!(suggestion));
        }
        Json::Object(members)
    };
    let mut sorted: Vec<&(RepoPath, Danger)> = found.iter().collect();
    sorted.sort_by_key(|(path, danger)| (path.as_str(), danger.span.line, danger.rule.as_str()));
    json!({ "version": 1, "findings": sorted.into_iter().map(one).collect::<Vec<Json>>() })
}

/// The findings as those of a verdict, so that every format can print them.
fn build_verdict(found: &[(RepoPath, Danger)]) -> Verdict {
    let finding = |(at, (path, danger)): (usize, &(RepoPath, Danger))| {
        let blocking = danger.rule.level() == Level::Unsafe;
        let help = danger.help.as_ref().map(|help| format!("\n\n{help}")).unwrap_or_default();
        Finding {
            rule: danger.rule.as_str().to_owned(),
            severity: if blocking { Severity::Fail } else { Severity::Warn },
            blocking,
            message: format!("{}{help}", danger.message),
            place: Some(Place {
                path: path.clone(),
                line: Some(danger.span.line),
                end_line: Some(danger.span.end_line),
                side: Side::Right,
            }),
            suggestion: danger.suggestion.clone(),
            fix: BTreeMap::new(),
            hide_source: false,
            fingerprint: Fingerprint(format!("{at:016x}")),
            overridden: None,
        }
    };
    let mut findings: Vec<Finding> = found.iter().enumerate().map(finding).collect();
    findings.sort_by(|left, right| (&left.place, &left.rule).cmp(&(&right.place, &right.rule)));
    let blocked = findings.iter().any(|finding| finding.blocking);
    let commit = CommitId::new(&"0".repeat(40)).expect("forty zeros are a commit id");
    Verdict {
        conclusion: if blocked { Conclusion::Failure } else { Conclusion::Success },
        head: commit.clone(),
        base: commit,
        findings,
        faults: Vec::new(),
        effects: Vec::new(),
        rules: Vec::new(),
        settings: Settings::default(),
        log: Vec::new(),
        preview: None,
        notes: Vec::new(),
    }
}

fn summary(read: &Read) -> String {
    let count = |level| read.found.iter().filter(|(_, danger)| danger.rule.level() == level).count();
    let counted = |number: usize, word: &str| format!("{number} {word}{}", if number == 1 { "" } else { "s" });
    let style = match count(Level::Style) {
        0 => String::new(),
        number => format!(", {}", counted(number, "matter") + " of style"),
    };
    format!("{}: {}{style}\n", counted(read.checked, "migration"), counted(count(Level::Unsafe), "unsafe step"))
}

impl Texts for Read {
    fn lines(&self, _side: Side, path: &RepoPath, first: u32, last: u32) -> Option<Vec<String>> {
        self.texts.get(path).map(|text| lines_of(text, first, last))
    }

    fn script_line(&self, _path: &RepoPath, _line: u32) -> Option<String> {
        None
    }
}
