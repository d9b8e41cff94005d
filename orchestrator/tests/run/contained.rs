//! The doctor in a container: what it sees there is its own part of the machine, and it says so.

use std::fs;
use std::process::{Command, Output};

use rustix::process::geteuid;
use serde_json::Value;

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
