//! `deckhand coverage` as a process, and coverage reports in `deckhand local`.

use crate::cli::{Place, Said};
use crate::coverage::{data, lines, names};
use serde_json::Value as Json;

const REPORT: &str =
    "SF:/ci/build/app.py\nDA:1,1\nDA:2,1\nDA:3,0\nDA:4,0\nDA:6,2\nBRDA:6,0,0,2\nBRDA:6,0,1,0\nend_of_record\n";

/// A repository whose working tree adds lines 3 to 6 to `app.py`; the report lies in an ignored directory.
fn place() -> Place {
    let place = Place::repository();
    place.write(
        "app.py",
        "def greet():\n    return 1\ndef part(x):\n    return x\n# words\nprint(1 if greet() else 2)\n",
    );
    place.write(".gitignore", "/out/\n");
    place.write("out/lcov.info", REPORT);
    place
}

fn run(place: &Place, arguments: &[&str]) -> Said {
    let mut all = vec!["coverage", "--report", "out/lcov.info"];
    all.extend(arguments);
    place.deckhand(&all)
}

fn json(said: &Said) -> Json {
    serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {} {}", said.out, said.err))
}

#[test]
fn what_the_working_tree_adds_is_measured() {
    let place = place();
    let said = run(&place, &["--base", "main"]);
    assert_eq!((said.status, said.err.as_str()), (0, ""));
    let expected = "app.py   33.3 %  1 of 3     missing 3-4  1 with branches that did not run\n\n\
                    coverage of the diff: 33.3 % (1 of 3 added lines that the reports know)\n";
    assert_eq!(said.out, expected);
    let answer = json(&run(&place, &["--base", "main", "--format", "json"]));
    let wanted = serde_json::json!({
        "version": 1,
        "state": "measured",
        "total": { "lines": 3, "covered": 1, "percent": 100.0 / 3.0 },
        "files": [{
            "path": "app.py",
            "covered_lines": [6],
            "missing_lines": [3, 4],
            "partial_lines": [6],
            "percent": 100.0 / 3.0
        }]
    });
    assert_eq!(answer, wanted);
    let strict = json(&run(&place, &["--base", "main", "--format", "json", "--partial", "missing"]));
    assert_eq!(strict["total"]["covered"], 0);
}

#[test]
fn a_minimum_decides_the_exit_status() {
    let place = place();
    for (minimum, status, words) in [("33.3", 0, "is met"), ("33.4", 1, "is not met"), ("101", 2, "from 0 to 100")] {
        let said = run(&place, &["--base", "main", "--fail-under", minimum]);
        assert_eq!(said.status, status, "{minimum}: {}", said.err);
        assert!(format!("{}{}", said.out, said.err).contains(words), "{minimum}: {} {}", said.out, said.err);
    }
}

#[test]
fn nothing_known_is_said_and_meets_no_minimum() {
    let place = place();
    place.write("empty.info", "TN:\n");
    place.write("other.info", "SF:/else/where.c\nDA:1,1\nend_of_record\n");
    for (report, reason) in [("empty.info", "knows no line of code"), ("other.info", "no path in the coverage report")]
    {
        let arguments = ["coverage", "--report", report, "--base", "main", "--fail-under", "50"];
        let said = place.deckhand(&arguments);
        assert_eq!(said.status, 1, "{report}");
        assert!(
            said.out.starts_with("coverage of the diff: unknown, because") && said.out.contains(reason),
            "{}",
            said.out
        );
        let said = place.deckhand(&["coverage", "--report", report, "--base", "main", "--format", "json"]);
        let answer = json(&said);
        assert_eq!(said.status, 0, "{report}");
        assert_eq!(answer["total"], serde_json::json!({ "lines": 0, "covered": 0 }));
        assert_eq!(answer["files"], serde_json::json!([]));
    }
}

#[test]
fn a_new_file_that_no_report_knows_is_named() {
    let place = place();
    place.write("new.py", "a = 1\n");
    place.write("README.md", "words\n");
    let said = run(&place, &["--base", "main"]);
    assert!(said.err.contains("No report knows `new.py` (1 added line)"), "{}", said.err);
    assert!(said.out.contains("new.py  in no report\n"), "{}", said.out);
    assert_eq!(
        json(&run(&place, &["--base", "main", "--format", "json"]))["unknown_files"],
        serde_json::json!(["new.py"])
    );
    let said = run(&place, &["--base", "main", "--ignore", "new.py"]);
    assert_eq!(said.err, "");
}

#[test]
fn a_report_of_another_version_is_said() {
    let place = place();
    place.write("out/lcov.info", "SF:app.py\nDA:3,1\nDA:99,1\nend_of_record\n");
    let said = run(&place, &["--base", "main"]);
    assert!(said.err.contains("knows lines behind the end of `app.py`"), "{}", said.err);
}

