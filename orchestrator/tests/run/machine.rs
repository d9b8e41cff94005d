//! Faults of the machine: a full disk, a folder that goes away, too few descriptors, threads or bytes, a lost web server.
//! Every limit is set by its test for its own processes alone.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use orchestrator::pools::wire::Description;
use procfs::process::all_processes;
use rustix::process::{Pid, Signal, geteuid, kill_process};
use test_helpers::limit::Limit;
use test_helpers::user::limited;

use super::common::{Rows, Scratch, described};

const POOLBENCH: &str = env!("CARGO_BIN_EXE_poolbench");
const MIB: u64 = 1 << 20;
const CELLS: [&str; 8] = ["--workload", "compute", "--jobs", "100", "--batches", "1", "--twin", "none"];

/// Runs a shell script in mounts of its own, which are gone with it; `None`, with a word, if this user may make none.
pub(crate) fn in_own_mounts(scratch: &Scratch, script: &str) -> Option<Output> {
    let mut unshare = Command::new("unshare");
    unshare.args(if geteuid().is_root() { &["--mount"][..] } else { &["--mount", "--map-root-user"] });
    let mount = ["mount", "-t", "tmpfs", "none", "/proc"];
    let allowed = Command::new("unshare").args(unshare.get_args()).args(mount).output();
    if !allowed.as_ref().is_ok_and(|output| output.status.success()) {
        eprintln!("not tried, since this user may make no mounts of its own: {allowed:?}");
        return None;
    }
    unshare.args(["sh", "-c", script, POOLBENCH]).args(CELLS).current_dir(scratch.path(""));
    Some(unshare.output().expect("unshare starts"))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A run of two pools and many blocks in the folder `r`.
fn long_run(scratch: &Scratch, pools: &str, more: &[&str]) -> Child {
    let words = ["run", "--pools", pools, "--jobs", "100", "--batches", "1", "--twin", "none", "--out", "r"];
    let mut command = scratch.command(&[&words[..], more].concat());
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("poolbench starts")
}

#[test]
fn a_full_disk_ends_the_run_with_its_rows_and_room_lets_it_go_on() {
    let scratch = Scratch::new();
    fs::create_dir(scratch.path("disk")).unwrap();
    // All but 24 KiB are taken.
    let script = "mount -t tmpfs -o size=1024k none disk && head -c 1000k /dev/zero > disk/ballast || exit 99
        \"$0\" run --pools serial,crossbeam --blocks 60 --out disk/r \"$@\"; echo \"first $?\" >&2
        cp disk/r/trials.csv full.csv; rm disk/ballast
        \"$0\" resume disk/r; echo \"second $?\" >&2; cp -r disk/r .";
    let Some(output) = in_own_mounts(&scratch, script) else { return };
    let said = text(&output.stderr);
    assert!(said.contains("first 2\n") && said.contains("second 0\n"), "{said}");
    assert!(said.contains("No space left") && said.contains("resume"), "{said}");
    let full = fs::read_to_string(scratch.path("full.csv")).unwrap();
    let whole = Rows::read(&scratch.path("r"));
    assert!(full.lines().count() > 10, "{said}");
    let accepted = whole.select(["accepted"]).iter().filter(|[accepted]| accepted == "1").count();
    assert_eq!(accepted, 2 * 61);
    for line in fs::read_to_string(scratch.path("r").join("notes.jsonl")).unwrap().lines() {
        assert!(line.starts_with('{') && line.ends_with('}'), "a torn note: {line}");
    }
}

#[test]
fn a_limit_on_file_sizes_ends_the_run_with_its_rows_and_without_it_the_run_goes_on() {
    let scratch = Scratch::new();
    let mut command = Command::new("prlimit");
    // Room for some rows; the plan is shorter.
    command
        .args(["--fsize=4096:4096", POOLBENCH, "run", "--pools", "serial", "--blocks", "40", "--out", "r"])
        .args(CELLS);
    let output = command.current_dir(scratch.path("")).output().expect("prlimit starts");
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{:?}: {said}", output.status);
    assert!(said.contains("limit on file sizes") && said.contains("ulimit -f") && said.contains("resume"), "{said}");
    scratch.poolbench(&["resume", "r"]).expect(0);
    assert_eq!(Rows::read(&scratch.path("r")).accepted().len(), 41);
}

#[test]
fn a_file_system_that_cannot_be_written_is_refused_before_anything_runs() {
    let scratch = Scratch::new();
    fs::create_dir(scratch.path("disk")).unwrap();
    let script = "mount -t tmpfs -o ro none disk || exit 99; \"$0\" run --pools serial --out disk/r \"$@\"; echo \"code $?\" >&2";
    let Some(output) = in_own_mounts(&scratch, script) else { return };
    let said = text(&output.stderr);
    assert!(said.contains("code 2\n") && said.contains("Read-only") && said.contains("disk/r"), "{said}");
}

#[test]
fn a_folder_that_is_removed_ends_the_run() {
    let scratch = Scratch::new();
    let run = long_run(&scratch, "serial,crossbeam", &["--workload", "compute", "--blocks", "5000"]);
    scratch.wait_for_rows(3);
    fs::remove_dir_all(scratch.path("r")).unwrap();
    let output = run.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("was removed"), "{}", text(&output.stderr));
}

