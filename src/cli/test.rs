//! `deckhand test`: runs the cases of `*.cases.md` files.

use super::cases::{Case, CaseProblem, CaseResult, CaseRules, parse_cases, run_case_by};
use super::commands::Subcommand;
use super::common::Common;
use super::dangerfile;
use super::failure::{Failure, Status};
use super::plain;
use super::terminal::{BOLD, GREEN, RED, note, paint, print_result};
use crate::git::Repository;
use crate::lua::{builtin_rules, find_builtin, nearest};
use crate::model::RepoPath;
use std::collections::HashMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

const ENDING: &str = ".cases.md";

/// Run rule tests: the cases of *.cases.md files
///
/// A heading names a case, and fenced blocks make it up: a pull request as a diff, and the findings that are expected.
/// docs/dangerfile.md describes them.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  deckhand test                             all cases below this directory
  deckhand test rules/no_print.cases.md     the cases of one file
  deckhand test -v                          name the cases that passed, too
  deckhand test --dangerfile next.lua       cases without rules of their own, by this file

Exit status: 0 all passed; 1 a case failed; 2 a PATH holds no cases.")]
pub(super) struct Test {
    /// Files of cases, or directories to search for them [default: the current directory]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
}

impl Subcommand for Test {
    const NAME: &'static str = "test";

    fn takes_dangerfile(&self) -> bool {
        true
    }

    fn run(self, common: &Common) -> Result<Status, Failure> {
        let paths = if self.paths.is_empty() { vec![PathBuf::from(".")] } else { self.paths };
        let named = paths.into_iter().map(find_files).collect::<Result<Vec<_>, _>>()?;
        let rules = Rules::find(common)?;
        let mut tally = Tally::default();
        // How many cases a file has, by its one true path: a file is run once, however often it is named.
        let mut counts: HashMap<PathBuf, usize> = HashMap::new();
        let mut empty = Vec::new();
        for (path, files) in named {
            let mut cases = 0;
            for file in files {
                let known = file.canonicalize().unwrap_or_else(|_| file.clone());
                if !counts.contains_key(&known) {
                    let before = tally.count();
                    run_file(&file, &rules, common, &mut tally)?;
                    counts.insert(known.clone(), tally.count() - before);
                }
                cases += counts.get(&known).copied().unwrap_or_default();
            }
            if cases == 0 {
                empty.push(path.display().to_string());
            }
        }
        if tally.count() > 0 {
            let _ = writeln!(tally.out, "{} passed, {} failed", tally.passed, tally.failed);
            print_result(common, &tally.out)?;
        }
        if !empty.is_empty() {
            return Err(Failure::usage(format!(
                "no cases found in {}: a case is a heading with fenced blocks in a file that ends in {ENDING}",
                empty.join(", ")
            )));
        }
        Ok(if tally.failed == 0 { Status::Fine } else { Status::Blocked })
    }
}

/// A path that was named, with the files that it stands for.
fn find_files(path: PathBuf) -> Result<(PathBuf, Vec<PathBuf>), Failure> {
    if !path.exists() {
        return Err(Failure::usage(format!("{}: no such file or directory", path.display())));
    }
    let mut files = Vec::new();
    if path.is_dir() {
        search(&path, &mut files)?
    } else {
        files.push(path.clone())
    }
    Ok((path, files))
}

#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
    out: String,
}

impl Tally {
    fn count(&self) -> usize {
        self.passed + self.failed
    }

    fn fail(&mut self, file: &Path, line: usize, title: &str, detail: &str) {
        self.failed += 1;
        let place = plain::line(&format!("{}:{line}", file.display())).into_owned();
        let _ = writeln!(self.out, "{} {} {}", paint(RED, "failed"), paint(BOLD, &place), plain::line(title));
        for line in plain::block(detail.trim_end()).lines() {
            let line = match line.as_bytes().first() {
                Some(b'+') => paint(GREEN, line),
                Some(b'-') => paint(super::terminal::REMOVED, line),
                _ => line.to_owned(),
            };
            let _ = writeln!(self.out, "    {line}");
        }
        self.out.push('\n');
    }
}

