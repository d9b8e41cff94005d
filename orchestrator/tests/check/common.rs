//! Runs what was built, bounded in time, and looks that nobody is left.

use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use orchestrator::process::family::family;
use test_helpers::stoppable::make_children_stoppable;

/// No run of `poolbench check-pool` in these tests comes near it.
const LONGEST_RUN: Duration = Duration::from_mins(15);

/// What a program came to.
pub(crate) struct Ran {
    pub(crate) status: ExitStatus,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The folder that `poolbench` and the pools were built into.
pub(crate) fn folder() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_poolbench")).parent().expect("an executable is in a folder")
}

/// An executable of another crate of the workspace.
pub(crate) fn built(name: &str) -> PathBuf {
    let path = folder().join(name);
    assert!(path.is_file(), "{} is not built: run `cargo build --release --workspace` first", path.display());
    path
}

/// Every pool that was built.
pub(crate) fn pools() -> Vec<PathBuf> {
    let entries = folder().read_dir().expect("the folder can be read").flatten().map(|entry| entry.path());
    let named = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("pool-"));
    let mut pools: Vec<PathBuf> = entries.filter(|path| named(path) && path.extension().is_none()).collect();
    pools.sort();
    assert!(pools.len() > 1, "no pools beside poolbench: run `cargo build --release --workspace` first");
    pools
}

/// `poolbench check-pool` with these arguments.
pub(crate) fn check_pool(watch: &Watch, arguments: &[&str]) -> Ran {
    run(watch, Command::new(env!("CARGO_BIN_EXE_poolbench")).arg("check-pool").args(arguments))
}

/// Runs a command to its end while nobody else does.
pub(crate) fn run(_: &Watch, command: &mut Command) -> Ran {
    let file = || tempfile::tempfile().expect("a temporary file");
    let (mut out, mut err) = (file(), file());
    let copy = |file: &File| file.try_clone().expect("a file can be shared");
    let mut child = command.stdout(copy(&out)).stderr(copy(&err)).spawn().expect("it was built");
    let begun = Instant::now();
    let status = loop {
        match child.try_wait().expect("a child can be waited for") {
            Some(status) => break status,
            None if begun.elapsed() > LONGEST_RUN => {
                child.kill().expect("a child can be killed");
                panic!("{command:?} still runs after {LONGEST_RUN:?}; it has said {}", text(&mut out));
            }
            None => thread::sleep(Duration::from_millis(5)),
        }
    };
    Ran { status, out: text(&mut out), err: text(&mut err) }
}

fn text(file: &mut File) -> String {
    let mut text = String::new();
    file.rewind().and_then(|()| file.read_to_string(&mut text)).expect("output can be read");
    text
}

/// One test at a time starts processes, and at its end nobody may be left.
pub(crate) struct Watch {
    alone: MutexGuard<'static, ()>,
}

impl Watch {
    /// From now on processes that lose their parents become children of the tests.
    pub(crate) fn begin() -> Self {
        static ALONE: Mutex<()> = Mutex::new(());
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        make_children_stoppable();
        let own = rustix::process::getpid();
        rustix::process::set_child_subreaper(Some(own)).expect("a process may be a subreaper");
        Self { alone }
    }

    /// Looks that nobody is left, not even unreaped, before the next test begins.
    pub(crate) fn end(self) {
        let own = rustix::process::getpid().as_raw_nonzero().get();
        let left: Vec<String> =
            family(own).iter().skip(1).filter_map(|one| one.stat().ok()).map(|stat| stat.comm).collect();
        drop(self.alone);
        assert!(left.is_empty(), "left behind: {left:?}");
    }
}
