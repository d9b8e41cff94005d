//! Memory of pools with a known payload, read off the rows: with control groups where this user may make some, and as a
//! user who may not.

use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use harness::columns::Row;
use orchestrator::record::peak::{Cells, Peak};
use test_helpers::user::stranger;

use super::common::{Rows, Scratch};

const MIB: u64 = 1 << 20;

/// What is seen of processes that have ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dead {
    /// There are none.
    None,
    /// They are seen.
    Seen,
    /// The kernel has reaped them. Without a group it is seen that this may be.
    Perhaps,
    /// The kernel has reaped them. Without a group that cannot be seen.
    Hidden,
}

impl Dead {
    /// What a group makes `dead_children`.
    fn counted(self) -> u64 {
        u64::from(self != Self::None)
    }

    /// What `dead_children` is without one.
    fn seen(self) -> Option<u64> {
        (self != Self::Perhaps).then_some(u64::from(self == Self::Seen))
    }
}

/// Shape, workers, MiB each, MiB that are held at the same time, and its dead.
const SHAPES: [(&str, u64, u64, u64, Dead); 12] = [
    ("hold", 1, 16, 16, Dead::None),
    ("spike", 1, 16, 16, Dead::None),
    ("threads", 3, 8, 24, Dead::None),
    ("freed", 3, 8, 24, Dead::None),
    ("in-turn", 3, 8, 8, Dead::None),
    ("dead-together", 3, 8, 24, Dead::Seen),
    ("dead-orphans", 2, 8, 16, Dead::Seen),
    ("unreaped", 2, 8, 16, Dead::Seen),
    ("ignored", 2, 8, 16, Dead::Perhaps),
    ("ignored-once", 2, 8, 16, Dead::Hidden),
    ("no-wait", 2, 8, 16, Dead::Hidden),
    ("shared", 3, 16, 16, Dead::None),
];

/// The command line of one pool, by its name.
fn pools() -> Vec<(String, [String; 3])> {
    let with_and_without = |(shape, workers, mib, ..): &(&str, u64, u64, u64, Dead)| {
        [*mib, 0].map(|mib| {
            let words = [(*shape).to_owned(), workers.to_string(), mib.to_string()];
            (format!("{shape}-{workers}x{mib}"), words)
        })
    };
    SHAPES.iter().flat_map(with_and_without).collect()
}

/// Runs every shape with its payload and with none; the rows of one and of the other.
fn rows(scratch: &Scratch, user: Option<u32>) -> Vec<[Row; 2]> {
    let pools = pools();
    scratch.list_helpers("payload", &pools);
    let names: Vec<&str> = pools.iter().map(|(name, _)| name.as_str()).collect();
    let names = names.join(",");
    let arguments = ["run", "--pools-from", "pools.toml", "--pools", &names, "--workload", "noop", "--jobs", "1"];
    let more = ["--batches", "1", "--blocks", "1", "--twin", "none", "--out", "r"];
    let mut command = scratch.command(&[&arguments[..], &more].concat());
    if let Some(user) = user {
        scratch.open_to_all();
        command.uid(user).gid(user);
    }
    let ended = command.output().expect("poolbench starts");
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    let rows = Rows::read(&scratch.path("r")).whole();
    let of = |name: &str| rows.iter().rfind(|row| row.pool == name).expect("every cell has a row").clone();
    pools.chunks(2).map(|pair| [of(&pair[0].0), of(&pair[1].0)]).collect()
}

/// Every figure is right or says that it is not.
fn judge(rows: &[[Row; 2]]) {
    for ((shape, .., truth, dead), [with, without]) in SHAPES.iter().zip(rows) {
        if *dead == Dead::Hidden && with.cgroup_peak_bytes.is_none() {
            // A limit that docs/METHODOLOGY.md names.
            continue;
        }
        let truth = truth * MIB / 1024;
        // Bytes are charged in batches on every processor, and so with many of them less exactly.
        let off = with.mem_resolution_bytes.map_or(768, |bytes| 768.max(bytes / 1024));
        let known = |peak: fn(Cells) -> Option<Peak>| Some((peak(with.into())?, peak(without.into())?));
        // Each of the two quantities, and so never one less the other.
        let mut judged = 0;
        for (full, empty) in [known(Cells::resident), known(Cells::charged)].into_iter().flatten() {
            // What the processes need beside their payload is the same with none.
            let own = if full.exact().is_some() { empty.high } else { empty.low };
            let least = full.low.saturating_sub(own) / 1024;
            let most = full.high.saturating_sub(own) / 1024;
            let inside = least <= truth + off && truth <= most + off;
            assert!(inside || !full.complete, "{shape}: {least} to {most} KiB, it holds {truth}: {with:?}");
            judged += 1;
        }
        assert!(judged > 0, "{shape}: {with:?}");
        let bounded = with.cgroup_peak_bytes.is_some() || with.tree_hwm_bytes >= with.peak_rss_bytes;
        assert!(bounded && with.mem_resolution_bytes > Some(0), "{shape}: {with:?}");
    }
}