fn run_file(file: &Path, rules: &Rules, common: &Common, tally: &mut Tally) -> Result<(), Failure> {
    let bytes =
        std::fs::read(file).map_err(|error| Failure::usage(format!("could not read {}: {error}", file.display())))?;
    let text = String::from_utf8(bytes).map_err(|_| Failure::usage(format!("{} is not UTF-8 text", file.display())))?;
    let cases = match parse_cases(&text) {
        Ok(cases) => cases,
        Err(problem) => {
            tally.fail(file, problem.line, "the file cannot be read", &problem.message);
            return Ok(());
        }
    };
    let default_rules = rules.of_file(file);
    let sources = |path: &RepoPath| read_source(&rules.root, path);
    for case in cases {
        for (line, word) in &case.others {
            let (place, word) = (format!("{}:{line}", file.display()), plain::line(word));
            let known = Case::WORDS.join(", ");
            note(common, &format!("{place}: a block `{word}` says nothing to a case, which is made of {known}"));
        }
        let result = match (&default_rules, &case.lua) {
            (Ok(rules), _) => run_case_by(&case, rules, &sources),
            (Err(_), Some(_)) => run_case_by(&case, &CaseRules::of_text(String::new()), &sources),
            (Err(message), None) => CaseResult::Broken(CaseProblem {
                line: case.line,
                message: format!("the case has no `lua` block, {message}"),
            }),
        };
        match result {
            CaseResult::Passed => {
                tally.passed += 1;
                if common.verbose {
                    let place = format!("{}:{}", file.display(), case.line);
                    let _ = writeln!(tally.out, "{} {place} {}", paint(GREEN, "passed"), plain::line(&case.name));
                }
            }
            CaseResult::Failed(difference) => {
                let detail = format!("expected -, found +\n{difference}");
                tally.fail(file, case.line, &case.name, &detail);
            }
            CaseResult::Broken(problem) => tally.fail(file, problem.line, &case.name, &problem.message),
        }
    }
    Ok(())
}

/// Where the rules of cases come from.
struct Rules {
    /// The root that required files are read from.
    root: PathBuf,
    /// The dangerfile that was named: cases without a `lua` block are judged by it.
    named: Option<CaseRules>,
}

impl Rules {
    fn find(common: &Common) -> Result<Self, Failure> {
        let root = find_root();
        let Some(file) = &common.dangerfile else { return Ok(Rules { root, named: None }) };
        let found = dangerfile::load_named(file, Some(&root))?;
        let named = CaseRules { path: found.dangerfile.path, text: found.dangerfile.text };
        Ok(Rules { root: found.sources.unwrap_or(root), named: Some(named) })
    }

    /// The rules of the cases in a file that bring none; or why there are none.
    fn of_file(&self, file: &Path) -> Result<CaseRules, String> {
        match &self.named {
            Some(rules) => Ok(CaseRules { path: rules.path.clone(), text: rules.text.clone() }),
            None => default_setup(file, &self.root).map(CaseRules::of_text),
        }
    }
}

/// The dangerfile of cases without a `lua` block: the built-in rule of the file's stem, or the repository's own rule
/// beside it. Without either, what to do.
fn default_setup(file: &Path, root: &Path) -> Result<String, String> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let stem = name.strip_suffix(ENDING).unwrap_or(&name).to_owned();
    if find_builtin(&stem).is_some() {
        return Ok(format!("use(\"{stem}\")"));
    }
    let directory = file.canonicalize().ok().and_then(|file| file.parent().map(Path::to_owned));
    let directory = directory.filter(|directory| directory.join(format!("{stem}.lua")).is_file());
    match directory.as_deref().and_then(|directory| directory.strip_prefix(root).ok()) {
        Some(directory) => Ok(format!("require(\"./{}\")", directory.join(&stem).display())),
        None => {
            let near = nearest(&stem, builtin_rules().iter().map(|rule| rule.name));
            let hint = near.map(|near| format!(" (did you mean `{near}{ENDING}`?)")).unwrap_or_default();
            Err(format!(
                "and there is neither a built-in rule `{stem}`{hint} nor a file `{stem}.lua` beside this one: name it after the \
                 rules that it tests, as in `dangerfile{ENDING}`, or pass `--dangerfile FILE`"
            ))
        }
    }
}

/// The root that required files are read from: the repository around the current directory, else that directory.
fn find_root() -> PathBuf {
    let here = Path::new(".");
    let top = Repository::open(here).ok().and_then(|repository| repository.top().map(Path::to_owned));
    let root = top.unwrap_or_else(|| here.to_owned());
    root.canonicalize().unwrap_or(root)
}

fn read_source(root: &Path, path: &RepoPath) -> Option<String> {
    let file = root.join(path.as_str()).canonicalize().ok()?;
    if file.starts_with(root) { std::fs::read_to_string(file).ok() } else { None }
}

/// All files of cases below a directory, by name; hidden directories and links are left out.
fn search(directory: &Path, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let unreadable = |error| Failure::usage(format!("could not read {}: {error}", directory.display()));
    let mut entries =
        std::fs::read_dir(directory).map_err(unreadable)?.collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let kind = entry.file_type().map_err(unreadable)?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if kind.is_dir() && !name.starts_with('.') && !matches!(&*name, "target" | "node_modules") {
            search(&entry.path(), found)?;
        } else if kind.is_file() && name.ends_with(ENDING) {
            found.push(entry.path());
        }
    }
    Ok(())
}
