//! Paths over trees: what is found, what is ambiguous, and what is another file.

use super::report::{Format, Report, ReportFile};
use super::resolve::{Places, Resolution, Tree, resolve};
use crate::model::{LineHits, RepoPath};

fn report(paths: &[&str], sources: &[&str]) -> Report {
    let file = |path: &&str| ReportFile { path: (*path).to_owned(), hint: None, lines: Vec::new() };
    let sources = sources.iter().map(|source| (*source).to_owned()).collect();
    Report { format: Format::Lcov, files: paths.iter().map(file).collect(), sources, notes: Vec::new() }
}

fn resolve_in(tree: &[&str], paths: &[&str], sources: &[&str], places: &Places, beside: Option<&str>) -> Vec<String> {
    let tree = Tree::new(tree.iter().map(|path| RepoPath::new(path)));
    let found = resolve(&tree, places, &report(paths, sources), beside);
    let name = |at: &usize| tree.path(*at).as_str().to_owned();
    found
        .iter()
        .map(|it| match it {
            Resolution::Found(at) => name(at),
            Resolution::Ambiguous(many) => format!("? {}", many.iter().map(name).collect::<Vec<_>>().join(" ")),
            Resolution::Doubtful(_) | Resolution::Unknown => "-".to_owned(),
        })
        .collect()
}

#[track_caller]
fn check(tree: &[&str], paths: &[&str], expected: &[&str]) {
    assert_eq!(resolve_in(tree, paths, &[], &Places::default(), None), expected);
}

const MONOREPO: [&str; 3] = ["packages/api/src/a.py", "packages/web/src/a.py", "packages/web/src/b.py"];

#[test]
fn what_a_path_names_takes_no_hits_of_another() {
    let none = Places::default();
    let tree = ["src/a.js", "src/b.js", "src/c.js"];
    assert_eq!(resolve_in(&tree, &["src/a.js", "dist/src/a.js"], &[], &none, None), ["src/a.js", "-"]);
    assert_eq!(resolve_in(&tree, &["src/a.js", "./src/a.js"], &[], &none, None), ["src/a.js", "src/a.js"]);
    // Two roots, and nothing speaks for one of them; then others do.
    let two = ["/app/src/a.js", "/opt/lib/x/src/a.js"];
    assert_eq!(resolve_in(&tree, &two, &[], &none, None), ["-", "-"]);
    let more = ["/app/src/a.js", "/opt/lib/x/src/a.js", "/app/src/b.js"];
    assert_eq!(resolve_in(&tree, &more, &[], &none, None), ["src/a.js", "-", "src/b.js"]);
}

#[test]
fn a_packages_report_names_the_packages_files() {
    let none = Places::default();
    let tree = ["src/index.ts", "packages/a/src/index.ts", "packages/b/src/index.ts"];
    let of = |beside: &str| resolve_in(&tree, &["src/index.ts"], &[], &none, Some(beside)).remove(0);
    assert_eq!(of("packages/a/coverage"), "packages/a/src/index.ts");
    assert_eq!(of("coverage"), "src/index.ts");
    assert_eq!(of("packages/c/coverage"), "src/index.ts");
}

#[test]
fn the_longest_suffix_that_one_file_has_wins() {
    check(&["src/a.py", "lib/a.py"], &["/home/ci/x/src/a.py", "./lib/a.py"], &["src/a.py", "lib/a.py"]);
    check(&["core/src/main/kotlin/com/acme/A.kt"], &["com/acme/A.kt"], &["core/src/main/kotlin/com/acme/A.kt"]);
    check(&["a.go", "sub/a.go"], &["example.org/acme/a.go", "example.org/acme/sub/a.go"], &["a.go", "sub/a.go"]);
    check(&["backend/src/a.py"], &["/app/src/a.py"], &["backend/src/a.py"]);
    check(&["src/win/a.cs"], &["C:\\s\\src\\win\\a.cs", "c:\\S\\SRC\\Win\\A.cs"], &["src/win/a.cs", "src/win/a.cs"]);
    check(&["src/back\\slash.py", "src/back/slash.py"], &["src/back\\slash.py"], &["src/back\\slash.py"]);
}

#[test]
fn what_fits_several_files_is_ambiguous() {
    check(&MONOREPO[..2], &["src/a.py"], &["? packages/api/src/a.py packages/web/src/a.py"]);
    check(&["m/A.kt", "n/A.kt"], &["A.kt", "B.kt"], &["? m/A.kt n/A.kt", "-"]);
}

#[test]
fn the_place_and_the_other_files_decide() {
    let here = Places { here: "packages/web".to_owned(), ..Places::default() };
    assert_eq!(resolve_in(&MONOREPO, &["src/a.py"], &[], &here, None), ["packages/web/src/a.py"]);
    let beside = Some("packages/api/coverage");
    assert_eq!(resolve_in(&MONOREPO, &["src/a.py"], &[], &Places::default(), beside), ["packages/api/src/a.py"]);
    let working = Places { working: Some("/tmp/x/packages/api".to_owned()), ..Places::default() };
    assert_eq!(resolve_in(&MONOREPO, &["src/a.py"], &[], &working, None), ["packages/api/src/a.py"]);
    check(&MONOREPO, &["src/a.py", "src/b.py"], &["packages/web/src/a.py", "packages/web/src/b.py"]);
}

