//! Repositories and pull requests as the pages show them.

use super::timeline::{commit, threads, timeline};
use crate::model::Timestamp;
use crate::sim::state::{CheckAction, CheckRun, CommitStatus, Pull, Repo, State};
use crate::sim::view::{
    ActionView, AnnotationLevel, AnnotationView, CheckState, CheckView, FileStatus, FileView, LabelView, MergeView,
    PatchView, PullStateView, PullSummaryView, PullView, RepositoryView, StatusState, StatusView,
};

/// A page that waits for an app's first word reloads for so long after a change.
const PATIENCE_SECONDS: i64 = 15;

pub(in crate::sim) fn repository(repo: &Repo) -> RepositoryView {
    RepositoryView {
        owner: repo.owner.clone(),
        name: repo.name.clone(),
        description: repo.description.clone().unwrap_or_default(),
        open_pulls: repo.pulls.values().filter(|pull| pull.open).count(),
    }
}

pub(in crate::sim) fn summary(repo: &Repo, pull: &Pull) -> PullSummaryView {
    let comments = repo.comments.iter().filter(|it| it.number == pull.number).count();
    let on_lines = repo.review_comments.iter().filter(|it| it.number == pull.number).count();
    PullSummaryView {
        number: pull.number,
        title: pull.title.clone(),
        author: pull.author.clone(),
        state: state_of(pull),
        base: pull.base_ref.clone(),
        labels: labels(repo, pull),
        created: time(&pull.created_at),
        comments: comments + on_lines,
        checks: latest(repo, pull).filter_map(state_of_check).collect(),
    }
}

pub(in crate::sim) fn pull(state: &State, repo: &Repo, pull: &Pull) -> PullView {
    let base = repo.git.merge_base(&pull.base_sha, &pull.head_sha).unwrap_or_else(|| pull.base_sha.clone());
    let diff = repo.git.diff(&base, &pull.head_sha);
    let commits = repo.git.list_commits(&pull.base_sha, &pull.head_sha);
    let files: Vec<FileView> = diff
        .files
        .iter()
        .map(|file| FileView {
            path: file.path.clone(),
            old_path: file.previous.clone(),
            status: FileStatus::parse(file.status),
            additions: u32::try_from(file.additions).unwrap_or(u32::MAX),
            deletions: u32::try_from(file.deletions).unwrap_or(u32::MAX),
            patch: match &file.patch {
                Some(patch) => PatchView::parse(patch),
                None if file.status == "renamed" => PatchView::Absent("Renamed without changes.".to_owned()),
                None => PatchView::Absent("No lines to show.".to_owned()),
            },
        })
        .collect();
    let checks: Vec<CheckView> = latest(repo, pull).filter_map(|run| check(state, run)).collect();
    let own = pull.head_repo == Some(repo.id);
    let editable = diff.files.iter().filter(|file| own && file.status != "removed" && file.patch.is_some());
    PullView {
        number: pull.number,
        title: pull.title.clone(),
        body: pull.body.clone().unwrap_or_default(),
        author: pull.author.clone(),
        state: state_of(pull),
        base: pull.base_ref.clone(),
        base_sha: pull.base_sha.clone(),
        head: if own { pull.head_ref.clone() } else { format!("{}:{}", pull.head_owner, pull.head_ref) },
        head_sha: pull.head_sha.clone(),
        labels: labels(repo, pull),
        created: time(&pull.created_at),
        commits: commits.iter().filter_map(|sha| commit(state, repo, sha)).collect(),
        timeline: timeline(state, repo, pull.number),
        threads: threads(repo, pull.number),
        merge: merge(pull, &checks),
        editable: editable.map(|file| file.path.clone()).collect(),
        awaiting: is_awaited(state, pull, &checks),
        statuses: statuses(repo, &pull.head_sha),
        files,
        checks,
    }
}

/// An app was told of a change and has said nothing yet.
fn is_awaited(state: &State, pull: &Pull, checks: &[CheckView]) -> bool {
    let since = Timestamp::parse_rfc3339(&pull.updated_at).map_or(0, Timestamp::unix_seconds);
    let listens = state.apps.iter().any(|app| app.webhook_url.is_some());
    pull.open && checks.is_empty() && listens && state.clock().now() - since <= PATIENCE_SECONDS
}

fn state_of(pull: &Pull) -> PullStateView {
    match (pull.open, &pull.merged_at) {
        (false, Some(_)) => PullStateView::Merged,
        (false, None) => PullStateView::Closed,
        (true, _) if pull.draft => PullStateView::Draft,
        (true, _) => PullStateView::Open,
    }
}

