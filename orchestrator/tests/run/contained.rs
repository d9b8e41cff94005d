//! The doctor in a container: what it sees there is its own part of the machine, and it says so.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use rustix::process::geteuid;
use serde_json::Value;
use test_helpers::limit::Limit;

use super::common::Scratch;

const POOLBENCH: &str = env!("CARGO_BIN_EXE_poolbench");

/// The finding of this name.
fn finding(output: &Output, name: &str) -> Value {
    let said: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let mut findings = said["findings"].as_array().expect("findings").iter();
    findings.find(|finding| finding["name"] == name).unwrap_or_else(|| panic!("no {name} in {said}")).clone()
}

#[test]
fn foreign_cpu_is_not_told_from_the_container_s_own_group() {
    let scratch = Scratch::new();
    // What a container sees in place of the root groups: in version 2 files that the root group does not have.
    for (file, text) in [
        ("cpuacct/cpuacct.usage", "1000000\n"),
        ("unified/cpu.stat", "usage_usec 1000\nuser_usec 800\nsystem_usec 200\n"),
        ("unified/cgroup.events", "populated 1\nfrozen 0\n"),
    ] {
        let path = scratch.path("groups").join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let mut unshare = Command::new("unshare");
    unshare.args(if geteuid().is_root() { &["--mount"][..] } else { &["--mount", "--map-root-user"] });
    unshare.args(["sh", "-c", "mount --rbind groups /sys/fs/cgroup || exit 99; exec \"$0\" doctor --json", POOLBENCH]);
    let output = unshare.current_dir(scratch.path("")).output().expect("unshare starts");
    // `unshare` that is refused ends with 1, as the doctor does with warnings, but says nothing.
    if output.stdout.is_empty() {
        return eprintln!("not tried, since this user may make no mounts of its own: {output:?}");
    }
    let foreign = finding(&output, "foreign CPU");
    assert_eq!(foreign["level"], "note", "{foreign}");
    assert!(foreign["found"].as_str().unwrap().contains("no exact count"), "{foreign}");
}

#[test]
fn the_memory_limit_of_the_own_group_is_what_there_is() {
    let limit = match Limit::memory(60 << 20) {
        Ok(limit) => limit,
        Err(why) => return eprintln!("not tried, since no group with a limit on memory can be made: {why:#}"),
    };
    let output = limit.command(Path::new(POOLBENCH)).args(["doctor", "--json"]).output().expect("sh starts");
    drop(limit);
    let memory = finding(&output, "memory");
    assert_eq!(memory["level"], "warning", "{memory}");
    assert!(memory["found"].as_str().unwrap().ends_with("may use 60.0 MiB"), "{memory}");
}

#[test]
fn counters_that_are_hidden_are_no_numbers() {
    let scratch = Scratch::new();
    fs::write(scratch.path("empty"), "").unwrap();
    let mut unshare = Command::new("unshare");
    unshare.args(if geteuid().is_root() { &["--mount"][..] } else { &["--mount", "--map-root-user"] });
    let script = "for file in stat meminfo; do mount --bind empty /proc/$file || exit 99; done
        exec \"$0\" doctor --json";
    let output = unshare.args(["sh", "-c", script, POOLBENCH]).current_dir(scratch.path("")).output();
    let output = output.expect("unshare starts");
    if output.stdout.is_empty() {
        return eprintln!("not tried, since this user may make no mounts of its own: {output:?}");
    }
    for name in ["steal", "memory", "swap"] {
        let hidden = finding(&output, name);
        assert_eq!(hidden["level"], "note", "{hidden}");
    }
}

#[test]
fn without_sys_the_cores_that_are_usable_are_not_more_than_there_are() {
    let scratch = Scratch::new();
    let mut unshare = Command::new("unshare");
    unshare.args(if geteuid().is_root() { &["--mount"][..] } else { &["--mount", "--map-root-user"] });
    let script = "mount -t tmpfs none /sys || exit 99; exec \"$0\" doctor --json";
    let output = unshare.args(["sh", "-c", script, POOLBENCH]).current_dir(scratch.path("")).output();
    let output = output.expect("unshare starts");
    if output.stdout.is_empty() {
        return eprintln!("not tried, since this user may make no mounts of its own: {output:?}");
    }
    let cores = finding(&output, "cores");
    let found = cores["found"].as_str().unwrap();
    let numbers: Vec<u64> = found.split(|c: char| !c.is_ascii_digit()).filter_map(|word| word.parse().ok()).collect();
    assert!(numbers.is_sorted() && !numbers.is_empty(), "{found}");
    for name in ["clock", "smt", "turbo", "governor"] {
        let hidden = finding(&output, name);
        assert!(hidden["found"].as_str().unwrap().contains("not exposed"), "{hidden}");
    }
}