#[test]
fn a_root_is_what_most_files_share() {
    let tree = ["setup.py", "foo/setup.py", "foo/a.py", "foo/b.py"];
    check(
        &tree,
        &["/home/ci/foo/setup.py", "/home/ci/foo/foo/a.py", "/home/ci/foo/foo/b.py"],
        &["setup.py", "foo/a.py", "foo/b.py"],
    );
    let top = Places { top: Some("/home/ci/foo".to_owned()), ..Places::default() };
    assert_eq!(resolve_in(&tree, &["/home/ci/foo/setup.py"], &[], &top, None), ["setup.py"]);
}

#[test]
fn sources_come_before_the_bare_path() {
    let tree = ["app/models.py", "backend/app/models.py"];
    let found = |sources: &[&str]| resolve_in(&tree, &["app/models.py"], sources, &Places::default(), None);
    assert_eq!(found(&["/abs/root/backend"]), ["backend/app/models.py"]);
    assert_eq!(found(&["backend"]), ["backend/app/models.py"]);
    assert_eq!(found(&[]), ["app/models.py"]);
}

#[test]
fn files_of_others_are_not_ours() {
    check(&["src/mine/__init__.py"], &["/usr/lib/python3/site-packages/other/__init__.py"], &["-"]);
    check(&["setup.py"], &["/usr/lib/python3/site-packages/x/setup.py"], &["-"]);
    check(&["src/mine/a.py"], &["/tox/lib/site-packages/mine/a.py"], &["src/mine/a.py"]);
    check(&["src/util.py"], &["/a/x/util.py", "/b/y/util.py"], &["-", "-"]);
    check(&["src/a.py"], &["", "/", "..", "a.py/"], &["-", "-", "-", "src/a.py"]);
}

const NONE: Places = Places { top: None, here: String::new(), working: None };

fn at_top() -> Places {
    Places { top: Some("/w/p".to_owned()), ..Places::default() }
}

#[test]
fn a_file_that_several_sources_have_is_ambiguous() {
    let tree = ["app/util.py", "lib/util.py", "lib/only.py"];
    let both = "? app/util.py lib/util.py";
    let found = |places: &Places, sources: &[&str]| {
        resolve_in(&tree, &["util.py", "only.py", "util.py"], sources, places, None)
    };
    assert_eq!(found(&at_top(), &["/w/p/app", "/w/p/lib"]), [both, "lib/only.py", both]);
    assert_eq!(found(&NONE, &["app", "lib"]), [both, "lib/only.py", both]);
    // The same on another machine.
    assert_eq!(found(&NONE, &["/ci/p/app", "/ci/p/lib"]), [both, "lib/only.py", both]);
    assert_eq!(found(&at_top(), &["/w/p/app", "/w/p/app/"])[0], "app/util.py");
}

#[test]
fn one_name_in_two_modules_is_two_files() {
    let file = |hint: &str, hits: u64| ReportFile {
        path: "com/acme/Dup.java".to_owned(),
        hint: Some(hint.to_owned()),
        lines: vec![LineHits::new(2, hits)],
    };
    let found = |tree: &[&str], files: [ReportFile; 2]| {
        let tree = Tree::new(tree.iter().map(|path| RepoPath::new(path)));
        let report = Report { format: Format::Jacoco, files: files.into(), sources: Vec::new(), notes: Vec::new() };
        resolve(&tree, &NONE, &report, None)
    };
    let (core, web) = ("core/src/main/java/com/acme/Dup.java", "web/src/main/java/com/acme/Dup.java");
    let (first, second) = (Resolution::Found(0), Resolution::Found(1));
    assert_eq!(found(&[core, web], [file("core", 0), file("web", 1)]), [first.clone(), second]);
    let ambiguous = Resolution::Ambiguous(vec![0, 1]);
    assert_eq!(found(&[core, web], [file("a", 0), file("b", 1)]), [ambiguous.clone(), ambiguous]);
    // The other module's file is not in the repository; then it may be either.
    assert_eq!(found(&[core], [file("core", 0), file("web", 1)]), [first.clone(), Resolution::Unknown]);
    let doubtful = Resolution::Doubtful(0);
    assert_eq!(found(&[core], [file("a", 0), file("b", 1)]), [doubtful.clone(), doubtful.clone()]);
    assert_eq!(found(&["com/acme/Dup.java"], [file("a", 0), file("b", 1)]), [doubtful.clone(), doubtful]);
    assert_eq!(found(&[core], [file("a", 1), file("b", 1)]), [first.clone(), first], "they know the same");
}

