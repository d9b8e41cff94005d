//! The doctor looks at this machine, whatever it is: every finding is whole, and the exit code is what the findings say.

use std::process::Command;

use serde_json::Value;

use super::common::Scratch;

#[test]
fn every_finding_has_its_effect_and_advice_and_the_exit_code_agrees() {
    let ended = Scratch::new().poolbench(&["doctor", "--json"]);
    let said: Value = serde_json::from_str(&ended.stdout()).expect("JSON");
    let findings = said["findings"].as_array().expect("findings");
    let names: Vec<&str> = findings.iter().filter_map(|finding| finding["name"].as_str()).collect();
    for name in ["cores", "governor", "turbo", "control groups", "foreign CPU", "steal", "swap", "descriptors"] {
        assert!(names.contains(&name), "{name} is missing: {names:?}");
    }
    let level = |finding: &&Value, level| finding["level"] == level;
    for finding in findings {
        let explained = [&finding["effect"], &finding["advice"]].iter().all(|text| *text != "");
        assert!(finding["found"] != "" && explained != level(&finding, "ok"), "{finding}");
    }
    let warnings = findings.iter().filter(|finding| level(finding, "warning")).count();
    assert_eq!(said["warnings"], warnings);
    assert_eq!(said["fit"], warnings == 0);
    assert_eq!(ended.code(), Some(i32::from(warnings > 0)));
}

#[test]
fn a_low_limit_is_a_warning_on_the_terminal() {
    let mut command = Command::new("prlimit");
    let output = command.args(["--nofile=64:64", env!("CARGO_BIN_EXE_poolbench"), "doctor"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let warned = said.lines().any(|line| line.starts_with("WARNING") && line.contains("64 files"));
    assert!(warned && said.contains("to do:"), "{said}");
    assert_eq!(output.status.code(), Some(1));
}
