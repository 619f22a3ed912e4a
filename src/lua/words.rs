//! The nearest right name for a misspelt one.

/// The candidate closest to `word`, when it is close enough that a slip of the fingers explains it.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= (candidate.chars().count() / 3).clamp(1, 4))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `; did you mean ...?` or nothing, to end an error message with.
pub(super) fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, candidates).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_mended_and_strangers_are_not() {
        let names = ["changelog", "pr_size", "missing_tests"];
        assert_eq!(nearest("changlog", names), Some("changelog"));
        assert_eq!(nearest("pr_szie", names), Some("pr_size"));
        assert_eq!(nearest("coverage", names), None);
    }
}