#[test]
fn what_lies_in_the_repository_unlisted_is_another_file() {
    let tree = ["src/calc.js", "lib/util.c", "src/mine/a.py"];
    let found = |path: &str| resolve_in(&tree, &[path], &[], &at_top(), None).remove(0);
    assert_eq!(found("/w/p/dist/calc.js"), "-");
    assert_eq!(found("/w/p/build/_deps/foo-src/src/calc.js"), "-");
    assert_eq!(found("/w/p/src/calc.js"), "src/calc.js");
    // The project itself, installed to be tested.
    assert_eq!(found("/w/p/.tox/py3/lib/python3.11/site-packages/mine/a.py"), "src/mine/a.py");
    assert_eq!(resolve_in(&tree, &["calc.js"], &["/w/p/dist"], &at_top(), None), ["-"]);
    // Without a repository its directory is known all the same.
    let working = Places { working: Some("/w/p".to_owned()), ..Places::default() };
    assert_eq!(resolve_in(&tree, &["/w/p/dist/calc.js"], &[], &working, None), ["-"]);
    assert_eq!(resolve_in(&["main.py"], &["/w/p/main.py", "/w/p/src/b.py"], &[], &working, None), ["main.py", "-"]);
    assert_eq!(resolve_in(&["main.py"], &["/app/main.py", "/app/src/b.py"], &[], &working, None), ["main.py", "-"]);
    check(&["main.py"], &["/app/main.py", "/app/src/b.py"], &["-", "-"]);
    assert_eq!(resolve_in(&["api/src/a.ts"], &["/w/p/src/a.ts"], &[], &working, None), ["api/src/a.ts"]);
    // On another machine the other paths tell the directory.
    let other = ["/ci/p/lib/util.c", "/ci/p/src/mine/a.py", "/ci/p/build/_deps/foo-src/src/calc.js"];
    check(&tree, &other, &["lib/util.c", "src/mine/a.py", "-"]);
}

#[test]
fn a_name_alone_needs_a_second_vote() {
    let tree = ["main.py", "setup.py", "src/calc.js", "src/util.js"];
    check(&tree, &["dist/calc.js"], &["-"]);
    check(&tree, &["dist/calc.js", "dist/util.js"], &["-", "-"]);
    check(&tree, &["/app/calc.js"], &["-"]);
    check(&tree, &["/app/calc.js", "/app/util.js"], &["src/calc.js", "src/util.js"]);
    check(&tree, &["x.org/acme/calc.js", "x.org/acme/util.js"], &["src/calc.js", "src/util.js"]);
    check(&tree, &["dist/src/calc.js"], &["-"]);
    let python = "/usr/lib/python3.11/main.py";
    assert_eq!(resolve_in(&tree, &[python, "/w/p/setup.py"], &[], &at_top(), None), ["-", "setup.py"]);
    check(&tree, &[python, "/app/src/calc.js"], &["-", "src/calc.js"]);
    check(&tree, &["/app/main.py", "/app/src/calc.js"], &["main.py", "src/calc.js"]);
    check(&tree, &["x.org/acme/main.py"], &["main.py"]);
}

#[test]
fn two_machines_have_one_file() {
    let tree = ["src/a.c", "src/b.c"];
    let ab = ["src/a.c", "src/b.c", "src/a.c", "src/b.c"];
    check(&tree, &["/w/p/src/a.c", "/w/p/src/b.c", "/app/src/a.c", "/app/src/b.c"], &ab);
    let paths = ["/w/p/src/a.c", "/w/p/src/b.c", "/app/src/a.c", "/app/src/b.c"];
    assert_eq!(resolve_in(&tree, &paths, &[], &at_top(), None), ab);
    check(&tree, &["src/a.c", "src/b.c", "/app/src/a.c", "/app/src/b.c"], &ab);
    // The same lines are code.
    let text = |path: &str, first: u32| ReportFile {
        path: path.to_owned(),
        hint: None,
        lines: (first..first + 4).map(|number| LineHits::new(number, 1)).collect(),
    };
    let of_text = |first: u32| {
        let files = vec![text("/ci/src/a.c", 1), text("/app/src/a.c", first)];
        let tree = Tree::new(tree.iter().map(|path| RepoPath::new(path)));
        resolve(&tree, &NONE, &Report { format: Format::Lcov, files, sources: Vec::new(), notes: Vec::new() }, None)
    };
    assert_eq!(of_text(1), [Resolution::Found(0), Resolution::Found(0)]);
    assert_eq!(of_text(2), [Resolution::Doubtful(0), Resolution::Doubtful(0)]);
    // A directory in a root is no second root.
    let nested = ["/app/src/a.c", "/app/src/b.c", "/app/lib/x/src/a.c", "/app/lib/x/src/b.c"];
    check(&tree, &nested, &["-", "-", "-", "-"]);
    // One path is no root: it is left out, and said.
    let left_out = |paths: &[&str]| {
        let tree = Tree::new(tree.iter().map(|path| RepoPath::new(path)));
        resolve(&tree, &at_top(), &report(paths, &[]), None)
    };
    assert_eq!(left_out(&["src/a.c", "/app/src/a.c"]), [Resolution::Found(0), Resolution::Doubtful(0)]);
    assert_eq!(left_out(&["/ci/src/a.c", "/app/src/a.c"]), [Resolution::Doubtful(0), Resolution::Doubtful(0)]);
    assert_eq!(left_out(&["src/a.c", "dist/src/a.c"]), [Resolution::Found(0), Resolution::Unknown]);
}
