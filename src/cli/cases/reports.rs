//! Header lines of a case that say what others did: reviews, requests for them, statuses, check runs.

use crate::model::{CommitId, HeadCheckRun, HeadStatus, RequestedReviewers, Review, Team, Timestamp, User};

const REVIEWS: [&str; 4] = ["APPROVED", "CHANGES_REQUESTED", "COMMENTED", "DISMISSED"];
const STATES: [&str; 4] = ["error", "failure", "pending", "success"];
const CONCLUSIONS: [&str; 8] =
    ["action_required", "cancelled", "failure", "neutral", "skipped", "stale", "success", "timed_out"];
const ASSOCIATIONS: [&str; 8] =
    ["OWNER", "MEMBER", "COLLABORATOR", "CONTRIBUTOR", "FIRST_TIME_CONTRIBUTOR", "FIRST_TIMER", "MANNEQUIN", "NONE"];
const UNFINISHED: [&str; 2] = ["in_progress", "queued"];

/// What others did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Reports {
    reviews: Vec<Given>,
    requested: RequestedReviewers,
    /// Context and state.
    statuses: Vec<(String, String)>,
    /// Name, and conclusion or status.
    check_runs: Vec<(String, String)>,
}

/// A review: `ada APPROVED`, `eve NONE APPROVED`, `bob APPROVED earlier`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Given {
    login: String,
    association: String,
    state: String,
    /// Whether it is of a commit before the head.
    earlier: bool,
}

/// The names of the lines.
pub(super) const HEADERS: [&str; 4] = ["reviews", "requested_reviewers", "statuses", "check_runs"];

impl Reports {
    /// Reads the value of one of [`HEADERS`]: entries between commas.
    ///
    /// # Errors
    /// What is wrong with an entry.
    pub(super) fn read(&mut self, header: &str, value: &str) -> Result<(), String> {
        for entry in value.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
            match header {
                "reviews" => self.reviews.push(read_review(entry)?),
                "requested_reviewers" => match entry.strip_prefix("team/") {
                    Some(slug) => self.requested.teams.push(Team { name: slug.to_owned(), slug: slug.to_owned() }),
                    None => self.requested.users.push(user(entry.trim_start_matches('@'))),
                },
                "statuses" => self.statuses.push(pair(entry, "ci/build success", &[&STATES])?),
                _ => self.check_runs.push(pair(entry, "build success", &[&CONCLUSIONS, &UNFINISHED])?),
            }
        }
        Ok(())
    }

    pub(super) fn reviews(&self, head: &CommitId, at: Timestamp) -> Vec<Review> {
        let before = CommitId::new(&"e".repeat(40)).expect("forty digits");
        let review = |(id, given): (u64, &Given)| Review {
            id,
            user: user(&given.login),
            author_association: given.association.clone(),
            state: given.state.clone(),
            body: String::new(),
            commit: Some(if given.earlier { before.clone() } else { head.clone() }),
            submitted_at: at,
            html_url: String::new(),
        };
        (1..).zip(&self.reviews).map(review).collect()
    }

    pub(super) fn requested(&self) -> RequestedReviewers {
        self.requested.clone()
    }

    pub(super) fn statuses(&self, at: Timestamp) -> Vec<HeadStatus> {
        let status = |(context, state): &(String, String)| HeadStatus {
            context: context.clone(),
            state: state.clone(),
            description: String::new(),
            target_url: None,
            created_at: at,
            updated_at: at,
        };
        self.statuses.iter().map(status).collect()
    }

    pub(super) fn check_runs(&self, at: Timestamp) -> Vec<HeadCheckRun> {
        let run = |(id, (name, word)): (u64, &(String, String))| {
            let done = !UNFINISHED.contains(&word.as_str());
            HeadCheckRun {
                id,
                name: name.clone(),
                status: if done { "completed".to_owned() } else { word.clone() },
                conclusion: done.then(|| word.clone()),
                app: "github-actions".to_owned(),
                title: String::new(),
                details_url: None,
                html_url: None,
                started_at: Some(at),
                completed_at: done.then_some(at),
            }
        };
        (1..).zip(&self.check_runs).map(run).collect()
    }
}

