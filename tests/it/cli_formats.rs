//! `--format`: what programs, GitHub and people are given, from the binary as a process.

use crate::cli::{Place, Said};
use crate::validation::check_sarif;
use serde_json::{Value, json};

const RULES: &str = r##"
use("pr_description")
rule("no-print", { paths = { "**/*.py" } }, function()
  for _, line in danger.git.added_lines("**/*.py") do
    if string.find(line.text, "print(", 1, true) then
      fail("Leftover `print(`: 100 %", { file = line.file, line = line.number, suggestion = "    log(1)" })
      warn("Leftover `print(`.", { file = line.file, line = line.number })
    end
  end
  for _, line in danger.git.removed_lines("**/*.py") do
    message("Gone.", { file = line.file, line = line.number, side = "LEFT" })
  end
end)
rule("range", {}, function()
  message("Both lines.", { file = "app.py", line = 1, end_line = 2 })
  message("The file <b>.", { file = "app.py" })
  markdown("# Report\n\nBy @" .. danger.github.pr.user.login)
end)
rule("broken", { blocking = false }, function()
  local nothing = nil
  return nothing.field
end)
"##;

fn place() -> Place {
    let place = Place::repository();
    place.write("dangerfile.lua", RULES);
    place.commit("<img src=x> @org/all ::error::x");
    place.write("app.py", "def greet():\n    return 2\n");
    place.write("new: a/50 %\n\u{fc}\"'.py", "\tx = '\u{1f600}'; print(1)\n");
    place
}

fn run(place: &Place, format: &str) -> Said {
    let said = place.deckhand(&["local", "--format", format]);
    assert_eq!(said.status, 1, "{}", said.err);
    assert_eq!(said.err, "");
    said
}

fn sarif(place: &Place) -> Value {
    serde_json::from_str(&run(place, "sarif").out).unwrap()
}

#[test]
fn sarif_fits_its_schema_and_github() {
    let log = sarif(&place());
    assert_eq!(check_sarif(&log), [""; 0]);
    let run = &log["runs"][0];
    let rules: Vec<&str> =
        run["tool"]["driver"]["rules"].as_array().unwrap().iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert_eq!(rules, ["dangerfile", "pr_description", "no-print", "range", "broken"]);
    let help = run["tool"]["driver"]["rules"][1]["help"]["markdown"].as_str().unwrap();
    assert!(help.starts_with("# pr_description\n"), "{help}");

    let results = run["results"].as_array().unwrap();
    let found: Vec<(&str, &str, &str, &Value)> = results
        .iter()
        .map(|result| {
            let place = &result["locations"][0]["physicalLocation"];
            let uri = place["artifactLocation"]["uri"].as_str().unwrap();
            (result["ruleId"].as_str().unwrap(), result["level"].as_str().unwrap(), uri, &place["region"])
        })
        .collect();
    let odd = "new%3A%20a/50%20%25%0A%C3%BC%22%27.py";
    // Columns count UTF-16 code units: the emoji is two.
    let print = json!({ "startLine": 1, "startColumn": 12, "endLine": 1, "endColumn": 18 });
    let whole = json!({ "startLine": 1, "startColumn": 1, "endLine": 1 });
    let both = json!({ "startLine": 1, "startColumn": 1, "endLine": 2, "endColumn": 13 });
    assert_eq!(
        found,
        [
            ("pr_description", "warning", "dangerfile.lua", &whole),
            ("range", "note", "app.py", &whole),
            ("range", "note", "app.py", &both),
            ("no-print", "note", "app.py", &whole),
            ("no-print", "error", odd, &print),
            ("no-print", "warning", odd, &print),
        ]
    );
    assert_eq!(results[3]["message"]["text"], "Old line 2: Gone.");
    let change = &results[4]["fixes"][0]["artifactChanges"][0];
    assert_eq!(change["artifactLocation"]["uri"], odd);
    assert_eq!(change["replacements"][0]["insertedContent"]["text"], "    log(1)");
    assert_eq!(
        change["replacements"][0]["deletedRegion"],
        json!({ "startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 20 })
    );
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let fault = &invocation["toolExecutionNotifications"][0];
    assert_eq!(fault["associatedRule"], json!({ "id": "broken", "index": 4 }));
    assert_eq!(fault["locations"][0]["physicalLocation"]["region"]["startLine"], 21);
    assert_eq!(run["properties"]["conclusion"], "failure");
}

#[test]
fn sarif_names_a_result_the_same_in_the_next_run() {
    let place = place();
    let hashes = |log: &Value| -> Vec<String> {
        let results = log["runs"][0]["results"].as_array().unwrap();
        results.iter().map(|it| it["partialFingerprints"]["primaryLocationLineHash"].to_string()).collect()
    };
    let before = hashes(&sarif(&place));
    place.write("new: a/50 %\n\u{fc}\"'.py", "# moved down\n\n\tx = '\u{1f600}'; print(1)\n");
    assert_eq!(hashes(&sarif(&place)), before);
    let mut unique = before.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), before.len());
}

