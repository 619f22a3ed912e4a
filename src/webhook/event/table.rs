//! The table of events: GitHub's name, our variant and its type. Everything that lists the events is made from it.

use super::payload::{Unread, read_action};
use super::{
    CheckRunAction, CheckRunEvent, CheckSuiteEvent, InstallationEvent, InstallationRepositoriesEvent,
    IssueCommentEvent, MergeGroupEvent, PingEvent, PullRequestEvent, PullRequestReviewEvent, PushEvent, StatusEvent,
    WorkflowRunEvent,
};
use crate::webhook::JobSpec;

macro_rules! events {
    ($($name:ident => $variant:ident($type:ty),)*) => {
        /// What a delivery says. A hint: it names work and is never believed as state.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Event {
            $(
                #[doc = concat!("`", stringify!($name), "`")]
                $variant($type),
            )*
            /// An event or an action that names no work for us.
            Other {
                /// The event's name.
                name: String,
                /// Its action, when it has one.
                action: Option<String>,
            },
            /// A known event that is not as GitHub documents it.
            Unreadable {
                /// What is missing, for the log; nothing of the payload's text.
                reason: String,
            },
        }

        /// The events that are understood, by GitHub's name, sorted.
        pub const EVENT_NAMES: &[&str] = &[$(stringify!($name)),*];

        /// Reads the body of the event of this name. Never fails: what it cannot use becomes `Other` or `Unreadable`.
        pub fn parse(event: &str, body: &[u8]) -> Event {
            let action = match read_action(body) {
                Ok(action) => action,
                Err(unread) => return Event::Unreadable { reason: unread.reason(event) },
            };
            let read: Result<Event, Unread> = match event {
                $(stringify!($name) => <$type>::read(action.as_deref(), body).map(Event::$variant),)*
                _ => Err(Unread::Other),
            };
            match read {
                Ok(event) => event,
                Err(Unread::Other) => Event::Other { name: event.to_owned(), action },
                Err(unread) => Event::Unreadable { reason: unread.reason(event) },
            }
        }

        /// The work that an event names; often none.
        pub fn build_jobs(event: &Event) -> Vec<JobSpec> {
            match event {
                $(Event::$variant(event) => event.build_jobs(),)*
                Event::Other { .. } | Event::Unreadable { .. } => Vec::new(),
            }
        }
    };
}

events! {
    check_run => CheckRun(CheckRunEvent),
    check_suite => CheckSuite(CheckSuiteEvent),
    installation => Installation(InstallationEvent),
    installation_repositories => InstallationRepositories(InstallationRepositoriesEvent),
    issue_comment => IssueComment(IssueCommentEvent),
    merge_group => MergeGroup(MergeGroupEvent),
    ping => Ping(PingEvent),
    pull_request => PullRequest(PullRequestEvent),
    pull_request_review => PullRequestReview(PullRequestReviewEvent),
    push => Push(PushEvent),
    status => Status(StatusEvent),
    workflow_run => WorkflowRun(WorkflowRunEvent),
}