#[test]
fn the_payload_of_every_shape_is_found_or_the_row_says_that_it_is_not() {
    let rows = rows(&Scratch::new(), None);
    judge(&rows);
    for ((shape, .., dead), [with, _]) in SHAPES.iter().zip(&rows) {
        // A group counts the dead as well.
        let grouped = with.mem_method.starts_with("proc-cgroup");
        assert!(!grouped || with.mem_complete == Some(1), "{shape}: {with:?}");
        assert_eq!(grouped, with.cgroup_peak_bytes.is_some(), "{shape}: {with:?}");
        let counted = if grouped { Some(dead.counted()) } else { dead.seen() };
        assert_eq!(with.dead_children, counted, "{shape}: {with:?}");
    }
}

#[test]
fn a_user_without_rights_gets_intervals_and_marks() {
    let user = match stranger(Path::new(env!("CARGO_BIN_EXE_poolbench"))) {
        Ok(user) => user,
        Err(why) => return eprintln!("not tried, the test above has run as the only user there is: {why:#}"),
    };
    let rows = rows(&Scratch::new(), Some(user));
    judge(&rows);
    for ((shape, .., dead), [with, _]) in SHAPES.iter().zip(&rows) {
        let words = (with.mem_method.as_str(), with.cgroup_peak_bytes);
        assert_eq!(words, ("proc", None), "{shape}: {with:?}");
        assert_eq!(with.mem_complete, Some(u64::from(dead.seen() == Some(0))), "{shape}: {with:?}");
        assert_eq!(with.dead_children, dead.seen(), "{shape}: {with:?}");
    }
}

#[test]
fn what_cannot_be_read_is_not_taken_for_nothing() {
    let mut seen = [0; 2];
    // From too few descriptors to start a pool to enough for all that is read.
    for descriptors in 20..32 {
        let scratch = Scratch::new();
        let mut command = Command::new("prlimit");
        command.arg(format!("--nofile={descriptors}:{descriptors}")).arg(env!("CARGO_BIN_EXE_poolbench"));
        command.args(["run", "--pools", "processes", "--workers", "4", "--jobs", "1", "--batches", "1"]);
        command.args(["--blocks", "1", "--twin", "none", "--out", "r"]).current_dir(scratch.path(""));
        command.output().expect("prlimit starts");
        if !scratch.path("r/trials.csv").exists() {
            continue;
        }
        for row in Rows::read(&scratch.path("r")).whole().iter().filter(|row| row.status == "ok") {
            let whole = row.processes == Some(5) && row.tree_hwm_bytes.is_some();
            let left_out = row.processes.is_none() && row.tree_hwm_bytes.is_none() && row.rss_done_bytes.is_none();
            assert!(whole || left_out, "{descriptors} descriptors: {row:?}");
            assert!(whole || row.cgroup_peak_bytes.is_some() || row.mem_complete == Some(0), "{descriptors}: {row:?}");
            seen[usize::from(whole)] += 1;
        }
    }
    assert!(seen[0] > 0 && seen[1] > 0, "{} rows say that they miss something, {} are whole", seen[0], seen[1]);
}

#[test]
fn a_peak_with_what_was_brought_and_given_back_is_not_complete() {
    let scratch = Scratch::new();
    scratch.list_helpers("payload", &[("brought-1x64".to_owned(), ["brought", "1", "64"].map(str::to_owned))]);
    let run = ["run", "--pools-from", "pools.toml", "--pools", "brought-1x64", "--workload", "noop", "--jobs", "1"];
    let more = ["--batches", "1", "--blocks", "1", "--twin", "none", "--out", "r"];
    scratch.poolbench(&[&run[..], &more].concat()).expect(0);
    for row in Rows::read(&scratch.path("r")).whole() {
        let exact = row.cgroup_peak_bytes.is_none_or(|peak| peak < 100 * MIB);
        assert_eq!(row.mem_complete, Some(u64::from(exact)), "{row:?}");
        assert!(row.peak_rss_bytes.is_some_and(|peak| peak < 100 * MIB), "{row:?}");
    }
}
