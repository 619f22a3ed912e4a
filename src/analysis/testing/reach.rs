//! What the tests of a repository reach at all.

use super::names::{file_name, is_named_as_test};
use crate::analysis::code::Language;

/// Whether the repository has tests, and none in the language of this source: pages' scripts in an application that is
/// tested on the server, native parts of a library. Rust's tests lie beside the code, where the list does not show them.
/// A component of a page (`.tsx`) is as far away where no test can draw one.
pub(super) fn is_foreign(source: &str, tests: &[String]) -> bool {
    let of_source = family(source);
    let mut known = tests.iter().filter_map(|test| family(test)).peekable();
    let in_language = of_source.is_none() || known.peek().is_none() || known.any(|of_test| Some(of_test) == of_source);
    let drawn = !source.ends_with(".tsx") || tests.is_empty() || tests.iter().any(|test| draws_components(test));
    !in_language || !drawn
}

/// Directories whose tests visit whole pages.
const OF_PAGES: [&str; 5] = ["e2e", "cypress", "playwright", "acceptance", "smoke"];

/// Languages that test each other. `None` where the list of tests says nothing of it.
fn family(path: &str) -> Option<Language> {
    match Language::of(path)? {
        Language::Java | Language::Kotlin | Language::Scala => Some(Language::Java),
        Language::Rust | Language::Plain => None,
        language => Some(language),
    }
}

/// Whether a test can look at a component: it is written in the same way, or visits whole pages.
fn draws_components(test: &str) -> bool {
    let alike = [".tsx", ".jsx", ".js"].iter().any(|end| test.ends_with(end)) && is_named_as_test(test);
    alike || test.split('/').any(|part| OF_PAGES.contains(&part)) || file_name(test).contains("e2e")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn foreign(source: &str, tests: &[&str]) -> bool {
        let tests: Vec<String> = tests.iter().map(|&test| test.to_owned()).collect();
        is_foreign(source, &tests)
    }

    #[test]
    fn a_language_without_tests_is_out_of_reach() {
        for (source, tests, expected) in [
            ("app/b.js", &["spec/a_spec.rb", "spec/fixtures/page.html"][..], true),
            ("app/b.js", &["spec/a_spec.rb", "spec/b.test.ts"], false),
            ("app/b.js", &["spec/fixtures/page.html"], false),
            ("app/b.js", &[], false),
            ("src/a.rs", &["tests/a.py"], false),
            ("src/A.java", &["src/test/ATest.kt"], false),
        ] {
            assert_eq!(foreign(source, tests), expected, "{source} {tests:?}");
        }
    }

    #[test]
    fn components_are_out_of_reach_where_no_test_draws_one() {
        let server = "server/models/a.test.ts";
        for (source, tests, expected) in [
            ("app/components/Menu.tsx", &[server][..], true),
            ("app/components/Menu.tsx", &[server, "app/components/Other.test.tsx"], false),
            ("app/components/Menu.tsx", &[server, "app/components/old.test.js"], false),
            ("app/components/Menu.tsx", &[server, "e2e/menu.spec.ts"], false),
            ("app/components/Menu.tsx", &[server, "server/routes/integrations/a.test.ts", "__mocks__/window.js"], true),
            ("app/components/Menu.tsx", &[], false),
            ("app/components/menu.ts", &[server], false),
        ] {
            assert_eq!(foreign(source, tests), expected, "{source} {tests:?}");
        }
    }
}