#[test]
fn bad_reports_and_misuse_end_with_2_and_words() {
    let place = place();
    let reports: [(&str, &[u8], &str); 9] = [
        ("none.info", b"  \n", "none.info is empty"),
        (
            "cut.xml",
            b"<coverage line-rate=\"1\"><packages><class filename=\"a\"><lines><line num",
            "is cut off at line 1 inside <lines>",
        ),
        (
            "cut.json",
            b"{\"meta\":{\"version\":\"7\"},\"files\":{\"a.py\":{\"executed_lines\":[1,",
            "is cut off at line 1",
        ),
        ("bomb.xml", b"<!DOCTYPE a [<!ENTITY b \"c\">]><coverage/>", "has an entity of its own at line 1 (`b`)"),
        (
            "latin.xml",
            b"<?xml version=\"1.0\" encoding=\"Shift_JIS\"?><coverage a=\"\x83\"/>",
            "is not the Shift_JIS that it says it is",
        ),
        ("page.html", b"<!DOCTYPE html><html></html>", "is a page for people"),
        ("junit.xml", b"<testsuites/>", "is XML and no coverage report (its root is <testsuites>)"),
        ("some.json", b"{\"name\":\"x\"}", "is JSON and no coverage report (it has `name`)"),
        ("packed.gz", b"\x1f\x8b\x08\x00", "is an archive"),
    ];
    for (name, bytes, words) in reports {
        std::fs::write(place.path.join(name), bytes).unwrap();
        let said = place.deckhand(&["coverage", "--report", name, "--base", "main"]);
        assert_eq!((said.status, said.out.as_str()), (2, ""), "{name}");
        assert!(said.err.contains(words) && said.err.matches(". ").count() < 2, "{name}: {}", said.err);
    }
    place.write(
        "cut.diff",
        "diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -0,0 +1 @@\n+x = 1\ndiff --git a/b.py b",
    );
    for (arguments, words) in [
        (&["coverage"][..], "no coverage report is named: add --report FILE"),
        (&["coverage", "--report", "out/lcov.info"], "add --base REF"),
        (&["coverage", "--report", "nope", "--base", "main"], "there is no coverage report nope"),
        (&["coverage", "--report", "out", "--base", "main"], "out is a directory"),
        (&["coverage", "--report", "out/lcov.info", "--diff", "app.py"], "cannot be read as a diff"),
        (
            &["coverage", "--report", "out/lcov.info", "--diff", "cut.diff", "--fail-under", "10", "-q"],
            "cut.diff is not read whole",
        ),
        (
            &["coverage", "--report", "out/lcov.info", "--base", "main", "--format", "sarif"],
            "prints no sarif: choose --format text, markdown, json or html",
        ),
        (&["coverage", "upload"], "no report is named: add the FILE"),
        (&["rules", "--format", "html"], "prints no pages"),
    ] {
        let said = place.deckhand(arguments);
        assert_eq!((said.status, said.out.as_str()), (2, ""), "{arguments:?}");
        assert!(said.err.contains(words), "{arguments:?}: {}", said.err);
    }
}

