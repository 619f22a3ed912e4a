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
use crate::git::{GitError, Repository};
use crate::model::{CommitId, Conclusion, Finding, Place, RepoPath, Severity, Side, Verdict};
use crate::review::Fingerprints;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use std::os::unix::ffi::OsStrExt;
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
        let here = std::env::current_dir()
            .map_err(|error| Failure::usage(format!("the current directory cannot be read: {error}")))?;
        let repository = Repository::open(&here);
        let head = repository.as_ref().ok().and_then(Repository::head).cloned();
        let mut read = Read::default();
        for (path, source) in self.find(repository)? {
            self.check(common, path, &source, &mut read)?;
        }
        if read.checked == 0 {
            note(common, "no migrations here: name a FILE, or the tool that runs it with --framework");
        }
        read.found.sort_by(|(left, one), (right, other)| {
            let key = |danger: &Danger| (danger.span.line, danger.rule.as_str());
            left.cmp(right).then_with(|| key(one).cmp(&key(other)))
        });
        let out = match common.format() {
            Format::Json => format!("{:#}\n", render_json(&read.found)),
            format => {
                let compares = head.is_some();
                let verdict = build_verdict(&read, head);
                let dangerfile = RepoPath::new("dangerfile.lua");
                let report = Report { verdict: &verdict, dangerfile: &dangerfile, texts: &read, quiet: true, compares };
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

/// A file to read.
struct Source {
    file: PathBuf,
    /// Whether it was named itself, and not a directory above it.
    named: bool,
}

impl Migrations {
    /// The files to read, by the paths under which findings are shown. A directory stands for the migrations in it.
    fn find(&self, repository: Result<Repository, GitError>) -> Result<BTreeMap<RepoPath, Source>, Failure> {
        let mut files = BTreeMap::new();
        if self.files.is_empty() {
            let repository = repository?;
            let top = repository.top().ok_or_else(|| {
                Failure::usage("there is no working tree here: name the files, `deckhand migrations FILE..`")
            })?;
            collect(top, &Names::within(Some(top)), &mut files)?;
            return Ok(files);
        }
        let names = Names::within(repository.as_ref().ok().and_then(Repository::top));
        for file in self.files.iter().filter(|file| file.is_dir()) {
            collect(file, &names, &mut files)?;
        }
        for file in self.files.iter().filter(|file| !file.is_dir()) {
            files.insert(names.of(file), Source { file: file.clone(), named: true });
        }
        Ok(files)
    }

    /// What the file of settings beside a migration says about its transaction.
    fn transaction_beside(&self, file: &Path, path: &RepoPath, text: &str) -> Option<bool> {
        let found = find_migration(path.as_str(), text).map(|migration| migration.framework);
        let settings = settings_of(path.as_str(), self.framework.or(found)?)?;
        let name = settings.rsplit('/').next().unwrap_or_default();
        transaction_in_settings(&std::fs::read_to_string(file.with_file_name(name)).ok()?)
    }

    fn check(&self, common: &Common, path: RepoPath, source: &Source, read: &mut Read) -> Result<(), Failure> {
        let bytes = std::fs::read(&source.file)
            .map_err(|error| Failure::usage(format!("{} cannot be read: {error}", source.file.display())))?;
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
                (false, false) => self.transaction_beside(&source.file, &path, &text),
            },
            ..CheckOptions::default()
        };
        match check(path.as_str(), &text, &options) {
            Some(found) => {
                read.checked += 1;
                read.found.extend(found.into_iter().map(|danger| (path.clone(), danger)));
                read.texts.insert(path, text);
            }
            None if source.named => {
                note(common, &format!("{path} is not a migration that goes forward; it was passed over"));
            }
            None => {}
        }
        Ok(())
    }
}

/// How files are called: from the top of the repository around, so that annotations and alerts find them wherever the
/// command was started. A file of no repository is called as it was named.
struct Names {
    top: Option<PathBuf>,
}

impl Names {
    fn within(top: Option<&Path>) -> Self {
        Names { top: top.and_then(|top| top.canonicalize().ok()) }
    }

