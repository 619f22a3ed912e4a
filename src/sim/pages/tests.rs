//! The pages on made-up data: places, reloads, and hostile text. With `PAGES_PREVIEW` set the pages are also left in
//! `target/pages-preview`, for looking at them.

mod hostile;
mod markdown;
mod places;
mod preview;
pub(in crate::sim) mod sample;