#[test]
fn a_package_of_a_monorepo_is_measured_from_its_own_directory() {
    let place = Place::repository();
    place.write("packages/api/a.py", "x = 1\n");
    place.write("packages/web/a.py", "x = 1\n");
    place.write("packages/web/out.info", "SF:a.py\nDA:1,1\nend_of_record\n");
    let at = |directory: &str, report: &str| {
        let mut command = place.command(env!("CARGO_BIN_EXE_deckhand"));
        command.current_dir(place.path.join(directory));
        command.args(["coverage", "--report", report, "--base", "main", "--format", "json"]);
        let answer: Json = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
        answer["files"]
            .as_array()
            .unwrap()
            .iter()
            .map(|file| file["path"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(at("packages/api", "../web/out.info"), ["packages/api/a.py"], "where the user stands");
    assert_eq!(at("", "packages/web/out.info"), ["packages/web/a.py"], "where the report lies");
}

#[test]
fn the_page_is_whole_and_harmless() {
    let place = place();
    place.write("<b>&\".py", "a = '</td><script>alert(1)</script>\u{202e}'\n");
    place.write("out/lcov.info", &format!("{REPORT}SF:/ci/build/<b>&\".py\nDA:1,0\nend_of_record\n"));
    let said = run(&place, &["--base", "main", "--format", "html", "--fail-under", "80"]);
    assert_eq!(said.status, 1);
    let page = &said.out;
    assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"), "{page}");
    assert!(page.contains("&lt;script&gt;") && !page.contains("<script"), "{page}");
    assert!(!page.contains('\u{202e}') && page.contains("\\u{202e}"), "{page}");
    // What an offline browser with its own colours needs: no address to load, and both schemes.
    assert!(!page.contains("http") || page.contains("http-equiv") && page.matches("http").count() == 1, "{page}");
    assert!(page.contains("prefers-color-scheme: dark") && page.contains("color-scheme"), "{page}");
    for part in [
        "class=\"missing\"",
        "class=\"partial\"",
        "class=\"unknown\"",
        "1 of 4 added lines",
        "the minimum of 80 % is not met",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
}

#[test]
fn markdown_is_a_table() {
    let said = run(&place(), &["--base", "main", "--format", "markdown"]);
    let expected = "**Coverage of the diff: 33.3 % (1 of 3 added lines that the reports know)**\n\n\
                    | file | coverage | lines | missing |\n|---|---:|---:|---|\n| `app.py` | 33.3 % | 1 of 3 | 3-4 |\n";
    assert_eq!(said.out, expected);
}

#[test]
fn local_reads_the_report_that_is_named_or_found() {
    let place = place();
    place.write("dangerfile.lua", "use('diff_coverage')\n");
    let said = place.deckhand(&["local", "--base", "main"]);
    assert_eq!(said.status, 0, "no report does not block: {}", said.out);
    assert!(said.out.contains("There is no report of coverage"), "{}", said.out);

    let said = place.deckhand(&["local", "--base", "main", "--report", "out/lcov.info"]);
    assert_eq!(said.status, 1, "{} {}", said.out, said.err);
    assert!(
        said.out.contains("Coverage of the diff is 33.3 % (1 of 3 added lines), below the minimum of 80 %."),
        "{}",
        said.out
    );
    assert!(said.out.contains("app.py:3-4"), "{}", said.out);

    place.write(
        "dangerfile.lua",
        "settings { coverage_reports = { 'out/*.info' } }\nuse('diff_coverage', { minimum = 30 })\n",
    );
    let said = place.deckhand(&["local", "--base", "main"]);
    assert_eq!(said.status, 0, "found, and enough: {} {}", said.out, said.err);
    assert!(!said.out.contains("no coverage report"), "{}", said.out);

    let said = place.deckhand(&["local", "--base", "main", "--report", "nope.info"]);
    assert_eq!(said.status, 2, "{}", said.out);
    place.write("dangerfile.lua", "use('conflict_markers')\n");
    let said = place.deckhand(&["local", "--base", "main", "--report", "out/lcov.info"]);
    assert!(said.err.contains("no rule reads the coverage report"), "{}", said.err);
    place.write("dangerfile.lua", "use('diff_coverage', { target = 'auto', minimum = 90 })\n");
    let said = place.deckhand(&["local", "--base", "main", "--report", "out/lcov.info"]);
    assert_eq!(said.status, 1, "{}", said.out);
    assert!(said.out.contains("below the minimum of 90 %"), "without a report of the base: {}", said.out);
    place.write("dangerfile.lua", "use('diff_coverage', { minimums = { ['src/**'] = 120 } })\n");
    let said = place.deckhand(&["local", "--base", "main"]);
    assert!(said.out.contains("must be a table from file patterns to numbers from 0 to 100"), "{}", said.out);
}

/// The oracle's cases as a user has them: a patch and reports, no repository.
#[test]
fn the_oracles_answers_come_out_of_the_command() {
    let mut seen = 0;
    for case in std::fs::read_dir(data().join("cases")).unwrap().map(|entry| entry.unwrap().path()) {
        let about: Json = serde_json::from_slice(&std::fs::read(case.join("case.json")).unwrap()).unwrap();
        if !about["args"].as_array().unwrap().is_empty() {
            continue;
        }
        let place = Place::empty();
        let working = place.path.join(about["cwd"].as_str().unwrap());
        std::fs::create_dir_all(&working).unwrap();
        let mut command = place.command(env!("CARGO_BIN_EXE_deckhand"));
        command.current_dir(&working).args(["coverage", "--format", "json", "--diff"]).arg(case.join("diff.patch"));
        command.arg("--report").args(names(&about, "reports").iter().map(|name| case.join(name)));
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{case:?}: {said}");
        let answer: Json = serde_json::from_slice(&output.stdout).unwrap();
        let pairs = answer["files"].as_array().unwrap().iter().map(|file| {
            let lines = serde_json::json!({ "covered": file["covered_lines"], "missing": file["missing_lines"] });
            (file["path"].as_str().unwrap().to_owned(), lines)
        });
        let got = lines(&serde_json::json!({ "files": pairs.collect::<serde_json::Map<_, _>>() }));
        let read =
            |name: &str| -> Option<Json> { serde_json::from_slice(&std::fs::read(case.join(name)).ok()?).unwrap() };
        let mut right: Vec<_> =
            ["strict.json", "strict_pathfixed.json"].iter().filter_map(|name| Some(lines(&read(name)?))).collect();
        right.push(lines(&read("expected.json").unwrap()["native"]));
        assert!(right.contains(&got), "{case:?}: {got:?}\n{right:?}\n{said}");
        seen += 1;
    }
    assert!(seen >= 25, "{seen}");
}