#[test]
fn the_checks_of_sarif_can_fail() {
    let good = sarif(&place());
    let spoil = |pointer: &str, value: Value| {
        let mut log = good.clone();
        *log.pointer_mut(pointer).unwrap() = value;
        check_sarif(&log)
    };
    for (pointer, value) in [
        ("/version", json!("2.0.0")),
        ("/runs/0/tool/driver/rules/0/help/text", json!("")),
        ("/runs/0/results/0/message", json!({})),
        ("/runs/0/results/0/ruleIndex", json!(2)),
        ("/runs/0/results/0/partialFingerprints", json!({})),
        ("/runs/0/results/4/locations", json!([])),
        ("/runs/0/results/4/locations/0/physicalLocation/artifactLocation/uri", json!("a b")),
        ("/runs/0/results/4/locations/0/physicalLocation/artifactLocation/uri", json!("c:/b")),
        ("/runs/0/results/4/locations/0/physicalLocation/region/startLine", json!(0)),
    ] {
        assert_ne!(spoil(pointer, value), [""; 0], "{pointer}");
    }
}

#[test]
fn workflow_commands_are_one_a_line_and_escaped() {
    let expected = "\
::warning title=broken could not run,file=dangerfile.lua,line=21::attempt to index nil with 'field'
::warning title=pr_description::The description is empty. Say in a sentence or two what changes and why, for the \
reviewer now and for whoever reads the history later.
::notice title=range::# Report%0A%0ABy @ada
::notice title=range,file=app.py::The file <b>.
::notice title=range,file=app.py,line=1,endLine=2::Both lines.
::notice title=no-print,file=app.py::Old line 2: Gone.
::error title=no-print,file=new%3A a/50 %25%0A\u{fc}\"'.py,line=1,endLine=1::Leftover `print(`: 100 %25
::warning title=no-print,file=new%3A a/50 %25%0A\u{fc}\"'.py,line=1,endLine=1::Leftover `print(`.
1 problem, 2 warnings, 4 notes, 1 fault - the check would fail
";
    assert_eq!(run(&place(), "github").out, expected);
}

#[test]
fn markdown_is_for_a_summary() {
    let said = run(&place(), "markdown").out;
    assert!(said.starts_with("### \u{274c} 1 fault: rule broken could not run, 1 problem, 2 warnings\n"), "{said}");
    for part in [
        "**`app.py`**",
        "\u{274c} **line 1:** Leftover `print(`: 100 % <sub>`no-print`</sub>",
        "**old line 2:** Gone.",
        "**lines 1-2:** Both lines.",
        "# Report\n\n  By @\u{2060}ada",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!said.contains("<b>"), "{said}");
}

#[test]
fn text_shows_the_line_and_underlines_what_is_meant() {
    let said = run(&place(), "text").out;
    let expected = "
new: a/50 %\\u{a}\u{fc}\"'.py
  new: a/50 %\\u{a}\u{fc}\"'.py:1 fail no-print
    Leftover `print(`: 100 %
    1 | -     x = '\u{1f600}'; print(1)
      | +     log(1)

  new: a/50 %\\u{a}\u{fc}\"'.py:1 warn no-print
    Leftover `print(`.
    1 |     x = '\u{1f600}'; print(1)
      |               ^^^^^^

fault broken dangerfile.lua:21
    attempt to index nil with 'field'
    21 |   return nothing.field
       |   ^^^^^^^^^^^^^^^^^^^^
    This rule is advisory: the fault does not fail the check.

1 problem, 2 warnings, 4 notes, 1 fault - the check would fail
";
    assert!(said.ends_with(expected), "{said}");
    let old_side = "
  app.py:2 (old side) message no-print
    Gone.
    2 |     return 1
      |     ^^^^^^^^
";
    assert!(said.contains(old_side), "{said}");
    let both = "
  app.py:1-2 message range
    Both lines.
    1 | / def greet():
    2 | |     return 2
      | |____________^
";
    assert!(said.contains(both), "{said}");
}

#[test]
fn colours_are_for_those_who_want_them() {
    let place = place();
    let colours = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = place.command(env!("CARGO_BIN_EXE_deckhand"));
        let output = command.args(arguments).envs(variables.iter().copied()).output().unwrap();
        String::from_utf8(output.stdout).unwrap().contains('\u{1b}')
    };
    assert!(!colours(&["local"], &[]), "a pipe has none");
    assert!(colours(&["local"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!colours(&["local"], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(colours(&["local", "--color", "always"], &[("NO_COLOR", "1")]), "the option is nearer than the variable");
    assert!(!colours(&["local", "--color", "never"], &[("CLICOLOR_FORCE", "1")]));
    for format in ["json", "sarif", "markdown", "github"] {
        assert!(!colours(&["local", "--color", "always", "--format", format], &[]), "{format}");
    }
}

#[test]
fn every_format_has_its_section_in_the_documentation() {
    let help = Place::empty().deckhand(&["local", "-h"]).out;
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    let listed = help.split("[possible values: ").skip(1).find_map(|rest| {
        let values = rest.split(']').next()?;
        values.contains("json").then(|| values.split(", ").map(str::trim).map(str::to_owned).collect::<Vec<_>>())
    });
    let formats = listed.unwrap();
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/formats.md")).unwrap();
    let sections: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    assert_eq!(sections[..sections.len() - 1], formats);
    for format in &formats {
        assert!(page.contains(&format!("| [`{format}`](#{format}) |")), "{format} is missing in the table");
    }
}
