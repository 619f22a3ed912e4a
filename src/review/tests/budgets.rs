//! What a rule may spend, and what it hears when it spent all of it.

use super::*;

#[test]
fn an_endless_loop_is_stopped_and_the_other_rules_speak() {
    let verdict = done(
        r#"
        rule("loop", function() while true do pcall(function() while true do end end) end end)
        rule("fine", { blocking = false }, function() warn("still here") end)
        "#,
    );
    assert_eq!(verdict.conclusion, Conclusion::Failure);
    assert_eq!((verdict.faults[0].rule.as_str(), verdict.faults[0].line), ("loop", Some(2)));
    assert!(verdict.faults[0].message.contains("2 s of CPU"), "{:?}", verdict.faults);
    assert_eq!(verdict.findings[0].message, "still here");
}

#[test]
fn a_million_findings_are_stopped_at_a_thousand() {
    let verdict = done(r#"rule("flood", function() for i = 1, 1000000 do warn("w" .. i) end end)"#);
    assert_eq!(verdict.findings.len(), 1_000);
    assert!(verdict.faults[0].message.contains("more than 1000 findings"), "{:?}", verdict.faults);
}

#[test]
fn memory_is_capped_and_the_next_rule_has_its_own() {
    let verdict = done(
        r#"
        rule("hog", function() local t = {} for i = 1, 1e8 do t[i] = string.rep("x", 1000) .. i end end)
        rule("giant", function() string.rep("x", 1e9) end)
        rule("fine", function() local s = string.rep("x", 1e6) end)
        "#,
    );
    let faulted: Vec<_> = verdict.faults.iter().map(|fault| fault.rule.as_str()).collect();
    assert_eq!(faulted, ["hog", "giant"], "{:?}", verdict.faults);
    assert!(verdict.faults[0].message.contains("64 MiB"), "{:?}", verdict.faults);
}

#[test]
fn garbage_does_not_count_as_memory_and_making_nothing_else_ends() {
    // More than a gigabyte in all, of which half a megabyte lives.
    let line = "a line of some fifty characters, as lines of code go";
    let verdict = done(&format!("local out = '' for _ = 1, 8000 do out = out .. '{line}' end message(`{{#out}}`)"));
    assert_eq!(verdict.faults, []);
    assert_eq!(verdict.findings[0].message, (8000 * line.len()).to_string());
    // Whatever ran before it: a run from a snapshot takes the same steps.
    let steps = |before: &str| {
        let lua = format!(
            "{before} rule('joins', function() local out = '' for _ = 1, 4000 do out = out .. '{line}' end end)"
        );
        done(&lua).rules.last().expect("it ran").steps
    };
    assert_eq!(steps(""), steps("rule('first', function() for _ = 1, 99 do string.rep('y', 1e6) end end)"));
    let (message, _) = fault("while true do local s = string.rep('x', 4000000) end");
    assert!(message.contains("2 s of CPU"), "{message}");
}

#[test]
fn deep_recursion_is_a_fault() {
    let (message, _) = fault("local function f(n) return 1 + f(n + 1) end f(1)");
    assert!(message.contains("stack overflow"), "{message}");
}

#[test]
fn what_findings_hold_outside_the_machine_is_bounded() {
    let (message, line) = fault(
        "local text = string.rep('x', 1024 * 1024)\nfor _ = 1, 1000 do\n  warn('x', { fix = { ['a.txt'] = text } })\nend",
    );
    assert!(message.contains("more than 8 MiB of text"), "{message}");
    assert_eq!(line, Some(3));
}

#[test]
fn a_rule_that_grows_hears_where() {
    for grows in ["all[#all + 1] = i .. 'x'", "text ..= string.rep('y', 100000)"] {
        let (message, line) = fault(&format!(
            "rule('grows', function()\n  local all, text, i = {{}}, 'x', 0\n  while true do\n    i += 1\n    {grows}\n  end\nend)"
        ));
        assert!(message.contains("64 MiB of memory"), "{message}");
        assert!(matches!(line, Some(3..=5)), "{grows}: {line:?}");
    }
}

#[test]
fn rules_and_what_they_keep_are_bounded() {
    let (message, line) = fault("for i = 1, 1e6 do\n  rule('r' .. i, function() end)\nend");
    assert_eq!((message.as_str(), line), ("a dangerfile has at most 500 rules", Some(2)));
    let verdict = done(
        "kept = {}\nfor i = 1, 6 do rule('keeps-' .. i, function() kept[i] = buffer.create(60 * 1024 * 1024) end) end",
    );
    assert!(verdict.faults.iter().any(|fault| fault.message.contains("64 MiB of memory")), "{verdict:?}");
    assert!(verdict.faults.len() < 6, "the first ones have room: {verdict:?}");
}

#[test]
fn work_of_the_host_is_charged() {
    for call in ["danger.git.match('*.py')", "danger.git.added_lines('*.rs')", "pcall(fail, 1)"] {
        let verdict = done(&format!("for _ = 1, 100 do {call} end"));
        let steps = verdict.rules[0].steps;
        assert!(steps > 1_900, "{call}: {steps}");
    }
}

#[test]
fn a_rule_of_few_long_steps_ends_by_the_clock_where_one_is_set() {
    let lua = "rule('slow', function()\n  local all = table.create(100, 1)\n  while true do\n    table.find(all, 2)\n  end\nend)\n\
               rule('fine', function() warn('fine') end)\n";
    // A minute for each look at the clock.
    let looks = std::cell::Cell::new(0);
    let clock = Clock::new(move || {
        looks.set(looks.get() + 1);
        std::time::Duration::from_secs(looks.get() * 60)
    });
    let clock = clock.with_longest_rule(std::time::Duration::from_secs(20 * 60));
    let Outcome::Done(verdict) = run(&snapshot(lua), &clock) else { panic!("nothing is missing") };
    let fault = &verdict.faults[0];
    // Where the loop begins again, or at the call in it.
    assert!(fault.rule == "slow" && matches!(fault.line, Some(3 | 4)), "{fault:?}");
    assert!(fault.message.starts_with("the rule was stopped, because it took too long"), "{}", fault.message);
    assert!(verdict.rules[1].steps < 10_000, "{:?}", verdict.rules[1]);
    assert_eq!(verdict.findings.len(), 1, "the next rule runs");
}
