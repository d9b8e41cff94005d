//! Pools of processes: `--workers PxT` from the plan to the rows, too few of anything, and workers that are killed.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, geteuid, kill_process};

use super::common::{Ended, Rows, Scratch, beside};

/// Every pool whose workers are processes, workers that it takes, and a window.
const CREWS: [(&str, &str, &str); 6] = [
    ("processes", "4", "1000"),
    ("futures-processes", "4", "1000"),
    ("ipc-channel", "4", "1000"),
    ("blended", "2x2", "1000"),
    ("shm", "4", "all"),
    ("shm-ring", "4", "1000"),
];
/// A user without any other process: the limit counts all of a user's.
const SOMEBODY: u32 = 65533;

fn run(scratch: &Scratch, pools: &str, workers: &str, out: &str) -> Ended {
    let cells = ["--jobs", "100", "--batches", "1", "--blocks", "1", "--twin", "none"];
    let words = ["run", "--pools", pools, "--workers", workers, "--out", out];
    scratch.poolbench(&[&words[..], &cells].concat())
}

#[test]
fn processes_and_threads_are_asked_for_by_both_numbers_and_recorded_as_their_product() {
    let scratch = Scratch::new();
    run(&scratch, "blended,crossbeam", "2x3", "r").expect(0);
    let plan = fs::read_to_string(scratch.path("r/plan.toml")).unwrap();
    assert!(plan.contains("workers = \"2x3\"") && plan.contains("crossbeam: takes no workers 2x3"), "{plan}");
    let row = || ["ok", "hybrid", "6", "3"].map(str::to_owned);
    let rows = |name: &str| Rows::read(&scratch.path(name)).select(["status", "kind", "workers", "processes"]);
    assert_eq!(rows("r"), [row(), row()], "the parent and two workers");
    // A run that lost a row goes on with the same cell.
    let path = scratch.path("r/trials.csv");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.trim_end().rsplit_once('\n').unwrap().0.to_owned() + "\n").unwrap();
    scratch.poolbench(&["resume", "r"]).expect(0);
    assert_eq!(rows("r"), [row(), row()]);
}

#[test]
fn a_plain_number_stays_one_in_the_plan() {
    let scratch = Scratch::new();
    run(&scratch, "blended,processes", "4", "r").expect(0);
    let plan = fs::read_to_string(scratch.path("r/plan.toml")).unwrap();
    assert_eq!(plan.matches("workers = 4\n").count(), 2, "{plan}");
    assert_eq!(
        Rows::read(&scratch.path("r")).select(["status", "workers"]),
        [["ok", "4"]; 4].map(|r| r.map(str::to_owned))
    );
}

#[test]
fn cells_that_rows_cannot_tell_apart_are_refused() {
    let scratch = Scratch::new();
    let cells = ["2x4", "4x2"]
        .map(|w| format!("[[cells]]\npools = \"blended\"\nworkload = \"noop\"\njobs = 1\nworkers = \"{w}\"\n"));
    fs::write(scratch.path("p.toml"), format!("title = \"t\"\n{}", cells.concat())).unwrap();
    let error = scratch.poolbench(&["run", "p.toml", "--out", "r"]).expect(2).stderr();
    assert!(error.contains("on 2x4") && error.contains("on 4x2") && error.contains("one at a time"), "{error}");
    assert!(!scratch.path("r").exists());
    let error = run(&scratch, "blended", "2x", "r").expect(2).stderr();
    assert!(error.contains("PxT") && error.contains("1 to 100000"), "{error}");
}

#[test]
fn too_few_processes_or_threads_are_a_limit_with_the_number_reached() {
    for (pool, workers, wanted) in [
        ("processes", "400", "of 400 processes"),
        ("futures-processes", "400", "of 400 processes"),
        ("ipc-channel", "400", "of 400 processes"),
        ("shm", "400", "of 400 processes"),
        ("shm-ring", "400", "of 400 processes"),
        ("blended", "400x1", "of 400 processes"),
        ("blended", "1x400", "of 400 workers were up"),
    ] {
        let scratch = Scratch::new();
        scratch.open_to_all();
        let mut command = Command::new("prlimit");
        command.args([
            "--nproc=200:200",
            env!("CARGO_BIN_EXE_poolbench"),
            "run",
            "--pools",
            pool,
            "--workers",
            workers,
        ]);
        command.args(["--jobs", "1", "--batches", "1", "--blocks", "1", "--twin", "none", "--out", "r"]);
        if geteuid().is_root() {
            command.uid(SOMEBODY).gid(SOMEBODY);
        }
        let output = command.current_dir(scratch.path("")).output().expect("prlimit starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{pool}: {said}");
        assert_eq!(
            Rows::read(&scratch.path("r")).select(["status"]),
            [["limit".to_owned()], ["limit".to_owned()]],
            "{pool}"
        );
        let notes = fs::read_to_string(scratch.path("r/notes.jsonl")).unwrap();
        assert!(notes.contains(wanted), "{pool}: {notes}");
    }
}

#[test]
fn too_few_descriptors_are_a_limit_and_nothing_stays_behind() {
    for (pool, workers, _) in CREWS {
        // From too few for the first pipe to almost enough for all.
        for descriptors in 5..12 {
            let scratch = Scratch::new();
            let mut command = Command::new("prlimit");
            command.arg(format!("--nofile={descriptors}:{descriptors}")).arg(beside(&format!("pool-{pool}")));
            command.args(["--workers", workers, "--jobs", "100", "--gate"]).env("TMPDIR", scratch.path(""));
            let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
            let mut go = child.stdin.take().unwrap();
            std::io::Write::write_all(&mut go, b"go\ngo\ngo\ngo\n").unwrap();
            let output = child.wait_with_output().unwrap();
            let said = String::from_utf8_lossy(&output.stdout);
            let enough = output.status.success() && said.contains("\"event\":\"stopped\"");
            assert!(enough || said.contains("\"kind\":\"limit\""), "{pool} with {descriptors} descriptors: {said}");
            let left = fs::read_dir(scratch.path("")).unwrap().count();
            assert_eq!(left, 0, "{pool} with {descriptors} descriptors");
        }
    }
}

#[test]
fn a_killed_worker_is_an_error_soon() {
    for (pool, workers, window) in CREWS {
        // Asleep, and in the middle of as many messages as there can be.
        for work in [["--workload", "sleep:100ms", "--jobs", "4000"], ["--workload", "noop", "--jobs", "100000000"]] {
            let mut command = Command::new(beside(&format!("pool-{pool}")));
            command.args(work).args(["--workers", workers, "--chunk", "1", "--window", window]);
            let mut parent = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
            let worker = first_child(&mut parent);
            std::thread::sleep(Duration::from_millis(100));
            kill_process(worker, Signal::KILL).unwrap();
            let output = parent.wait_with_output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(1), "{pool}: {said}");
            assert!(said.contains("worker 1 of ") && said.contains("SIGKILL"), "{pool}: {said}");
        }
    }
}

/// The worker that `parent` has started first.
fn first_child(parent: &mut Child) -> Pid {
    let id = parent.id();
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        if let Some(child) = children.split_whitespace().next() {
            return Pid::from_raw(child.parse().unwrap()).unwrap();
        }
        assert!(Instant::now() < deadline && parent.try_wait().unwrap().is_none(), "no worker has come");
        std::thread::sleep(Duration::from_millis(1));
    }
}
