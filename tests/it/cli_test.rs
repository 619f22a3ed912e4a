//! `deckhand test` on files of cases.

use crate::cli::Place;

const CASES: &str = r"# no-print

## A print is flagged

```pr
title: T
diff --git a/app.py b/app.py
--- a/app.py
+++ b/app.py
@@ -1 +1,2 @@
 x = 1
+print(x)
```

```findings
app.py:2 warn no-print
  Leftover
```

## Nothing to see

```pr
title: T
```

```findings
```
";

const RULE: &str = "rule('no-print', { blocking = false }, function()
  for _, line in danger.git.added_lines('**/*.py') do
    if line.text:find('print(', 1, true) then
      warn('Leftover print', { file = line.file, line = line.number })
    end
  end
end)
";

#[test]
fn a_repositorys_own_rule_is_tested_by_the_cases_beside_it() {
    let place = Place::repository();
    place.write("rules/no-print.lua", RULE);
    place.write("rules/no-print.cases.md", CASES);
    let said = place.deckhand(&["test"]);
    assert_eq!((said.out.as_str(), said.status), ("2 passed, 0 failed\n", 0), "{}", said.err);

    place.write("rules/no-print.cases.md", &CASES.replace("  Leftover", "  Forgotten"));
    let said = place.deckhand(&["test", "rules"]);
    let expected = "\
failed rules/no-print.cases.md:3 A print is flagged
    expected -, found +
    - app.py:2 warn no-print
    -   Forgotten
    + app.py:2 warn no-print
    +   Leftover print

1 passed, 1 failed
";
    assert_eq!((said.out.as_str(), said.status), (expected, 1));
}

#[test]
fn a_named_dangerfile_judges_the_cases_that_bring_no_rules() {
    let place = Place::repository();
    place.write("strict/next.lua", "local say = require('./say')\nfail(say.word)\n");
    place.write("strict/say.lua", "return { word = 'Never' }\n");
    let case =
        |lua: &str, found: &str| format!("## A case\n\n{lua}```pr\ntitle: T\n```\n\n```findings\n- {found}\n```\n\n");
    let own = case("```lua\nwarn('Own')\n```\n\n", "warn dangerfile\n  Own");
    place.write("a.cases.md", &format!("{}{own}", case("", "fail dangerfile\n  Never")));
    let said = place.deckhand(&["test", "--dangerfile", "strict/next.lua"]);
    assert_eq!((said.out.as_str(), said.status), ("2 passed, 0 failed\n", 0), "{}", said.err);
    let said = place.deckhand(&["test", "--dangerfile", "strict/absent.lua"]);
    assert!(said.status == 2 && said.err.contains("strict/absent.lua: no such file"), "{}", said.err);
}

#[test]
fn a_case_sets_up_its_own_rules_and_files() {
    let place = Place::empty();
    let case = "## Own set-up\n\n```lua\nwarn(danger.git.file('a.txt') .. danger.git.file('a.txt', 'base') .. \
                danger.github.pr.user.login)\n```\n\n```pr\nauthor: ada\n--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-o\n+n\n```\n\n\
                ```file a.txt\nn\n```\n\n```base a.txt\no\n```\n\n```findings\n- warn dangerfile\n  n\n  o\n  ada\n```\n";
    place.write("x.cases.md", case);
    let said = place.deckhand(&["test", "x.cases.md"]);
    assert_eq!((said.out.as_str(), said.status), ("1 passed, 0 failed\n", 0), "{}", said.err);
}

#[test]
fn a_case_without_findings_and_one_that_faults_fail() {
    let place = Place::empty();
    place.write("a.cases.md", "## Nothing expected\n\n```pr\ntitle: T\n```\n");
    place.write("b.cases.md", "## Faults\n\n```lua\nerror('boom')\n```\n\n```findings\n```\n");
    let said = place.deckhand(&["test"]);
    assert_eq!(said.status, 1);
    assert!(said.out.contains("a.cases.md:1") && said.out.contains("no `findings` block"), "{}", said.out);
    assert!(said.out.contains("+ fault dangerfile:") && said.out.contains("boom"), "{}", said.out);
    assert!(said.out.ends_with("\n0 passed, 2 failed\n"), "{}", said.out);
}

#[test]
fn cases_can_say_what_others_did() {
    let place = Place::repository();
    place.write(
        "gate.cases.md",
        r"# A gate

## Open

```lua
local github = danger.github
for _, review in github.reviews do message(review.user.login .. ' ' .. review.state) end
for _, team in github.requested_reviewers.teams do message('team ' .. team.slug) end
for _, status in github.statuses do message(status.context .. ' ' .. status.state) end
for _, run in github.check_runs do message(run.name .. ' ' .. (run.conclusion or run.status)) end
message(github.this_pr.owner .. ' ' .. #github.issue.labels)
```

```pr
title: T
labels: big
reviews: ada APPROVED
requested_reviewers: team/core
statuses: ci/build pending
check_runs: unit tests success, lint in_progress
```

```findings
- message dangerfile
  ada APPROVED
- message dangerfile
  team core
- message dangerfile
  ci/build pending
- message dangerfile
  unit tests success
- message dangerfile
  lint in_progress
- message dangerfile
  octo 1
```
",
    );
    let said = place.deckhand(&["test"]);
    assert_eq!((said.out.as_str(), said.status), ("1 passed, 0 failed\n", 0), "{}{}", said.out, said.err);

    let wrong = "## A\n\n```pr\nstatuses: ci green\n```\n\n```lua\n```\n\n```findings\n```\n";
    place.write("gate.cases.md", wrong);
    let said = place.deckhand(&["test"]);
    let whole = format!("{}{}", said.out, said.err);
    assert!(whole.contains("gate.cases.md:4") && whole.contains("should be like \"ci/build success\""), "{whole}");
}

