//! Children that `poolbench` has before it begins, since a script that started a helper executed it: no command counts, moves
//! or kills them, nor what they start and leave, and signals reach the run all the same.

use std::fs;
use std::process::{Child, Command, Stdio, id};

use procfs::process::{Process, all_processes};
use rustix::process::{Pid, Signal, kill_process};

use super::common::{Rows, Scratch, beside, wait_for};

/// Starts a helper, and another one that leaves an orphan while the pools run; then executes its arguments.
const SCRIPT: &str = "sleep 600 >/dev/null 2>&1 & echo $! > helper
    (sleep 0.3; sleep 600 & echo $! > orphan) >/dev/null 2>&1 &
    exec \"$@\"";
const RUN: [&str; 14] = [
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
    "--blocks",
];

/// A `poolbench` with company.
struct Company {
    scratch: Scratch,
}

impl Company {
    fn new() -> Self {
        Self { scratch: Scratch::new() }
    }

    /// Processes that work in the scratch folder.
    fn all(&self) -> Vec<Process> {
        let folder = self.scratch.path("").canonicalize().expect("the folder exists");
        let processes = all_processes().expect("/proc can be read").flatten();
        processes.filter(|process| process.cwd().is_ok_and(|cwd| cwd == folder)).collect()
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", SCRIPT, "sh", env!("CARGO_BIN_EXE_poolbench")]).args(words);
        command.current_dir(self.scratch.path("")).stdout(Stdio::null()).stderr(Stdio::piped());
        command
    }

    /// Helper and orphan.
    fn pids(&self) -> [i32; 2] {
        ["helper", "orphan"]
            .map(|name| wait_for(name, || fs::read_to_string(self.scratch.path(name)).ok()?.trim().parse().ok()))
    }

    /// Looks that both live, where they were.
    #[track_caller]
    fn is_untouched(&self, said: &str) {
        let groups = |pid| fs::read_to_string(format!("/proc/{pid}/cgroup")).unwrap();
        for pid in self.pids() {
            let process = Process::new(pid).unwrap_or_else(|_| panic!("{pid} is gone: {said}"));
            assert!(process.is_alive() && process.stat().unwrap().state != 'T', "{pid} was ended: {said}");
            assert_eq!(groups(pid), groups(id().cast_signed()), "{pid} was moved: {said}");
        }
    }
}

impl Drop for Company {
    fn drop(&mut self) {
        for pid in self.all().iter().filter_map(|process| Pid::from_raw(process.pid())) {
            let _ = kill_process(pid, Signal::KILL);
        }
    }
}

fn ended(child: Child) -> (Option<i32>, String) {
    let output = child.wait_with_output().expect("poolbench ends");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn run_and_resume_neither_count_nor_move_nor_kill_them() {
    let company = Company::new();
    let run = company.command(&[&RUN[..], &["20"]].concat()).spawn().unwrap();
    let (code, said) = ended(run);
    assert_eq!(code, Some(0), "{said}");
    company.is_untouched(&said);
    let path = company.scratch.path("r/trials.csv");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.trim_end().rsplit_once('\n').unwrap().0.to_owned() + "\n").unwrap();
    let (code, said) = ended(company.command(&["resume", "r"]).spawn().unwrap());
    assert_eq!(code, Some(0), "{said}");
    company.is_untouched(&said);
    for row in Rows::read(&company.scratch.path("r")).whole() {
        assert_eq!((row.status.as_str(), row.processes, row.dead_children.unwrap_or(0)), ("ok", Some(1), 0));
        assert!(row.cgroup_peak_bytes.is_none_or(|bytes| bytes < 16 << 20), "{row:?}");
    }
    assert_eq!(fs::read_to_string(company.scratch.path("r/notes.jsonl")).unwrap(), "");
}

#[test]
fn check_pool_does_not_take_them_for_what_the_pool_left() {
    let company = Company::new();
    let pool = beside("pool-serial");
    let (code, said) = ended(company.command(&["check-pool", pool.to_str().unwrap()]).spawn().unwrap());
    assert_eq!(code, Some(0), "{said}");
    company.is_untouched(&said);
}

#[test]
fn who_stops_or_kills_the_process_that_was_started_means_the_run() {
    for (signal, code) in [(Signal::TERM, Some(130)), (Signal::KILL, None)] {
        let company = Company::new();
        let run = company.command(&[&RUN[..], &["5000"]].concat()).spawn().unwrap();
        company.scratch.wait_for_rows(3);
        company.pids();
        kill_process(Pid::from_child(&run), signal).unwrap();
        let (ended_with, said) = ended(run);
        assert_eq!(ended_with, code, "{said}");
        wait_for("end of all that was started", || {
            let words = company.all().into_iter().filter_map(|process| process.cmdline().ok());
            let left = words.filter(|words| words.first().is_some_and(|word| word != "sleep" && word != "sh"));
            (left.count() == 0).then_some(())
        });
        company.is_untouched(&said);
    }
}
