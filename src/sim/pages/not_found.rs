//! The page for an address that leads nowhere.

use super::layout::page;
use super::text::visible;
use maud::html;

/// A page that says what was not found: `pull request #7 of tern/ledger`. For the status 404.
pub fn render_not_found(what: &str) -> String {
    let content = html! {
        div.lost {
            h1 { "Not found" }
            p.lead { "There is no " (visible(what)) " in this simulation." }
            p { a href="/" { "All repositories" } }
        }
    };
    page("Not found", None, false, &content)
}
