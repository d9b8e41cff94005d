//! The few fields of `/proc` that a gate needs, each file read in one go: a pool waits meanwhile, and a library that
//! knows every field takes three times as long.

use std::fs::{self, File};
use std::io::Read as _;

/// Bytes of the longest of these files but for lists, so that one read takes all.
const USUAL: usize = 4096;
/// SIGCHLD is signal 17, and bit 0 is signal 1.
const SIGCHLD_BIT: u64 = 1 << 16;

/// What `/proc/PID/status` says of a process, or `/proc/PID/task/TID/status` of a thread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Status {
    /// Ended and not reaped.
    pub(super) is_zombie: bool,
    /// Threads of the process.
    pub(super) threads: u64,
    /// `VmRSS`, bytes; a process that ends has none.
    pub(super) rss: Option<u64>,
    /// `RssAnon`, bytes.
    pub(super) rss_anon: Option<u64>,
    /// `VmHWM`, bytes.
    pub(super) hwm: Option<u64>,
    /// Whether SIGCHLD is ignored.
    pub(super) ignores_children: bool,
    /// Voluntary context switches of the one thread that the file is about, of a process its first.
    pub(super) voluntary: u64,
    /// Involuntary ones.
    pub(super) involuntary: u64,
}

/// What `/proc/PID/stat` says of a process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stat {
    /// Page faults without a read, its own and those of children that were reaped.
    pub(super) minor_faults: [u64; 2],
    /// Page faults with a read.
    pub(super) major_faults: [u64; 2],
    /// Ticks in the kernel.
    pub(super) system_ticks: [u64; 2],
    /// Ticks in user mode of children that were reaped.
    pub(super) ended_user_ticks: u64,
}

/// Reads a process's status; nothing if it is gone.
pub(super) fn status(pid: i32) -> Option<Status> {
    Some(Status::parse(&text(&format!("/proc/{pid}/status"))?))
}

/// Reads a thread's status.
pub(super) fn thread_status(pid: i32, thread: i32) -> Option<Status> {
    Some(Status::parse(&text(&format!("/proc/{pid}/task/{thread}/status"))?))
}

/// Reads a process's counters.
pub(super) fn stat(pid: i32) -> Option<Stat> {
    Stat::parse(&text(&format!("/proc/{pid}/stat"))?)
}

/// CPU time and time runnable without a core of one thread, ns.
pub(super) fn schedule(pid: i32, thread: i32) -> Option<(u64, u64)> {
    let text = text(&format!("/proc/{pid}/task/{thread}/schedstat"))?;
    let mut numbers = text.split_whitespace().map_while(|word| word.parse().ok());
    Some((numbers.next()?, numbers.next()?))
}

/// PSS and its anonymous part, bytes.
pub(super) fn shares(pid: i32) -> Option<(u64, u64)> {
    let text = text(&format!("/proc/{pid}/smaps_rollup"))?;
    let field = |name| text.lines().find_map(|line| kib(line.strip_prefix(name)?));
    Some((field("Pss:")?, field("Pss_Anon:")?))
}

/// The threads of a process.
pub(super) fn threads(pid: i32) -> Vec<i32> {
    let entries = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

/// The processes that a process's threads have started, or that came to it as orphans.
pub(super) fn children(pid: i32, threads: &[i32]) -> Vec<i32> {
    let lists = threads.iter().filter_map(|thread| text(&format!("/proc/{pid}/task/{thread}/children")));
    lists.flat_map(|list| list.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<_>>()).collect()
}

fn text(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(USUAL);
    // Taken without a look at the size first, which is 0 for all these files.
    File::open(path).ok()?.take(u64::MAX).read_to_end(&mut bytes).ok()?;
    String::from_utf8(bytes).ok()
}

fn kib(text: &str) -> Option<u64> {
    Some(text.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}

impl Status {
    fn parse(text: &str) -> Self {
        let mut status = Self::default();
        for line in text.lines() {
            let Some((name, value)) = line.split_once(':') else { continue };
            let value = value.trim();
            match name {
                "State" => status.is_zombie = value.starts_with(['Z', 'X']),
                "Threads" => status.threads = value.parse().unwrap_or(0),
                "VmRSS" => status.rss = kib(value),
                "RssAnon" => status.rss_anon = kib(value),
                "VmHWM" => status.hwm = kib(value),
                "SigIgn" => {
                    let ignored = u64::from_str_radix(value, 16).unwrap_or(0);
                    status.ignores_children = ignored & SIGCHLD_BIT != 0;
                }
                "voluntary_ctxt_switches" => status.voluntary = value.parse().unwrap_or(0),
                "nonvoluntary_ctxt_switches" => status.involuntary = value.parse().unwrap_or(0),
                _ => {}
            }
        }
        status
    }
}

impl Stat {
    /// The name in parentheses may hold anything, so the fields are counted from the last one on: `state` is field 3.
    fn parse(text: &str) -> Option<Self> {
        let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
        let field = |number: usize| fields.get(number - 3)?.parse().ok();
        Some(Self {
            minor_faults: [field(10)?, field(11)?],
            major_faults: [field(12)?, field(13)?],
            system_ticks: [field(15)?, field(17)?],
            ended_user_ticks: field(16)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::id;

    #[test]
    fn a_name_cannot_shift_the_counters() {
        let text = "7 (a) 9 (b) S 1 7 7 0 -1 4194304 101 102 103 104 5 6 7 8 20 0 1 0 9 0 0\n";
        let right =
            Stat { minor_faults: [101, 102], major_faults: [103, 104], system_ticks: [6, 8], ended_user_ticks: 7 };
        assert_eq!(Stat::parse(text), Some(right));
        assert_eq!(Stat::parse("7 (a) S 1"), None);
    }

    #[test]
    fn a_status_is_read_with_and_without_memory() {
        let text = "Name:\tx\nState:\tS (sleeping)\nVmHWM:\t    8 kB\nVmRSS:\t    4 kB\nRssAnon:\t    1 kB\nThreads:\t3\n\
                    SigIgn:\t0000000000011000\nvoluntary_ctxt_switches:\t5\nnonvoluntary_ctxt_switches:\t6\n";
        let status = Status::parse(text);
        assert_eq!((status.hwm, status.rss, status.rss_anon), (Some(8192), Some(4096), Some(1024)));
        assert_eq!((status.threads, status.voluntary, status.involuntary), (3, 5, 6));
        assert!(status.ignores_children && !status.is_zombie);
        let zombie = Status::parse("State:\tZ (zombie)\nThreads:\t1\nSigIgn:\t0000000000001000\n");
        assert!(zombie.is_zombie && zombie.rss.is_none() && !zombie.ignores_children);
    }

    #[test]
    fn this_process_reads_as_the_library_reads_it() {
        let own = id().cast_signed();
        let library = procfs::process::Process::myself().unwrap();
        let (ours, theirs) = (status(own).unwrap(), library.status().unwrap());
        assert_eq!(ours.hwm, theirs.vmhwm.map(|kib| kib * 1024));
        assert!(threads(own).contains(&own));
        assert!(stat(own).unwrap().minor_faults[0] <= library.stat().unwrap().minflt);
        let (pss, anon) = shares(own).unwrap();
        assert!(anon <= pss && pss <= ours.hwm.unwrap(), "{anon} {pss} {ours:?}");
        assert_eq!(status(i32::MAX), None);
    }
}
