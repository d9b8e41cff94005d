//! `export`: a file a picture, a workbook, files with commas, and a document.

use std::fs;

use super::made::{Scratch, Series, pool};

const POOLS: [Series; 4] =
    [pool("serial", 10.0), pool("quick", 4.0), pool("quick-twin", 4.0), Series { jobs: 10_000, ..pool("quick", 40.0) }];

#[test]
fn a_picture_has_jobs_down_and_pools_across() {
    let scratch = Scratch::with(&POOLS, 20);
    let said = scratch.expect(0, &["export", "r", "--wide", "--out", "wide"]).out;
    assert!(said.contains("wrote wide/batch-time-noop.csv"), "{said}");
    let mut csv = csv::Reader::from_path(scratch.path("wide/batch-time-noop.csv")).expect("it was written");
    let head = csv.headers().expect("it has a header").clone();
    let names: Vec<&str> = head.iter().collect();
    assert_eq!(
        names,
        ["jobs", "quick_ns", "serial_ns", "quick_low_ns", "serial_low_ns", "quick_high_ns", "serial_high_ns"],
        "the twin is in no picture"
    );
    let rows: Vec<csv::StringRecord> = csv.records().map(Result::unwrap).collect();
    assert_eq!((&rows[0][0], &rows[1][0]), ("1000", "10000"));
    let number = |row: usize, column: usize| rows[row][column].parse::<u64>().expect("a whole number");
    for (row, column) in [(0, 1), (0, 2), (1, 1)] {
        assert!(number(row, column + 2) <= number(row, column) && number(row, column) <= number(row, column + 4));
    }
    assert_eq!(&rows[1][2], "", "what was not measured is empty");
}

#[test]
fn files_for_commas_have_the_same_rows_in_other_signs() {
    let scratch = Scratch::with(&POOLS, 8);
    scratch.expect(0, &["export", "r", "--excel-eu"]);
    let ours = fs::read_to_string(scratch.path("r/trials.csv")).expect("the rows");
    let theirs = fs::read_to_string(scratch.path("r/trials-eu.csv")).expect("it was written");
    assert!(theirs.starts_with("\u{feff}schema;run;"), "{theirs:.40}");
    assert_eq!(ours.lines().count(), theirs.lines().count());
    let column = |text: &str, sign: char, name: &str| -> Vec<String> {
        let mut rows = text.trim_start_matches('\u{feff}').lines().map(|line| line.split(sign));
        let at = rows.next().expect("a header").position(|one| one == name).expect(name);
        rows.map(|mut row| row.nth(at).expect("the cell").to_owned()).collect()
    };
    for (ns, ms) in column(&ours, ',', "batch_ns").iter().zip(column(&theirs, ';', "batch_ms")) {
        let ms: f64 = ms.replace(',', ".").parse().expect("a number");
        let ns: f64 = ns.parse().expect("a number");
        assert!((ns / 1e6 - ms).abs() < 1e-6, "{ns} ns are not {ms} ms");
    }
}

#[test]
fn a_workbook_is_written_whole_and_names_no_folder() {
    let scratch = Scratch::with(&POOLS, 8);
    let whole = scratch.path("r");
    scratch.expect(0, &["export", &whole.to_string_lossy(), "--xlsx", "--out", "book.xlsx"]);
    let book = fs::read(scratch.path("book.xlsx")).expect("it was written");
    assert!(book.starts_with(b"PK"), "a workbook is an archive");
    scratch.expect(2, &["export", "r", "--xlsx", "--out", "r"]);
}

#[test]
fn what_cannot_be_exported_is_said() {
    let scratch = Scratch::with(&POOLS, 8);
    let said = |arguments: &[&str]| scratch.expect(2, arguments).err;
    assert!(said(&["export", "r"]).contains("one of --wide, --xlsx, --excel-eu and --markdown"));
    assert!(said(&["export", "r", "--wide", "--xlsx"]).contains("cannot be used with"));
    assert!(said(&["export", "r", "--markdown", "--out", "x"]).contains("cannot be used with"));
    assert!(said(&["export", "nowhere", "--wide"]).contains("nowhere"));
    scratch.run_of("empty", "here", "");
    scratch.rewrite(
        "empty",
        fs::read_to_string(scratch.path("r/trials.csv")).unwrap().lines().next().unwrap().to_owned() + "\n",
    );
    assert!(said(&["export", "empty", "--wide"]).contains("no finished block"));
}
