//! Changelogs, news fragments and changesets: what a change tells users, where it tells it, whether it had to, and the
//! words that could.
//!
//! A changelog is read as lines that know whether the change added them; only those are judged. Everything is linear in
//! the text but for the comparison of added with removed lines, which has a limit.

mod answer;
mod breaking;
mod document;
mod draft;
mod edited;
mod entries;
mod fragment;
mod habit;
mod heading;
mod lint;
mod markup;
mod misplaced;
mod missing;
mod moved;
mod names;
mod needs_no_entry;
mod new_file;
mod notice;
mod packages;
mod place;
mod problem;
mod python;
mod question;
mod review;
mod sheet;
mod slipped;
mod source;
mod title;
mod vacant;

pub use answer::{Missing, NewEntry, Review};
pub use document::{Document, Entry, Link, Release, SECTIONS, Section, Style, read_document};
pub use draft::{Author, Draft, draft, entry_text};
pub use entries::{check_entries, new_entries};
pub use fragment::{Bump, Changeset, Towncrier, read_changeset};
pub use habit::{Habits, habits_of, numbers_in};
pub use heading::{Title, Version, compare_versions, read_title};
pub use lint::lint;
pub use markup::{LineKind, Markup};
pub use names::{FileRole, is_read_with_its_folder, role_of};
pub use needs_no_entry::needs_no_entry;
pub use notice::{is_quiet, is_same};
pub use problem::{Problem, ProblemKind};
pub use question::Question;
pub use review::review;
pub use sheet::{MAX_TEXT_BYTES, Sheet, SheetLine};
pub use source::{FolderSource, Names};
pub use title::{Kind, PullTitle, read_pull_title};
pub use vacant::{is_nothing, is_placeholder};
