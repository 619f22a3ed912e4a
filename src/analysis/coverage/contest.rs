//! Several paths of one report that fit one file: spellings of it, roots of several machines, or other files.

use super::report::ReportFile;
use super::resolve::{Fit, Resolution};
use super::roots::Parts;
use super::votes::Root;
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

/// So many paths of one file are told apart; what comes then is left out.
const MAX_WAYS: usize = 16;

/// So many lines that two paths both know show that they have one text.
const MIN_SAME_LINES: usize = 3;

/// A path of a report, with what speaks for the file that was found for it.
pub(super) struct Claim<'r> {
    pub(super) path: &'r Parts,
    /// Where the report names it first.
    pub(super) file: &'r ReportFile,
    pub(super) fit: Fit,
    /// What stands before the file's whole path.
    pub(super) root: Option<Root>,
    /// How many files of the report have that root.
    pub(super) votes: usize,
    /// The directory that the report names besides the path is one of the file's.
    pub(super) is_hinted: bool,
}

impl Claim<'_> {
    fn rank(&self) -> (Fit, usize, bool) {
        (self.fit, if self.fit == Fit::Whole { self.votes } else { 0 }, self.is_hinted)
    }

    /// Several ways to name a file are one file; one name in two modules is two files, unless they know the same of it.
    fn is_same(&self, other: &Claim<'_>) -> bool {
        let is_one_module = self.file.hint == other.file.hint || self.file.lines == other.file.lines;
        is_one_module && (self.path.is_same_file(other.path) || (self.fit, other.fit) == (Fit::Exact, Fit::Exact))
    }

    /// Whether both are that file on two machines: there are two roots, and both are known, or the same lines are code.
    fn agrees(&self, other: &Claim<'_>) -> bool {
        let is_known = |it: &Claim<'_>| it.fit == Fit::Exact || it.votes > 1;
        self.is_apart_from(other) && (is_known(self) && is_known(other) || self.is_same_text(other))
    }

    fn is_same_text(&self, other: &Claim<'_>) -> bool {
        let (ours, theirs) = (&self.file.lines, &other.file.lines);
        let (few, many) = if ours.len() < theirs.len() { (ours, theirs) } else { (theirs, ours) };
        let is_there = |number: u32| many.binary_search_by_key(&number, |line| line.number).is_ok();
        few.len() >= MIN_SAME_LINES && few.iter().all(|line| is_there(line.number))
    }

    fn is_apart_from(&self, other: &Claim<'_>) -> bool {
        matches!((&self.root, &other.root), (Some(a), Some(b)) if a.is_apart_from(b))
    }
}

/// What only may be a file is not worth a word where another path is it.
pub(super) fn drop_doubts(settled: &mut [(Resolution, Fit)]) {
    let found = |it: &(Resolution, Fit)| if let Resolution::Found(at) = it.0 { Some(at) } else { None };
    let found: HashSet<usize> = settled.iter().filter_map(found).collect();
    for (resolution, _) in settled {
        if matches!(resolution, Resolution::Doubtful(at) if found.contains(at)) {
            *resolution = Resolution::Unknown;
        }
    }
}

/// Two paths of one report are two files, unless they spell one or have roots that the report shows to be two. What fits
/// a file less gives way to what fits it more; of several that fit it whole the one counts whose root more others share,
/// and of equals, as of several that fit in part, none is believed.
pub(super) fn drop_contested(settled: &mut [(Resolution, Fit)], claims: &[Claim<'_>]) {
    let mut of_file: HashMap<usize, Vec<usize>> = HashMap::new();
    for (index, (resolution, _)) in settled.iter().enumerate() {
        if let Resolution::Found(at) = resolution {
            of_file.entry(*at).or_default().push(index);
        }
    }
    for (at, claimants) in of_file {
        if claimants.len() > 1 {
            judge(settled, claims, at, claimants);
        }
    }
}

/// The claims that are one way to name a file, the best one first.
struct Way {
    claims: Vec<usize>,
    verdict: Verdict,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Counts,
    /// Another one is as good.
    Contested,
    /// It is another file.
    GivesWay,
    /// It may be this file, but a better one is it.
    LeftOut,
}

fn judge(settled: &mut [(Resolution, Fit)], claims: &[Claim<'_>], at: usize, mut claimants: Vec<usize>) {
    claimants.sort_by_key(|index| Reverse(claims[*index].rank()));
    let mut ways: Vec<Way> = Vec::new();
    for index in claimants {
        let claim = &claims[index];
        match ways.iter().position(|way| claims[way.claims[0]].is_same(claim)) {
            Some(same) => ways[same].claims.push(index),
            None if ways.len() < MAX_WAYS => {
                let verdict = compare(&mut ways, claims, claim);
                ways.push(Way { claims: vec![index], verdict });
            }
            None => settled[index].0 = Resolution::Doubtful(at),
        }
    }
    for way in ways {
        let resolution = match way.verdict {
            Verdict::Counts => continue,
            Verdict::GivesWay => Resolution::Unknown,
            Verdict::Contested | Verdict::LeftOut => Resolution::Doubtful(at),
        };
        for index in way.claims {
            settled[index].0 = resolution.clone();
        }
    }
}

/// A claim against the better ones before it and those that are as good.
fn compare(ways: &mut [Way], claims: &[Claim<'_>], claim: &Claim<'_>) -> Verdict {
    let mut verdict = Verdict::Counts;
    for way in ways.iter_mut().filter(|way| matches!(way.verdict, Verdict::Counts | Verdict::Contested)) {
        let other = &claims[way.claims[0]];
        if other.agrees(claim) {
            continue;
        }
        if other.rank() == claim.rank() {
            (way.verdict, verdict) = (Verdict::Contested, Verdict::Contested);
        } else if claim.fit == Fit::Whole && other.is_apart_from(claim) {
            return Verdict::LeftOut;
        } else {
            return Verdict::GivesWay;
        }
    }
    verdict
}
