//! Text of strangers on every page: it stays text.

use super::super::*;
use super::sample;
use crate::sim::view::*;

const SCRIPT: &str = "<script>alert(1)</script>\"><img src=x onerror=alert(1)>";
const BIDI: &str = "abc\u{202e}cba\u{0}\u{7}";

/// The rich pull request with the same hostile text wherever text can be.
fn poisoned(text: &str) -> (RepositoryView, PullView) {
    let owned = || text.to_owned();
    let mut repository = sample::repository();
    repository.owner = owned();
    repository.name = owned();
    repository.description = owned();
    let mut view = sample::pull();
    for field in [&mut view.title, &mut view.body, &mut view.author, &mut view.base, &mut view.head, &mut view.created]
    {
        *field = owned();
    }
    view.head_sha = owned();
    view.base_sha = owned();
    view.merge.text = owned();
    view.labels =
        vec![LabelView { name: owned(), color: owned() }, LabelView { name: owned(), color: "\"><b>x".into() }];
    view.editable = vec![owned()];
    for commit in &mut view.commits {
        *commit = CommitView { sha: owned(), subject: owned(), author: owned() };
    }
    view.timeline.push(TimelineEntry::Note { author: owned(), text: owned() });
    view.timeline.push(TimelineEntry::Comment(sample::comment(1, text, text)));
    view.timeline.push(TimelineEntry::Commit(CommitView { sha: owned(), subject: owned(), author: owned() }));
    for file in &mut view.files {
        file.path = owned();
        file.old_path = Some(owned());
    }
    view.files.push(FileView { patch: PatchView::Absent(owned()), ..view.files[0].clone() });
    for thread in &mut view.threads {
        thread.path = owned();
        thread.comments[0].body = format!("{text}\n```suggestion\n{text}\n```\n");
        thread.comments[0].author = owned();
        thread.comments[0].time = owned();
    }
    if let PatchView::Hunks(hunks) = &mut view.files[0].patch {
        hunks[0].header = owned();
        hunks[0].lines.iter_mut().for_each(|line| line.text = owned());
    }
    for check in &mut view.checks {
        for field in [&mut check.name, &mut check.app, &mut check.title, &mut check.summary, &mut check.text] {
            *field = owned();
        }
        check.completed = owned();
        check.details_url = "javascript:alert(1)".into();
        for annotation in &mut check.annotations {
            annotation.path = owned();
            annotation.title = owned();
            annotation.message = owned();
        }
    }
    for status in &mut view.statuses {
        status.context = owned();
        status.description = owned();
        status.target_url = "java\tscript:alert(1)".into();
    }
    (repository, view)
}

fn every_page(text: &str) -> Vec<String> {
    let (repository, view) = poisoned(text);
    let summary = PullSummaryView {
        title: text.into(),
        author: text.into(),
        base: text.into(),
        created: text.into(),
        labels: view.labels.clone(),
        ..sample::summaries().remove(0)
    };
    vec![
        render_repositories(std::slice::from_ref(&repository)),
        render_pulls(&repository, &[summary]),
        render_conversation(&repository, &view),
        render_files(&repository, &view),
        render_checks(&repository, &view),
        render_edit(&repository, text, text, &format!("</textarea>{text}"), 12),
        render_not_found(text),
    ]
}

/// The page without its style.
fn body(page: &str) -> &str {
    page.split_once("</style>").expect("a style").1
}

#[test]
fn no_tag_and_no_address_of_a_stranger_gets_through() {
    for page in every_page(SCRIPT) {
        let page = body(&page);
        assert!(page.contains("&lt;script&gt;"), "{page}");
        for bad in ["<script", "<img", "href=\"java", "\"><b>x", "</textarea>&lt;/textarea>"] {
            assert!(!page.contains(bad), "{bad} in {page}");
        }
        assert_eq!(page.matches("</textarea>").count(), page.matches("<textarea").count());
    }
}

#[test]
fn what_cannot_be_seen_is_spelled_out_on_every_page() {
    for page in every_page(BIDI) {
        let page = body(&page);
        assert!(page.contains("abc⟨U+202E⟩cba"), "{page}");
        // A text area holds the file as it is.
        let seen = page.split("<textarea").next().expect("a first part");
        assert!(!seen.contains(['\u{202e}', '\u{7}']), "{seen}");
    }
}

#[test]
fn paths_and_branches_are_encoded_in_addresses() {
    let mut view = sample::pull();
    let path = "a b/ü?#\"%2e/..x.rs";
    view.editable = vec![path.into()];
    view.head = "feature/x y".into();
    let page = render_conversation(&sample::repository(), &view);
    let address = "/tern/ledger/edit/feature%2Fx%20y/a%20b/%C3%BC%3F%23%22%252e/..x.rs?pull=12";
    assert!(page.contains(&format!("href=\"{address}\"")), "{page}");
    let form = render_edit(&sample::repository(), "feature/x y", path, "\nfirst line is empty", 12);
    assert!(form.contains(&format!("action=\"{address}\"")), "{form}");
    assert!(form.contains(">\n\nfirst line is empty</textarea>"), "{form}");
}
