//! Real, odd and hostile reports through the parsers: the corpus of the fuzz targets `coverage_*`, with the same checks.

use deckhand::analysis::coverage::{
    Format, MAX_LINE, Named, Places, Report, ReportError, ReportFile, Tree, combine, parse_report,
};
use deckhand::model::RepoPath;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

fn corpus(target: &str) -> BTreeMap<String, Vec<u8>> {
    let directory = format!("{}/tests/data/corpus/{target}", env!("CARGO_MANIFEST_DIR"));
    let paths = std::fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap().path());
    paths.map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read(&path).unwrap())).collect()
}

/// What holds for every report, however it came about.
fn check(name: &str, bytes: &[u8]) -> Result<Report, ReportError> {
    let result = parse_report(bytes);
    assert_eq!(result, parse_report(bytes), "{name}: the same bytes, the same report");
    match &result {
        Ok(report) => {
            for file in &report.files {
                assert!(!file.path.is_empty(), "{name}");
                assert!(file.lines.is_sorted_by(|a, b| a.number < b.number), "{name}: {file:?}");
                let fine = |number: u32| (1..=MAX_LINE).contains(&number);
                assert!(
                    file.lines.iter().all(|line| fine(line.number) && line.taken <= line.branches),
                    "{name}: {file:?}"
                );
            }
        }
        Err(error) => {
            let words = error.to_string();
            assert!(words.starts_with("is ") || words.starts_with("has "), "{name}: {words}");
            assert!(!words.contains("Error") && !words.contains("::") && words.len() < 400, "{name}: {words}");
        }
    }
    result
}

/// Each file of a report in one line: `path line:hits(taken/branches)`.
fn shown(report: &Report) -> Vec<String> {
    let line = |it: &deckhand::model::LineHits| match it.branches {
        0 => format!(" {}:{}", it.number, it.hits),
        all => format!(" {}:{}({}/{all})", it.number, it.hits, it.taken),
    };
    report
        .files
        .iter()
        .map(|file| format!("{}{}", file.path, file.lines.iter().map(line).collect::<String>()))
        .collect()
}

#[test]
fn every_input_is_a_report_or_words() {
    let mut unreadable = BTreeMap::new();
    for target in ["coverage_lcov", "coverage_go", "coverage_xml", "coverage_json"] {
        for (name, bytes) in corpus(target) {
            if let Err(error) = check(&name, &bytes) {
                unreadable.insert(name.clone(), error.to_string().split([';', ',']).next().unwrap().to_owned());
            }
            // Every beginning of it is one, too: what a full disk leaves.
            let step = (bytes.len() / 20).max(1);
            (0..bytes.len()).step_by(step).for_each(|end| drop(check(&name, &bytes[..end])));
        }
    }
    let expected = [
        ("bomb.xml", "has an entity of its own at line 1 (`a`)"),
        ("cut.xml", "is cut off at line 5 inside <lines>"),
        ("deep.json", "is cut off at line 1"),
        ("deep.xml", "is nested too deeply at line 1 to be a coverage report"),
        ("deep_known.json", "is damaged at line 1: a value is not what its format of coverage has there"),
        ("mismatch.xml", "is damaged at line 1: expected `</packages>`"),
        ("package.json", "is damaged at line 1: a value is not what its format of coverage has there"),
        ("trailing.json", "is damaged at line 1: it is not JSON there"),
        ("wrong.json", "is damaged at line 1: a value is not what its format of coverage has there"),
    ];
    let expected: BTreeMap<String, String> = expected.map(|(name, words)| (name.to_owned(), words.to_owned())).into();
    assert_eq!(unreadable, expected);
}

#[test]
fn formats_without_an_oracle_are_read_as_their_tools_mean_them() {
    let json = corpus("coverage_json");
    let xml = corpus("coverage_xml");
    let read = |bytes: &[u8]| {
        let report = parse_report(bytes).unwrap();
        (report.format, shown(&report))
    };
    let istanbul = ["/w/src/a.js 1:3 2:1(1/2)", "/w/src/b.js 7:0"];
    assert_eq!(read(&json["istanbul.json"]), (Format::Istanbul, istanbul.map(str::to_owned).to_vec()));
    let (format, files) = read(&json["simplecov_resultset.json"]);
    assert_eq!(format, Format::SimpleCov);
    assert_eq!(files, ["/w/lib/a.rb 2:1(1/2) 3:0", "/w/lib/old.rb 1:1", "/w/lib/a.rb 2:0 3:2"]);
    assert_eq!(read(&json["simplecov_formatter.json"]).1, ["/w/lib/a.rb 1:1(0/1) 2:0"]);
    assert_eq!(read(&json["simplecov_gem.json"]).1, ["/w/lib/a.rb 1:1 2:0", "/w/lib/b.rb 2:3"]);
    assert_eq!(read(&json["gcovr.json"]), (Format::Gcovr, vec!["src/a.cpp 3:2(1/2)".to_owned()]));
    assert_eq!(read(&json["llvm_old.json"]).1[0].get(..20), Some("a.c 1:3 2:3 3:3 5:0 "));
    assert_eq!(read(&json["llvm_empty.json"]), (Format::LlvmCov, Vec::new()));
    assert_eq!(read(&json["empty.json"]), (Format::Istanbul, Vec::new()));
    assert_eq!(read(&json["hostile.json"]).1, ["a.py 2:2(2/2) 3:0"]);
    assert_eq!(read(&xml["clover_istanbul.xml"]), (Format::Clover, vec!["/x/src/a.js 1:3 2:2(1/1)".to_owned()]));
}

