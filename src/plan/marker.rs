//! The hidden, versioned markers by which this app knows its own comments again. They count only in comments that
//! this app's identity wrote, and the last one in a text wins: ours stands at the end, after all foreign content.

use super::render::is_cut;
use crate::model::Fingerprint;
use sha2::{Digest, Sha256};

const FINDING: &str = "<!-- deckhand:v1 finding=";
const SUMMARY: &str = "<!-- deckhand:v1 summary";
const REPLY: &str = "<!-- deckhand:v1 reply";
const END: &str = " -->";
const TRAILER: &str = "Deckhand-Operation: ";

/// What the marker of a review comment says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingMarker {
    /// The finding it speaks of.
    pub finding: Fingerprint,
    /// The operation that wrote it.
    pub operation: String,
    /// Digest of the text above the marker.
    pub body: String,
}

/// What the marker of the summary comment says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SummaryMarker {
    /// The operation that wrote it.
    pub operation: String,
    /// Digest of the text above the marker.
    pub body: String,
}

/// Reads the marker of a review comment; `None` when there is none of a version that we know.
pub fn parse_finding_marker(body: &str) -> Option<FindingMarker> {
    let (finding, rest) = last_marker(body, FINDING)?.split_once(' ')?;
    let SummaryMarker { operation, body } = parse_fields(rest)?;
    Some(FindingMarker { finding: Fingerprint(finding.to_owned()), operation, body })
}

/// Reads the marker of a summary comment; `None` when there is none of a version that we know.
pub fn parse_summary_marker(body: &str) -> Option<SummaryMarker> {
    parse_fields(last_marker(body, SUMMARY)?.trim_start())
}

/// Reads the marker of an answer to a command; `None` when there is none of a version that we know.
pub fn parse_reply_marker(body: &str) -> Option<SummaryMarker> {
    parse_fields(last_marker(body, REPLY)?.trim_start())
}

/// The operation that made a commit of ours, as the last line of its message says it.
pub fn parse_commit_marker(message: &str) -> Option<&str> {
    message.trim_end().lines().next_back()?.strip_prefix(TRAILER).map(str::trim)
}

/// The same text under another operation's id.
pub fn with_operation(body: &str, operation: &str) -> String {
    let Some((text, marker)) = body.rsplit_once(FINDING) else { return body.to_owned() };
    let fields = marker.split(' ').map(|field| match field.strip_prefix("op=") {
        Some(_) => format!("op={operation}"),
        None => field.to_owned(),
    });
    format!("{text}{FINDING}{}", fields.collect::<Vec<_>>().join(" "))
}

/// The text above the marker: what people see.
pub fn without_marker(body: &str) -> &str {
    let at = [FINDING, SUMMARY, REPLY].into_iter().filter_map(|start| body.rfind(start)).max();
    at.map_or(body, |at| body[..at].trim_end())
}

/// A text with its finding marker below; the digest is that of the text without the link to what was cut.
pub(super) fn with_finding_marker(text: &str, rest: Option<&str>, finding: &Fingerprint, operation: &str) -> String {
    let link = link_to_rest(text, rest);
    format!("{text}{link}\n\n{FINDING}{} op={operation} body={}{END}", finding.0, digest(text))
}

/// A text with its summary marker below; the digest is that of the text without the link to what was cut.
pub(super) fn with_summary_marker(text: &str, rest: Option<&str>, operation: &str) -> String {
    let link = link_to_rest(text, rest);
    format!("{text}{link}\n\n{SUMMARY} op={operation} body={}{END}", digest(text))
}

/// Where everything can be read, when something is missing from the text. The page is another one after every run, so
/// that it must not count when texts are compared.
pub(super) fn link_to_rest(text: &str, page: Option<&str>) -> String {
    page.filter(|_| is_cut(text)).map(|page| format!("\n\n[Read all of it]({page})")).unwrap_or_default()
}

/// A text with the marker of an answer below.
pub(super) fn with_reply_marker(text: &str, operation: &str) -> String {
    format!("{text}\n\n{REPLY} op={operation} body={}{END}", digest(text))
}

/// The body of a commit's message with the operation's id in its last line.
pub(super) fn with_commit_marker(text: &str, operation: &str) -> String {
    format!("{}\n\n{TRAILER}{operation}", text.trim_end())
}

/// Sixteen hexadecimal digits of SHA-256.
pub(super) fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

fn last_marker<'a>(body: &'a str, start: &str) -> Option<&'a str> {
    let (_, after) = body.rsplit_once(start)?;
    after.split_once(END).map(|(inside, _)| inside)
}

fn parse_fields(text: &str) -> Option<SummaryMarker> {
    let mut operation = None;
    let mut body = None;
    for field in text.split_ascii_whitespace() {
        match field.split_once('=') {
            Some(("op", value)) => operation = Some(value.to_owned()),
            Some(("body", value)) => body = Some(value.to_owned()),
            // A later version may add fields; those that we need decide.
            _ => {}
        }
    }
    Some(SummaryMarker { operation: operation?, body: body? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_come_back_as_they_were_written() {
        let body = with_finding_marker("text", None, &Fingerprint("00ff".into()), "run.1");
        let marker = parse_finding_marker(&body).expect("a marker");
        assert_eq!(marker.finding.0, "00ff");
        assert_eq!(marker.operation, "run.1");
        assert_eq!(marker.body, digest("text"));
        assert_eq!(with_operation(&body, "x"), with_finding_marker("text", None, &Fingerprint("00ff".into()), "x"));
        let body = with_summary_marker("text", None, "run.2");
        assert_eq!(parse_summary_marker(&body).expect("a marker").operation, "run.2");
        assert_eq!(parse_finding_marker(&body), None);
        assert_eq!(without_marker(&body), "text");
        assert_eq!(without_marker("text"), "text");
        let body = with_reply_marker("text", "comment-9.1");
        assert_eq!(parse_reply_marker(&body).expect("a marker").operation, "comment-9.1");
        assert_eq!((parse_summary_marker(&body), parse_finding_marker(&body)), (None, None));
        assert_eq!(without_marker(&body), "text");
    }

    #[test]
    fn a_commit_says_in_its_last_line_what_made_it() {
        let message = format!("Mend\n\n{}", with_commit_marker("Deckhand-Operation: forged\n", "comment-7.fix"));
        assert_eq!(message, "Mend\n\nDeckhand-Operation: forged\n\nDeckhand-Operation: comment-7.fix");
        assert_eq!(parse_commit_marker(&message), Some("comment-7.fix"));
        assert_eq!(parse_commit_marker("Mend\n\nDeckhand-Operation: x\n\nSigned-off-by: mona"), None);
        assert_eq!(parse_commit_marker(""), None);
    }

    #[test]
    fn foreign_text_above_ours_does_not_count() {
        let forged = with_finding_marker("x", None, &Fingerprint("forged".into()), "evil");
        let body = with_finding_marker(&forged, None, &Fingerprint("real".into()), "run.1");
        assert_eq!(parse_finding_marker(&body).expect("a marker").finding.0, "real");
        assert_eq!(parse_finding_marker("<!-- deckhand:v1 finding=a"), None);
        assert_eq!(parse_finding_marker("<!-- deckhand:v2 finding=a op=b body=c -->"), None);
        assert_eq!(parse_finding_marker("nothing"), None);
    }
}
