//! Python's requirement strings: `name[extra]>=1; marker`.

/// The name as indexes compare it, and the versions.
pub(super) fn split(requirement: &str) -> Option<(String, String, String)> {
    let text = requirement.split(';').next()?.trim();
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '.')).unwrap_or(text.len());
    let (label, rest) = text.split_at(end);
    if label.is_empty() {
        return None;
    }
    let mut rest = rest.trim();
    if let Some(inner) = rest.strip_prefix('[') {
        rest = inner.split_once(']')?.1.trim();
    }
    let versions = rest.trim_start_matches('(').trim_end_matches(')').trim();
    Some((normalize(label), label.to_owned(), versions.to_owned()))
}

/// Lower case, and one `-` for every run of `-`, `_` and `.`.
pub(super) fn normalize(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        if matches!(c, '-' | '_' | '.') {
            if !out.ends_with('-') {
                out.push('-');
            }
        } else {
            out.push(c.to_ascii_lowercase());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_are_taken_apart() {
        for (text, name, versions) in [
            ("Flask_SQLAlchemy>=3,<4; python_version>'3.8'", "flask-sqlalchemy", ">=3,<4"),
            ("uvicorn[standard] >= 0.3", "uvicorn", ">= 0.3"),
            ("a (>=1)", "a", ">=1"),
            ("a @ https://x/y.whl", "a", "@ https://x/y.whl"),
            ("a", "a", ""),
        ] {
            let read = split(text).expect(text);
            assert_eq!((read.0.as_str(), read.2.as_str()), (name, versions), "{text}");
        }
        assert_eq!(split(">=1"), None);
    }
}
