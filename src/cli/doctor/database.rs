//! The database of the server.

use super::report::{Level, Remark, Section};
use crate::store::{BUSY_TIMEOUT, Examination, StoreError, examine};

pub(super) async fn look(url: &str) -> Section {
    Section { remarks: judge(url, examine(url, BUSY_TIMEOUT).await), ..Section::new("Database") }
}

fn judge(url: &str, found: Result<Examination, StoreError>) -> Vec<Remark> {
    let (to_apply, newer, journal) = match found {
        Ok(Examination::Usable { to_apply, newer, journal }) => (to_apply, newer, journal),
        Ok(Examination::Absent) => {
            return vec![Remark::new(Level::Fine, format!("{url} is not there yet: `deckhand serve` makes it"))];
        }
        Err(error) => return vec![refused(url, &error)],
    };
    let mut remarks = vec![Remark::new(Level::Fine, format!("{url} can be read and written"))];
    if to_apply > 0 {
        let text = format!("{to_apply} of its migrations are not applied yet: `deckhand serve` does it when it starts");
        remarks.push(Remark::new(Level::Note, text));
    }
    if newer > 0 {
        let text = format!("a newer version of deckhand has used it ({newer} migrations that this one does not know)");
        let advice = "This version works on it; what only the newer one understands is left for that.";
        remarks.push(Remark::new(Level::Note, text).advise(advice));
    }
    // A file without tables has not been a server's yet.
    if !journal.eq_ignore_ascii_case("wal") && to_apply == 0 {
        let text = format!("its journal mode is `{journal}` and not `wal`, which only a server that starts changes");
        let advice = "Start `deckhand serve` on it; when that refuses, move the file to a local disk.";
        remarks.push(Remark::new(Level::Note, text).advise(advice));
    }
    remarks
}

fn refused(url: &str, error: &StoreError) -> Remark {
    let remark = |text: String| Remark::new(Level::Problem, text);
    match error {
        // These say where and what to do.
        StoreError::Open { .. } => remark(error.to_string()),
        StoreError::Locked => remark(format!("{url} is locked by another process for longer than a server waits"))
            .advise("Find who holds it open (a backup, a `sqlite3` session) and let it end."),
        other => remark(format!("{url}: {other}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_has_its_words_and_only_what_stops_a_server_is_a_problem() {
        let levels = |found| judge("sqlite:x", found).into_iter().map(|it| it.level).collect::<Vec<_>>();
        let usable = |to_apply, newer, journal: &str| {
            levels(Ok(Examination::Usable { to_apply, newer, journal: journal.to_owned() }))
        };
        assert_eq!(levels(Ok(Examination::Absent)), [Level::Fine]);
        assert_eq!(usable(0, 0, "wal"), [Level::Fine]);
        assert_eq!(usable(0, 0, "delete"), [Level::Fine, Level::Note]);
        assert_eq!(usable(9, 0, "delete"), [Level::Fine, Level::Note], "a new file");
        assert_eq!(usable(0, 2, "wal"), [Level::Fine, Level::Note]);
        for error in [StoreError::Locked, StoreError::Full("x".to_owned()), StoreError::Corrupt("x".to_owned())] {
            assert_eq!(levels(Err(error)), [Level::Problem]);
        }
    }
}
