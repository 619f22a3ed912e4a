//! Texts that a pull request hides from its own diff, read whole.

use super::CallError;
use super::repo::RepoClient;
use crate::diff::{may_hide, reveal};
use crate::model::{CommitId, Fact, FileChange, FileText, Patch, RepoPath};

/// Of so many files it is found out whether they are binary: ten requests.
const MAX_FILES: usize = 1_000;

impl RepoClient {
    /// Where the change brings attributes, whatever GitHub shows as binary is looked at: a text has its lines again, as
    /// [`reveal`] says. The base is the merge base where that is known, else one request tells it.
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
        let hidden: Vec<&mut FileChange> = files.iter_mut().filter(|file| file.patch == Patch::Binary).collect();
        if hidden.is_empty() {
            return Ok(Fact::Known(files));
        }
        let merge_base = match merge_base {
            Some(known) => known.clone(),
            None => self.find_merge_base(base, head).await?,
        };
        // Most are binary, which one side tells.
        let places: Vec<_> = hidden.iter().take(MAX_FILES).map(|file| (head.clone(), file.path.clone())).collect();
        let after = self.fetch_files(&places).await?;
        let is_hidden = |text: &FileText| !matches!(text, FileText::NotText(_) | FileText::Folder(_));
        let mut texts: Vec<(&mut FileChange, FileText)> = Vec::new();
        let mut after = after.into_iter();
        for file in hidden {
            match after.next() {
                Some(text) if is_hidden(&text) => texts.push((file, text)),
                Some(_) => {}
                None => file.patch = Patch::Truncated,
            }
        }
        let old = |file: &FileChange| -> RepoPath { file.old_path.as_ref().unwrap_or(&file.path).clone() };
        let places: Vec<_> = texts.iter().map(|(file, _)| (merge_base.clone(), old(file))).collect();
        let before = self.fetch_files(&places).await?;
        for ((file, after), before) in texts.into_iter().zip(&before) {
            reveal(file, before, &after);
        }
        Ok(Fact::Known(files))
    }
}
