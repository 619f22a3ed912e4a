//! Where texts and names come from that a change does not hold itself.

use crate::analysis::lockfile::{FileSource, Text};
use crate::model::Side;

/// The names in a folder.
pub enum Names<'a> {
    /// They are these.
    Known(&'a [String]),
    /// There is no such folder, or it cannot be listed.
    None,
    /// It was asked for and will be known in another pass.
    Pending,
}

/// Gives names besides texts.
pub trait FolderSource: FileSource {
    /// What lies in a folder of the head; the empty path is the root.
    fn names(&self, folder: &str) -> Names<'_>;
}

/// Texts that are read, and whether one of them is still to come.
pub(super) struct Asked<'a> {
    pub(super) source: &'a dyn FolderSource,
    pub(super) pending: bool,
}

impl<'a> Asked<'a> {
    pub(super) fn read(&mut self, side: Side, path: &str) -> Option<&'a str> {
        match self.source.text(side, path) {
            Text::Known(text) => Some(text),
            Text::Pending => {
                self.pending = true;
                None
            }
            Text::Absent | Text::Unreadable => None,
        }
    }

    pub(super) fn names(&mut self, folder: &str) -> &'a [String] {
        match self.source.names(folder) {
            Names::Known(names) => names,
            Names::None => &[],
            Names::Pending => {
                self.pending = true;
                &[]
            }
        }
    }
}
