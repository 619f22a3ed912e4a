//! Coverage of a diff against what diff-cover 11.0.1 said of the same patches and reports, and what it should have said.
//!
//! `expected.json` is diff-cover's answer. `strict.json` is exact hunk arithmetic with hits added up; it wins where
//! `case.json` names a divergence, a known bug of diff-cover. Reports under `alt_reports` are the same run in another format.

use deckhand::analysis::coverage::{Named, Places, Tree, combine, expand, measure, parse_report};
use deckhand::diff::parse_patch_set;
use deckhand::lua::Globs;
use deckhand::model::RepoPath;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub(crate) type Lines = BTreeMap<String, (Vec<u64>, Vec<u64>)>;

pub(crate) fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/coverage")
}

fn json(path: &Path) -> Option<Json> {
    Some(serde_json::from_slice(&std::fs::read(path).ok()?).unwrap())
}

/// Files with at least one measured line, as `verify.py` of the oracle compares them.
pub(crate) fn lines(answer: &Json) -> Lines {
    let numbers = |list: &Json| {
        let mut numbers: Vec<u64> = list.as_array().unwrap().iter().map(|number| number.as_u64().unwrap()).collect();
        numbers.sort_unstable();
        numbers
    };
    let files = answer["files"].as_object().cloned().unwrap_or_default();
    let pairs = files.iter().map(|(path, file)| (path.clone(), (numbers(&file["covered"]), numbers(&file["missing"]))));
    pairs.filter(|(_, (covered, missing))| covered.len() + missing.len() > 0).collect()
}

fn ours(case: &Path, about: &Json, reports: &[String]) -> Lines {
    let changes = parse_patch_set(&std::fs::read(case.join("diff.patch")).unwrap());
    assert!(changes.problems.is_empty(), "{case:?}: {:?}", changes.problems);
    let tree = match std::fs::read_to_string(case.join("tree.txt")) {
        Ok(list) => list.lines().map(RepoPath::new).collect(),
        Err(_) => changes.files.iter().map(|change| change.path.clone()).collect::<Vec<_>>(),
    };
    let places = Places { here: about["cwd"].as_str().unwrap().to_owned(), ..Places::default() };
    let named = |name: &String| {
        let report = parse_report(&std::fs::read(case.join(name)).unwrap());
        Named {
            name: name.clone(),
            beside: None,
            report: report.unwrap_or_else(|error| panic!("{case:?} {name} {error}")),
        }
    };
    let mut facts = combine(reports.iter().map(named).collect(), &Tree::new(tree), &places);
    let arguments: Vec<&str> =
        about["args"].as_array().unwrap().iter().map(|argument| argument.as_str().unwrap()).collect();
    if arguments.contains(&"--expand-coverage-report") {
        expand(&mut facts);
    }
    let excluded: Vec<&str> =
        arguments.iter().skip_while(|argument| **argument != "--exclude").skip(1).copied().collect();
    let globs = Globs::parse(&excluded).unwrap();
    let counts = |path: &str| excluded.is_empty() || !globs.matches(path);
    let seen = measure(&facts, &changes.files, &counts, arguments.contains(&"--branch-coverage"));
    let wide = |list: &[u32]| list.iter().map(|line| u64::from(*line)).collect::<Vec<_>>();
    let files = seen.files.iter().filter(|file| file.share().lines > 0);
    files.map(|file| (file.path.as_str().to_owned(), (wide(&file.covered), wide(&file.missing)))).collect()
}

pub(crate) fn names(about: &Json, key: &str) -> Vec<String> {
    about[key].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_answers_of_diff_cover_hold_where_it_is_right() {
    let mut cases: Vec<PathBuf> =
        std::fs::read_dir(data().join("cases")).unwrap().map(|it| it.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() >= 29);
    let (mut equal, mut strict, mut twins, mut wrong) = (0, Vec::new(), 0, Vec::new());
    for case in &cases {
        let about = json(&case.join("case.json")).unwrap();
        let expected = json(&case.join("expected.json")).unwrap();
        let name = about["case"].as_str().unwrap();
        let got = ours(case, &about, &names(&about, "reports"));
        let right: Vec<Lines> = ["strict.json", "strict_pathfixed.json"]
            .iter()
            .filter_map(|file| Some(lines(&json(&case.join(file))?)))
            .collect();
        if expected["native"].get("error").is_none() && got == lines(&expected["native"]) {
            equal += 1;
        } else if right.contains(&got) && about["divergence"].is_string() {
            strict.push(name.split_once('-').unwrap().0.to_owned());
        } else {
            wrong.push(format!("{name}: {got:?}\n  diff-cover {:?}\n  strict {right:?}", lines(&expected["native"])));
        }
        for twin in names(&about, "alt_reports") {
            let said = &expected["twins"][twin.rsplit('/').next().unwrap()];
            let wanted = if said.is_object() { lines(said) } else { lines(&expected["native"]) };
            let got = ours(case, &about, std::slice::from_ref(&twin));
            twins += 1;
            if got != wanted {
                wrong.push(format!("{name} {twin}: {got:?}\n  wanted {wanted:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!((equal, twins, strict.join(" ").as_str()), (21, 5, "11 17 19 23 25 27 33 43"));
}