#[test]
fn with_64_descriptors_runs_go_on_and_pools_that_need_more_say_so() {
    let scratch = Scratch::new();
    let limited = |words: &[&str]| {
        let mut command = Command::new("prlimit");
        command.args(["--nofile=64:64", POOLBENCH]).args(words).current_dir(scratch.path(""));
        command.output().expect("prlimit starts")
    };
    let words = ["run", "--pools", "serial,crossbeam", "--blocks", "1", "--out", "few"];
    let output = limited(&[&words[..], &CELLS].concat());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    // A server that holds answers back keeps every worker's connection open.
    let cells = ["--workload", "http:50ms", "--jobs", "200", "--workers", "100", "--batches", "1", "--twin", "none"];
    let speaks = |about: &Description| about.workloads.iter().any(|name| name == "http") && !about.is_serial();
    let pools: Vec<String> = described().into_iter().filter(speaks).map(|about| about.name).collect();
    let words = ["run", "--pools", &pools.join(","), "--blocks", "1", "--out", "many"];
    let output = limited(&[&words[..], &cells].concat());
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let notes = fs::read_to_string(scratch.path("many").join("notes.jsonl")).unwrap();
    for [pool, status] in Rows::read(&scratch.path("many")).select(["pool", "status"]) {
        // A worker that is a process has descriptors of its own.
        let right: &[&str] = if pool == "crossbeam" { &["limit"] } else { &["limit", "ok"] };
        assert!(right.contains(&status.as_str()), "{pool} is {status}: {notes}");
    }
    assert!(notes.contains(" fd\""), "{notes}");
}

#[test]
fn descriptors_that_poolbench_itself_lacks_are_a_limit_and_no_crash_of_the_pool() {
    let scratch = Scratch::new();
    let mut limited = 0;
    // Below some number it cannot even look for pools, above another it has enough.
    for most in (10..=24).step_by(2) {
        let (most, out) = (format!("--nofile={most}:{most}"), format!("r{most}"));
        let mut command = Command::new("prlimit");
        command.args([&most, POOLBENCH, "run", "--pools", "serial", "--blocks", "1", "--out", &out]).args(CELLS);
        let output = command.current_dir(scratch.path("")).output().expect("prlimit starts");
        let said = text(&output.stderr);
        if output.status.code() == Some(2) {
            assert!(said.contains("Too many open files"), "{most}: {said}");
            continue;
        }
        for [status] in Rows::read(&scratch.path(&out)).select(["status"]) {
            assert!(["limit", "ok"].contains(&status.as_str()), "{most}: {status}; {said}");
            limited += usize::from(status == "limit");
        }
        let notes = fs::read_to_string(scratch.path(&out).join("notes.jsonl")).unwrap();
        assert!(
            !notes.contains(Path::new(POOLBENCH).parent().unwrap().to_str().unwrap()),
            "a folder is named: {notes}"
        );
    }
    assert!(limited > 0);
}

