//! `pool-futures-threads`: own threads, a future a dispatch. The caller waits for one future after the other and takes
//! what is in it, outcomes or a panic.

mod queue;
mod slab;

use std::cell::Cell;
use std::panic::resume_unwind;
use std::process::ExitCode;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, OnceLock};

use harness::{Error, Info, Jobs, Kind, Pool, Result, Workers, pack, unpack};

use queue::Queue;
use slab::Slab;

struct FuturesThreads {
    jobs: &'static Jobs,
    shared: Arc<Shared>,
    workers: Workers,
}

/// What the caller and the workers both see.
#[derive(Default)]
struct Shared {
    queue: Queue,
    /// Made by the first batch, as its futures.
    slab: OnceLock<Slab>,
}

impl Pool for FuturesThreads {
    const INFO: Info = Info {
        name: "futures-threads",
        title: "threads, a future a dispatch, waited for in order",
        kind: Kind::Futures,
        mirrors: "concurrent.futures.ThreadPoolExecutor.map",
        ordered: true,
        chunk: &["1", "n"],
        ..Info::DEFAULT
    };

    fn start(jobs: &'static Jobs) -> Result<Self> {
        let shared = Arc::new(Shared::default());
        let seen = Arc::clone(&shared);
        let workers = Workers::spawn(jobs.workers(), move |_| seen.work(jobs))?;
        Ok(Self { jobs, shared, workers })
    }

    fn run(&mut self) -> Result<()> {
        let (jobs, queue) = (self.jobs, &self.shared.queue);
        let slab = self.shared.slab(jobs)?;
        // All before this batch have been waited for.
        let first = queue.submitted();
        let oldest = Cell::new(0);
        let submit = |chunk| {
            slab.fill(first + chunk, chunk);
            queue.submit();
            Ok(())
        };
        jobs.feed(submit, || {
            let chunk = oldest.replace(oldest.get() + 1);
            deliver(jobs, slab, first + chunk, chunk)
        })
    }

    fn stop(self) -> Result<()> {
        self.shared.queue.close();
        self.workers.join()
    }
}

impl Shared {
    /// The futures, as many as can be under way.
    fn slab(&self, jobs: &Jobs) -> Result<&Slab> {
        if let Some(slab) = self.slab.get() {
            return Ok(slab);
        }
        let fit = |count| usize::try_from(count).unwrap_or(usize::MAX);
        let width = jobs.chunk().unwrap_or(1).min(jobs.len());
        let slab = Slab::new(fit(jobs.open_chunks().min(jobs.chunks().end)), fit(width))?;
        Ok(self.slab.get_or_init(|| slab))
    }

    /// What a worker does until the queue is closed.
    fn work(&self, jobs: &Jobs) {
        // With four times as many shares as workers the last dispatches of a batch are taken one by one.
        let share = jobs.workers() as u64 * 4;
        while let Some(numbers) = self.queue.take(share) {
            let Some(slab) = self.slab.get() else { return };
            for number in numbers {
                slab.complete(number, |chunk, words| {
                    let mut words = words.iter();
                    jobs.outcomes(jobs.range(chunk), |_, outcome| {
                        words.next().expect("a word for each job").store(pack(outcome), Relaxed);
                    });
                });
            }
        }
    }
}

/// Waits for the future of dispatch `chunk` and delivers what is in it; its panic goes on here.
fn deliver(jobs: &Jobs, slab: &Slab, number: u64, chunk: u64) -> Result<()> {
    let words = slab.wait(number).unwrap_or_else(|payload| resume_unwind(payload));
    let sink = jobs.slots().sink();
    jobs.range(chunk).zip(words).try_for_each(|(index, word)| {
        let outcome = unpack(word.load(Relaxed)).ok_or_else(|| Error::internal("a future without an outcome"))?;
        sink(index, outcome);
        Ok(())
    })
}

fn main() -> ExitCode {
    harness::main::<FuturesThreads>()
}
