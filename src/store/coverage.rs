//! Coverage reports that were sent to this server. None can be sent in this version.

use super::{Store, StoreError};
use crate::model::{CommitId, CoverageFacts, RepositoryId};

impl Store {
    /// What the reports of a commit say; `None` while there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_reports(
        &self,
        _repository: RepositoryId,
        _head: &CommitId,
    ) -> Result<Option<CoverageFacts>, StoreError> {
        Ok(None)
    }
}