#[test]
fn a_report_is_read_in_the_encodings_that_tools_write() {
    let text = "<coverage line-rate=\"1\"><packages><class filename=\"é.py\"><lines><line number=\"1\" hits=\"1\"/></lines></class></packages></coverage>";
    let wide = |big: bool| -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units.flat_map(|unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    };
    let latin = format!("<?xml version=\"1.0\" encoding='ISO-8859-1'?>{text}").replace('é', "\u{1}");
    let latin: Vec<u8> = latin.bytes().map(|byte| if byte == 1 { 0xe9 } else { byte }).collect();
    for bytes in [text.as_bytes().to_vec(), format!("\u{feff}{text}").into_bytes(), wide(true), wide(false), latin] {
        assert_eq!(shown(&parse_report(&bytes).unwrap()), ["é.py 1:1"]);
    }
}

#[test]
fn paths_are_files_of_the_tree_or_said_to_be_none() {
    for (name, text) in corpus("coverage_paths") {
        let text = String::from_utf8(text).unwrap();
        let (tree, paths) = text.split_once("=====\n").unwrap();
        let file = |path: &str| ReportFile { path: path.to_owned(), hint: None, lines: vec![(1, 1, 0, 0).into()] };
        let report = Report {
            format: Format::Lcov,
            files: paths.lines().map(file).collect(),
            sources: Vec::new(),
            notes: Vec::new(),
        };
        let count = report.files.len();
        let tree: Vec<RepoPath> = tree.lines().map(RepoPath::new).collect();
        let named = Named { name: name.clone(), beside: Some("packages/web/out".to_owned()), report };
        let facts = combine(vec![named], &Tree::new(tree.clone()), &Places::default());
        assert!(facts.files.keys().all(|path| tree.contains(path)), "{name}");
        let hits: u64 = facts.files.values().flatten().map(|line| line.hits).sum();
        assert_eq!(
            usize::try_from(hits).unwrap() + facts.foreign_files + facts.ambiguous.len(),
            count,
            "{name}: {facts:?}"
        );
    }
}

#[test]
fn large_and_hostile_reports_end_soon() {
    let began = Instant::now();
    let lines = |count: u32| (1..=count).map(|line| format!("DA:{line},1\n")).collect::<String>();
    check("long", format!("SF:a.c\n{}end_of_record\n", lines(200_000)).as_bytes()).unwrap();
    check("many", "SF:a/b.c\nDA:1,1\nend_of_record\n".repeat(50_000).as_bytes()).unwrap();
    let too_many = format!(
        "{{\"data\":[{{\"files\":[{}]}}]}}",
        ["{\"filename\":\"a\",\"segments\":[[1,1,1,true,true,false],[10000000,1,0,false,false,false]]}"; 3].join(",")
    );
    assert!(matches!(parse_report(too_many.as_bytes()), Err(ReportError::TooMany { what: "lines", .. })));
    let blocks: String = (0..2000).map(|at| format!("a.go:1.1,90000.1 1 {at}\n")).collect();
    check("nested blocks", format!("mode: count\n{blocks}").as_bytes()).unwrap();
    check("attributes", format!("<coverage {}/>", "a=\"b\" ".repeat(100_000)).as_bytes()).unwrap();
    check("one line", format!("<coverage line-rate=\"{}\"/>", "9".repeat(4_000_000)).as_bytes()).unwrap();
    // A path with many parts in a tree where all of them occur.
    let tree = Tree::new((0..2000).map(|at| RepoPath::new(&format!("{}x{at}/a.py", "d/".repeat(50)))));
    let file =
        |at: usize| ReportFile { path: format!("/{}x{at}/a.py", "d/".repeat(2000)), hint: None, lines: Vec::new() };
    let sources = vec!["/d/d/d".to_owned(); 1000];
    let report = Report { format: Format::Cobertura, files: (0..2000).map(file).collect(), sources, notes: Vec::new() };
    combine(vec![Named { name: "r".to_owned(), beside: None, report }], &tree, &Places::default());
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
}
