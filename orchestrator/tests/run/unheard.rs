//! A run whose stderr nobody reads: it goes on, and every row is there.

use std::io;
use std::process::Stdio;

use super::common::{Rows, Scratch};

#[test]
fn a_run_outlives_the_reader_of_its_stderr() {
    let scratch = Scratch::new();
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    let words = ["run", "--pools", "serial", "--workload", "noop", "--jobs", "10", "--blocks", "2", "--twin", "none"];
    let mut run = scratch.command(&words);
    let status = run.args(["--out", "r"]).stdout(Stdio::null()).stderr(writer).status();
    assert_eq!(status.expect("poolbench starts").code(), Some(0));
    let accepted = Rows::read(&scratch.path("r")).select(["accepted"]);
    assert_eq!(accepted.iter().filter(|[accepted]| accepted == "1").count(), 3);
    // What cannot run has no other way to say so than its exit code.
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    let refused = scratch.command(&["run", "--pools", "nobody"]).stderr(writer).status().expect("poolbench starts");
    assert_eq!(refused.code(), Some(2));
}