fn merge(pull: &Pull, checks: &[CheckView]) -> MergeView {
    let view = |can_merge, text: &str| MergeView { can_merge, text: text.to_owned() };
    if !pull.open {
        return view(false, "This pull request is closed.");
    }
    if pull.draft {
        return view(false, "This pull request is still a draft.");
    }
    match checks.iter().find(|check| check.state.is_bad() || check.state.is_running()) {
        Some(check) if check.state.is_bad() => view(false, &format!("The check {} has not passed.", check.name)),
        Some(check) => view(false, &format!("The check {} has not ended.", check.name)),
        None if checks.is_empty() => view(true, "No check was asked for."),
        None => view(true, "All checks have passed."),
    }
}

fn labels(repo: &Repo, pull: &Pull) -> Vec<LabelView> {
    let color = |name: &String| repo.labels.iter().find(|label| label.name == *name).map(|label| label.color.clone());
    pull.labels.iter().map(|name| LabelView { name: name.clone(), color: color(name).unwrap_or_default() }).collect()
}

/// The newest run of each name in each suite of the head.
fn latest<'a>(repo: &'a Repo, pull: &'a Pull) -> impl Iterator<Item = &'a CheckRun> {
    let newer =
        |run: &CheckRun| repo.runs.iter().any(|it| it.suite == run.suite && it.name == run.name && it.id > run.id);
    repo.runs.iter().filter(move |run| run.head_sha == pull.head_sha && !newer(run))
}

fn state_of_check(run: &CheckRun) -> Option<CheckState> {
    CheckState::parse(&run.status, run.conclusion.as_deref())
}

fn check(state: &State, run: &CheckRun) -> Option<CheckView> {
    let line = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    let annotations = run.output.annotations.iter().map(|note| AnnotationView {
        path: note.path.clone(),
        start_line: line(note.start_line),
        end_line: line(note.end_line),
        level: AnnotationLevel::parse(&note.level).unwrap_or(AnnotationLevel::Notice),
        title: note.title.clone().unwrap_or_default(),
        message: note.message.clone(),
    });
    Some(CheckView {
        id: run.id,
        name: run.name.clone(),
        app: state.apps.iter().find(|app| app.id == run.app).map(|app| app.name.clone()).unwrap_or_default(),
        state: state_of_check(run)?,
        title: run.output.title.clone().unwrap_or_default(),
        summary: run.output.summary.clone().unwrap_or_default(),
        text: run.output.text.clone().unwrap_or_default(),
        annotations: annotations.collect(),
        details_url: run.details_url.as_deref().map(|url| signed_in(state, url)).unwrap_or_default(),
        actions: run.actions.iter().map(action).collect(),
        started: run.started_at.as_deref().map(time).unwrap_or_default(),
        completed: run.completed_at.as_deref().map(time).unwrap_or_default(),
    })
}

/// A link out of the pages, with what lets their reader in where it leads.
fn signed_in(state: &State, url: &str) -> String {
    match &state.signed_in {
        Some((place, query)) if url.strip_prefix(place.as_str()).is_some_and(|rest| rest.starts_with('/')) => {
            format!("{url}?{query}")
        }
        _ => url.to_owned(),
    }
}

fn action(action: &CheckAction) -> ActionView {
    let CheckAction { label, description, identifier } = action.clone();
    ActionView { label, description, identifier }
}

fn statuses(repo: &Repo, sha: &str) -> Vec<StatusView> {
    let mut newest: Vec<&CommitStatus> = Vec::new();
    for status in repo.statuses.iter().rev().filter(|status| status.sha == sha) {
        if !newest.iter().any(|other| other.context == status.context) {
            newest.push(status);
        }
    }
    // People see them by name, whichever came first.
    newest.sort_by(|one, other| one.context.cmp(&other.context));
    let view = |status: &CommitStatus| {
        Some(StatusView {
            context: status.context.clone(),
            state: StatusState::parse(&status.state)?,
            description: status.description.clone().unwrap_or_default(),
            target_url: status.target_url.clone().unwrap_or_default(),
        })
    };
    newest.into_iter().filter_map(view).collect()
}

/// `2026-01-05T09:00:00Z` as `2026-01-05 09:00`.
pub(super) fn time(text: &str) -> String {
    text.get(..16).map_or_else(|| text.to_owned(), |text| text.replace('T', " "))
}
