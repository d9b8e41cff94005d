//! Pools of processes: `--workers PxT` from the plan to the rows, too few of anything, and workers that are killed.

use std::ffi::OsString;
use std::fs;
use std::iter::once;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use harness::ErrorKind;
use harness::protocol::Event;
use orchestrator::pools::wire;
use orchestrator::process::child::{Child as Gated, Heard};
use orchestrator::process::environment::minimal;
use rustix::process::{Pid, Signal, geteuid, kill_process};
use test_helpers::lanes::lanes;

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
/// How long a pool may be silent on a machine with much else to do.
const PATIENCE: Duration = Duration::from_secs(30);

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
        ("blended", "1x400", "of 399 threads"),
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
fn what_a_worker_has_reported_is_said_once() {
    // Of two processes with 200 threads each, one at least gets too few.
    let mut command = Command::new("prlimit");
    command.arg("--nproc=150:150").arg(beside("pool-blended")).args(["--workers", "2x200", "--jobs", "1"]);
    if geteuid().is_root() {
        command.uid(SOMEBODY).gid(SOMEBODY);
    }
    let output = command.output().expect("prlimit starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), said.lines().count()), (Some(1), 1), "{said}");
    assert!(said.starts_with("pool-blended: ") && said.contains("ask for fewer --workers"), "{said}");
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
fn a_worker_killed_in_a_batch_is_an_error_that_names_it() {
    for (pool, workers, window) in CREWS {
        // Asleep, and in the middle of as many messages as there can be.
        for work in [["--workload", "sleep:100ms", "--jobs", "4000"], ["--workload", "noop", "--jobs", "10000000"]] {
            let gate = ["--gate", "--batches", "100", "--workers", workers, "--chunk", "1", "--window", window];
            let program = beside(&format!("pool-{pool}")).into_os_string();
            let command: Vec<OsString> =
                once(program).chain(work.into_iter().chain(gate).map(OsString::from)).collect();
            let mut parent = Gated::spawn(&command, minimal()).unwrap();
            assert!(matches!(hear(&mut parent), Event::Ready(_)), "{pool}");
            parent.reply();
            assert!(matches!(hear(&mut parent), Event::Started { .. }), "{pool}");
            let worker = first_child(parent.pid()).expect("a pool that is up has workers");
            parent.reply();
            // So that messages are under way; what is asserted holds at every moment.
            sleep(Duration::from_millis(20));
            kill_process(worker, Signal::KILL).unwrap();
            let Event::Error { kind: ErrorKind::Internal, message } = hear(&mut parent) else {
                panic!("{pool}: no error")
            };
            assert!(message.contains("worker 1 of ") && message.contains("SIGKILL"), "{pool}: {message}");
            let status = parent.exit(Instant::now() + PATIENCE, None).unwrap();
            assert_eq!(status.and_then(|status| status.code()), Some(1), "{pool}");
            assert_eq!(parent.last_words(), "", "{pool}: what the other workers say");
        }
    }
}

#[test]
fn a_worker_killed_at_any_moment_of_its_start_is_what_the_only_error_names() {
    let moments = CREWS.iter().flat_map(|crew| [0, 2, 4, 6, 9].map(|ms| (crew, Duration::from_millis(ms))));
    lanes(&moments.collect::<Vec<_>>(), |((pool, workers, _), moment)| {
        let mut command = Command::new(beside(&format!("pool-{pool}")));
        command.args(["--workload", "sleep:100ms", "--jobs", "4000", "--chunk", "1", "--workers", workers]);
        let mut parent = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let begun = Instant::now();
        let worker = loop {
            if let Some(worker) = first_child(parent.id().cast_signed()) {
                break worker;
            }
            assert!(begun.elapsed() < PATIENCE && parent.try_wait().unwrap().is_none(), "{pool}: no worker has come");
            sleep(Duration::from_micros(100));
        };
        sleep(*moment);
        kill_process(worker, Signal::KILL).unwrap();
        let output = parent.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), said.lines().count()), (Some(1), 1), "{pool} after {moment:?}: {said}");
        assert!(said.contains("worker 1 of ") && said.contains("SIGKILL"), "{pool} after {moment:?}: {said}");
    });
}

/// The next event of a pool.
#[track_caller]
fn hear(pool: &mut Gated) -> Event {
    match pool.hear(Instant::now() + PATIENCE, None) {
        Heard::Line(line) => wire::event(&line).unwrap(),
        other => panic!("{other:?} in place of an event; {}", pool.last_words()),
    }
}

/// The worker that `parent` has started first.
fn first_child(parent: i32) -> Option<Pid> {
    let children = fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).ok()?;
    Pid::from_raw(children.split_whitespace().next()?.parse().ok()?)
}
