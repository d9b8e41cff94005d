//! What a pool leaves in `/proc`: workers before their time, workers that hold the gate, and whatever outlives it.

use std::thread::sleep;
use std::time::{Duration, Instant};

use procfs::process::{FDTarget, Process};

use super::finding::Rule;
use super::judge::Breach;
use crate::process::family::family;

/// The kernel may show a joined thread or a killed process a moment longer, on a busy machine one of seconds.
const MOMENT: Duration = Duration::from_secs(3);

/// The threads of process `pid`, after looking that it has no child yet.
pub(super) fn alone(pid: i32) -> Result<u64, Breach> {
    match family(pid).as_slice() {
        [] => Ok(0),
        [root] => Ok(threads(root)),
        [_, workers @ ..] => {
            let got = format!("already has {}", named(workers));
            Err(Breach::new(Rule::Gates, "no worker before the reply to 'ready'", got))
        }
    }
}

/// Looks that no worker process of `pid` holds an end of the pipes that its `gate` is made of, wherever that lies by then.
pub(super) fn gate_is_private(pid: i32, gate: [Option<u64>; 2]) -> Result<(), Breach> {
    let tree = family(pid);
    let Some((_, workers)) = tree.split_first() else { return Ok(()) };
    let holds = |worker: &&Process| {
        let Ok(fds) = worker.fd() else { return false };
        fds.flatten().filter_map(|fd| pipe(&fd.target)).any(|inode| gate.contains(&Some(inode)))
    };
    match workers.iter().find(holds) {
        None => Ok(()),
        Some(worker) => {
            let got = format!("{} has one of them open", named(std::slice::from_ref(worker)));
            Err(Breach::new(Rule::Gates, "worker processes without the pool's own stdin and stdout", got))
        }
    }
}

/// Looks that at `stopped` no worker process is left, not even unreaped, and fewer threads than workers have come on top
/// of the `before` at `ready`: a library's helper thread may stay, workers may not.
pub(super) fn workers_are_gone(pid: i32, before: u64, workers: u64) -> Result<(), Breach> {
    let deadline = Instant::now() + MOMENT;
    loop {
        let tree = family(pid);
        let Some((root, left)) = tree.split_first() else { return Ok(()) };
        let more = threads(root).saturating_sub(before);
        let got = match (left, more) {
            ([], more) if workers < 2 || more < workers => return Ok(()),
            ([], more) => format!("{more} threads more than at 'ready'"),
            (left, _) => format!("still has {}", named(left)),
        };
        if Instant::now() > deadline {
            let expected = "all workers joined or reaped at 'stopped' (else --describe says \"stop\":\"async\")";
            return Err(Breach::new(Rule::Ending, expected, got));
        }
        sleep(Duration::from_millis(5));
    }
}

/// Looks that the pool `pid`, which has ended, has left no running process behind. They are under this process, which is
/// the subreaper; `spare` is the web server.
pub(super) fn nobody_is_left(pid: i32, spare: Option<i32>) -> Result<(), Breach> {
    let own = rustix::process::getpid().as_raw_nonzero().get();
    let known = [Some(own), Some(pid), spare];
    let deadline = Instant::now() + MOMENT;
    loop {
        let tree = family(own);
        let strangers = tree.iter().filter(|member| !known.contains(&Some(member.pid())));
        let left: Vec<&Process> = strangers.filter(|member| runs(member)).collect();
        if left.is_empty() {
            return Ok(());
        }
        if Instant::now() > deadline {
            let names: Vec<String> = left.into_iter().map(|one| named(std::slice::from_ref(one))).collect();
            let got = format!("left behind: {}", names.join(", "));
            return Err(Breach::new(Rule::Ending, "no process that outlives the pool", got));
        }
        sleep(Duration::from_millis(5));
    }
}

/// The threads of process `pid` and of all under it.
pub(super) fn threads_of_all(pid: i32) -> u64 {
    family(pid).iter().filter(|member| runs(member)).map(threads).sum()
}

/// The CPU time that process `pid` and all under it have used, in ticks of usually 10 ms.
pub(super) fn cpu_time(pid: i32) -> Duration {
    let ticks: u64 =
        family(pid).iter().filter_map(|member| member.stat().ok()).map(|stat| stat.utime + stat.stime).sum();
    Duration::from_millis(ticks.saturating_mul(1000) / procfs::ticks_per_second().max(1))
}

fn threads(process: &Process) -> u64 {
    process.stat().map_or(0, |stat| u64::try_from(stat.num_threads).unwrap_or(0))
}

/// Whether it is more than an entry that waits to be reaped.
fn runs(process: &Process) -> bool {
    process.stat().is_ok_and(|stat| !['Z', 'X'].contains(&stat.state))
}

fn pipe(target: &FDTarget) -> Option<u64> {
    match target {
        FDTarget::Pipe(inode) => Some(*inode),
        _ => None,
    }
}

fn named(processes: &[Process]) -> String {
    let name = |process: &Process| {
        let comm = process.stat().map_or("?".to_owned(), |stat| stat.comm);
        format!("process {} ({comm})", process.pid())
    };
    // Three show what they are.
    let shown: Vec<String> = processes.iter().take(3).map(name).collect();
    let more = if processes.len() > 3 { format!(" and {} more", processes.len() - 3) } else { String::new() };
    shown.join(", ") + &more
}
