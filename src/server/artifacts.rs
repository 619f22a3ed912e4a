//! Reports that a workflow kept as an artifact: those that the repository's rules name take the same way as those that are
//! sent. That is how reports of forks come, whose workflows have no token for us.

use super::failed_call::after_call;
use super::opening::draw_run_id;
use super::read_report::read_report;
use super::reviews::Reviews;
use super::work::{JobError, JobOutcome};
use crate::analysis::archive::unpack;
use crate::github::{Artifact, CallError, MAX_ARCHIVE_BYTES, RepoClient};
use crate::lua::Globs;
use crate::model::CommitId;
use crate::store::{Job, NewReport, SavedReport};
use crate::webhook::{JobSpec, Work};

/// So many artifacts of one run are looked into.
const MAX_ARTIFACTS: usize = 20;

/// Takes the reports out of the artifacts of a finished workflow run.
pub(super) async fn run(
    reviews: &Reviews,
    job: &Job,
    client: &RepoClient,
    run: u64,
    head: &CommitId,
) -> Result<JobOutcome, JobError> {
    let patterns = reviews.store().find_report_artifacts(job.spec.repository).await?;
    let wanted = Globs::parse(&patterns).ok().filter(|_| !patterns.is_empty());
    let Some(wanted) = wanted else {
        return Ok(JobOutcome { summary: "no artifact is asked for here".to_owned() });
    };
    let artifacts = client.list_artifacts(run).await.map_err(after_call)?;
    let matching = artifacts.into_iter().filter(|it| wanted.matches(&it.name) && it.head.as_ref() == Some(head));
    let (mut taken, mut passed_over) = (0, Vec::new());
    for artifact in matching.take(MAX_ARTIFACTS) {
        let refused = take(reviews, job, client, head, &artifact, &mut taken).await?;
        passed_over.extend(refused.into_iter().map(|reason| format!("{}: {reason}", artifact.name)));
    }
    for reason in &passed_over {
        tracing::warn!(run, "a file of an artifact was passed over: {reason}");
    }
    let more = if passed_over.is_empty() { String::new() } else { format!("; {} passed over", passed_over.len()) };
    Ok(JobOutcome { summary: format!("{taken} reports taken out of artifacts{more}") })
}

/// Takes the reports of one artifact; answers why what is left was not taken.
async fn take(
    reviews: &Reviews,
    job: &Job,
    client: &RepoClient,
    head: &CommitId,
    artifact: &Artifact,
    taken: &mut usize,
) -> Result<Vec<String>, JobError> {
    if artifact.size > MAX_ARCHIVE_BYTES as u64 {
        return Ok(vec![format!("the archive is larger than {} MB", MAX_ARCHIVE_BYTES >> 20)]);
    }
    let archive = match client.download_artifact(artifact.id).await {
        Ok(archive) => archive,
        Err(error @ (CallError::NotFound(_) | CallError::TooLarge(_))) => return Ok(vec![error.to_string()]),
        Err(error) => return Err(after_call(error)),
    };
    let read = tokio::task::spawn_blocking(move || {
        let files = unpack(&archive).map_err(|error| format!("the archive {error}"))?;
        let read = |(name, bytes): (String, Vec<u8>)| {
            let read = read_report(&name, bytes);
            (name, read)
        };
        Ok::<_, String>(files.into_iter().map(read).collect::<Vec<_>>())
    });
    let files = match read.await {
        Ok(Ok(files)) => files,
        Ok(Err(reason)) => return Ok(vec![reason]),
        Err(_) => return Ok(vec!["the archive makes its reader fail".to_owned()]),
    };
    let mut refused = Vec::new();
    for (name, read) in files {
        let read = match read {
            Ok(read) => read,
            Err(reason) => {
                refused.push(format!("{name} {reason}"));
                continue;
            }
        };
        let report = NewReport {
            id: draw_run_id()?,
            repository: job.spec.repository,
            commit: head.clone(),
            kind: read.kind,
            // The same file of a run that is done again replaces this one.
            flag: Some(format!("{}/{name}", artifact.name)),
            from_artifact: true,
            name,
            bytes: read.bytes,
        };
        let wakes = vec![JobSpec { work: Work::HeedUpload { commit: head.clone() }, ..job.spec.clone() }];
        match reviews.store().save_report(report, wakes, reviews.now()).await? {
            SavedReport::Saved(_) => *taken += 1,
            SavedReport::Full => refused.push("the commit has as many reports as it may".to_owned()),
        }
    }
    Ok(refused)
}