#[test]
fn too_few_threads_are_a_limit_with_the_number_reached() {
    let scratch = Scratch::new();
    scratch.open_to_all();
    let mut command = match limited(Path::new(POOLBENCH), 900) {
        Ok(command) => command,
        Err(why) => return eprintln!("not tried, since nobody here can be limited: {why:#}"),
    };
    // A pool whose workers stay until it stops: they are all there at once, however long each takes to start. What else this
    // user does may come and go by some hundreds.
    let words = ["run", "--pools", "crossbeam", "--workers", "2000", "--out", "r"];
    let cells = ["--workload", "noop", "--jobs", "2000", "--batches", "1", "--blocks", "1", "--twin", "none"];
    command.args(words).args(cells).current_dir(scratch.path(""));
    let output = command.output().expect("prlimit starts");
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert_eq!(Rows::read(&scratch.path("r")).select(["status"]), [["limit".to_owned()], ["limit".to_owned()]]);
    let notes = fs::read_to_string(scratch.path("r").join("notes.jsonl")).unwrap();
    assert!(notes.contains(" of 2000 threads"), "{notes}");
}

#[test]
fn too_little_memory_is_a_crash_with_the_peak_up_to_there() {
    let limit = match Limit::memory(100 * MIB) {
        Ok(limit) => limit,
        Err(why) => return eprintln!("not tried, since no group with a limit on memory can be made: {why:#}"),
    };
    let scratch = Scratch::new();
    scratch.list_helpers("payload", &[("hold-1x300".to_owned(), ["hold", "1", "300"].map(str::to_owned))]);
    let mut command = limit.command(Path::new(POOLBENCH));
    command.args(["run", "--pools", "hold-1x300,serial", "--pools-from", "pools.toml", "--workload", "noop"]);
    command.args(["--jobs", "1", "--batches", "1", "--blocks", "1", "--twin", "none", "--out", "r"]);
    let output = command.current_dir(scratch.path("")).output().expect("sh starts");
    drop(limit);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    for row in Rows::read(&scratch.path("r")).whole() {
        if row.pool == "serial" {
            assert_eq!(row.status, "ok");
            continue;
        }
        assert_eq!(row.status, "crashed");
        let peak = row.cgroup_peak_bytes.unwrap_or(0);
        assert!((60 * MIB..=100 * MIB).contains(&peak), "{row:?}");
    }
    let notes = fs::read_to_string(scratch.path("r").join("notes.jsonl")).unwrap();
    assert!(notes.contains("for want of memory"), "{notes}");
}

/// The web server of a run.
fn server_of(run: &Child) -> Option<Pid> {
    let parent = i32::try_from(run.id()).ok();
    let stats = all_processes().expect("/proc can be read").flatten().filter_map(|process| process.stat().ok());
    let mut children = stats.filter(|stat| Some(stat.ppid) == parent && stat.comm.starts_with("poolbench-serve"));
    children.next().and_then(|stat| Pid::from_raw(stat.pid))
}

/// Hits the web server of a run in the middle, and stops the run some trials later; the status of every row.
fn hit_server(signal: Signal) -> Vec<String> {
    let scratch = Scratch::new();
    // It lasts far longer than the test looks at it, and no trial but that without an answer comes near its time limit.
    let mut run = long_run(&scratch, "crossbeam", &["--workload", "http", "--blocks", "10000", "--timeout", "10s"]);
    scratch.wait_for_rows(10);
    kill_process(server_of(&run).expect("the run has a server"), signal).unwrap();
    scratch.wait_for_rows(Rows::read(&scratch.path("r")).len() + 10);
    kill_process(Pid::from_child(&run), Signal::INT).unwrap();
    assert_eq!(run.wait().unwrap().code(), Some(130));
    let rows = Rows::read(&scratch.path("r")).select(["status"]).into_iter().map(|[status]| status);
    rows.filter(|status| status != "interrupted").collect()
}

#[test]
fn a_web_server_that_is_killed_or_hangs_costs_a_trial_and_is_replaced() {
    for signal in [Signal::KILL, Signal::STOP] {
        let statuses = hit_server(signal);
        let lost = statuses.iter().filter(|status| *status != "ok").count();
        assert!((1..=2).contains(&lost), "{signal:?}: {statuses:?}");
        assert_eq!(statuses.last().map(String::as_str), Some("ok"), "{signal:?}");
    }
}
