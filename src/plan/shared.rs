//! A check belongs to a commit: open pull requests with one head share it. The worst conclusion wins, and the summary
//! has a section for each.

use super::Annotation;
use super::render::{CHECK_BYTES, cut, cut_title, limit_annotations, render_annotations, render_check, render_title};
use crate::model::{Conclusion, PullNumber, Verdict};

/// Room for the line that says how many findings did not fit.
const LINE: usize = 100;

/// Another open pull request with the same head, whose check has the same name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sibling {
    /// Its number.
    pub number: PullNumber,
    /// What was said of it at this head; `None` when it was not judged there yet.
    pub verdict: Option<Verdict>,
}

/// What a check says.
pub(super) struct Words {
    pub(super) conclusion: Conclusion,
    pub(super) title: String,
    pub(super) summary: String,
    pub(super) text: String,
    pub(super) annotations: Vec<Annotation>,
}

/// The words of a check for the pull request `number` and those that share its head; the same whichever of them asks.
pub(super) fn words(verdict: &Verdict, number: Option<PullNumber>, siblings: &[Sibling]) -> Words {
    let Some(number) = number.filter(|_| !siblings.is_empty()) else {
        let (summary, text) = render_check(verdict, CHECK_BYTES);
        let title = render_title(verdict);
        return Words {
            conclusion: verdict.conclusion,
            title,
            summary,
            text,
            annotations: render_annotations(verdict),
        };
    };
    let mut parts: Vec<(PullNumber, Option<&Verdict>)> =
        siblings.iter().map(|sibling| (sibling.number, sibling.verdict.as_ref())).collect();
    parts.push((number, Some(verdict)));
    parts.sort_by_key(|(number, _)| *number);
    let room = CHECK_BYTES / parts.len();
    let mut words = Words {
        conclusion: parts.iter().map(|(_, verdict)| conclusion(*verdict)).max_by_key(|it| badness(*it)).expect("two"),
        title: String::new(),
        summary: "These pull requests have the same head commit, so they share this check.\n".to_owned(),
        text: String::new(),
        annotations: Vec::new(),
    };
    for (number, verdict) in parts {
        let title = verdict.map_or_else(|| "Waiting".to_owned(), render_title);
        let separator = if words.title.is_empty() { "" } else { "; " };
        words.title.push_str(&format!("{separator}#{number}: {title}"));
        let heading = format!("\n### #{number}: {title}\n\n");
        let Some(verdict) = verdict else {
            words.summary.push_str(&format!("{heading}It was not judged at this commit yet.\n"));
            continue;
        };
        let (summary, text) = render_check(verdict, room.saturating_sub(heading.len() + LINE));
        words.summary.push_str(&heading);
        words.summary.push_str(&summary);
        if !text.is_empty() {
            words.text.push_str(&heading);
            words.text.push_str(&text);
        }
        let marks = render_annotations(verdict);
        words
            .annotations
            .extend(marks.into_iter().filter(|mark| !words.annotations.contains(mark)).collect::<Vec<_>>());
    }
    words.title = cut_title(&words.title);
    words.summary = cut(&words.summary, CHECK_BYTES);
    words.text = cut(&words.text, CHECK_BYTES);
    limit_annotations(&mut words.annotations);
    words
}

fn conclusion(verdict: Option<&Verdict>) -> Conclusion {
    verdict.map_or(Conclusion::Pending, |verdict| verdict.conclusion)
}

/// Nobody may merge on the word of the other pull request.
fn badness(conclusion: Conclusion) -> u8 {
    match conclusion {
        Conclusion::Success => 0,
        Conclusion::Neutral => 1,
        Conclusion::Pending => 2,
        Conclusion::Failure => 3,
    }
}
