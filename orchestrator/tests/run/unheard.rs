//! What nobody reads: a run whose stderr has no reader goes on, with every row; where stdout has none, nothing complains.

use std::io;
use std::process::{Command, Stdio};

use super::common::{Rows, Scratch, beside};

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

#[test]
fn a_reader_of_stdout_that_has_gone_is_no_error() {
    let scratch = Scratch::new();
    let words = ["run", "--pools", "serial", "--workload", "noop", "--jobs", "10", "--blocks", "2", "--twin", "none"];
    scratch.poolbench(&[&words[..], &["--out", "r"]].concat()).expect(0);
    let pool = |words: &[&str]| (beside("pool-serial"), words.iter().map(ToString::to_string).collect::<Vec<_>>());
    let poolbench = |words: &str| (beside("poolbench"), words.split(' ').map(str::to_owned).collect::<Vec<_>>());
    let by_hand = ["human", "json", "csv"].map(|format| pool(&["--jobs", "10", "--format", format]));
    let others = [pool(&["--describe"]), pool(&["--help"]), pool(&["--jobs", "10", "--gate"])];
    let commands = ["list", "list --json", "plan quick", "--help", "summary r", "rank r", "doctor"].map(poolbench);
    let check = (beside("poolbench"), vec!["check-pool".to_owned(), beside("pool-serial").display().to_string()]);
    for (program, words) in by_hand.into_iter().chain(others).chain(commands).chain([check]) {
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let mut command = Command::new(&program);
        let output = command.args(&words).current_dir(scratch.path("")).stdin(Stdio::null()).stdout(writer).output();
        let output = output.expect("it starts");
        // The doctor may have findings, and says so by its exit code.
        let right = output.status.code() == Some(0) || words[0] == "doctor" && output.status.code() == Some(1);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(right && !said.contains("pipe") && !said.contains("stdout"), "{words:?}: {:?} {said}", output.status);
    }
}
