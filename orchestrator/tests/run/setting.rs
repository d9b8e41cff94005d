//! Processors, quota and scheduling class are part of a run: what differs is said by name, and no row of another setting is
//! taken in.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use orchestrator::process::affinity::Cpus;
use rustix::process::{Pid, setpriority_process};
use test_helpers::limit::Limit;

use super::common::{Ended, Rows, Scratch};

const RUN: [&str; 13] = [
    "run",
    "--pools",
    "serial",
    "--workload",
    "noop",
    "--jobs",
    "10",
    "--batches",
    "1",
    "--twin",
    "none",
    "--out",
    "r",
];

/// `poolbench resume r` behind another program that changes its setting.
fn resumed(scratch: &Scratch, launcher: &[&str]) -> Ended {
    let mut command = Command::new(launcher[0]);
    command.args(&launcher[1..]).args([env!("CARGO_BIN_EXE_poolbench"), "resume", "r"]).current_dir(scratch.path(""));
    Ended(command.output().expect("util-linux and coreutils are there"))
}

#[test]
fn a_run_goes_on_only_in_the_setting_in_which_it_began() {
    let scratch = Scratch::new();
    scratch.poolbench(&[&RUN[..], &["--blocks", "1"]].concat()).expect(0);
    let machine: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(scratch.path("r/machine.json")).unwrap()).unwrap();
    let (affinity, nice) = (machine["affinity"].as_str().unwrap(), machine["nice"].as_i64().unwrap());
    assert_eq!(affinity, Cpus::allowed().unwrap().ranges());
    scratch.poolbench(&["resume", "r"]).expect(0);
    // Nobody is nicer than 19.
    if nice <= 16 && machine["policy"] == "other" {
        let nicer = resumed(&scratch, &["nice", "-n", "3"]).expect(2).stderr();
        assert!(nicer.contains(&format!("other, nice {nice}, this is other, nice {}", nice + 3)), "{nicer}");
    }
    let idle = resumed(&scratch, &["chrt", "--idle", "0"]).expect(2).stderr();
    assert!(idle.contains("this is idle"), "{idle}");
    let first = affinity.split([',', '-']).next().unwrap();
    if first != affinity {
        let pinned = resumed(&scratch, &["taskset", "-c", first]).expect(2).stderr();
        assert!(pinned.contains(&format!("the run began on processors {affinity}, this is {first}")), "{pinned}");
    }
}

#[test]
fn a_setting_that_changes_meanwhile_stops_the_run_and_its_rows_are_kept() {
    let scratch = Scratch::new();
    let mut command = scratch.command(&[&RUN[..], &["--blocks", "9999"]].concat());
    let run: Child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("poolbench starts");
    scratch.wait_for_rows(3);
    setpriority_process(Some(Pid::from_child(&run)), 5).unwrap();
    let ended = Ended(run.wait_with_output().unwrap()).expect(2);
    assert!(
        ended.stderr().contains("the setting was changed") && ended.stderr().contains("nice 5"),
        "{}",
        ended.stderr()
    );
    assert!(Rows::read(&scratch.path("r")).accepted().len() >= 3);
}

#[test]
fn the_column_cores_is_that_of_affinity() {
    let scratch = Scratch::new();
    let allowed = Cpus::allowed().unwrap();
    let first = allowed.ranges().split([',', '-']).next().unwrap().to_owned();
    for (cpus, cores) in [(None, allowed.count()), (Some(first.as_str()), 1)] {
        let pinned = cpus.map_or(vec![], |cpus| vec!["--cpus", cpus]);
        scratch.poolbench(&[&RUN[..], &["--blocks", "1"], &pinned].concat()).expect(0);
        let rows = Rows::read(&scratch.path("r")).whole();
        assert!(rows.iter().all(|row| row.cores == Some(cores)), "{rows:?}");
        fs::remove_dir_all(scratch.path("r")).unwrap();
    }
}

#[test]
fn a_quota_is_in_every_row_and_marks_what_it_held_back() {
    let limit = match Limit::cpu(10) {
        Ok(limit) => limit,
        Err(why) => return eprintln!("not tried, since no group with a CPU quota can be made: {why:#}"),
    };
    let scratch = Scratch::new();
    let mut command = limit.command(Path::new(env!("CARGO_BIN_EXE_poolbench")));
    command.args(["run", "--pools", "serial,crossbeam", "--workload", "compute", "--jobs", "500000", "--out", "r"]);
    command.args(["--batches", "1", "--blocks", "1", "--twin", "none"]).current_dir(scratch.path(""));
    let ended = Ended(command.output().expect("sh starts")).expect(0);
    drop(limit);
    let rows = Rows::read(&scratch.path("r")).accepted().whole();
    assert_eq!(rows.len(), 4);
    for row in &rows {
        assert_eq!(
            (row.quota_permille, row.workers),
            (Some(100), Some(1)),
            "a tenth of a core keeps one worker busy: {row:?}"
        );
        assert!(row.throttled_ns > Some(0), "50 ms of work, 10 ms a period: {row:?}");
    }
    assert!(ended.stderr().contains("under a quota of 0.10 cores"), "{}", ended.stderr());
    let said = scratch.poolbench(&["resume", "r"]).expect(2).stderr();
    assert!(said.contains("the run began with a CPU quota of 0.10 cores, this is"), "{said}");
}

#[test]
fn a_part_of_a_core_more_is_a_worker_more() {
    let limit = match Limit::cpu(150) {
        Ok(limit) => limit,
        Err(why) => return eprintln!("not tried, since no group with a CPU quota can be made: {why:#}"),
    };
    let scratch = Scratch::new();
    let mut command = limit.command(Path::new(env!("CARGO_BIN_EXE_poolbench")));
    command.args(["plan", "--pools", "crossbeam", "--jobs", "10"]).current_dir(scratch.path(""));
    let said = Ended(command.output().expect("sh starts")).expect(0).stdout();
    drop(limit);
    let workers = Cpus::allowed().unwrap().count().min(2);
    assert!(said.contains(&format!("workers {workers},")), "{said}");
}
