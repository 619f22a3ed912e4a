//! The nearest right name for a misspelt one.

/// The candidate closest to `word`, when it is close enough that a slip of the fingers explains it, or another way of
/// joining the same words (`modifiedFiles`, `JSONDiffForFile`).
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let snake = to_snake(word);
    candidates
        .into_iter()
        .map(|candidate| {
            let distance = |word: &str| strsim::damerau_levenshtein(word, candidate);
            (distance(word).min(distance(&snake)), candidate)
        })
        .filter(|(distance, candidate)| *distance <= (candidate.chars().count() / 3).clamp(1, 4))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `; did you mean ...?` or nothing, to end an error message with.
pub(super) fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, candidates).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}

/// `` `a`, `b` and `c` ``, for messages that name everything there is.
pub(super) fn name_all<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

/// Words joined by capitals, hyphens or spaces, as they are joined here: `thisPR` is `this_pr`.
fn to_snake(word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    let mut out = String::with_capacity(word.len() + 4);
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| letters[at]);
        let begins = letter.is_uppercase()
            && before.is_some_and(|before| {
                let next_is_small = letters.get(at + 1).is_some_and(|next| next.is_lowercase());
                before.is_lowercase() || before.is_ascii_digit() || (before.is_uppercase() && next_is_small)
            });
        if begins {
            out.push('_');
        }
        match letter {
            '-' | ' ' => out.push('_'),
            letter => out.extend(letter.to_lowercase()),
        }
    }
    out
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

    #[test]
    fn words_may_be_joined_otherwise() {
        assert_eq!(to_snake("JSONDiffForFile"), "json_diff_for_file");
        assert_eq!(to_snake("thisPR"), "this_pr");
        assert_eq!(to_snake("skip-label"), "skip_label");
        assert_eq!(nearest("linesOfCode", ["lines_of_code", "commits"]), Some("lines_of_code"));
    }
}
