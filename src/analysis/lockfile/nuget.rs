//! Project files of .NET and `packages.lock.json`.

use super::jsonc;
use super::lock::Lock;
use super::manifest::Manifest;
use regex::Regex;
use serde_json::Value;
use std::sync::LazyLock;

static REFERENCE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"<PackageReference\s([^>]*)>"#).expect("a pattern of our own"));
static COMMENT: LazyLock<Regex> = LazyLock::new(|| Regex::new("(?s)<!--.*?-->").expect("a pattern of our own"));
static NESTED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("<Version>([^<]*)</Version>").expect("a pattern of our own"));
static ATTRIBUTE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(Include|Version)\s*=\s*["']([^"']*)["']"#).expect("a pattern of our own"));

pub(super) fn read_manifest(text: &str) -> Option<Manifest> {
    let mut manifest = Manifest::default();
    let text = COMMENT.replace_all(text, "");
    let all: Vec<_> = REFERENCE.captures_iter(&text).collect();
    let ends = all.iter().skip(1).filter_map(|next| Some(next.get(0)?.start())).chain([text.len()]);
    for (found, end) in all.iter().zip(ends) {
        // What stands inside the element, up to the next one.
        let begin = found.get(0).map_or(end, |it| it.end());
        let inside = if found[1].trim_end().ends_with('/') { "" } else { &text[begin..end] };
        let inside = inside.split("</PackageReference>").next().unwrap_or_default();
        let attribute = |name: &str| {
            let mut all = ATTRIBUTE.captures_iter(&found[1]);
            all.find(|attribute| &attribute[1] == name).map(|attribute| attribute[2].to_owned())
        };
        let Some(name) = attribute("Include").filter(|name| !name.contains("$(")) else { continue };
        let nested = || Some(NESTED.captures(inside)?[1].to_owned());
        let version = attribute("Version").or_else(nested).unwrap_or_default();
        manifest.want_as("PackageReference", &name.to_lowercase(), &name, &version);
    }
    Some(manifest)
}

pub(super) fn read_lock(text: &str) -> Option<Lock> {
    let json = jsonc::parse(text)?;
    let mut lock = Lock::default();
    for (_, packages) in json.get("dependencies")?.as_object()? {
        for (name, entry) in packages.as_object().into_iter().flatten() {
            lock.add(&name.to_lowercase(), entry.get("resolved").and_then(Value::as_str).unwrap_or_default());
        }
    }
    Some(lock)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_read() {
        let manifest = read_manifest(
            "<Project>\n<PackageReference Include=\"Serilog\" Version=\"3.1.0\" />\n<PackageReference Version='1' Include='X.Y'>\n</PackageReference>\n\
             <!-- <PackageReference Include=\"No\" Version=\"1\" /> -->\n<PackageReference Include=\"Z\">\n<Version>2</Version>\n</PackageReference>\n</Project>",
        )
        .expect("reads");
        let read: Vec<_> = manifest.wanted.values().map(|w| (w.label.as_str(), w.requirement.as_str())).collect();
        assert_eq!(read, [("Serilog", "3.1.0"), ("X.Y", "1"), ("Z", "2")]);
        let lock = read_lock("{\"version\":1,\"dependencies\":{\"net8.0\":{\"Serilog\":{\"resolved\":\"3.1.0\"}}}}")
            .expect("reads");
        assert_eq!(lock.versions("serilog"), "3.1.0");
    }
}