impl Event {
    /// Whether it only repeats what a program, mostly this app, has just done: no version will judge anything for it.
    pub fn is_echo(&self) -> bool {
        match self {
            Event::CheckRun(event) => event.action == CheckRunAction::Own,
            Event::IssueComment(event) => event.is_remark_of_a_program,
            Event::PullRequestReview(event) => event.is_remark_of_a_program,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{RepoPath, Timestamp};
    use crate::webhook::{Cause, Work};
    use proptest::prelude::*;
    use serde_json::{Value, json};

    /// The keys of the jobs, and the work of the first.
    fn jobs(event: &str, payload: &Value) -> Vec<String> {
        build_jobs(&parse(event, payload.to_string().as_bytes())).iter().map(JobSpec::key).collect()
    }

    fn with_origin(mut payload: Value) -> Value {
        payload["installation"] = json!({ "id": 5 });
        payload["repository"] = json!({ "id": 7, "full_name": "octo/hello" });
        payload
    }

    #[test]
    fn pull_requests_that_change_are_judged() {
        for action in [
            "opened",
            "synchronize",
            "reopened",
            "edited",
            "labeled",
            "unlabeled",
            "ready_for_review",
            "converted_to_draft",
            "closed",
        ] {
            let payload = with_origin(json!({ "action": action, "pull_request": { "number": 3, "body": null } }));
            assert_eq!(jobs("pull_request", &payload), ["7/pull/3"], "{action}");
        }
        for action in ["assigned", "review_requested", "review_request_removed", "milestoned", "locked"] {
            let payload = with_origin(json!({ "action": action, "pull_request": { "number": 3 } }));
            assert_eq!(jobs("pull_request", &payload), ["7/pull/3"], "{action}");
        }
    }

    #[test]
    fn reports_of_others_name_their_commit() {
        let head = "ab".repeat(20);
        let run = |action: &str, external_id: Value| {
            let run = json!({ "head_sha": head, "external_id": external_id, "pull_requests": [] });
            jobs("check_run", &with_origin(json!({ "action": action, "check_run": run })))
        };
        let reported = [format!("7/reports/{head}")];
        for action in ["created", "completed"] {
            assert_eq!(run(action, json!("build-5")), reported);
            assert_eq!(run(action, Value::Null), reported);
            assert!(run(action, json!("deckhand:v1:-:-:x")).is_empty(), "our own");
        }
        let again = [format!("7/commit/{head}")];
        assert_eq!(run("requested_action", json!("deckhand:v1:-:-:x")), again, "GitHub tells only the check's own app");
        assert!(run("synchronized", json!("x")).is_empty());
        let pressed = |identifier: &str, kind: &str| {
            let payload = json!({
                "action": "requested_action", "requested_action": { "identifier": identifier },
                "check_run": { "id": 8, "head_sha": head }, "sender": { "login": "mona", "type": kind },
            });
            jobs("check_run", &with_origin(payload))
        };
        assert_eq!(pressed("fix", "User"), ["7/button/8/fix/mona"]);
        assert_eq!(pressed("fix:abc", "User"), ["7/button/8/fix:abc/mona"]);
        assert_eq!(pressed("fixed", "User"), again, "of an older version");
        assert_eq!(pressed("fix", "Bot"), again, "a program presses nothing");
        assert_eq!(jobs("status", &with_origin(json!({ "sha": head, "state": "success" }))), reported);
    }

    #[test]
    fn workflows_that_ended_may_have_kept_reports() {
        let run = |action: &str| {
            let run = json!({ "id": 30, "head_sha": "ab".repeat(20) });
            jobs("workflow_run", &with_origin(json!({ "action": action, "workflow_run": run })))
        };
        assert_eq!(run("completed"), ["7/workflow/30"]);
        assert!(run("requested").is_empty() && run("in_progress").is_empty());
    }

    #[test]
    fn reviews_are_heeded_and_remarks_of_programs_are_not() {
        let review = |action: &str, state: &str, kind: &str| {
            let payload = with_origin(json!({
                "action": action, "pull_request": { "number": 3 }, "review": { "state": state, "user": { "type": kind } },
            }));
            jobs("pull_request_review", &payload)
        };
        for action in ["submitted", "edited", "dismissed"] {
            assert_eq!(review(action, "approved", "User"), ["7/pull/3"], "{action}");
        }
        assert_eq!(review("submitted", "commented", "User"), ["7/pull/3"]);
        assert_eq!(review("submitted", "approved", "Bot"), ["7/pull/3"]);
        assert!(review("submitted", "commented", "Bot").is_empty(), "our own reviews are such");
        assert!(review("unheard_of", "approved", "User").is_empty());
        let payload = with_origin(json!({
            "action": "dismissed", "review": { "state": "dismissed" },
            "pull_request": { "number": 3, "updated_at": "2026-11-25T08:00:00Z" },
        }));
        let event = parse("pull_request_review", payload.to_string().as_bytes());
        let Some(Work::ReviewPull { changed_at, .. }) = build_jobs(&event).pop().map(|spec| spec.work) else {
            panic!("it is judged")
        };
        assert_eq!(changed_at, Timestamp::parse_rfc3339("2026-11-25T08:00:00Z"));
    }

    #[test]
    fn f63_new_comments_of_people_on_pull_requests_are_heeded() {
        let comment = |action: &str, kind: &str, issue: Value, body: &str| {
            let user = json!({ "login": "mona", "type": kind });
            let comment = json!({ "id": 9, "body": body, "user": user, "created_at": "2026-11-25T08:00:00Z" });
            jobs("issue_comment", &with_origin(json!({ "action": action, "issue": issue, "comment": comment })))
        };
        let pull = json!({ "number": 3, "pull_request": { "url": "u" } });
        assert_eq!(comment("created", "User", pull.clone(), "/deckhand why"), ["7/comment/9"]);
        assert!(comment("edited", "User", pull.clone(), "/deckhand why").is_empty());
        assert!(comment("deleted", "User", pull.clone(), "/deckhand why").is_empty());
        assert!(comment("created", "Bot", pull.clone(), "/deckhand why").is_empty());
        assert!(comment("created", "User", json!({ "number": 3 }), "/deckhand why").is_empty(), "an issue");
        assert!(comment("created", "User", pull, "> /deckhand why").is_empty());
    }

    #[test]
    fn what_programs_write_into_their_own_comments_is_an_echo() {
        let is_echo = |action: &str, author: &str, sender: &str| {
            let comment = json!({
                "id": 9, "body": "/deckhand why", "user": { "login": "a", "type": author },
                "created_at": "2026-11-25T08:00:00Z",
            });
            let pull = json!({ "number": 3, "pull_request": { "url": "u" } });
            let sender = json!({ "login": "b", "type": sender });
            let payload = json!({ "action": action, "issue": pull, "comment": comment, "sender": sender });
            parse("issue_comment", with_origin(payload).to_string().as_bytes()).is_echo()
        };
        assert!(is_echo("created", "Bot", "Bot"));
        assert!(is_echo("edited", "Bot", "Bot"), "a summary is edited in place");
        assert!(!is_echo("deleted", "Bot", "Bot"), "somebody else may have taken it away");
        assert!(!is_echo("edited", "Bot", "User"), "a person touched what is ours");
        assert!(!is_echo("edited", "User", "Bot"));
        assert!(!is_echo("created", "User", "User"));
    }

    #[test]
    fn the_organisations_rules_concern_every_repository() {
        let push = |name: &str, branch: &str, path: &str, list: &str| {
            let mut commit = json!({ "added": [], "removed": [], "modified": [] });
            commit[list] = json!([path]);
            let payload = json!({
                "ref": format!("refs/heads/{branch}"), "commits": [commit], "installation": { "id": 5 },
                "repository": { "id": 7, "full_name": name, "default_branch": "main" },
            });
            build_jobs(&parse("push", payload.to_string().as_bytes()))
        };
        let work = |jobs: Vec<JobSpec>| jobs.into_iter().map(|job| job.work).collect::<Vec<_>>();
        let changed = push("octo/.github", "main", "rules/a.lua", "modified");
        assert_eq!(work(changed), [Work::ReviewRepository { cause: Cause::Push }]);
        let first = push("octo/.github", "main", "dangerfile.lua", "added");
        assert_eq!(work(first), [Work::ReviewRepository { cause: Cause::FirstDangerfile }]);
        let elsewhere = push("octo/.github", "topic", "dangerfile.lua", "added");
        assert_eq!(
            elsewhere.iter().map(JobSpec::key).collect::<Vec<_>>(),
            ["7/readers/files/topic", "7/readers/mergeability/topic"]
        );
        let own = push("octo/github", "main", "dangerfile.lua", "added");
        assert_eq!(work(own), [Work::ReviewRepository { cause: Cause::FirstDangerfile }]);
        let changed = push("octo/github", "main", ".github/dangerfile.lua", "modified");
        assert_eq!(work(changed), [Work::ReviewRepository { cause: Cause::Push }]);
        let read = push("octo/.github", "main", "README.md", "modified");
        assert_eq!(read.iter().map(JobSpec::key).collect::<Vec<_>>(), ["7/readers/mergeability/main"]);
    }

    #[test]
    fn pushes_to_other_branches_matter_for_what_is_read_of_them() {
        let push = |change: Value| {
            let mut payload = with_origin(json!({ "ref": "refs/heads/release/1", "commits": [
                { "added": [], "removed": [], "modified": ["README.md"] } ] }));
            payload["repository"]["default_branch"] = json!("main");
            for (key, value) in change.as_object().expect("a good sample") {
                payload[key] = value.clone();
            }
            jobs("push", &payload)
        };
        let judged = ["7/branch/release/1"];
        let readers = |words: &[&str]| -> Vec<String> {
            words.iter().map(|word| format!("7/readers/{word}/release/1")).collect()
        };
        assert_eq!(push(json!({})), readers(&["mergeability"]));
        assert_eq!(
            push(json!({ "commits": [{ "added": ["a.sql"], "removed": [], "modified": [] }] })),
            readers(&["files", "mergeability"])
        );
        assert_eq!(
            push(json!({ "commits": [{ "added": [], "removed": [], "modified": ["docs/CODEOWNERS"] }] })),
            readers(&["code_owners", "mergeability"])
        );
        assert!(push(json!({ "created": true })).is_empty(), "nobody proposes to a branch that begins");
        // Rules are read from the default branch only.
        assert_eq!(
            push(json!({ "commits": [{ "added": [], "removed": [], "modified": ["dangerfile.lua", "rules/x.lua"] }] })),
            readers(&["mergeability"])
        );
        // Whoever holds this commit has another merge base now.
        assert_eq!(
            push(json!({ "commits": [{ "id": "ab".repeat(20), "added": [], "removed": [], "modified": [] }] })),
            [readers(&["mergeability"]), vec!["7/push/release/1".to_owned()]].concat()
        );
        assert_eq!(push(json!({ "commits": [{ "added": [] }] })), judged, "a list that is missing was cut");
        assert_eq!(push(json!({ "commits": [] })), judged);
        assert_eq!(push(json!({ "commits": null })), judged);
        assert_eq!(push(json!({ "forced": true })), judged);
        assert!(push(json!({ "commits": [], "created": true })).is_empty());
        assert!(push(json!({ "forced": true, "deleted": true })).is_empty());
        assert!(push(json!({ "forced": true, "ref": "refs/tags/v1" })).is_empty());
        let many: Vec<String> = (0..3000).map(|n| format!("f{n}")).collect();
        assert_eq!(push(json!({ "commits": [{ "added": many, "removed": [], "modified": [] }] })), judged);
    }

    #[test]
    fn f69_pushes_to_the_default_branch_name_the_scripts_that_they_touched() {
        let push = |commit: Value| {
            let mut payload = with_origin(json!({ "ref": "refs/heads/main", "commits": [commit] }));
            payload["repository"]["default_branch"] = json!("main");
            build_jobs(&parse("push", payload.to_string().as_bytes()))
        };
        let everything = [Work::ReviewRepository { cause: Cause::Push }];
        let work = |jobs: Vec<JobSpec>| jobs.into_iter().map(|job| job.work).collect::<Vec<_>>();
        for path in ["dangerfile.lua", ".github/dangerfile.lua"] {
            assert_eq!(work(push(json!({ "added": [], "removed": [], "modified": [path] }))), everything, "{path}");
        }
        assert_eq!(work(push(json!({ "added": [] }))), everything, "a list that is missing was cut");
        let script =
            push(json!({ "id": "a".repeat(40), "added": [], "removed": ["rules/x.luau"], "modified": ["a.txt"] }));
        let Some(Work::HeedPush { branch, pushed }) = work(script).pop() else { panic!("nothing to heed") };
        assert_eq!((branch.as_str(), pushed.cut), ("main", false));
        assert_eq!(pushed.scripts.iter().map(RepoPath::as_str).collect::<Vec<_>>(), ["rules/x.luau"]);
        assert_eq!(pushed.commits.into_iter().collect::<Vec<_>>(), ["a".repeat(40)]);
    }

    #[test]
    fn f47_rerequested_checks_name_pull_requests_or_the_commit() {
        let head = "ab".repeat(20);
        for event in ["check_run", "check_suite"] {
            let with = |pulls: Value| {
                let mut payload = with_origin(json!({ "action": "rerequested" }));
                payload[event] = json!({ "head_sha": head, "pull_requests": pulls });
                jobs(event, &payload)
            };
            let here = json!({ "number": 1, "base": { "repo": { "id": 7 } } });
            let elsewhere = json!({ "number": 2, "base": { "repo": { "id": 8 } } });
            assert_eq!(with(json!([here, { "number": 4 }])), ["7/pull/1", "7/pull/4"]);
            let commit = [format!("7/commit/{head}")];
            assert_eq!(with(json!([elsewhere])), commit);
            assert_eq!(with(json!([])), commit);
            assert_eq!(with(Value::Null), commit);
        }
    }

    #[test]
    fn installations_name_their_repositories() {
        let listed = json!([{ "id": 7, "full_name": "octo/hello" }, { "id": 8, "full_name": "octo/more" }]);
        let installation = |action: &str| {
            jobs("installation", &json!({ "action": action, "installation": { "id": 5 }, "repositories": listed }))
        };
        for action in ["created", "unsuspend", "new_permissions_accepted"] {
            assert_eq!(installation(action), ["7/repository", "8/repository"], "{action}");
        }
        assert!(installation("deleted").is_empty() && installation("suspend").is_empty());
        let added = json!({ "action": "added", "installation": { "id": 5 }, "repositories_added": listed, "repositories_removed": [] });
        assert_eq!(jobs("installation_repositories", &added), ["7/repository", "8/repository"]);
        let removed = json!({ "action": "removed", "installation": { "id": 5 }, "repositories_removed": listed });
        assert!(jobs("installation_repositories", &removed).is_empty());
    }

    #[test]
    fn f13_what_is_unknown_or_broken_is_said_and_nothing_of_it_repeated() {
        let other = parse("pull_request", br#"{"action":"enqueued"}"#);
        assert_eq!(other, Event::Other { name: "pull_request".into(), action: Some("enqueued".into()) });
        assert_eq!(parse("star", br#"{"action":7}"#), Event::Other { name: "star".into(), action: None });
        for body in [
            "",
            "null",
            "[]",
            "{",
            r#"{"action":"opened"}"#,
            r#"{"action":"opened","pull_request":null}"#,
            r#"{"action":"opened","pull_request":{"number":"canary"},"repository":{"id":7,"full_name":"octo/hello"}}"#,
            r#"{"action":"opened","pull_request":{"number":1},"repository":{"id":7,"full_name":"canary"}}"#,
            r#"{"action":"opened","pull_request":{"number":1},"repository":{"id":7,"full_name":"octo/hello"}}"#,
        ] {
            match parse("pull_request", body.as_bytes()) {
                Event::Unreadable { reason } => assert!(!reason.contains("canary"), "{reason}"),
                event => panic!("{body}: {event:?}"),
            }
        }
    }

    #[test]
    fn jobs_survive_storage() {
        let payload = with_origin(json!({ "action": "opened", "pull_request": { "number": 3 } }));
        let job = build_jobs(&parse("pull_request", payload.to_string().as_bytes())).remove(0);
        let text = serde_json::to_string(&job).expect("a good sample");
        assert_eq!(
            text,
            r#"{"installation":5,"repository":7,"name":"octo/hello","work":{"kind":"review_pull","number":3,"cause":"opened"}}"#
        );
        assert_eq!(serde_json::from_str::<JobSpec>(&text).expect("a good sample"), job);
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "[a-z/]{0,8}".prop_map(Value::from)
        ];
        let key = prop::sample::select(vec![
            "action",
            "installation",
            "repository",
            "id",
            "full_name",
            "pull_request",
            "number",
            "commits",
            "ref",
        ]);
        leaf.prop_recursive(4, 32, 6, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(key.clone(), inner, 0..6).prop_map(|map| Value::Object(
                    map.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
                )),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_body_is_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..100), json in any_json(), name in prop::sample::select(EVENT_NAMES)) {
            build_jobs(&parse(name, &bytes));
            for action in ["opened", "rerequested", "created", "added", "checks_requested"] {
                let mut json = json.clone();
                if let Some(object) = json.as_object_mut() {
                    object.insert("action".into(), action.into());
                }
                build_jobs(&parse(name, json.to_string().as_bytes()));
            }
        }
    }
}
