//! The story of the demo as data: a small repository and four pull requests.

/// A file with its text; `None` removes it.
pub(super) type Edit = (&'static str, Option<String>);

/// The repository before anybody proposes anything.
pub(super) const FILES: &[(&str, &str)] = &[
    ("CHANGELOG.md", include_str!("repository/CHANGELOG.md")),
    ("README.md", include_str!("repository/README.md")),
    ("dangerfile.lua", include_str!("repository/dangerfile.lua")),
    ("src/lighthouse/__init__.py", ""),
    ("src/lighthouse/beam.py", BEAM),
    ("src/lighthouse/keeper.py", KEEPER),
    ("tests/test_beam.py", TESTS),
];

const BEAM: &str = include_str!("repository/beam.py");
const KEEPER: &str = include_str!("repository/keeper.py");
const TESTS: &str = include_str!("repository/test_beam.py");
const WATCH: &str = include_str!("repository/watch.py");
const WATCH_TESTS: &str = include_str!("repository/test_watch.py");
/// What `ruff check --select E,F,UP,SIM,D10 --output-format sarif src` (0.17.6) wrote about the branch `watch`, checked out
/// where GitHub's runners do.
const RUFF: &str = include_str!("repository/ruff.sarif");
const CHANGELOG: &str = include_str!("repository/CHANGELOG.md");

/// A pull request: its pushes in order.
pub(super) struct Scene {
    pub(super) branch: &'static str,
    pub(super) author: &'static str,
    pub(super) title: &'static str,
    pub(super) body: &'static str,
    /// What a newcomer should look at.
    pub(super) caption: &'static str,
    /// Commit message and edits of each push; the pull request is opened after the first.
    pub(super) pushes: Vec<(&'static str, Vec<Edit>)>,
    /// The report of a linter, name and text, that a job of the build sends for the last push.
    pub(super) report: Option<(&'static str, &'static str)>,
}

/// One clean, one with several findings, one that gets a fixing push, one that a linter speaks about.
pub(super) fn scenes() -> Vec<Scene> {
    vec![clean(), careless(), mended(), linted()]
}

fn clean() -> Scene {
    let beam = BEAM.replace("import logging\n", "import logging\nimport math\n").replace(
        "    return distance_miles <= 2.08 * (height_metres**0.5 + 2)\n",
        "    return distance_miles <= 2.08 * (math.sqrt(height_metres) + 2)\n\n\n\
         def arc(seconds: float) -> float:\n    \"\"\"Degrees that the lamp turns in this time.\"\"\"\n    \
         return 360 * seconds / period()\n",
    );
    let tests = TESTS.replace("import period,", "import arc, period,")
        + "\n\ndef test_the_lamp_turns_once_a_period():\n    assert arc(period()) == 360\n";
    Scene {
        branch: "arc",
        author: "grace",
        title: "Tell how far the lamp has turned",
        body: "The harbour office wants to draw the beam on its chart, so `arc` gives the degrees since the last flash.",
        caption: "clean: the check is green and nothing else is written",
        pushes: vec![(
            "Tell how far the lamp has turned",
            vec![
                ("src/lighthouse/beam.py", Some(beam)),
                ("tests/test_beam.py", Some(tests)),
                ("CHANGELOG.md", Some(entry("`arc` tells how far the lamp has turned."))),
            ],
        )],
        report: None,
    }
}

fn careless() -> Scene {
    let keeper = KEEPER.replace(
        "    def note(self, text: str) -> None:\n        self.entries.append(text)\n",
        "    def note(self, text: str) -> None:\n        print(\"noted: \" + text)\n<<<<<<< HEAD\n        \
         self.entries.append(text.strip())\n=======\n        self.entries.append(f\"{self.name}: {text}\")\n\
         >>>>>>> signed-entries\n",
    );
    Scene {
        branch: "signed-entries",
        author: "ada",
        title: "Sign the keeper's entries",
        body: "",
        caption: "several findings: comments on the lines, one of them with a suggestion, and a summary for the rest",
        pushes: vec![("Sign the keeper's entries", vec![("src/lighthouse/keeper.py", Some(keeper))])],
        report: None,
    }
}

fn mended() -> Scene {
    let printing = BEAM.replace(
        "    \"\"\"Seconds between two flashes.\"\"\"\n",
        "    \"\"\"Seconds between two flashes.\"\"\"\n    if flashes_per_minute <= 0:\n        \
         print(\"the lamp stands still\")\n        raise ValueError(\"the lamp must turn\")\n",
    );
    let logging = printing.replace("print(\"the lamp", "log.info(\"the lamp");
    let tests = TESTS.replace("from lighthouse", "import pytest\nfrom lighthouse")
        + "\n\ndef test_a_lamp_that_stands_still_is_refused():\n    with pytest.raises(ValueError):\n        period(0)\n";
    Scene {
        branch: "still-lamp",
        author: "linus",
        title: "Refuse a lamp that stands still",
        body: "`period(0)` divided by zero. It now says what is wrong, which the watch asked for last week.",
        caption: "had findings; a second push mended them, and the robot took its comments back",
        pushes: vec![
            ("Refuse a lamp that stands still", vec![("src/lighthouse/beam.py", Some(printing))]),
            (
                "Log instead of printing; add a test and a changelog entry",
                vec![
                    ("src/lighthouse/beam.py", Some(logging)),
                    ("tests/test_beam.py", Some(tests)),
                    ("CHANGELOG.md", Some(entry("A lamp that stands still is refused."))),
                ],
            ),
        ],
        report: None,
    }
}

fn linted() -> Scene {
    let keeper = format!(
        "{KEEPER}\n    def relieve(self, other: \"Keeper\") -> None:\n        \"\"\"Hand the light over.\"\"\"\n        \
         self.note(\"relieved by %s\" % other.name)\n"
    );
    Scene {
        branch: "watch",
        author: "grace",
        title: "Let the keepers take turns",
        body: "`next_keeper` tells whose turn it is, and who leaves writes it down.",
        caption: "the build sent ruff's report: comments on the added lines, with ruff's own fixes as suggestions; \
                  they stay until the next report",
        pushes: vec![(
            "Let the keepers take turns",
            vec![
                ("src/lighthouse/watch.py", Some(WATCH.to_owned())),
                ("src/lighthouse/keeper.py", Some(keeper)),
                ("tests/test_watch.py", Some(WATCH_TESTS.to_owned())),
                ("CHANGELOG.md", Some(entry("The keepers take turns."))),
            ],
        )],
        report: Some(("ruff.sarif", RUFF)),
    }
}

/// The changelog with one more line under "Unreleased".
fn entry(text: &str) -> String {
    let last = "- The keeper's log keeps its entries in order.\n";
    CHANGELOG.replace(last, &format!("{last}- {text}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_edit_changes_its_file() {
        for scene in scenes() {
            for (message, edits) in &scene.pushes {
                for (path, text) in edits {
                    let before = FILES.iter().find(|(known, _)| known == path).map(|(_, text)| *text);
                    assert_ne!(before, text.as_deref(), "{message}: {path}");
                }
            }
        }
    }
}
