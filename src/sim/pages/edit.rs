//! A form that edits one file of a branch: saving it is a commit, and so a push.

use super::address;
use super::layout::page;
use super::text::visible;
use crate::sim::view::RepositoryView;
use maud::html;

/// The page at `/{owner}/{repo}/edit/{branch}/{path}?pull={n}`. It never reloads.
///
/// The form posts to the same address, url-encoded: `text` (browsers send every line end as CR LF) and `message` (the
/// subject of the commit).
pub fn render_edit(repository: &RepositoryView, branch: &str, path: &str, text: &str, number: u64) -> String {
    let back = address::pull(repository, number);
    let lines = text.lines().count().clamp(12, 40);
    let name = path.rsplit('/').next().unwrap_or(path);
    let content = html! {
        p.above { a href=(back) { "← Back to pull request #" (number) } }
        h1 { "Edit " span.path { (visible(path)) } }
        p.lead {
            "On branch " code.branch { (visible(branch)) } ". Saving is a push to this branch; the robot reviews it at once."
        }
        form.edit-form method="post" action=(address::edit(repository, branch, path, number)) accept-charset="utf-8" {
            label for="text" { "Text" }
            // A browser drops the first newline of a text area; this one is meant for it.
            textarea #text name="text" rows=(lines) spellcheck="false" autocapitalize="off" autocomplete="off" wrap="off" { "\n" (text) }
            label for="message" { "Commit message" }
            input #message name="message" type="text" maxlength="200" required value={ "Update " (visible(name)) };
            p.buttons { button type="submit" { "Save and push" } " " a href=(back) { "Cancel" } }
        }
    };
    page(&format!("Edit {path}"), Some(repository), false, &content)
}
