//! Stories of migrations: what is said of them on GitHub, what it costs to know, and who lets them pass.

use crate::sim_bench::{APP_ID, REPO, Story};
use deckhand::sim::LogEntry;

const RULES: (&str, &str) = ("dangerfile.lua", "use('migration_safety')");
const FIRST: (&str, &str) =
    ("migrations/0001_users.sql", "CREATE TABLE users (id bigint, nick_name text, email text);\n");
const PROFILE: (&str, &str) = (
    "app/profile.py",
    "def shown(db, user):\n    sql = 'SELECT nick_name FROM users WHERE id = %s'\n    return db.one(sql, user)\n",
);
const DROP: &str = "ALTER TABLE users DROP COLUMN nick_name;\n";

fn asked(log: &[LogEntry], part: &str) -> usize {
    log.iter().filter(|entry| entry.request.to_string().contains(part) || entry.path.contains(part)).count()
}

/// The conclusion and all that the newest check on the head says.
fn check(story: &Story, number: u64) -> String {
    let head = story.sim.head(REPO, number).unwrap();
    let checks = story.sim.checks(REPO, &head);
    let ours = checks.iter().filter(|it| it["app"]["id"] == APP_ID).max_by_key(|it| it["id"].as_u64()).unwrap();
    format!("{}: {}", ours["conclusion"].as_str().unwrap_or("open"), ours["output"])
}

#[tokio::test]
async fn a_dropped_column_that_is_used_and_an_index_and_who_lets_them_pass() {
    let story = Story::begin(&[RULES, FIRST, PROFILE]).await;
    story.sim.add_user(REPO, "ada", "write");
    let migration = format!("{DROP}CREATE INDEX users_email_idx ON users (email);\n");
    let number = story.open("Drop nick names", &[("migrations/0002_drop.sql", Some(&migration))]).await;
    let requests = story.requests();
    assert_eq!(asked(&requests, "/git/trees/"), 2, "the tip of the base and the head");
    assert_eq!(asked(&requests, "query Files"), 2, "the migration; then the code that may use the column");
    assert!(check(&story, number).starts_with("failure"), "{}", check(&story, number));

    let reason = "/deckhand override migration_safety Nobody reads them, and tonight is quiet";
    story.sim.comment(REPO, number, "ada", reason).unwrap();
    story.rest().await;
    assert!(check(&story, number).starts_with("success"), "{}", check(&story, number));
    insta::assert_snapshot!("migrations", story.page(number));

    // The override speaks of what was found then: something new is not covered.
    let more = format!("{migration}DROP TABLE users;\n");
    story.sim.push(REPO, "drop-nick-names", "mona", "Drop more", &[("migrations/0002_drop.sql", Some(&more))], "");
    story.rest().await;
    let said = check(&story, number);
    assert!(said.starts_with("failure") && said.contains("overridden"), "{said}");
    story.end().await;
}

/// Each branch is right alone; the number is taken when the other one was merged first.
#[tokio::test]
async fn a_number_that_was_taken_meanwhile() {
    let story = Story::begin(&[RULES, FIRST]).await;
    story.sim.push(REPO, "add-teams", "mona", "Begin", &[("a.txt", Some("x\n"))], "main");
    let bills = [("migrations/0002_bills.sql", Some("CREATE TABLE bills ();\n"))];
    story.sim.push(REPO, "main", "mona", "Add bills", &bills, "");
    let number = story.open("Add teams", &[("migrations/0002_teams.sql", Some("CREATE TABLE teams ();\n"))]).await;
    let said = check(&story, number);
    assert!(said.contains("same number as `migrations/0002_bills.sql`"), "{said}");
    let teams = [("migrations/0002_teams.sql", None), ("migrations/0003_teams.sql", Some("CREATE TABLE teams ();\n"))];
    story.sim.push(REPO, "add-teams", "mona", "Take the next number", &teams, "");
    story.rest().await;
    assert!(check(&story, number).starts_with("success"), "{}", check(&story, number));
    story.end().await;
}

/// A migration that takes nothing away costs no search.
#[tokio::test]
async fn what_is_only_added_searches_nothing() {
    let story = Story::begin(&[RULES, FIRST, PROFILE]).await;
    let add = "ALTER TABLE users ADD COLUMN seen_at timestamptz;\n";
    let number = story.open("See", &[("migrations/0002_seen.sql", Some(add))]).await;
    assert!(check(&story, number).starts_with("success"), "{}", check(&story, number));
    assert_eq!(asked(&story.requests(), "query Files"), 1, "the migration");
    story.end().await;
}

/// The likeliest files are read first; where that finds nothing, it is said how far it went.
#[tokio::test]
async fn a_search_among_very_many_files() {
    let code: Vec<(String, String)> = (0..350).map(|n| (format!("a{n:03}.py"), format!("users = {n}\n"))).collect();
    let mut files =
        vec![RULES, FIRST, ("web/deep/down/user_card.ts", "export const name = (user) => user.nickName;\n")];
    files.extend(code.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let story = Story::begin(&files).await;
    let rename = "ALTER TABLE users RENAME COLUMN nick_name TO handle;\n";
    let number = story.open("Rename", &[("migrations/0002_rename.sql", Some(rename))]).await;
    let said = check(&story, number);
    let expected = "`nick_name` of `users` is renamed here, and the code at the head still uses the old name: \
                    `web/deep/down/user_card.ts:1` (in the 300 likeliest of 351 files). Let the code do without that \
                    name and deploy that first.";
    assert!(said.contains(expected), "{said}");
    assert_eq!(asked(&story.requests(), "query Files"), 4, "the migration; then 300 files");

    let drop = "ALTER TABLE users DROP COLUMN email;\n";
    let number = story.open("Drop", &[("migrations/0003_drop.sql", Some(drop))]).await;
    let said = check(&story, number);
    let expected = "`email` of `users` is dropped here, and the 300 likeliest of 351 files of code do not use it. \
                    `git grep -w email` or `deckhand local` looks everywhere.";
    assert!(said.contains(expected), "{said}");
    story.end().await;
}
