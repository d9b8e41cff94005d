//! Files of an older schema, and files that a spreadsheet has written again, are read as well as new ones.

use std::fs;
use std::path::Path;

use super::made::Scratch;

/// A run that was recorded with schema 1.
fn old() -> (Scratch, String) {
    let scratch = Scratch::new();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/schema-1");
    fs::create_dir(scratch.path("old")).unwrap();
    for file in ["plan.toml", "machine.json", "trials.csv"] {
        fs::copy(from.join(file), scratch.path("old").join(file)).expect("the fixture can be copied");
    }
    let trials = fs::read_to_string(scratch.path("old").join("trials.csv")).expect("the rows are there");
    (scratch, trials)
}

#[test]
fn every_command_that_reads_takes_schema_1_and_resume_says_why_it_does_not() {
    let (scratch, _) = old();
    let cells = |out: &str| {
        let json: serde_json::Value = serde_json::from_str(out).expect("it is JSON");
        json["cells"].as_array().expect("there are cells").len()
    };
    assert_eq!(cells(&scratch.expect(0, &["summary", "old", "--json"]).out), 10);
    assert!(scratch.expect(0, &["rank", "old"]).out.contains("rayon"));
    assert!(scratch.expect(0, &["compare", "old", "--pools", "serial,rayon"]).out.contains("rayon"));
    scratch.expect(0, &["report", "old", "--out", "old.html"]);
    assert!(fs::read_to_string(scratch.path("old.html")).unwrap().contains("rayon"));
    // Six blocks claim nothing, so that the gate cannot judge; it gets so far as to say that.
    let gate = scratch.expect(2, &["gate", "old", "old"]);
    assert!(gate.err.contains("could not judge"), "{}", gate.err);
    let said = scratch.expect(2, &["resume", "old"]);
    assert!(said.err.contains("schema 1") && said.err.contains("start a new run"), "{}", said.err);
}

#[test]
fn columns_that_were_added_or_moved_do_no_harm() {
    let (scratch, trials) = old();
    let before = scratch.expect(0, &["summary", "old", "--json"]).out;
    // A column more in front, the first of ours last, line ends and quotes as a spreadsheet may write them.
    let moved = |line: &str, note: &str| {
        let (first, rest) = line.split_once(',').expect("a line has cells");
        format!("\"{note}\",{rest},{first}\r\n")
    };
    let mut lines = trials.lines();
    let header = moved(lines.next().expect("there is a header"), "my notes");
    let rewritten: String = [header].into_iter().chain(lines.map(|line| moved(line, "=1+2, \u{e9}"))).collect();
    fs::write(scratch.path("old").join("trials.csv"), rewritten).unwrap();
    assert_eq!(scratch.expect(0, &["summary", "old", "--json"]).out, before);
}

#[test]
fn columns_that_lack_or_stand_there_twice_are_named() {
    let (scratch, trials) = old();
    for (header, named) in
        [(",status,", "lacks 1 of its columns (status)"), (",pool,", "has the column 'status' twice")]
    {
        let other = if header == ",pool," { ",status," } else { ",other," };
        fs::write(scratch.path("old").join("trials.csv"), trials.replacen(header, other, 1)).unwrap();
        let said = scratch.expect(2, &["summary", "old"]);
        assert!(said.err.contains(named), "{}", said.err);
    }
}
