//! Rules that do not load: on the base the newest ones that do judge instead, so that it can be mended; in a pull request
//! they are a finding, so that they do not get there.
//!
//! A fault of code that loads is another matter: whoever wrote it sees it in every check.

use super::judges::{JudgeError, Judges};
use super::passes::{Judged, JudgingError, Surroundings, judge};
use crate::github::{CallError, RepoClient, apply_facts};
use crate::model::{
    CommitId, DANGERFILE_PLACES, DANGERFILE_RULE, Dangerfile, Fact, FactKey, Fault, FileChange, FileText, Origin,
    RepoPath, Ruleset, Snapshot, Verdict,
};
use crate::review::Outcome;
use std::collections::BTreeSet;

/// Files that require each other, passes in which the rules of a pull request are loaded.
const MAX_LOADS: usize = 10;

/// Runs the rules of the snapshot; when the repository's own do not load, those of its history instead, the newest that
/// do. The snapshot has them then, and says so. One request more, and only then.
///
/// # Errors
/// As [`judge`].
pub async fn judge_or_fall_back(
    judges: &Judges,
    client: &RepoClient,
    snapshot: &mut Snapshot,
    surroundings: &dyn Surroundings,
) -> Result<Judged, JudgingError> {
    let judged = judge(judges, client, snapshot, surroundings).await?;
    let Some(own) = snapshot.ruleset.layers.iter().rposition(|it| it.origin == Origin::Repository) else {
        return Ok(judged);
    };
    let present = snapshot.ruleset.layers[own].clone();
    let (Some(mistake), Some(tip)) = (find_mistake(&judged.verdict).cloned(), &present.commit) else {
        return Ok(judged);
    };
    let mut attempt = snapshot.clone();
    // A text that requires nothing is no better at another commit.
    let mut hopeless: Vec<String> = Vec::new();
    let requires = |snapshot: &Snapshot| snapshot.sources.keys().any(|(layer, _)| *layer == own);
    hopeless.extend((!requires(snapshot)).then(|| present.text.clone()));
    let history = match client.fetch_earlier_dangerfiles(tip).await {
        Err(error) if !error.is_temporary() => {
            // The check fails and says what has to be mended, as it would without a history.
            tracing::warn!(%error, "The dangerfiles before one that does not load cannot be read: {error}");
            return Ok(judged);
        }
        history => history?,
    };
    for earlier in history {
        if hopeless.contains(&earlier.text) {
            continue;
        }
        attempt.sources.retain(|(layer, _), _| *layer != own);
        attempt.notes.clone_from(&snapshot.notes);
        attempt.notes.push(say_fallen_back(&present, tip, &mistake, &earlier));
        attempt.ruleset.layers[own] = earlier;
        let mut fallen_back = judge(judges, client, &mut attempt, surroundings).await?;
        if find_mistake(&fallen_back.verdict).is_none() {
            let present = std::mem::replace(snapshot, attempt).sources;
            fallen_back.present = Some(present);
            fallen_back.asked.extend(judged.asked);
            return Ok(fallen_back);
        }
        hopeless.extend((!requires(&attempt)).then(|| attempt.ruleset.layers[own].text.clone()));
    }
    Ok(judged)
}

/// Loads the rules that the pull request brings, when it changes any, and notes in the snapshot why they do not load;
/// they come back with what they require, as far as that was read. None of them runs: whoever may open a pull request
/// wrote them.
/// One request, and one for each pass in which they require further files; none where no script is changed.
///
/// # Errors
/// As [`judge`]; a judge that the rules keep busy until it ends is their mistake.
pub async fn load_brought_rules(
    judges: &Judges,
    client: &RepoClient,
    snapshot: &mut Snapshot,
) -> Result<Option<Snapshot>, JudgingError> {
    if !changes_scripts(snapshot) {
        return Ok(None);
    }
    let head = snapshot.subject.head.clone();
    let places: Vec<(CommitId, RepoPath)> =
        DANGERFILE_PLACES.iter().map(|path| (head.clone(), RepoPath::new(path))).collect();
    let texts = client.fetch_files(&places).await?;
    let mut found = places.into_iter().zip(texts).filter(|(_, text)| *text != FileText::Absent);
    let Some(((_, path), text)) = found.next() else { return Ok(None) };
    let text = match text {
        FileText::Text(text) => text,
        FileText::Absent | FileText::Folder(_) => return Ok(None),
        FileText::NotText(reason) | FileText::Cut(reason) => {
            snapshot.brought = Some(fault(path, format!("`dangerfile.lua` cannot be read: {reason}")));
            return Ok(None);
        }
    };
    let mut trial = snapshot.clone();
    let dangerfile = Dangerfile { origin: Origin::Repository, path: path.clone(), commit: Some(head), text };
    trial.ruleset = Ruleset { layers: vec![dangerfile] };
    trial.sources.clear();
    trial.only_loads = true;
    for _ in 0..MAX_LOADS {
        match judges.judge_once(&trial).await {
            Err(error @ (JudgeError::Timeout(_) | JudgeError::Died(_))) => {
                snapshot.brought = Some(fault(path, format!("{error} while it loaded them")));
                return Ok(None);
            }
            Err(error @ JudgeError::Start(_)) => return Err(error.into()),
            Ok(Outcome::Done(verdict)) => {
                snapshot.brought = find_mistake(&verdict).cloned();
                return Ok(Some(trial));
            }
            Ok(Outcome::Missing(missing)) => {
                let is_source = |key: &FactKey| matches!(key, FactKey::Source { .. });
                let sources: BTreeSet<FactKey> = missing.into_iter().filter(is_source).collect();
                // Whatever else is missing is asked for by code that has been loaded.
                if sources.is_empty() {
                    return Ok(Some(trial));
                }
                match client.fetch_facts(&trial, &sources).await {
                    Ok(facts) => apply_facts(&mut trial, facts),
                    // The base's own rules come first.
                    Err(CallError::Budget(_)) => return Ok(None),
                    Err(error) => return Err(error.into()),
                }
            }
        }
    }
    Ok(None)
}

/// Why the repository's own rules do not load. A mistake in the organisation's is not theirs to mend.
fn find_mistake(verdict: &Verdict) -> Option<&Fault> {
    verdict.faults.iter().find(|fault| fault.rule == DANGERFILE_RULE && fault.mistake && !fault.of_organisation)
}

fn changes_scripts(snapshot: &Snapshot) -> bool {
    let is_script = |path: &RepoPath| path.as_str().ends_with(".lua") || path.as_str().ends_with(".luau");
    let touches = |change: &FileChange| is_script(&change.path) || is_script(change.old_path());
    matches!(&snapshot.changes, Some(Fact::Known(changes)) if changes.iter().any(touches))
}

fn fault(path: RepoPath, message: String) -> Fault {
    Fault { mistake: true, path: Some(path), ..Fault::of_dangerfile(message) }
}

fn say_fallen_back(present: &Dangerfile, tip: &CommitId, mistake: &Fault, earlier: &Dangerfile) -> String {
    let place = match (&mistake.path, mistake.line) {
        (Some(path), Some(line)) => format!("`{path}:{line}`: "),
        (Some(path), None) => format!("`{path}`: "),
        (None, _) => String::new(),
    };
    let used = earlier.commit.as_ref().map_or("", CommitId::short);
    format!(
        "The base's `{}` at `{}` does not load ({place}{}), so the last one that does judges, of `{used}`. \
         Mend it in a pull request: this one judges that too.",
        present.path,
        tip.short(),
        mistake.message.trim_end_matches('.'),
    )
}