    fn of(&self, file: &Path) -> RepoPath {
        let inside = || {
            let directory = file.parent().filter(|directory| !directory.as_os_str().is_empty());
            let full = directory.unwrap_or(Path::new(".")).canonicalize().ok()?.join(file.file_name()?);
            full.strip_prefix(self.top.as_deref()?).ok().map(Path::to_owned)
        };
        let path = inside().unwrap_or_else(|| file.strip_prefix(".").unwrap_or(file).to_owned());
        RepoPath::from_bytes(path.as_os_str().as_bytes())
    }
}

/// The migrations under a directory.
fn collect(directory: &Path, names: &Names, files: &mut BTreeMap<RepoPath, Source>) -> Result<(), Failure> {
    let unreadable = |error: std::io::Error| Failure::usage(format!("{} cannot be read: {error}", directory.display()));
    for entry in std::fs::read_dir(directory).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if file.is_symlink() || name.starts_with('.') {
            continue;
        }
        if file.is_dir() {
            if !matches!(name.as_str(), "node_modules" | "target" | "vendor" | "venv") {
                collect(&file, names, files)?;
            }
            continue;
        }
        let path = names.of(&file);
        if is_migration_path(path.as_str()) {
            files.insert(path, Source { file, named: false });
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
    json!({ "version": 1, "findings": found.iter().map(one).collect::<Vec<Json>>() })
}

/// The findings as those of a verdict, so that every format can print them. `head` is the commit that is checked out.
fn build_verdict(read: &Read, head: Option<CommitId>) -> Verdict {
    let mut fingerprints = Fingerprints::default();
    let finding = |(path, danger): &(RepoPath, Danger)| {
        let (rule, line) = (danger.rule.as_str(), danger.span.line);
        let blocking = danger.rule.level() == Level::Unsafe;
        let help = danger.help.as_ref().map(|help| format!("\n\n{help}")).unwrap_or_default();
        let text = read.lines(Side::Right, path, line, line).and_then(|mut lines| lines.pop());
        Finding {
            rule: rule.to_owned(),
            severity: if blocking { Severity::Fail } else { Severity::Warn },
            blocking,
            message: format!("{}{help}", danger.message),
            place: Some(Place {
                path: path.clone(),
                line: Some(line),
                end_line: Some(danger.span.end_line),
                side: Side::Right,
            }),
            suggestion: danger.suggestion.clone(),
            fix: BTreeMap::new(),
            hide_source: false,
            fingerprint: fingerprints.take_of(rule, path.as_str(), text.as_deref(), &danger.message),
            overridden: None,
        }
    };
    let mut findings: Vec<Finding> = read.found.iter().map(finding).collect();
    findings.sort_by(|left, right| (&left.place, &left.rule).cmp(&(&right.place, &right.rule)));
    let blocked = findings.iter().any(|finding| finding.blocking);
    // What is read is the files as they lie there; git's name for no commit stands where none is checked out, unseen.
    let commit = head.unwrap_or_else(|| CommitId::new(&"0".repeat(40)).expect("forty zeros are a commit id"));
    Verdict {
        conclusion: if blocked { Conclusion::Failure } else { Conclusion::Success },
        findings,
        ..Verdict::empty(commit.clone(), commit)
    }
}

fn summary(read: &Read) -> String {
    let count = |wanted: &dyn Fn(RuleName) -> bool| read.found.iter().filter(|(_, danger)| wanted(danger.rule)).count();
    let counted = |number: usize, word: &str| format!("{number} {word}{}", if number == 1 { "" } else { "s" });
    let is_unsafe = |rule: RuleName| rule.level() == Level::Unsafe;
    let warnings = match count(&|rule| rule.is_always_said() && !is_unsafe(rule)) {
        0 => String::new(),
        number => format!(", {}", counted(number, "warning")),
    };
    let style = match count(&|rule| !rule.is_always_said()) {
        0 => String::new(),
        number => format!(", {}", counted(number, "matter") + " of style"),
    };
    let (checked, found) = (counted(read.checked, "migration"), counted(count(&is_unsafe), "unsafe step"));
    format!("{checked}: {found}{warnings}{style}\n")
}

impl Texts for Read {
    fn lines(&self, _side: Side, path: &RepoPath, first: u32, last: u32) -> Option<Vec<String>> {
        self.texts.get(path).map(|text| lines_of(text, first, last))
    }

    fn script_line(&self, _path: &RepoPath, _line: u32) -> Option<String> {
        None
    }
}
