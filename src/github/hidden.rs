//! Texts that a pull request hides from its own diff, read whole.

use super::CallError;
use super::files::Blob;
use super::repo::RepoClient;
use crate::diff::{may_hide, reveal};
use crate::model::{ChangeStatus, CommitId, Fact, FileChange, Patch, RepoPath};

/// Of so many files it is found out whether they are texts: four requests.
const MAX_FILES: usize = 200;
/// So many bytes of texts are read, both sides together.
const MAX_BYTES: u64 = 8 << 20;

impl RepoClient {
    /// Where the change touches attributes, whatever GitHub shows without lines is looked at: a text has its lines again, as
    /// [`reveal`] says, and what is too much to be read counts as cut. The base is the merge base where that is known, else
    /// one request tells it.
    pub(super) async fn reveal_hidden(
        &self,
        (base, head): (&CommitId, &CommitId),
        merge_base: Option<&CommitId>,
        changes: Fact<Vec<FileChange>>,
    ) -> Result<Fact<Vec<FileChange>>, CallError> {
        let Fact::Known(mut files) = changes else { return Ok(changes) };
        if !may_hide(&files) {
            return Ok(Fact::Known(files));
        }
        let mut hidden: Vec<&mut FileChange> = files.iter_mut().filter(|file| shows_no_lines(file)).collect();
        for file in hidden.split_off(hidden.len().min(MAX_FILES)) {
            file.patch = Patch::Truncated;
        }
        if hidden.is_empty() {
            return Ok(Fact::Known(files));
        }
        let merge_base = match merge_base {
            Some(known) => known.clone(),
            None => self.find_merge_base(base, head).await?,
        };
        let sides = |file: &FileChange| -> [(CommitId, RepoPath); 2] {
            [(merge_base.clone(), file.old_path().clone()), (head.clone(), file.path.clone())]
        };
        let places: Vec<_> = hidden.iter().flat_map(|file| sides(file)).collect();
        let blobs = self.fetch_blobs(&places).await?;
        let mut left = MAX_BYTES;
        let mut texts: Vec<&mut FileChange> = Vec::new();
        for (file, blobs) in hidden.into_iter().zip(blobs.chunks(2)) {
            if is_binary(blobs) || is_same(blobs) {
                continue;
            }
            let size = blobs.iter().flatten().map(|blob| blob.size).fold(0, u64::saturating_add);
            match left.checked_sub(size) {
                Some(rest) => {
                    left = rest;
                    texts.push(file);
                }
                None => file.patch = Patch::Truncated,
            }
        }
        let places: Vec<_> = texts.iter().flat_map(|file| sides(file)).collect();
        let read = self.fetch_files(&places).await?;
        for (file, sides) in texts.into_iter().zip(read.chunks(2)) {
            if let [before, after] = sides {
                reveal(file, before, after);
            }
        }
        Ok(Fact::Known(files))
    }
}

/// A binary file, or one that seems to have changed its name only.
fn shows_no_lines(file: &FileChange) -> bool {
    file.patch == Patch::Binary || file.patch == Patch::Empty && file.status != ChangeStatus::Added
}

fn is_binary(blobs: &[Option<Blob>]) -> bool {
    blobs.iter().flatten().any(|blob| blob.binary)
}

fn is_same(blobs: &[Option<Blob>]) -> bool {
    matches!(blobs, [Some(before), Some(after)] if before.id == after.id)
}
