//! What the names of checks say of columns.

/// Whether a constraint's name says that this column is not null: `users_email_not_null`, `email_nn`, `chk_email_null`.
pub(super) fn says_not_null(constraint: &str, table: &str, column: &str) -> bool {
    let about_null = |word: &&str| matches!(*word, "null" | "nn" | "notnull" | "nonnull");
    let words: Vec<&str> = constraint.split('_').filter(|word| !word.is_empty()).collect();
    if !words.iter().any(about_null) {
        return false;
    }
    let opens = |word: &&str| about_null(word) || matches!(*word, "not" | "chk" | "check" | "ck");
    let closes = |word: &&str| opens(word) || matches!(*word, "is" | "non" | "constraint");
    let Some(first) = words.iter().position(|word| !opens(word)) else { return false };
    let end = words.iter().rposition(|word| !closes(word)).map_or(first, |last| last + 1);
    let named = words.get(first..end).unwrap_or_default().join("_");
    let Some(before) = named.strip_suffix(column) else { return false };
    // `users_first_name_not_null` says nothing of `name`.
    let before = before.trim_end_matches('_');
    before.is_empty()
        || (named.ends_with(&format!("_{column}"))
            && table.rsplit('.').next().is_some_and(|last| last.starts_with(before)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_which_column_is_not_null() {
        for name in ["users_email_not_null", "email_nn", "chk_users_email_null", "user_email_null", "nn_email"] {
            assert!(says_not_null(name, "app.users", "email"), "{name}");
        }
        assert!(says_not_null("is_admin_is_not_null", "users", "is_admin"));
        for name in
            ["users_email_key", "users_org_fk", "users_work_email_not_null", "users_email_domain_not_null", "nn"]
        {
            assert!(!says_not_null(name, "app.users", "email"), "{name}");
        }
    }
}
