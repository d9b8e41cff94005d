//! Hostile pools under blows at drawn moments: nothing survives, no row but that in flight is lost, the run resumes.
//! `cargo bench -p orchestrator --bench survivors` does the same twenty times each.

use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use procfs::process::{Process, all_processes};
use rand::RngExt as _;
use rand_pcg::Pcg64;
use rustix::process::{Pid, Signal, kill_process};
use test_helpers::siege::{Blow, ROWS, Siege, WAYS};
use test_helpers::user::stranger;

use super::common::{Scratch, wait_for};

const POOLBENCH: &str = env!("CARGO_BIN_EXE_poolbench");

fn siege(blow: Blow, user: Option<u32>) {
    // Drawn, but the same in every run of the tests.
    let mut draw = Pcg64::new(7, u128::from(user.is_some()));
    for way in WAYS {
        let moment = Duration::from_millis(draw.random_range(0..600));
        let siege = Siege { poolbench: Path::new(POOLBENCH), user, way, blow, moment };
        if let Err(why) = siege.is_bounded() {
            eprintln!("{way} is not tried, since nothing would bound it: {why:#}");
            continue;
        }
        let rows = siege.lay().unwrap_or_else(|why| panic!("{why:#}"));
        // A trial that others disturb is tried again and has more rows.
        assert!(blow != Blow::Timeout || rows >= ROWS, "{way}: {rows} rows after a run to its end");
    }
}

#[test]
fn nothing_survives_its_time_limit() {
    siege(Blow::Timeout, None);
}

#[test]
fn nothing_survives_ctrl_c_or_term() {
    siege(Blow::Signal(Signal::INT), None);
    siege(Blow::Signal(Signal::TERM), None);
}

#[test]
fn nothing_survives_the_death_of_the_orchestrator() {
    siege(Blow::Signal(Signal::KILL), None);
}

#[test]
fn nothing_survives_the_death_of_an_orchestrator_without_rights() {
    match stranger(Path::new(POOLBENCH)) {
        // An ordinary user without any right, and so without control groups.
        Ok(user) => siege(Blow::Signal(Signal::KILL), Some(user)),
        Err(why) => eprintln!("not tried as another user, the test above has tried it as this one: {why:#}"),
    }
}

#[test]
fn what_a_run_left_that_died_with_its_watcher_is_collected_by_the_next() {
    let scratch = Scratch::new();
    scratch.list_helpers("hostile", &[("hang-batch".to_owned(), ["hang-batch".to_owned()])]);
    let words = ["run", "--pools-from", "pools.toml", "--pools", "hang-batch", "--workload", "noop", "--out", "r"];
    let mut run =
        scratch.command(&words).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("poolbench starts");
    let id = format!("poolbench-run-{:08x}", run.id());
    let pool = wait_for("a pool at its gates", || child_of(&run, "--gate"));
    // The groups of a run are made before its first pool, which enters one when it is ready.
    let grouped = groups(Path::new("/sys/fs/cgroup"), &id) > 0;
    if grouped {
        let own = format!("/proc/{}/cgroup", pool.as_raw_nonzero());
        wait_for("the pool in its group", || fs::read_to_string(&own).ok().filter(|text| text.contains(&id)));
    }
    kill_process(child_of(&run, "watch").expect("the run has a watcher"), Signal::KILL).unwrap();
    run.kill().unwrap();
    run.wait().unwrap();
    let next = ["run", "--pools", "serial", "--workload", "noop", "--jobs", "1", "--blocks", "1", "--out", "next"];
    let said = scratch.poolbench(&next).expect(0).stderr();
    // Any other run that starts on this machine just now may collect them first, and so this one need not say anything.
    wait_for(&format!("end of the groups; it said {said}"), || {
        (groups(Path::new("/sys/fs/cgroup"), &id) == 0).then_some(())
    });
    if grouped {
        assert!(Process::new(pool.as_raw_nonzero().get()).map_or(true, |process| !process.is_alive()), "{said}");
    } else {
        // Without groups nothing finds it; this is what then survives.
        kill_process(pool, Signal::KILL).unwrap();
    }
}

/// The child of a run whose command line has this word.
pub(crate) fn child_of(run: &Child, word: &str) -> Option<Pid> {
    let parent = i32::try_from(run.id()).ok();
    let processes = all_processes().expect("/proc can be read").flatten();
    let mut children = processes.filter(|process| process.stat().is_ok_and(|stat| Some(stat.ppid) == parent));
    let named = children.find(|process| process.cmdline().is_ok_and(|words| words.iter().any(|found| found == word)));
    named.and_then(|process| Pid::from_raw(process.pid()))
}

/// How many groups below have a name that begins so.
pub(crate) fn groups(folder: &Path, prefix: &str) -> usize {
    let below = fs::read_dir(folder).into_iter().flatten().flatten();
    let folders = below.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    let counts = folders.map(|entry| {
        let named = entry.file_name().to_string_lossy().starts_with(prefix);
        if named { 1 } else { groups(&entry.path(), prefix) }
    });
    counts.sum()
}