/// A name and a word of these, which is the last one: a name may have spaces.
fn pair(entry: &str, example: &str, words: &[&[&str]]) -> Result<(String, String), String> {
    let known = || words.iter().copied().flatten().copied();
    let found = entry.rsplit_once(char::is_whitespace).and_then(|(name, word)| {
        let word = known().find(|known| known.eq_ignore_ascii_case(word))?;
        Some((name.trim().to_owned(), word.to_owned()))
    });
    let list = || known().collect::<Vec<_>>().join(", ");
    found.ok_or_else(|| format!("\"{entry}\" should be like \"{example}\"; its last word is one of {}", list()))
}

fn read_review(entry: &str) -> Result<Given, String> {
    let (said, earlier) = match entry.strip_suffix("earlier") {
        Some(said) if said.ends_with(char::is_whitespace) => (said.trim_end(), true),
        _ => (entry, false),
    };
    let (who, state) = pair(said, "ada APPROVED", &[&REVIEWS])?;
    let (login, association) = match who.split_once(char::is_whitespace) {
        Some((login, word)) => (login, association(word.trim())?),
        None => (who.as_str(), "MEMBER".to_owned()),
    };
    Ok(Given { login: login.trim_start_matches('@').to_owned(), association, state, earlier })
}

/// What somebody is to the repository, as GitHub says it.
///
/// # Errors
/// A word that GitHub has not.
pub(super) fn association(word: &str) -> Result<String, String> {
    let known = ASSOCIATIONS.into_iter().find(|known| known.eq_ignore_ascii_case(word));
    let wrong = || format!("what somebody is to the repository is one of {}, not \"{word}\"", ASSOCIATIONS.join(", "));
    known.map(str::to_owned).ok_or_else(wrong)
}

/// Somebody; an app's login ends in `[bot]`.
pub(super) fn user(login: &str) -> User {
    let kind = if login.ends_with("[bot]") { "Bot" } else { "User" };
    User { login: login.to_owned(), kind: kind.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_a_name_and_a_word() {
        let mut reports = Reports::default();
        reports.read("reviews", "@ada approved, bob CHANGES_REQUESTED").expect("reads");
        reports.read("reviews", "eve NONE APPROVED, lint[bot] COMMENTED, ada APPROVED earlier").expect("reads");
        reports.read("requested_reviewers", "eve, team/core").expect("reads");
        reports.read("check_runs", "unit tests success, lint in_progress").expect("reads");
        let head = CommitId::new(&"a".repeat(40)).expect("forty digits");
        let reviews = reports.reviews(&head, Timestamp(0));
        assert_eq!((reviews[0].user.login.as_str(), reviews[0].state.as_str()), ("ada", "APPROVED"));
        assert_eq!((reviews[0].author_association.as_str(), reviews[0].commit.as_ref()), ("MEMBER", Some(&head)));
        assert_eq!((reviews[2].user.login.as_str(), reviews[2].author_association.as_str()), ("eve", "NONE"));
        assert_eq!(reviews[3].user.kind, "Bot");
        assert_ne!(reviews[4].commit.as_ref(), Some(&head));
        let wrong = reports.read("reviews", "eve BOSS APPROVED").expect_err("no such association");
        assert!(wrong.contains("is one of OWNER, MEMBER"), "{wrong}");
        assert_eq!(reports.requested().teams[0].slug, "core");
        let runs = reports.check_runs(Timestamp(0));
        assert_eq!((runs[0].name.as_str(), runs[0].conclusion.as_deref()), ("unit tests", Some("success")));
        assert_eq!((runs[1].status.as_str(), runs[1].conclusion.as_deref()), ("in_progress", None));
        let wrong = reports.read("statuses", "ci/build green").expect_err("no such word");
        assert!(wrong.contains("\"ci/build green\" should be like") && wrong.contains("pending"), "{wrong}");
    }
}
