//! Finds the dangerfile of a local run: the file that was named, else the usual places.

use super::common::Common;
use super::failure::Failure;
use crate::git::{Comparison, Repository};
use crate::model::{Dangerfile, FileText, Origin, RepoPath};
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

pub(super) use crate::model::DANGERFILE_PLACES as PLACES;

/// Where a new one is written.
pub(super) const FIRST_PLACE: &str = PLACES[0];

/// A dangerfile and where the files that it requires are read.
pub(super) struct Found {
    pub(super) dangerfile: Dangerfile,
    /// A directory; `None` is the head's commit, in a repository without a working tree.
    pub(super) sources: Option<PathBuf>,
}

/// Loads the dangerfile of the working tree; in a bare repository that of the head.
pub(super) fn load(common: &Common, repository: &Repository, comparison: &Comparison) -> Result<Found, Failure> {
    if let Some(file) = &common.dangerfile {
        return load_named(file, repository.top());
    }
    for place in PLACES {
        let text = match repository.top() {
            Some(top) => read(&top.join(place))?,
            None => match comparison.load_head_file(&place.into())? {
                FileText::Text(text) => Some(text),
                FileText::Absent | FileText::NotText(_) | FileText::Folder(_) | FileText::Cut(_) => None,
            },
        };
        if let Some(text) = text {
            let commit = repository.top().is_none().then(|| comparison.head.clone());
            let dangerfile = Dangerfile { origin: Origin::Repository, path: place.into(), commit, text };
            return Ok(Found { dangerfile, sources: repository.top().map(Path::to_owned) });
        }
    }
    Err(none_found())
}

/// Loads the dangerfile of a directory.
pub(super) fn load_from(directory: &Path) -> Result<Found, Failure> {
    let place = find_in(directory).ok_or_else(none_found)?;
    let text = read(&directory.join(place))?.ok_or_else(none_found)?;
    let dangerfile = Dangerfile { origin: Origin::Repository, path: place.into(), commit: None, text };
    Ok(Found { dangerfile, sources: Some(directory.to_owned()) })
}

/// The first of the usual places, from that directory, where there is something.
pub(super) fn find_in(directory: &Path) -> Option<&'static str> {
    PLACES.into_iter().find(|place| directory.join(place).symlink_metadata().is_ok())
}

fn none_found() -> Failure {
    Failure::usage(format!(
        "no dangerfile: looked for {}; `deckhand init` writes one that suits this repository, --dangerfile FILE names another",
        PLACES.join(" and ")
    ))
}

/// Loads a file that was named. `top` is the repository's root, from which its path is counted.
pub(super) fn load_named(file: &Path, top: Option<&Path>) -> Result<Found, Failure> {
    let text = read(file)?.ok_or_else(|| Failure::usage(format!("{}: no such file", file.display())))?;
    let full = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    let top = top.and_then(|top| top.canonicalize().ok());
    let inside = top.as_deref().and_then(|top| full.strip_prefix(top).ok());
    let (path, sources) = match inside {
        Some(path) => (path, top.clone()),
        // A file from elsewhere: what it requires lies beside it.
        None => (Path::new(full.file_name().unwrap_or(full.as_os_str())), full.parent().map(Path::to_owned)),
    };
    let path = RepoPath::from_bytes(path.as_os_str().as_bytes());
    let dangerfile = Dangerfile { origin: Origin::Repository, path, commit: None, text };
    Ok(Found { dangerfile, sources })
}

fn read(file: &Path) -> Result<Option<String>, Failure> {
    match std::fs::read(file) {
        Ok(bytes) => String::from_utf8(bytes)
            .map(Some)
            .map_err(|_| Failure::usage(format!("{} is not UTF-8 text: save it as UTF-8", file.display()))),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) if error.kind() == ErrorKind::IsADirectory => {
            let (file, inside) = (file.display(), file.join(FIRST_PLACE));
            Err(Failure::usage(format!("{file} is a directory: name the file in it, such as {}", inside.display())))
        }
        Err(error) => Err(Failure::usage(format!("could not read {}: {error}", file.display()))),
    }
}