#[test]
fn every_named_path_holds_a_case_and_no_file_is_counted_twice() {
    let place = Place::repository();
    place.write("rules/no-print.lua", RULE);
    place.write("rules/no-print.cases.md", CASES);
    place.write("rules/zero.cases.md", "# Nothing yet\n");
    place.write("rules/foo.md", "# Not cases\n");
    let said = place.deckhand(&["test", "rules/no-print.cases.md", "rules/zero.cases.md", "rules/foo.md"]);
    assert_eq!((said.out.as_str(), said.status), ("2 passed, 0 failed\n", 2));
    assert!(said.err.contains("no cases found in rules/zero.cases.md, rules/foo.md: "), "{}", said.err);

    for paths in [&["rules", "rules/no-print.cases.md"][..], &["./rules/no-print.cases.md", "rules/../rules"]] {
        let said = place.deckhand(&[&["test"], paths].concat());
        assert_eq!((said.out.as_str(), said.status), ("2 passed, 0 failed\n", 0), "{}", said.err);
    }
}

#[test]
fn a_block_that_says_nothing_to_a_case_is_named() {
    let place = Place::empty();
    place.write(
        "x.cases.md",
        "## One\n\n```expected\n- warn x\n```\n\n```\nprose\n```\n\n```lua\n```\n\n```findings\n```\n",
    );
    let said = place.deckhand(&["test"]);
    assert_eq!((said.out.as_str(), said.status), ("1 passed, 0 failed\n", 0));
    let note = "x.cases.md:3: a block `expected` says nothing to a case, which is made of pr, file, ";
    assert!(said.err.contains(note) && said.err.lines().count() == 1, "{}", said.err);
}

#[test]
fn cases_without_rules_say_what_is_missing() {
    let place = Place::repository();
    place.write("dangerfile.lua", "fail('No.')\n");
    let case = "## C\n\n```pr\ntitle: T\n```\n\n```findings\n- fail dangerfile\n```\n";
    place.write("a.cases.md", case);
    let said = place.deckhand(&["test", "a.cases.md"]);
    assert_eq!(said.status, 1);
    let expected = "failed a.cases.md:1 C\n    the case has no `lua` block, and there is neither a built-in rule `a` nor a file \
                    `a.lua` beside this one: name it after the rules that it tests, as in `dangerfile.cases.md`, or pass \
                    `--dangerfile FILE`\n";
    assert!(said.out.starts_with(expected), "{}", said.out);
    place.write("changlog.cases.md", case);
    let said = place.deckhand(&["test", "changlog.cases.md"]);
    assert!(said.out.contains("(did you mean `changelog.cases.md`?)"), "{}", said.out);

    place.write("dangerfile.cases.md", case);
    for arguments in [&["test", "dangerfile.cases.md"][..], &["test", "a.cases.md", "--dangerfile", "dangerfile.lua"]] {
        let said = place.deckhand(arguments);
        assert_eq!((said.out.as_str(), said.status), ("1 passed, 0 failed\n", 0), "{}", said.err);
    }
}

#[test]
fn cases_can_say_what_github_knows_and_what_is_asked_of_the_robot() {
    let place = Place::repository();
    place.write(
        "gate.cases.md",
        r"# A gate

## All of it

```lua
rule('facts', function()
  local pr = danger.github.pr
  local fork = pr.head.repo.fork and 'fork' or 'own'
  message(pr.base.ref .. ' ' .. pr.head.label .. ' ' .. fork .. ' ' .. pr.milestone.title .. ' ' .. pr.assignees[2].login)
  message(pr.author_association .. ' ' .. tostring(pr.mergeable))
  for _, commit in danger.github.commits do
    message(commit.committer.login .. ' ' .. tostring(commit.commit.verification.verified))
  end
  robot.add_labels { 'big' }
end)
```

```pr
title: T
author_association: NONE
assignees: ada, bob
milestone: 1.2
base: release/1
head: ada:topic
mergeable: false
```

```commit eve signed
Add it
```

```commit
Mend it
```

```findings
- message facts
  release/1 ada:topic fork 1.2 bob
- message facts
  NONE false
- message facts
  eve true
- message facts
  octocat false
```

```effects
add_labels facts
  big
```
",
    );
    let said = place.deckhand(&["test"]);
    assert_eq!((said.out.as_str(), said.status), ("1 passed, 0 failed\n", 0), "{}{}", said.out, said.err);
}
