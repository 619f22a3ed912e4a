//! Who has to do with a pull request: assignees, requests for reviews, reviews by people.

use super::NewReview;
use crate::sim::json;
use crate::sim::state::State;
use serde_json::json;

impl State {
    /// Assigns somebody.
    pub(in crate::sim) fn assign(&mut self, index: usize, number: u64, actor: &str, login: &str) -> Option<()> {
        self.ensure_user(login, "User");
        let pull = self.repos[index].pulls.get_mut(&number)?;
        if pull.assignees.iter().any(|known| known == login) {
            return Some(());
        }
        pull.assignees.push(login.to_owned());
        self.touch(index, number);
        self.note(index, number, actor, &format!("assigned {login}"), None);
        let more = json!({ "assignee": json::user(self, login) });
        self.tell_pull(index, number, "assigned", actor, more);
        Some(())
    }

    /// Asks a person for a review, or a team when the name is `team/SLUG`.
    pub(in crate::sim) fn request_review(&mut self, index: usize, number: u64, actor: &str, whom: &str) -> Option<()> {
        let team = whom.strip_prefix("team/");
        if team.is_none() {
            self.ensure_user(whom, "User");
        }
        let pull = self.repos[index].pulls.get_mut(&number)?;
        match team {
            Some(team) => pull.requested_teams.push(team.to_owned()),
            None => pull.requested.push(whom.to_owned()),
        }
        self.touch(index, number);
        self.note(index, number, actor, &format!("requested a review from {whom}"), None);
        let more = match team {
            Some(team) => json!({ "requested_team": json::team(self, &self.repos[index].owner, team) }),
            None => json!({ "requested_reviewer": json::user(self, whom) }),
        };
        self.tell_pull(index, number, "review_requested", actor, more);
        Some(())
    }

    /// A person reviews the head: `APPROVED`, `CHANGES_REQUESTED` or `COMMENTED`. Answers the review's number.
    pub(in crate::sim) fn review(
        &mut self,
        index: usize,
        number: u64,
        actor: &str,
        (state, body): (&'static str, &str),
    ) -> Option<u64> {
        let commit = self.repos[index].pulls.get(&number)?.head_sha.clone();
        let new = NewReview { body: body.to_owned(), state, commit, comments: Vec::new() };
        self.submit_review(index, number, (actor, None), new).ok()
    }

    /// Tells apps of a review that was submitted; whoever gave one is no longer asked for it.
    pub(super) fn tell_review(&mut self, index: usize, number: u64, review: u64, actor: &str) {
        if let Some(pull) = self.repos[index].pulls.get_mut(&number) {
            pull.requested.retain(|login| login != actor);
        }
        self.touch(index, number);
        let repo = &self.repos[index];
        let (Some(pull), Some(it)) = (repo.pulls.get(&number), repo.reviews.iter().find(|it| it.id == review)) else {
            return;
        };
        let mut shown = json::review(self, repo, it);
        // REST says it in capitals, the payload does not.
        shown["state"] = it.state.to_lowercase().into();
        let body =
            json!({ "action": "submitted", "review": shown, "pull_request": json::pull_simple(self, repo, pull) });
        self.tell(index, "pull_request_review", actor, body);
    }
}
