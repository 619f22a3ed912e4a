//! Reports, and the repositories that they are sent to.

use super::engine::Memory;
use super::state::{JobRow, ReportRow, State};
use async_trait::async_trait;
use deckhand::model::{CommitId, RepositoryId, Timestamp};
use deckhand::store::{
    KeptReport, MAX_REPORTS, MAX_REPORTS_BYTES, NewReport, ReportKind, Reports, RunId, SavedReport, StoreError,
};
use deckhand::webhook::JobSpec;

impl State {
    fn newest_work(&self, is_of_it: impl Fn(&JobSpec) -> bool) -> Option<JobSpec> {
        let jobs = self.jobs.iter().filter(|job| is_of_it(&job.spec));
        jobs.max_by_key(|job: &&JobRow| (job.changed_at, job.id)).map(|job| job.spec.clone())
    }
}

#[async_trait]
impl Reports for Memory {
    async fn save_report(
        &self,
        report: NewReport,
        wakes: Vec<JobSpec>,
        now: Timestamp,
    ) -> Result<SavedReport, StoreError> {
        let mut state = self.state()?;
        let of_commit = |row: &&ReportRow| row.repository == report.repository && row.commit == report.commit;
        let of_flag = |row: &&ReportRow| of_commit(row) && row.kind == report.kind && row.flag == report.flag;
        let same = state
            .reports
            .iter()
            .filter(of_flag)
            .find(|row| row.bytes == report.bytes && (report.kind != ReportKind::Lint || row.name == report.name));
        if let Some(id) = same.map(|row| row.id.clone()) {
            let joined = state.enqueue_all(&wakes, now, now);
            self.counters().joined_jobs.add(joined);
            return Ok(SavedReport::Saved(id));
        }
        let is_replaced = |row: &&ReportRow| of_flag(row) && report.flag.is_some();
        let others = || state.reports.iter().filter(of_commit).filter(|row| !is_replaced(row));
        let bytes: usize = others().map(|row| row.bytes.len()).sum();
        if others().count() >= MAX_REPORTS || bytes + report.bytes.len() > MAX_REPORTS_BYTES {
            return Ok(SavedReport::Full);
        }
        // What is known of the commit holds for all its reports.
        let known = state.reports.iter().find(of_commit);
        let head = known.map_or_else(|| report.commit.clone(), |row| row.head.clone());
        state.reports.retain(|row| !is_replaced(&row));
        let id = report.id.clone();
        state.reports.push(ReportRow {
            id: report.id,
            repository: report.repository,
            commit: report.commit,
            head,
            kind: report.kind,
            flag: report.flag,
            from_artifact: report.from_artifact,
            name: report.name,
            bytes: report.bytes,
            created_at: now,
        });
        let joined = state.enqueue_all(&wakes, now, now);
        self.counters().joined_jobs.add(joined);
        Ok(SavedReport::Saved(id))
    }

    async fn find_reports(
        &self,
        repository: RepositoryId,
        head: &CommitId,
        kind: ReportKind,
    ) -> Result<Vec<KeptReport>, StoreError> {
        let state = self.state()?;
        let speaks = |row: &&ReportRow| row.head == *head || row.commit == *head;
        let of_kind = state.reports.iter().filter(|row| row.repository == repository && row.kind == kind);
        let mut found: Vec<&ReportRow> = of_kind.filter(speaks).collect();
        found.sort_by_key(|row| (row.created_at, row.id.as_str()));
        let kept = |row: &ReportRow| KeptReport {
            id: row.id.clone(),
            commit: row.commit.clone(),
            head: row.head.clone(),
            flag: row.flag.clone(),
            from_artifact: row.from_artifact,
            name: row.name.clone(),
        };
        Ok(found.into_iter().map(kept).collect())
    }

    async fn load_report(&self, id: &RunId) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.state()?.reports.iter().find(|row| row.id == *id).map(|row| row.bytes.clone()))
    }

    async fn note_test_merge(
        &self,
        repository: RepositoryId,
        commit: &CommitId,
        head: &CommitId,
    ) -> Result<u64, StoreError> {
        let mut noted = 0;
        for row in &mut self.state()?.reports {
            if row.repository == repository && row.commit == *commit {
                row.head = head.clone();
                noted += 1;
            }
        }
        Ok(noted)
    }

    async fn find_report_artifacts(&self, repository: RepositoryId) -> Result<Vec<String>, StoreError> {
        let state = self.state()?;
        let of_repository = state.runs.values().filter(|run| run.repository == repository);
        let mut runs: Vec<_> = of_repository.collect();
        runs.sort_by_key(|run| (run.created_at, run.id.as_str()));
        let verdicts = runs.iter().rev().filter_map(|run| serde_json::from_str(&run.verdict).ok());
        let ended = |verdict: &serde_json::Value| {
            let mut faults = verdict["faults"].as_array().into_iter().flatten();
            !faults.any(|fault| fault["rule"] == "dangerfile")
        };
        let Some(verdict) = { verdicts }.find(ended) else { return Ok(Vec::new()) };
        let patterns = &verdict["settings"]["report_artifacts"];
        Ok(serde_json::from_value(patterns.clone()).unwrap_or_default())
    }

    async fn find_repository(&self, name: &str) -> Result<Option<JobSpec>, StoreError> {
        Ok(self.state()?.newest_work(|spec| spec.name.to_string().eq_ignore_ascii_case(name)))
    }

    async fn find_repository_by_id(&self, id: RepositoryId) -> Result<Option<JobSpec>, StoreError> {
        Ok(self.state()?.newest_work(|spec| spec.repository == id))
    }
}
