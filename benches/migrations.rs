//! Migrations: 1.16 MB of SQL in one text, and a pull request with 50 migrations.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use deckhand::analysis::migrations::{CheckOptions, check};
use std::hint::black_box;
use std::path::Path;

/// The labelled SQL again and again until the text is that large.
fn large_text() -> String {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/migrations/sql");
    let mut paths: Vec<_> =
        std::fs::read_dir(directory).expect("the cases").map(|it| it.expect("a case").path()).collect();
    paths.sort();
    // A comment that ignores the file, or the mark of a tool whose other half is not read, would hide the rest.
    paths.retain(|path| !["ignore", "_fw_"].iter().any(|part| path.to_string_lossy().contains(part)));
    let one: String = paths.iter().map(|path| std::fs::read_to_string(path).expect("a text") + "\n").collect();
    let mut text = String::new();
    while text.len() < 1_160_000 {
        text.push_str(&one);
    }
    text
}

/// Fifty migrations as people write them, of five tools.
fn fifty() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/migrations");
    let mut all = Vec::new();
    for directory in ["django", "rails", "alembic", "sql"] {
        let entries = std::fs::read_dir(root.join(directory)).expect("the cases");
        let mut paths: Vec<_> = entries.map(|entry| entry.expect("a case").path()).collect();
        paths.sort();
        for path in paths.iter().take(if directory == "sql" { 20 } else { 10 }) {
            let text = std::fs::read_to_string(path).expect("a text");
            all.push((path.to_string_lossy().into_owned(), text));
        }
    }
    assert_eq!(all.len(), 50);
    all
}

fn bench(criterion: &mut Criterion) {
    let text = large_text();
    let mut group = criterion.benchmark_group("migrations");
    group.sample_size(10);
    group.throughput(Throughput::Bytes(text.len() as u64));
    for style in [false, true] {
        let options = CheckOptions { style, ..CheckOptions::default() };
        group.bench_with_input(
            BenchmarkId::new("large text", if style { "style" } else { "unsafe" }),
            &text,
            |bench, text| {
                bench.iter(|| black_box(check("large.sql", text, &options)));
            },
        );
    }
    let files = fifty();
    group.throughput(Throughput::Elements(50));
    group.bench_function("fifty migrations", |bench| {
        bench.iter(|| {
            for (path, text) in &files {
                black_box(check(path, text, &CheckOptions::default()));
            }
        });
    });
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
