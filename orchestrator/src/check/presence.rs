//! Whether workers are there when they should be: up and idle at `started`, and still there at `done`. Seen from outside, by
//! how many threads the pool and its processes have, and by what they do while it waits at the gate.

use std::thread::sleep;
use std::time::{Duration, Instant};

use super::batches::parse;
use super::book::Book;
use super::drive::Drive;
use super::finding::{Rule, Stop, Verdict};
use super::gate::{Gate, Pace};
use super::judge::Breach;
use super::overlap::one_by_one;
use super::subject::Subject;
use super::traces::{cpu_time, threads_of_all};

/// Workers, and jobs that keep each of them busy for a while: far more than a runtime has threads of its own.
const WORKERS: u64 = 16;
/// So many threads more or fewer are the workers, and not a runtime's.
const MOST_OF_THEM: u64 = WORKERS / 4 * 3;
/// What 16 workers that are still starting use of the CPU at least, where that is to be seen at all: an interpreter takes 30 ms.
const STARTING: Duration = Duration::from_millis(10 * WORKERS);
/// For how long the pool is looked at in one piece at `started`, and until when it must be quiet to be judged.
const LOOK: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(3);

/// Runs this check.
pub(super) fn check(book: &mut Book) {
    if !book.subject.about.is_serial() {
        book.check(format!("{WORKERS} workers: up and idle at 'started', still there at 'done'"), present);
    }
}

fn present(pool: &Subject) -> Verdict {
    let sleeps = pool.about.workloads.iter().any(|name| name == "sleep");
    let workload = if sleeps { parse("sleep:20ms")? } else { pool.plain()? };
    let case = one_by_one(pool, workload, WORKERS).on(WORKERS);
    let mut drive = Drive::start(pool, &case, Pace::default())?;
    drive.pass(Gate::Ready)?;
    let bare = threads_of_all(drive.pid());
    drive.go()?;
    drive.pass(Gate::Started)?;
    let started = threads_of_all(drive.pid());
    let late = starts_late(&drive);
    let idle = threads_of_all(drive.pid());
    late.map_or(Ok(()), |got| Err(not_waited_for(&drive, got)))?;
    if idle >= started + MOST_OF_THEM {
        return Err(not_waited_for(&drive, format!("{} more threads while it waited there", idle - started)));
    }
    drive.go()?;
    drive.pass(Gate::Done)?;
    let done = threads_of_all(drive.pid());
    if done >= idle + MOST_OF_THEM {
        return Err(not_waited_for(&drive, format!("{} more threads at 'done': they came with the jobs", done - idle)));
    }
    if idle >= bare + MOST_OF_THEM && idle >= done + MOST_OF_THEM {
        let got = format!("{} threads fewer than at 'started'", idle - done);
        let breach = Breach::new(Rule::Gates, "workers that are still there at 'done'", got);
        return Err(drive.broken(breach.advise("end the workers after the reply to 'done', inside of stop_ns")));
    }
    drive.go()?;
    drive.pass(Gate::Stopped)?;
    drive.go()?;
    drive.leave()
}

/// What workers do at `started` that are not up yet; nothing where they are idle, or never quiet, as those that spin.
fn starts_late(drive: &Drive) -> Option<String> {
    let (begun, first) = (Instant::now(), cpu_time(drive.pid()));
    let mut last = first;
    while begun.elapsed() < LONGEST {
        sleep(LOOK);
        let now = cpu_time(drive.pid());
        if now.saturating_sub(last) <= LOOK / 10 {
            let used = now.saturating_sub(first);
            return (used >= STARTING)
                .then(|| format!("they used {used:?} of CPU time while it waited there, and then fell idle"));
        }
        last = now;
    }
    None
}

fn not_waited_for(drive: &Drive, got: String) -> Stop {
    let breach = Breach::new(Rule::Gates, "workers that are all up and idle at 'started'", got);
    drive.broken(breach.advise(
        "let start bring all workers up and wait for each, as a barrier does; many libraries start them with the jobs",
    ))
}
