//! System calls that a container or a file system refuses: what can go on goes on, the refusal is named, and the doctor says
//! what it costs.

use std::process::{Command, Output};

use serde_json::Value;

use super::common::{Rows, Scratch, beside};

/// What is refused and how; what the doctor calls it; what the run says of it.
const REFUSED: [(&str, &str, &str); 8] = [
    ("pidfd_open:EPERM", "end of pools", ""),
    ("pidfd_open:ENOSYS", "end of pools", ""),
    ("subreaper:EPERM", "orphans", "prctl(PR_SET_CHILD_SUBREAPER)"),
    ("pdeathsig:ENOSYS", "life line", ""),
    ("sched_setaffinity:EPERM", "pinning", ""),
    ("sched_getaffinity:ENOSYS", "pinning", ""),
    ("flock:ENOLCK", "locks", "cannot be locked"),
    ("flock:ENOSYS", "locks", "cannot be locked"),
];
const RUN: [&str; 12] =
    ["run", "--workload", "noop", "--jobs", "10", "--batches", "1", "--blocks", "1", "--twin", "none", "--pools"];

/// `poolbench` in a system that refuses a call.
fn poolbench(scratch: &Scratch, refused: &str, words: &[&str]) -> Output {
    let mut command = Command::new(beside("launcher"));
    command.arg(format!("refuse={refused}")).arg(env!("CARGO_BIN_EXE_poolbench")).args(words);
    command.current_dir(scratch.path("")).output().expect("the launcher starts")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_run_goes_on_without_and_says_so() {
    let scratch = Scratch::new();
    for (number, (refused, _, named)) in REFUSED.into_iter().enumerate() {
        let out = format!("r{number}");
        let output = poolbench(&scratch, refused, &[&RUN[..], &["serial,processes", "--out", &out]].concat());
        let said = said(&output);
        assert_eq!(output.status.code(), Some(0), "{refused}: {said}");
        assert!(said.contains(named), "{refused}: {said}");
        assert_eq!(Rows::read(&scratch.path(&out)).accepted().len(), 4, "{refused}: {said}");
    }
}

#[test]
fn the_doctor_names_each_of_them() {
    let scratch = Scratch::new();
    for (refused, name, _) in REFUSED {
        let output = poolbench(&scratch, refused, &["doctor", "--json"]);
        let findings: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
        let mut findings = findings["findings"].as_array().unwrap().iter();
        let finding = findings.find(|finding| finding["name"] == name).expect(name);
        assert_eq!(finding["level"], "note", "{refused}: {finding}");
        assert!(finding["found"].as_str().unwrap().contains("this "), "{refused}: {finding}");
    }
}

#[test]
fn pinning_that_was_asked_for_and_is_refused_is_an_error() {
    let scratch = Scratch::new();
    for refused in ["sched_setaffinity:EPERM", "sched_getaffinity:EPERM"] {
        for flag in ["--cpus", "--server-cpus"] {
            let output = poolbench(&scratch, refused, &[&RUN[..], &["serial", flag, "0", "--out", "r"]].concat());
            let said = said(&output);
            assert_eq!(output.status.code(), Some(2), "{said}");
            let call = refused.split(':').next().unwrap();
            assert!(said.contains(flag) && said.contains(call) && said.contains("run without it"), "{said}");
        }
    }
    assert!(!scratch.path("r").exists());
}

#[test]
fn what_a_pool_leaves_is_found_where_no_orphan_comes() {
    let scratch = Scratch::new();
    scratch.list_helpers("misbehave", &[("grandchild".to_owned(), ["grandchild".to_owned()])]);
    let words = [&RUN[..], &["grandchild,serial", "--pools-from", "pools.toml", "--out", "r"]].concat();
    let output = poolbench(&scratch, "subreaper:EPERM", &words);
    let notes = std::fs::read_to_string(scratch.path("r/notes.jsonl")).unwrap();
    assert!(notes.contains("which were killed"), "{notes} {}", said(&output));
    let folder = scratch.path("").canonicalize().unwrap();
    let left = procfs::process::all_processes().unwrap().flatten();
    assert_eq!(left.filter(|process| process.cwd().is_ok_and(|cwd| cwd == folder)).count(), 0);
}

#[test]
fn a_pool_that_exits_or_hangs_is_seen_without_a_descriptor_of_it() {
    let scratch = Scratch::new();
    let modes = ["early-exit", "killed", "closes-stdout", "flood-after-stopped"];
    scratch.list_helpers("misbehave", &modes.map(|mode| (mode.to_owned(), [mode.to_owned()])));
    let pools = modes.join(",");
    let words = [&RUN[..], &[&pools, "--pools-from", "pools.toml", "--out", "r", "--timeout", "3s"]].concat();
    let output = poolbench(&scratch, "pidfd_open:EPERM", &words);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    for [pool, status] in Rows::read(&scratch.path("r")).select(["pool", "status"]) {
        let right = match pool.as_str() {
            "early-exit" | "killed" => "crashed",
            "closes-stdout" => "failed",
            _ => "timeout",
        };
        assert_eq!(status, right, "{pool}");
    }
}
