//! The step for continuous integration in `examples/ci`, run for real on a preset of two small cells.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::made::Scratch;

const PRESET: &str = "title = \"two cells\"\nblocks = 6\n\n[[cells]]\npools = [\"serial\", \"threads\"]\nworkload = \"noop\"\njobs = [10]\n";

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/ci")
}

/// Runs the step as the job of this name; its exit code, what it wrote for people, and what it said.
fn step(scratch: &Scratch, job: &str, poolbench: &Path) -> (Option<i32>, String, String) {
    let summary = scratch.path(&format!("{job}.md"));
    let output = Command::new("sh")
        .arg(examples().join("gate.sh"))
        .args(["--twin", "none"])
        .current_dir(scratch.path(""))
        .env("POOLBENCH", poolbench)
        .env("PRESET", "tiny.toml")
        .env("HISTORY", scratch.path("history"))
        .env("GITHUB_STEP_SUMMARY", &summary)
        .env("RUN", job)
        .env_remove("SUMMARY")
        .output()
        .expect("sh starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), fs::read_to_string(summary).unwrap_or_default(), said)
}

#[test]
fn the_step_measures_judges_keeps_and_passes_on_how_the_gate_ended() {
    let scratch = Scratch::new();
    fs::write(scratch.path("tiny.toml"), PRESET).expect("the folder is there");
    let poolbench = Path::new(env!("CARGO_BIN_EXE_poolbench"));
    let (code, summary, said) = step(&scratch, "first", poolbench);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        summary.contains("The first run of the history") && summary.contains("history history: 1 runs"),
        "{summary}"
    );
    let (code, summary, said) = step(&scratch, "second", poolbench);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("too young to judge: 1 runs") && summary.contains("| too few runs |"), "{said}{summary}");
    assert!(summary.contains("history history: 2 runs"), "{summary}");
    let kept = fs::read_dir(scratch.path("history")).expect("there is one").flatten();
    assert_eq!(kept.filter(|entry| entry.path().join("plan.toml").is_file()).count(), 2);
    // A gate that is shut.
    let shut = scratch.path("shut");
    let text = format!(
        "#!/bin/sh\n[ \"$1\" != gate ] || {{ echo '**gate shut**'; exit 3; }}\nexec {} \"$@\"\n",
        poolbench.display()
    );
    fs::write(&shut, text).expect("the folder is there");
    fs::set_permissions(&shut, fs::Permissions::from_mode(0o755)).expect("it is there");
    let (code, summary, said) = step(&scratch, "third", &shut);
    assert_eq!(code, Some(3), "{said}");
    assert!(summary.starts_with("**gate shut**") && summary.contains("history history: 3 runs"), "{summary}");
    // A run that cannot be.
    fs::write(scratch.path("tiny.toml"), "nonsense").expect("the folder is there");
    assert_eq!(step(&scratch, "fourth", poolbench).0, Some(2));
}

#[test]
fn the_workflow_calls_the_step_with_what_it_takes() {
    let read = |name: &str| fs::read_to_string(examples().join(name)).expect("the example is there");
    let (workflow, step) = (read("github.yml"), read("gate.sh"));
    for name in ["POOLBENCH", "PRESET", "HISTORY"] {
        assert!(workflow.contains(&format!("      {name}: ")) && step.contains(&format!("${{{name}:-")), "{name}");
    }
    assert!(workflow.contains("sh gate.sh") && step.contains("GITHUB_STEP_SUMMARY"));
    assert!(!workflow.contains('\t'), "YAML has no tabs");
}
