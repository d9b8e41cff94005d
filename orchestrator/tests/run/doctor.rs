//! The doctor looks at this machine, whatever it is: every finding is whole, and the exit code is what the findings say.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use procfs::process::all_processes;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use test_helpers::user::stranger;

use super::common::Scratch;

const POOLBENCH: &str = env!("CARGO_BIN_EXE_poolbench");

#[test]
fn every_finding_has_its_effect_and_advice_and_the_exit_code_agrees() {
    judge(&Scratch::new().command(&["doctor", "--json"]).output().unwrap());
}

#[test]
fn a_user_without_rights_gets_the_same_findings() {
    match stranger(Path::new(POOLBENCH)) {
        Ok(user) => {
            let mut command = Command::new(POOLBENCH);
            judge(&command.args(["doctor", "--json"]).uid(user).gid(user).current_dir("/").output().unwrap());
        }
        Err(why) => eprintln!("not tried, the test above has run as the only user there is: {why:#}"),
    }
}

/// What was found, by name, after looking that each finding is whole and the exit code agrees.
fn judge(output: &Output) -> BTreeMap<String, String> {
    let said: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let findings = said["findings"].as_array().expect("findings");
    let text = |text: &Value| text.as_str().expect("a text").to_owned();
    let found: BTreeMap<_, _> =
        findings.iter().map(|finding| (text(&finding["name"]), text(&finding["found"]))).collect();
    for name in ["cores", "governor", "turbo", "control groups", "foreign CPU", "steal", "swap", "descriptors"] {
        assert!(found.contains_key(name), "{name} is missing: {found:?}");
    }
    let level = |finding: &&Value, level| finding["level"] == level;
    for finding in findings {
        let explained = [&finding["effect"], &finding["advice"]].iter().all(|text| *text != "");
        assert!(finding["found"] != "" && explained != level(&finding, "ok"), "{finding}");
    }
    let warnings = findings.iter().filter(|finding| level(finding, "warning")).count();
    assert_eq!(said["warnings"], warnings);
    assert_eq!(said["fit"], warnings == 0);
    assert_eq!(output.status.code(), Some(i32::from(warnings > 0)));
    found
}

#[test]
fn the_clock_is_the_one_that_the_kernel_names() {
    let found = judge(&Scratch::new().command(&["doctor", "--json"]).output().unwrap());
    let source = fs::read_to_string("/sys/devices/system/clocksource/clocksource0/current_clocksource").ok();
    let named = found.get("clock").and_then(|found| found.split_once(", ")).map(|(source, _)| source);
    assert_eq!(named, source.as_deref().map(str::trim), "{found:?}");
}

#[test]
fn ten_seconds_of_a_pool_against_itself_are_a_finding() {
    let output = Scratch::new().command(&["doctor", "--json", "--measure"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.code() == Some(2) {
        // Ten seconds are not enough for half a dozen pairs.
        assert!(said.contains("is the machine overloaded?"), "{said}");
        return;
    }
    let found = judge(&output);
    let itself = found.get("A/A").unwrap_or_else(|| panic!("no A/A in {found:?}"));
    let words: Vec<&str> = itself.split_whitespace().collect();
    let pairs = words.iter().position(|word| *word == "pairs;").and_then(|at| words[at - 1].parse::<u32>().ok());
    assert!(itself.starts_with("crossbeam against itself: ") && pairs >= Some(6), "{itself}");
}

#[test]
fn ctrl_c_in_the_measurement_is_130_and_leaves_what_was_found() {
    let scratch = Scratch::new();
    let mut command = scratch.command(&["doctor", "--json", "--measure"]);
    let mut doctor = command.stdout(Stdio::piped()).spawn().expect("poolbench starts");
    let began = Instant::now();
    while !measures(&doctor) {
        let runs = doctor.try_wait().unwrap().is_none();
        assert!(runs && began.elapsed() < Duration::from_mins(1), "it measures nothing");
        sleep(Duration::from_millis(1));
    }
    kill_process(Pid::from_child(&doctor), Signal::INT).unwrap();
    let output = doctor.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let said: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let names: Vec<&Value> =
        said["findings"].as_array().expect("findings").iter().map(|finding| &finding["name"]).collect();
    assert!(names.contains(&&"cores".into()) && !names.contains(&&"A/A".into()), "{names:?}");
}

/// Whether it has a pool at its gates.
fn measures(doctor: &Child) -> bool {
    let parent = doctor.id().cast_signed();
    let children = all_processes().expect("/proc can be read").flatten();
    let mut own = children.filter(|process| process.stat().is_ok_and(|stat| stat.ppid == parent));
    own.any(|pool| pool.cmdline().is_ok_and(|words| words.iter().any(|word| word == "--gate")))
}

#[test]
fn a_low_limit_is_a_warning_on_the_terminal() {
    let mut command = Command::new("prlimit");
    let output = command.args(["--nofile=64:64", POOLBENCH, "doctor"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let warned = said.lines().any(|line| line.starts_with("WARNING") && line.contains("64 files"));
    assert!(warned && said.contains("to do:"), "{said}");
    assert_eq!(output.status.code(), Some(1));
}
