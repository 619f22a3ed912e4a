//! Stories on a simulated GitHub, from the delivery to what people see.

use crate::sim_bench::{REPO, Story, writes};

const RULES: &str = "for _, line in danger.git.added_lines('**/*.py') do
  if line.text:find('print(', 1, true) then
    fail('Leftover print', { file = line.file, line = line.number })
  end
end
";

const HELLO: (&str, &str) = ("src/hello.py", "import os\n\n\ndef hello():\n    return 'hello'\n");

#[tokio::test]
async fn a_clean_pull_request_passes() {
    let story = Story::begin(&[("dangerfile.lua", RULES), HELLO]).await;
    let edits = [("src/hello.py", Some("import os\n\n\ndef hello():\n    return 'good day'\n"))];
    let number = story.open("Greet politely", &edits).await;
    insta::assert_snapshot!(story.page(number));
    let requests = story.requests();
    assert!(requests.len() <= 8, "{requests:#?}");
    assert_eq!(writes(&requests).len(), 1, "the check and nothing else");

    story.sim.edit_pull(REPO, number, "mona", None, Some("Says good day."), None);
    story.rest().await;
    assert!(writes(&story.requests()).is_empty());
    story.end().await;
}
