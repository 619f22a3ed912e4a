//! The last judgement of a pull request as the store has it, read once.

use crate::model::{CommitId, PullNumber, Verdict};
use crate::plan::Spot;
use crate::store::Judgement;

/// What the store knows of one pull request.
pub(super) struct Known {
    pub(super) number: PullNumber,
    /// The commit that was judged.
    pub(super) head: CommitId,
    /// The branch that it was judged for.
    pub(super) base: String,
    /// What was said. One of another version that does not read is one that is not there.
    pub(super) verdict: Option<Verdict>,
    /// Lines on which GitHub took no comment at that commit. Those of another version that do not read are tried again.
    pub(super) refused: Vec<Spot>,
}

impl From<Judgement> for Known {
    fn from(stored: Judgement) -> Self {
        let Judgement { number, head, base, verdict, refused } = stored;
        let refused = refused.and_then(|it| serde_json::from_str(&it).ok()).unwrap_or_default();
        Known { number, head, base, verdict: serde_json::from_str(&verdict).ok(), refused }
    }
}
