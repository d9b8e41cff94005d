//! Wrong use: exit 2 before anything has run, and the message names what is right.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::common::Scratch;

#[track_caller]
fn refused(arguments: &[&str], wanted: &str) {
    let scratch = Scratch::new();
    let ended = scratch.poolbench(arguments).expect(2);
    assert!(ended.stderr().contains(wanted), "{arguments:?}: {}", ended.stderr());
    assert!(!scratch.path("data").exists() && !scratch.path("r").exists(), "{arguments:?} wrote something");
}

#[test]
fn unknown_names_are_answered_with_the_nearest() {
    refused(&["run", "--pools", "ryon"], "did you mean rayon or");
    refused(&["run", "--workload", "compte"], "did you mean compute?");
    refused(&["run", "qick"], "did you mean quick?");
    refused(&["rum"], "'run'");
    refused(&["run", "--pool", "rayon"], "'--pools'");
}

#[test]
fn numbers_out_of_range_are_answered_with_the_range() {
    refused(&["run", "--workers", "0"], "1 to 100000");
    refused(&["run", "--workers", "-1"], "1 to 100000");
    refused(&["run", "--workers", "99999999999999999999"], "1 to 100000");
    refused(&["run", "--jobs", "-1"], "0 to 1000000000");
    refused(&["run", "--jobs", "1e6"], "0 to 1000000000");
    refused(&["run", "--batches", "0"], "1 to 1000");
    refused(&["run", "--blocks", "0"], "1 to 100000 are");
    refused(&["run", "--chunk", "0"], "'auto', 'own' or a number");
    refused(&["run", "--timeout", "soon"], "--timeout soon");
    refused(&["run", "--cpus", "4096"], "--cpus");
    refused(&["run", "--seed", "xyz"], "hexadecimal");
    refused(&["run", "--host", "=1+2"], "--host");
}

#[test]
fn more_blocks_or_trials_than_can_be_read_again_are_refused() {
    refused(&["run", "--blocks", "100001"], "1 to 100000 are");
    refused(&["plan", "--blocks", "10000001", "--shards", "1000", "--out", "r"], "1 to 10000000 are");
    let jobs = (1..=1001).map(|jobs: u32| jobs.to_string()).collect::<Vec<_>>().join(",");
    let cells = ["run", "--pools", "serial", "--workload", "noop", "--twin", "none", "--jobs", &jobs];
    refused(
        &[&cells[..], &["--blocks", "100000"]].concat(),
        "100000 blocks of 1001 cells are more than 100000000 trials",
    );
}

#[test]
fn a_preset_with_an_unknown_key_names_the_known_ones() {
    let scratch = Scratch::new();
    fs::write(scratch.path("p.toml"), "title = \"t\"\n[[cells]]\nworkload = \"noop\"\njob = 1\n").unwrap();
    let error = scratch.poolbench(&["run", "p.toml"]).expect(2).stderr();
    assert!(error.contains("unknown field `job`") && error.contains("`jobs`"), "{error}");
}

#[test]
fn no_job_at_all_works() {
    let scratch = Scratch::new();
    scratch
        .poolbench(&["run", "--pools", "serial", "--jobs", "0", "--blocks", "1", "--twin", "none", "--out", "r"])
        .expect(0);
}

#[test]
fn a_folder_with_a_run_and_one_that_cannot_be_written_are_refused_before_anything_runs() {
    let scratch = Scratch::new();
    let run = ["run", "--pools", "serial", "--jobs", "1", "--blocks", "1", "--twin", "none", "--out", "r"];
    scratch.poolbench(&run).expect(0);
    assert!(scratch.poolbench(&run).expect(2).stderr().contains("holds a run already"));
    fs::write(scratch.path("file"), "").unwrap();
    let under_a_file = scratch.poolbench(&["run", "--pools", "serial", "--out", "file/r"]).expect(2);
    assert!(under_a_file.stderr().contains("making file/r"), "{}", under_a_file.stderr());
    // Root may write anywhere; for others a read-only folder must be found out as early.
    if !rustix::process::geteuid().is_root() {
        fs::create_dir(scratch.path("closed")).unwrap();
        fs::set_permissions(scratch.path("closed"), fs::Permissions::from_mode(0o555)).unwrap();
        scratch.poolbench(&["run", "--pools", "serial", "--out", "closed/r"]).expect(2);
    }
}

#[test]
fn commands_on_a_folder_without_a_run_say_how_to_start_one() {
    for command in ["summary", "resume"] {
        refused(&[command], "start one with `poolbench run quick`");
    }
}
