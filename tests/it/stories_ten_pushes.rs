//! One pull request, ten pushes: what a careful colleague would have left there in the end.

use crate::sim_bench::{REPO, Story, writes};

const RULES: &str = "rule('no-print', function()
  for _, line in danger.git.added_lines('**/*.py') do
    if line.text:find('print(', 1, true) then
      fail('Leave no print behind', { file = line.file, line = line.number })
    end
    if line.text:find('TODO', 1, true) then warn('Say who does this, and when', { file = line.file, line = line.number }) end
  end
end)
";
const BRANCH: &str = "greet";

/// A file of so many ordinary lines, with these lines put in place of those numbers.
fn file(lines: usize, marked: &[(usize, &str)]) -> String {
    let line = |at: usize| match marked.iter().find(|(place, _)| *place == at) {
        Some((_, text)) => format!("{text}\n"),
        None => format!("value_{at} = {at}\n"),
    };
    (1..=lines).map(line).collect()
}

/// The first comment on a line whose text holds these words and that nobody resolved.
fn comment_on(story: &Story, path: &str) -> u64 {
    let all = story.sim.review_comments(REPO, 1);
    all.iter().find(|it| it["path"] == path).and_then(|it| it["id"].as_u64()).unwrap()
}

#[tokio::test]
async fn after_ten_pushes_a_page_is_as_a_careful_colleague_would_have_left_it() {
    let files = [("dangerfile.lua", RULES), ("old.py", &file(6, &[]))];
    let story = Story::begin_with_permissions(&[("contents", "write")], &files).await;
    let push = async |message: &str, edits: &[(&str, Option<&str>)]| {
        story.sim.push(REPO, BRANCH, "mona", message, edits, "");
        story.rest().await;
    };
    // 1: three problems in two files.
    let (one, two) = (file(8, &[(3, "print(3)"), (6, "print(6)")]), file(5, &[(2, "x = 2  # TODO")]));
    story.sim.push(REPO, BRANCH, "mona", "Greet", &[("a.py", Some(&one)), ("b.py", Some(&two))], "main");
    let number = story.sim.open_pull(REPO, "Greet", "Says hello.", BRANCH, "main", "mona", false);
    story.rest().await;
    insta::assert_snapshot!("ten_pushes_first", story.page(number));
    // 2: the code moves down, and the problems with it: nobody says anything.
    let moved = format!("import os\nimport sys\n{one}");
    story.requests();
    push("Import", &[("a.py", Some(&moved))]).await;
    let said = writes(&story.requests());
    assert!(!said.iter().any(|it| it.contains("comments") || it.contains("reviews")), "{said:?}");
    // 3: one is fixed before anybody answered.
    push("Take one out", &[("a.py", Some(&moved.replace("print(6)", "value_6 = 6")))]).await;
    // 4: mona answers the other, and pushes something else.
    story.sim.reply(REPO, comment_on(&story, "a.py"), "mona", "I need it for a while.").unwrap();
    push("Go on", &[("c.py", Some("y = 1\n"))]).await;
    // 5: the answered one is fixed.
    let quiet = moved.replace("print(6)", "value_6 = 6").replace("print(3)", "value_3 = 3");
    push("Take it out", &[("a.py", Some(&quiet))]).await;
    // 6: it comes back, and its conversation with it.
    push("Look again", &[("a.py", Some(&moved.replace("print(6)", "value_6 = 6")))]).await;
    insta::assert_snapshot!("ten_pushes_sixth", story.page(number));
    // 7: somebody resolves the warning; it stays in the code and is not brought up again.
    story.sim.resolve_thread(comment_on(&story, "b.py"));
    push("Add a file", &[("d.py", Some("z = 1\nprint(z)\n"))]).await;
    // 8: the file with the newest problem is deleted.
    push("Delete it", &[("d.py", None)]).await;
    // 9: a file is renamed with its problem in it.
    let renamed = moved.replace("print(6)", "value_6 = 6");
    push("Rename", &[("a.py", None), ("greet.py", Some(&renamed))]).await;
    insta::assert_snapshot!("ten_pushes_ninth", story.page(number));
    // 10: everything is fixed.
    push("Be done", &[("greet.py", Some(&quiet)), ("b.py", Some(&file(5, &[])))]).await;
    insta::assert_snapshot!("ten_pushes_last", story.page(number));
    story.end().await;
}
