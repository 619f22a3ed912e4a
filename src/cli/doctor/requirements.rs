//! What branches require of our check. A requirement that anybody can fulfil protects nothing (fault F50).

use super::app::after_call;
use super::report::{Level, Remark, Section};
use crate::github::{AccessibleRepository, CallError, Github, Presence, RequiredBy, RequiredOf, Requirement};
use crate::model::{InstallationId, RepoName};
use crate::server::ServerConfig;

/// So many repositories are looked at when none are named: each costs a token and two requests.
const MAX_REPOSITORIES: usize = 25;

/// What to look at.
pub(super) struct Asked<'a> {
    pub(super) config: &'a ServerConfig,
    /// None: as many as there are, within reason.
    pub(super) repositories: &'a [RepoName],
    /// The name of the check.
    pub(super) check: &'a str,
}

pub(super) async fn look(github: &Github, installations: &[Presence], asked: &Asked<'_>) -> Section {
    let mut section = Section::new("Required checks");
    let mut known = Vec::new();
    for installation in installations.iter().filter(|it| !it.suspended) {
        match github.list_repositories(installation.id).await {
            Ok(found) => known.extend(found.into_iter().map(|it| (installation.id, it))),
            Err(error) => section.remarks.push(after_call(asked.config, &error).of(&installation.account)),
        }
    }
    let missing = asked.repositories.iter().filter(|name| !known.iter().any(|(_, it)| same(&it.name, name)));
    section.remarks.extend(missing.map(|name| {
        let text = format!("the app does not see {name}");
        Remark::new(Level::Problem, text).advise("Install it there, or add the repository to those that it may see.")
    }));
    let wanted = |it: &AccessibleRepository| {
        asked.repositories.is_empty() || asked.repositories.iter().any(|name| same(&it.name, name))
    };
    known.retain(|(_, it)| wanted(it));
    known.sort_by_cached_key(|(_, it)| it.name.to_string());
    let most = if asked.repositories.is_empty() { MAX_REPOSITORIES } else { usize::MAX };
    for (installation, repository) in known.iter().take(most) {
        section.remarks.extend(match look_at(github, *installation, repository, asked.check).await {
            Ok(remarks) => remarks,
            Err(error) => vec![after_call(asked.config, &error).of(&repository.name)],
        });
    }
    if let Some(rest) = known.len().checked_sub(most).filter(|rest| *rest > 0) {
        let text = format!("{rest} more repositories were not looked at");
        section
            .remarks
            .push(Remark::new(Level::Note, text).advise("Name those that matter with --repository OWNER/NAME."));
    }
    if section.remarks.is_empty() {
        section.remarks.push(Remark::new(Level::Note, "the app sees no repository"));
    }
    section
}

fn same(left: &RepoName, right: &RepoName) -> bool {
    left.to_string().eq_ignore_ascii_case(&right.to_string())
}

async fn look_at(
    github: &Github,
    installation: InstallationId,
    repository: &AccessibleRepository,
    check: &str,
) -> Result<Vec<Remark>, CallError> {
    let AccessibleRepository { id, name, default_branch } = repository;
    let client = github.repository(installation, *id, name.clone());
    let found = client.fetch_requirements(default_branch).await?;
    Ok(judge(&format!("{name} ({default_branch})"), check, &found))
}

/// `place` names repository and branch.
fn judge(place: &str, check: &str, found: &[Requirement]) -> Vec<Remark> {
    let rules = format!("{check}/");
    let ours: Vec<&Requirement> =
        found.iter().filter(|it| it.context == check || it.context.starts_with(&rules)).collect();
    if ours.is_empty() {
        let text = format!("{place} does not require `{check}`: people can merge whatever it says");
        return vec![Remark::new(Level::Note, text)];
    }
    ours.into_iter().map(|it| judge_one(place, it)).collect()
}

fn judge_one(place: &str, requirement: &Requirement) -> Remark {
    let Requirement { context, of, by } = requirement;
    let how = match by {
        RequiredBy::Ruleset => "in the ruleset (Settings, *Rules*), at *Require status checks to pass*",
        RequiredBy::Protection => {
            "in the branch's protection (Settings, *Branches*), at *Require status checks to pass*"
        }
    };
    match of {
        RequiredOf::ThisApp => {
            Remark::new(Level::Fine, format!("{place} requires `{context}` of this app and nobody else"))
        }
        RequiredOf::Anybody => {
            let text = format!(
                "{place} requires `{context}` of anybody: whoever may report checks or statuses, such as a workflow of a \
                 branch, can report it as passed"
            );
            Remark::new(Level::Warning, text).advise(format!("Choose this app as its source {how}."))
        }
        RequiredOf::App(id) => {
            let text = format!("{place} requires `{context}` of app {id}, which is not this one: it waits for ever");
            Remark::new(Level::Problem, text).advise(format!("Choose this app as its source {how}."))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f50_a_requirement_that_anybody_can_fulfil_is_warned_of() {
        let level = |context: &str, of| {
            let found = Requirement { context: context.to_owned(), of, by: RequiredBy::Ruleset };
            judge("octo/hello (main)", "deckhand", &[found]).iter().map(|it| it.level).max()
        };
        for context in ["deckhand", "deckhand/changelog"] {
            assert_eq!(level(context, RequiredOf::ThisApp), Some(Level::Fine));
            assert_eq!(level(context, RequiredOf::Anybody), Some(Level::Warning));
            assert_eq!(level(context, RequiredOf::App(9)), Some(Level::Problem));
        }
        assert_eq!(level("deckhands", RequiredOf::Anybody), Some(Level::Note), "somebody else's");
        assert_eq!(level("build", RequiredOf::Anybody), Some(Level::Note));
    }
}
