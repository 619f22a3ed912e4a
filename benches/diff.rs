//! How fast a patch becomes our model: megabytes a second of `parse_patch_set`, hunks included.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use deckhand::diff::{parse_hunks, parse_patch_set};
use deckhand::model::Patch;
use std::fmt::Write as _;
use std::hint::black_box;

/// 20,000 changed lines in 360 files, with lines as long as code has them.
fn large_patch() -> String {
    let mut text = String::new();
    for file in 0..360 {
        let _ = write!(text, "diff --git a/src/f{file}.rs b/src/f{file}.rs\nindex 1234567..89abcde 100644\n");
        let _ = write!(text, "--- a/src/f{file}.rs\n+++ b/src/f{file}.rs\n");
        for hunk in 0..4 {
            let start = hunk * 100 + 1;
            let _ = writeln!(text, "@@ -{start},15 +{start},17 @@ fn function_{hunk}(argument: &str) {{");
            for line in 0..23 {
                let prefix = [' ', '-', '+', '+', '-', '-', '+', '+'][line % 8];
                let prefix = if line >= 17 { ' ' } else { prefix };
                let _ = writeln!(text, "{prefix}    let value_{line} = compute({file}, {hunk});");
            }
        }
    }
    text
}

fn read(patch: &[u8]) -> usize {
    let set = parse_patch_set(patch);
    assert!(set.problems.is_empty(), "{:?}", set.problems.first());
    let texts = set.files.iter().filter_map(|file| match &file.patch {
        Patch::Text(text) => Some(text),
        _ => None,
    });
    texts.map(|text| parse_hunks(text).iter().map(|hunk| hunk.lines.len()).sum::<usize>()).sum()
}

fn bench(criterion: &mut Criterion) {
    let patch = large_patch();
    let mut group = criterion.benchmark_group("diff");
    group.throughput(Throughput::Bytes(patch.len() as u64));
    group.bench_function("patch_set_and_hunks", |bencher| bencher.iter(|| read(black_box(patch.as_bytes()))));
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
