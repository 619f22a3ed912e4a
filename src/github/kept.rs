//! Answers that never change, because the question names commits: kept within a limit of bytes once they were understood,
//! and asked for once however many ask at the same time.

use super::CallError;
use crate::model::FileText;
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// All answers together.
const MAX_BYTES: usize = 8 << 20;
/// One answer; a larger one would push out too many others.
const MAX_ANSWER: usize = 2 << 20;
/// What an entry costs besides its text.
const ENTRY: usize = 200;

/// Something that was answered.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    /// The body of a reply.
    Body(Arc<Vec<u8>>),
    /// A file at a commit.
    Text(FileText),
}

impl Answer {
    fn bytes(&self) -> usize {
        match self {
            Answer::Body(body) => body.len(),
            Answer::Text(FileText::Text(text)) => text.len(),
            Answer::Text(FileText::Folder(names)) => names.iter().map(|name| name.len() + 24).sum(),
            Answer::Text(FileText::Absent | FileText::NotText(_) | FileText::Cut(_)) => 0,
        }
    }
}

#[derive(Default)]
struct Entries {
    /// With the time of the last use, counted in uses.
    found: HashMap<String, (Answer, u64)>,
    bytes: usize,
    uses: u64,
    /// Questions that are being asked.
    asked: HashMap<String, Arc<tokio::sync::Mutex<()>>>,
}

/// The answers; whoever asks names the installation and the repository in the question.
#[derive(Default)]
pub(super) struct Kept(Mutex<Entries>);

impl Kept {
    /// What `read` makes of the body that was kept, or of that of `ask`. Of several who ask the same at once one really
    /// does. A body that `read` refuses is no answer: whoever asks next asks again. The second value says whether a call was
    /// saved.
    pub(super) async fn read<T>(
        &self,
        question: &str,
        ask: impl Future<Output = Result<Vec<u8>, CallError>>,
        read: impl Fn(&[u8]) -> Result<T, CallError>,
    ) -> Result<(T, bool), CallError> {
        let turn = self.turn(question);
        let _turn = turn.lock().await;
        if let Some(Answer::Body(body)) = self.find(question)
            && let Ok(value) = read(&body)
        {
            return Ok((value, true));
        }
        let body = ask.await?;
        let value = read(&body)?;
        self.keep(question, Answer::Body(Arc::new(body)));
        Ok((value, false))
    }

    /// What was kept.
    pub(super) fn find(&self, question: &str) -> Option<Answer> {
        let mut entries = self.lock();
        entries.uses += 1;
        let uses = entries.uses;
        let (answer, used) = entries.found.get_mut(question)?;
        *used = uses;
        Some(answer.clone())
    }

    /// Keeps an answer, and forgets those that nobody asked for the longest.
    pub(super) fn keep(&self, question: &str, answer: Answer) {
        let size = |question: &str, answer: &Answer| question.len() + answer.bytes() + ENTRY;
        let new = size(question, &answer);
        if new > MAX_ANSWER {
            return;
        }
        let mut entries = self.lock();
        entries.uses += 1;
        let uses = entries.uses;
        entries.bytes += new;
        if let Some((old, _)) = entries.found.insert(question.to_owned(), (answer, uses)) {
            entries.bytes -= size(question, &old);
        }
        if entries.bytes <= MAX_BYTES {
            return;
        }
        // A quarter goes at once, so that this is rare.
        let mut by_age: Vec<(u64, String)> =
            entries.found.iter().map(|(question, (_, used))| (*used, question.clone())).collect();
        by_age.sort_unstable();
        for (_, question) in by_age {
            if entries.bytes <= MAX_BYTES / 4 * 3 {
                break;
            }
            if let Some((old, _)) = entries.found.remove(&question) {
                entries.bytes -= size(&question, &old);
            }
        }
    }

    fn turn(&self, question: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut entries = self.lock();
        entries.asked.retain(|_, turn| Arc::strong_count(turn) > 1);
        entries.asked.entry(question.to_owned()).or_default().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_same_question_is_asked_once_and_a_failure_is_not_kept() {
        let kept = Kept::default();
        let asked = std::sync::atomic::AtomicUsize::new(0);
        let ask = |answer: Result<Vec<u8>, CallError>| async {
            tokio::task::yield_now().await;
            asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            answer
        };
        let read = |body: &[u8]| if body == b"a" { Ok(()) } else { Err(CallError::Malformed("page".to_owned())) };
        assert_eq!(kept.read("q", ask(Err(CallError::Server(502))), read).await, Err(CallError::Server(502)));
        let all = (0..20).map(|_| kept.read("q", ask(Ok(b"a".to_vec())), read));
        let all = futures_util::future::join_all(all).await;
        assert_eq!(all.iter().filter(|it| !it.as_ref().expect("an answer").1).count(), 1);
        assert_eq!(asked.load(std::sync::atomic::Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn what_nobody_understands_is_not_kept() {
        let kept = Kept::default();
        let ask = |answer: &'static str| async move { Ok(answer.as_bytes().to_vec()) };
        let number = |body: &[u8]| {
            let number = std::str::from_utf8(body).ok().and_then(|text| text.parse::<u8>().ok());
            number.ok_or_else(|| CallError::Malformed("number".to_owned()))
        };
        for page in ["<html>", ""] {
            assert!(kept.read("q", ask(page), number).await.is_err());
            assert!(kept.find("q").is_none(), "{page}");
        }
        assert_eq!(kept.read("q", ask("7"), number).await, Ok((7, false)));
        assert_eq!(kept.read("q", ask("8"), number).await, Ok((7, true)));
        // Whoever needs more than the answer has asks for another one.
        let large = |body: &[u8]| number(body).and_then(|it| if it > 7 { Ok(it) } else { Err(CallError::Server(200)) });
        assert_eq!(kept.read("q", ask("8"), large).await, Ok((8, false)));
    }

    #[test]
    fn what_is_kept_stays_within_its_limit_and_the_oldest_goes_first() {
        let kept = Kept::default();
        let body = || Answer::Body(Arc::new(vec![0; 1 << 20]));
        kept.keep("much too large", Answer::Body(Arc::new(vec![0; MAX_ANSWER])));
        assert!(kept.find("much too large").is_none());
        for n in 0..100 {
            kept.keep(&n.to_string(), body());
            assert!(kept.lock().bytes <= MAX_BYTES);
            assert!(kept.find("0").is_some(), "what is asked for stays");
        }
        assert!(kept.find("1").is_none() && kept.find("99").is_some());
        let sum: usize = kept.lock().found.iter().map(|(q, (a, _))| q.len() + a.bytes() + ENTRY).sum();
        assert_eq!(kept.lock().bytes, sum);
    }
}
