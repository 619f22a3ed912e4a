//! Every page once, as files to look at.

use super::super::*;
use super::sample;

#[test]
fn every_page_is_whole() {
    let (repository, pull, bare) = (sample::repository(), sample::pull(), sample::bare_pull());
    let pages = [
        ("repositories", render_repositories(std::slice::from_ref(&repository))),
        ("pulls", render_pulls(&repository, &sample::summaries())),
        ("conversation", render_conversation(&repository, &pull)),
        ("running", render_conversation(&repository, &sample::running_pull())),
        ("bare", render_conversation(&repository, &bare)),
        ("files", render_files(&repository, &pull)),
        ("checks", render_checks(&repository, &pull)),
        ("edit", render_edit(&repository, "lena/rounding", "src/money.py", "def cents(amount):\n    pass\n", 12)),
        ("not_found", render_not_found("pull request #99 of tern/ledger")),
    ];
    for (name, page) in &pages {
        assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>"), "{name}");
        for foreign in ["<script", "src=", "url(", "@import"] {
            assert!(!page.contains(foreign), "{name}: {foreign}");
        }
    }
    if std::env::var_os("PAGES_PREVIEW").is_some() {
        let directory = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/pages-preview");
        std::fs::create_dir_all(&directory).expect("a directory for the pages");
        for (name, page) in &pages {
            std::fs::write(directory.join(format!("{name}.html")), page).expect("a page is written");
        }
    }
}
