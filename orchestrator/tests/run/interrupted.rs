//! Runs that are stopped: nothing is left running, no row is lost, and `resume` makes them whole.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use procfs::process::all_processes;
use rustix::process::{Pid, Signal, kill_process};

use super::common::{Rows, Scratch};

const RUN: [&str; 15] = [
    "run",
    "--pools",
    "crossbeam,serial",
    "--workload",
    "compute",
    "--jobs",
    "1000",
    "--blocks",
    "6",
    "--batches",
    "1",
    "--seed",
    "1",
    "--host",
    "test",
];
/// 2 pools and the twin, 6 blocks and the one that warms the machine.
const ROWS: usize = 3 * 7;
/// How long what a run has left may take to go, on a machine that has much else to do.
const PATIENCE: Duration = Duration::from_secs(40);

fn begin(scratch: &Scratch, out: &str) -> Child {
    let mut command = scratch.command(&[&RUN[..], &["--out", out]].concat());
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("poolbench starts")
}

fn send(child: &Child, signal: Signal) {
    let pid = Pid::from_raw(child.id().cast_signed()).expect("a pid is not 0");
    // It may have ended already.
    let _ = kill_process(pid, signal);
}

/// Pools that the run in this scratch folder has started and left: they have its folder as theirs.
fn left_running(scratch: &Scratch) -> Vec<String> {
    let folder = scratch.path("").canonicalize().expect("the folder exists");
    let processes = all_processes().expect("/proc can be read").flatten();
    let ours = processes.filter(|process| process.cwd().is_ok_and(|cwd| cwd == folder));
    ours.filter_map(|process| process.cmdline().ok()).map(|words| words.join(" ")).collect()
}

fn places(run: &Path) -> BTreeSet<[String; 2]> {
    let accepted = Rows::read(run).accepted().select(["block", "pool"]);
    let places: BTreeSet<_> = accepted.iter().cloned().collect();
    assert_eq!(places.len(), accepted.len(), "a cell has two accepted rows in a block");
    places
}

fn stopped_by(signal: Signal, moments: impl Iterator<Item = u64>) {
    let scratch = Scratch::new();
    for moment in moments {
        let out = format!("r{moment}");
        let mut child = begin(&scratch, &out);
        std::thread::sleep(Duration::from_millis(moment));
        send(&child, signal);
        let status = child.wait().expect("poolbench ends");
        // A killed orchestrator leaves its last pool to the kernel and the watcher, which need a moment to take it away.
        let begun = Instant::now();
        while !left_running(&scratch).is_empty() {
            assert!(begun.elapsed() < PATIENCE, "left running after {moment} ms: {:?}", left_running(&scratch));
            std::thread::sleep(Duration::from_millis(10));
        }
        if signal != Signal::KILL && !status.success() && scratch.path(&out).join("trials.csv").exists() {
            assert!(status.code() == Some(130) || status.code().is_none(), "{status} after {moment} ms");
        }
        if scratch.path(&out).join("trials.csv").exists() {
            scratch.poolbench(&["resume", &out]).expect(0);
            assert_eq!(places(&scratch.path(&out)).len(), ROWS, "after {moment} ms");
        }
    }
}

#[test]
fn ctrl_c_at_twenty_moments() {
    stopped_by(Signal::INT, (0..20).map(|step| 10 + 9 * step));
}

#[test]
fn term_at_some_moments() {
    stopped_by(Signal::TERM, (0..5).map(|step| 30 + 31 * step));
}

#[test]
fn kill_at_twenty_moments() {
    stopped_by(Signal::KILL, (0..20).map(|step| 12 + 9 * step));
}

#[test]
fn a_torn_last_line_is_cut_and_run_again() {
    let scratch = Scratch::new();
    assert!(begin(&scratch, "r").wait().expect("poolbench ends").success());
    let path = scratch.path("r").join("trials.csv");
    let text = std::fs::read_to_string(&path).unwrap();
    let torn = &text[..text.len() - 20];
    std::fs::write(&path, torn).unwrap();
    scratch.poolbench(&["resume", "r"]).expect(0);
    assert_eq!(places(&scratch.path("r")).len(), ROWS);
    let (whole, _) = torn.rsplit_once('\n').expect("there is a header");
    assert!(
        std::fs::read_to_string(&path).unwrap().starts_with(&format!("{whole}\n")),
        "the rows before are as they were"
    );
}

#[test]
fn rows_of_another_run_are_not_taken_for_its_own() {
    let scratch = Scratch::new();
    assert!(begin(&scratch, "r").wait().expect("poolbench ends").success());
    let path = scratch.path("r").join("trials.csv");
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, last) = text.trim_end().rsplit_once('\n').expect("there are rows");
    std::fs::write(&path, format!("{before}\n{}\n", last.replace(",run-", ",other-"))).unwrap();
    scratch.poolbench(&["resume", "r"]).expect(0);
    let accepted = Rows::read(&scratch.path("r")).accepted();
    let own = accepted.select(["run"]).iter().filter(|[run]| run.starts_with("run-")).count();
    assert_eq!((own, accepted.len()), (ROWS, ROWS + 1));
}

#[test]
fn another_machine_or_another_build_is_refused() {
    let scratch = Scratch::new();
    assert!(begin(&scratch, "r").wait().expect("poolbench ends").success());
    let path = scratch.path("r").join("machine.json");
    let machine = std::fs::read_to_string(&path).unwrap();
    let fields = serde_json::from_str::<serde_json::Value>(&machine).unwrap();
    let (kernel, memory) = (fields["kernel"].as_str().unwrap(), fields["memory_bytes"].as_u64().unwrap());
    let with = |number: u64| machine.replace(&format!(": {memory},"), &format!(": {number},"));
    std::fs::write(&path, with(memory - 4096)).unwrap();
    scratch.poolbench(&["resume", "r"]).expect(0);
    std::fs::write(&path, with(memory / 2)).unwrap();
    assert!(scratch.poolbench(&["resume", "r"]).expect(2).stderr().contains("the run began with memory of"));
    std::fs::write(&path, machine.replace(kernel, "2.4.0")).unwrap();
    assert!(
        scratch.poolbench(&["resume", "r"]).expect(2).stderr().contains("the run began under Linux 2.4.0, this is")
    );
    std::fs::write(&path, &machine).unwrap();
    let path = scratch.path("r").join("plan.toml");
    let plan = std::fs::read_to_string(&path).unwrap();
    let sha = plan.find("sha256 = \"").unwrap() + 10;
    std::fs::write(&path, format!("{}{}{}", &plan[..sha], "0".repeat(64), &plan[sha + 64..])).unwrap();
    assert!(scratch.poolbench(&["resume", "r"]).expect(2).stderr().contains("another build"));
}
