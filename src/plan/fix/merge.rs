//! Two changes of one text put together, where they do not touch each other.

/// The text with both changes; `None` when they change the same place. Each change counts as one stretch, from its first
/// line to its last.
pub(super) fn merge(before: &str, one: &str, other: &str) -> Option<String> {
    let (first, second) = (Stretch::find(before, one), Stretch::find(before, other));
    let (upper, lower) = if first.start <= second.start { (first, second) } else { (second, first) };
    // Changes that touch depend on each other's lines.
    if upper.end >= lower.start {
        return None;
    }
    let between = &before[upper.end..lower.start];
    Some([&before[..upper.start], upper.new, between, lower.new, &before[lower.end..]].concat())
}

/// What a change does: bytes `start..end` of the old text become `new`. It begins and ends between two lines.
struct Stretch<'a> {
    start: usize,
    end: usize,
    new: &'a str,
}

impl<'a> Stretch<'a> {
    fn find(old: &str, new: &'a str) -> Stretch<'a> {
        let start: usize = same(old.split_inclusive('\n'), new.split_inclusive('\n'));
        let (rest, changed) = (&old[start..], &new[start..]);
        let tail = same(rest.split_inclusive('\n').rev(), changed.split_inclusive('\n').rev());
        Stretch { start, end: old.len() - tail, new: &changed[..changed.len() - tail] }
    }
}

/// The bytes of the lines in which two texts agree until they differ.
fn same<'a>(one: impl Iterator<Item = &'a str>, other: impl Iterator<Item = &'a str>) -> usize {
    one.zip(other).take_while(|(one, other)| one == other).map(|(line, _)| line.len()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn changes_apart_go_together_and_others_do_not() {
        let before = "a\nb\nc\nd\ne\n";
        assert_eq!(merge(before, "A\nb\nc\nd\ne\n", "a\nb\nc\nd\nE\n").as_deref(), Some("A\nb\nc\nd\nE\n"));
        assert_eq!(merge(before, "a\nb\nc\nd\ne\nf\n", "b\nc\nd\ne\n").as_deref(), Some("b\nc\nd\ne\nf\n"));
        assert_eq!(merge(before, "x\na\nb\nc\nd\ne\n", "y\na\nb\nc\nd\ne\n"), None, "both at one place");
        assert_eq!(merge(before, "a\nB\nc\nd\ne\n", "a\nb\nC\nd\ne\n"), None, "they touch");
        assert_eq!(merge("a\nb\nc", "A\nb\nc", "a\nb\nC").as_deref(), Some("A\nb\nC"));
        assert_eq!(merge("", "x\n", "y\n"), None);
    }

    fn text() -> impl Strategy<Value = String> {
        let line = prop_oneof![Just("a\n"), Just("b\n"), Just("é\n"), Just("\n"), Just("z")];
        proptest::collection::vec(line, 0..9).prop_map(|lines| lines.concat())
    }

    proptest! {
        #[test]
        fn the_order_plays_no_part_and_both_changes_are_there(before in text(), one in text(), other in text()) {
            let merged = merge(&before, &one, &other);
            prop_assert_eq!(&merged, &merge(&before, &other, &one));
            if let Some(merged) = merged {
                let (first, second) = (Stretch::find(&before, &one), Stretch::find(&before, &other));
                prop_assert!(merged.contains(first.new) && merged.contains(second.new));
                prop_assert_eq!(merged.len() + before.len(), one.len() + other.len());
            }
        }
    }
}
