//! How fast reports are read: an lcov tracefile of 50,000 lines (wanted: under 30 ms) and 50 MB of Cobertura (wanted:
//! under 1 s and under 150 MB of memory; look at the peak with `/usr/bin/time -v`), and what a diff costs then.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use deckhand::analysis::coverage::{Named, Places, Tree, combine, measure, parse_report};
use deckhand::diff::parse_patch_set;
use deckhand::model::RepoPath;
use std::fmt::Write as _;
use std::hint::black_box;

/// 50,000 lines with every tenth a branch, in files of 250.
fn lcov() -> String {
    let mut text = String::from("TN:\n");
    for file in 0..200 {
        let _ = writeln!(text, "SF:/home/runner/work/shop/src/module_{}/file_{file}.py", file % 20);
        for line in 1..=225 {
            let _ = writeln!(text, "DA:{line},{}", line * file % 7);
            if line % 9 == 0 {
                let _ = writeln!(text, "BRDA:{line},0,0,{}", line % 3);
            }
        }
        text.push_str("end_of_record\n");
    }
    text
}

/// 50 MB: classes of 60 lines.
fn cobertura() -> String {
    let mut text = String::from(
        "<?xml version=\"1.0\" ?>\n<coverage line-rate=\"0.9\" version=\"7\">\n<sources><source>/home/runner/work/shop</source></sources>\n<packages><package name=\"p\"><classes>\n",
    );
    let mut class = 0;
    while text.len() < 50 << 20 {
        let _ = writeln!(
            text,
            "<class name=\"c{class}\" filename=\"src/m{}/f{class}.py\" line-rate=\"0.9\"><methods/><lines>",
            class % 97
        );
        for line in 1..=60 {
            let _ = match line % 8 {
                0 => writeln!(
                    text,
                    "<line number=\"{line}\" hits=\"1\" branch=\"true\" condition-coverage=\"50% (1/2)\"/>"
                ),
                hits => writeln!(text, "<line number=\"{line}\" hits=\"{hits}\"/>"),
            };
        }
        text.push_str("</lines></class>\n");
        class += 1;
    }
    text.push_str("</classes></package></packages></coverage>\n");
    text
}

fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("coverage");
    for (name, text) in [("lcov_50k_lines", lcov()), ("cobertura_50_mb", cobertura())] {
        group.throughput(Throughput::Bytes(text.len() as u64)).sample_size(10);
        group.bench_function(name, |bencher| bencher.iter(|| parse_report(black_box(text.as_bytes())).expect("reads")));
    }
    let report = parse_report(lcov().as_bytes()).expect("reads");
    let path = |file: usize| format!("src/module_{}/file_{file}.py", file % 20);
    let mut patch = String::new();
    for file in 0..50 {
        let path = path(file);
        let _ = write!(patch, "diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n@@ -10,0 +11,100 @@\n");
        (0..100).for_each(|_| patch.push_str("+x = 1\n"));
    }
    let changes = parse_patch_set(patch.as_bytes()).files;
    assert_eq!(changes.len(), 50);
    group.bench_function("resolve_and_measure", |bencher| {
        bencher.iter(|| {
            let tree = Tree::new((0..20_000).map(|file| RepoPath::new(&path(file))));
            let named = Named { name: "lcov.info".to_owned(), beside: None, report: report.clone() };
            let facts = combine(vec![named], &tree, &Places::default());
            measure(&facts, black_box(&changes), &|_| true, false).total()
        });
    });
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
