//! The few fields of `/proc` that a gate needs, each file read in one go: a pool waits meanwhile, and a library that
//! knows every field takes three times as long.

use std::cell::{Cell, RefCell};
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt as _;

use rustix::io::Errno;
use rustix::process::getpid;

/// Bytes that the kernel prepares at a time; all files but lists are shorter.
const USUAL: usize = 4096;
/// More bytes than an entry of a list, a process id and a blank, has.
const LONGEST_ENTRY: usize = 32;
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
    /// `RssShmem`: memory that processes share, bytes.
    pub(super) rss_shared: Option<u64>,
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

/// Reader of `/proc`. Files that every gate reads stay open from one to the next, which halves what they cost; of other
/// processes and threads there can be more than descriptors.
#[derive(Debug, Default)]
pub struct Proc {
    /// The process whose files stay open, and its opened files by their paths.
    root: i32,
    open: RefCell<Vec<(String, File)>>,
    /// Whether something that is there could not be read.
    failed: Cell<bool>,
}

impl Proc {
    /// For a trial whose own process is `root`.
    pub fn of(root: i32) -> Self {
        Self { root, ..Self::default() }
    }

    /// Whether since the last question something that is there could not be read, as with too few descriptors.
    pub(super) fn has_failed(&self) -> bool {
        self.failed.take()
    }

    /// The outcome of opening something; what has ended is not there.
    pub(super) fn opened<T>(&self, outcome: io::Result<T>) -> Option<T> {
        let gone = |cause: &io::Error| {
            cause.kind() == io::ErrorKind::NotFound || cause.raw_os_error() == Some(Errno::SRCH.raw_os_error())
        };
        if outcome.as_ref().is_err_and(|cause| !gone(cause)) {
            self.failed.set(true);
        }
        outcome.ok()
    }

    /// A process's status; nothing if it is gone.
    pub(super) fn status(&self, pid: i32) -> Option<Status> {
        Some(Status::parse(&self.text(pid, &format!("/proc/{pid}/status"))?))
    }

    /// A thread's status.
    pub(super) fn thread_status(pid: i32, thread: i32) -> Option<Status> {
        Some(Status::parse(&record(&File::open(format!("/proc/{pid}/task/{thread}/status")).ok()?)?))
    }

    /// A process's counters.
    pub(super) fn stat(&self, pid: i32) -> Option<Stat> {
        Stat::parse(&self.text(pid, &format!("/proc/{pid}/stat"))?)
    }

    /// CPU time and time runnable without a core of one thread, ns.
    pub(super) fn schedule(&self, pid: i32, thread: i32) -> Option<(u64, u64)> {
        let text = self.text(thread, &format!("/proc/{pid}/task/{thread}/schedstat"))?;
        let mut numbers = text.split_whitespace().map_while(|word| word.parse().ok());
        Some((numbers.next()?, numbers.next()?))
    }

    /// PSS and its anonymous part, bytes.
    pub(super) fn shares(pid: i32) -> Option<(u64, u64)> {
        let text = record(&File::open(format!("/proc/{pid}/smaps_rollup")).ok()?)?;
        let field = |name| text.lines().find_map(|line| kib(line.strip_prefix(name)?));
        Some((field("Pss:")?, field("Pss_Anon:")?))
    }

    /// The threads of a process that has `count` of them.
    pub(super) fn threads(&self, pid: i32, count: u64) -> Vec<i32> {
        if count <= 1 {
            return vec![pid];
        }
        let entries = self.opened(fs::read_dir(format!("/proc/{pid}/task"))).into_iter().flatten().flatten();
        entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
    }

    /// The processes that a process's threads have started, or that came to it as orphans.
    pub(super) fn children(&self, pid: i32, threads: &[i32]) -> Vec<i32> {
        let list = |thread: &i32| self.text(*thread, &format!("/proc/{pid}/task/{thread}/children"));
        let lists = threads.iter().filter_map(list);
        lists.flat_map(|list| list.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<_>>()).collect()
    }

    /// A file of process or thread `whose`.
    fn text(&self, whose: i32, path: &str) -> Option<String> {
        let mut open = self.open.borrow_mut();
        if let Some((_, file)) = open.iter().find(|(known, _)| known == path) {
            return record(file);
        }
        let file = self.opened(File::open(path))?;
        let text = record(&file);
        if whose == self.root || whose == own() {
            open.push((path.to_owned(), file));
        }
        text
    }
}

/// This process.
pub(super) fn own() -> i32 {
    getpid().as_raw_nonzero().get()
}

/// What a file of the kernel says now, however often it was read before.
pub(super) fn record(file: &File) -> Option<String> {
    let mut bytes = vec![0; USUAL];
    let mut length = 0;
    loop {
        match file.read_at(&mut bytes[length..], length as u64).ok()? {
            0 => break,
            count => length += count,
        }
        // The kernel writes most files as one record, which fits. A list has many, and what one read leaves over is less
        // than a record.
        if length < USUAL - LONGEST_ENTRY {
            break;
        }
        bytes.resize(length + USUAL, 0);
    }
    bytes.truncate(length);
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
                "RssShmem" => status.rss_shared = kib(value),
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
    use std::process::Command;
    use std::time::Duration;

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
        let text = "Name:\tx\nState:\tS (sleeping)\nVmHWM:\t    8 kB\nVmRSS:\t    4 kB\nRssAnon:\t    1 kB\nRssShmem:\t    2 kB\nThreads:\t3\n\
                    SigIgn:\t0000000000011000\nvoluntary_ctxt_switches:\t5\nnonvoluntary_ctxt_switches:\t6\n";
        let status = Status::parse(text);
        assert_eq!((status.hwm, status.rss), (Some(8192), Some(4096)));
        assert_eq!((status.rss_anon, status.rss_shared), (Some(1024), Some(2048)));
        assert_eq!((status.threads, status.voluntary, status.involuntary), (3, 5, 6));
        assert!(status.ignores_children && !status.is_zombie);
        let zombie = Status::parse("State:\tZ (zombie)\nThreads:\t1\nSigIgn:\t0000000000001000\n");
        assert!(zombie.is_zombie && zombie.rss.is_none() && !zombie.ignores_children);
    }

    #[test]
    fn a_file_that_stays_open_tells_what_is_now() {
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        let pid = child.id().cast_signed();
        let proc = Proc::of(pid);
        assert!(!proc.status(pid).unwrap().is_zombie);
        child.kill().unwrap();
        let ends = (0..1000).any(|_| {
            std::thread::sleep(Duration::from_millis(1));
            proc.status(pid).is_some_and(|status| status.is_zombie)
        });
        assert!(ends);
        child.wait().unwrap();
        assert_eq!(proc.status(pid), None);
    }

    #[test]
    fn this_process_reads_as_the_library_reads_it() {
        let (own, proc) = (own(), Proc::default());
        let library = procfs::process::Process::myself().unwrap();
        let (ours, theirs) = (proc.status(own).unwrap(), library.status().unwrap());
        assert!(ours.hwm.is_some() && ours.hwm <= theirs.vmhwm.map(|kib| kib * 1024), "{ours:?} {theirs:?}");
        assert!(proc.threads(own, ours.threads).contains(&own));
        assert_eq!(proc.threads(own, 1), [own]);
        assert!(proc.stat(own).unwrap().minor_faults[0] <= library.stat().unwrap().minflt);
        let (pss, anon) = Proc::shares(own).unwrap();
        assert!(anon <= pss && pss <= ours.hwm.unwrap(), "{anon} {pss} {ours:?}");
        assert_eq!(proc.status(i32::MAX), None);
    }
}
