//! `deckhand coverage`: how much of what a diff adds did the tests run? And the reports for `deckhand local`.

mod command;
mod find;
mod html;
mod json;
mod load;
mod markdown;
mod read;
mod text;
mod upload;
mod view;

pub(super) use command::Coverage;
pub(super) use find::find_reports;
pub(super) use load::{Checkout, load_facts};
pub(super) use read::{directory_inside, read};
