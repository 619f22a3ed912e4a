//! The check run: a new one when its annotations changed or when it waits again, an update when only its words or its
//! conclusion did, nothing otherwise.

use super::fix::buttons;
use super::marker::{digest, link_to_rest};
use super::render::render_started;
use super::shared::{Words, words};
use super::{CheckRun, CheckStatus, Operation, PlanInput, Published, PublishedCheck};
use crate::lua::Globs;
use crate::model::{CommitId, Conclusion, PullNumber, Settings, Timestamp, Verdict};

const EXTERNAL_ID: &str = "deckhand:v1";
/// How the external id of a check begins that was concluded without a verdict.
pub(super) const CONCLUDED_UNJUDGED: &str = "deckhand:v1:-:-";

/// The name of the check for a pull request into `base`: the plain name for the default branch and for the bases that
/// the settings name; any other base has its own, so that it cannot stand in for the required one.
pub fn check_name(settings: &Settings, base: &str, default_branch: &str) -> String {
    // Whoever loaded the settings has refused a list that cannot be read.
    let is_named = || Globs::parse_branches(&settings.bases).is_ok_and(|bases| bases.matches(base));
    if base == default_branch || is_named() {
        settings.check_name.clone()
    } else {
        format!("{} ({base})", settings.check_name)
    }
}

/// The check that says that a review has begun, unless one of this name is on the head already.
pub(super) fn plan_started(
    published: &Published,
    head: &CommitId,
    input: &PlanInput,
    operation: &str,
) -> Option<Operation> {
    // A conclusion that speaks of another pull request with this head must not stand for this one.
    let known = |check: &PublishedCheck| {
        check.conclusion.is_none() || input.number.is_none_or(|it| covers(&check.external_id, it))
    };
    if current(published, input).is_some_and(known) {
        return None;
    }
    let (title, summary) = render_started();
    Some(Operation::CreateCheck(CheckRun {
        name: input.check_name.clone(),
        head: head.clone(),
        external_id: external_id("-", "-", operation, input),
        details_url: input.details_url.clone(),
        status: CheckStatus::InProgress,
        awaited_until: None,
        started_at: input.started_at,
        title,
        summary,
        text: String::new(),
        annotations: Vec::new(),
        actions: Vec::new(),
    }))
}

/// The write that brings the check to the verdict.
pub(super) fn plan_check(
    verdict: &Verdict,
    published: &Published,
    input: &PlanInput,
    operation: &str,
) -> Option<Operation> {
    let Words { conclusion, title, mut summary, mut text, mut annotations } =
        words(verdict, input.number, &input.siblings);
    let pending = conclusion == Conclusion::Pending;
    if pending {
        // They come with the conclusion: GitHub takes none away, so that a check with some would have to be replaced.
        annotations.clear();
    }
    // A button would not say on whose branch it commits.
    let shared = !input.siblings.is_empty();
    let actions = if pending || shared { Vec::new() } else { buttons(verdict, input.hands) };
    let marks = digest(&serde_json::to_string(&annotations).expect("annotations are plain data"));
    // Times and links differ from run to run and change nothing for the reader.
    let mut said = [conclusion.as_str(), &title, &summary, &text].join("\0");
    if !actions.is_empty() {
        said.push_str(&serde_json::to_string(&actions).expect("buttons are plain data"));
    }
    let words = digest(&said);
    let link = link_to_rest(&format!("{summary}{text}"), input.details_url.as_deref());
    if text.is_empty() {
        summary.push_str(&link)
    } else {
        text.push_str(&link)
    }
    let status = match conclusion {
        Conclusion::Pending => CheckStatus::InProgress,
        conclusion => CheckStatus::Completed { conclusion, completed_at: input.completed_at },
    };
    let mut check = CheckRun {
        name: input.check_name.clone(),
        head: verdict.head.clone(),
        external_id: external_id(&marks, &words, operation, input),
        details_url: input.details_url.clone(),
        status,
        awaited_until: awaited_until(verdict, input).filter(|_| pending),
        started_at: input.started_at,
        title,
        summary,
        text,
        annotations,
        actions,
    };
    let Some(now) = current(published, input) else { return Some(Operation::CreateCheck(check)) };
    let (old_marks, old_words) = digests(now);
    let concluded = if pending { now.conclusion.is_none() } else { now.conclusion == Some(conclusion) };
    let complete = now.annotations == check.annotations.len();
    // A run that is completed stays so, whatever it is sent: GitHub answers well and shows the old conclusion. The newest
    // run of a name is the one that counts.
    let waits_again = pending && now.conclusion.is_some();
    if old_marks == Some(marks.as_str()) && complete && !waits_again {
        if old_words == Some(words.as_str()) && concluded {
            return None;
        }
        check.annotations.clear();
        return Some(Operation::UpdateCheck { id: now.id, check });
    }
    // A bare run in progress is the one that announced this review, and one that was concluded without a verdict stands
    // for it. GitHub appends annotations and never takes one away.
    let bare = now.annotations == 0 && (now.conclusion.is_none() || is_unjudged(now) && !pending);
    Some(if bare { Operation::UpdateCheck { id: now.id, check } } else { Operation::CreateCheck(check) })
}

/// When the last of those who share the check stops waiting; `None` while one of them was not judged yet, which is soon.
fn awaited_until(verdict: &Verdict, input: &PlanInput) -> Option<Timestamp> {
    let siblings: Option<Vec<&Verdict>> = input.siblings.iter().map(|sibling| sibling.verdict.as_ref()).collect();
    let all = siblings?.into_iter().chain([verdict]);
    all.filter(|it| it.conclusion == Conclusion::Pending).flat_map(Verdict::waits).map(|(_, it)| it.until).max()
}

fn current<'a>(published: &'a Published, input: &PlanInput) -> Option<&'a PublishedCheck> {
    published.checks.iter().filter(|check| check.name == input.check_name).max_by_key(|check| check.id)
}

/// Digests of what the check says, the operation that wrote it, and the pull requests that it speaks of.
fn external_id(marks: &str, words: &str, operation: &str, input: &PlanInput) -> String {
    let siblings = input.siblings.iter().map(|sibling| sibling.number);
    let mut numbers: Vec<PullNumber> = input.number.into_iter().chain(siblings).collect();
    numbers.sort();
    let numbers: Vec<String> = numbers.iter().map(PullNumber::to_string).collect();
    format!("{EXTERNAL_ID}:{marks}:{words}:{operation}:{}", numbers.join("+"))
}

/// Whether a check of ours with this external id speaks of this pull request.
pub fn covers(external_id: &str, number: PullNumber) -> bool {
    external_id.starts_with(EXTERNAL_ID) && numbers_of(external_id).split('+').any(|it| it.parse() == Ok(number.0))
}

/// The pull requests that a check with this external id speaks of: `3+7`.
pub(super) fn numbers_of(external_id: &str) -> &str {
    external_id.rsplit_once(':').map_or("", |(_, numbers)| numbers)
}

/// Digests of annotations and words of a check of ours.
fn digests(check: &PublishedCheck) -> (Option<&str>, Option<&str>) {
    let rest = check.external_id.strip_prefix(EXTERNAL_ID).and_then(|rest| rest.strip_prefix(':'));
    let mut parts = rest.unwrap_or_default().split(':');
    (parts.next().filter(|part| !part.is_empty()), parts.next())
}

/// A check of which nobody knows for certain what it says now: whatever is planned is written.
pub fn doubt(check: &PublishedCheck) -> PublishedCheck {
    let mut parts: Vec<&str> = check.external_id.split(':').collect();
    if let Some(words) = parts.get_mut(3) {
        *words = "?";
    }
    PublishedCheck { external_id: parts.join(":"), ..check.clone() }
}

/// Whether it never said a verdict: it announced a review, or was concluded because none came.
fn is_unjudged(check: &PublishedCheck) -> bool {
    check.external_id.strip_prefix(CONCLUDED_UNJUDGED).is_some_and(|rest| rest.starts_with(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_named_bases_carry_the_plain_name() {
        let settings = Settings { bases: vec!["release/*".into()], ..Settings::default() };
        assert_eq!(check_name(&settings, "main", "main"), "deckhand");
        assert_eq!(check_name(&settings, "release/1", "main"), "deckhand");
        assert_eq!(check_name(&settings, "release/1/x", "main"), "deckhand (release/1/x)");
        assert_eq!(check_name(&settings, "topic", "main"), "deckhand (topic)");
        let settings = Settings { bases: vec!["release/*".into(), "!release/old".into()], ..Settings::default() };
        assert_eq!(check_name(&settings, "release/1", "main"), "deckhand");
        assert_eq!(check_name(&settings, "release/old", "main"), "deckhand (release/old)");
    }
}
