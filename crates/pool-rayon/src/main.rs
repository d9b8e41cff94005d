//! `pool-rayon`: rayon's parallel iterators, over the indices (rayon splits them by itself) or over chunks of them.

use std::process::ExitCode;

use harness::{Info, Jobs, Loop, Outcome, Pool, Result};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use runtime_rayon::Threads;

struct Rayon {
    jobs: &'static Jobs,
    threads: Threads,
}

impl Pool for Rayon {
    const INFO: Info = Info {
        name: "rayon",
        title: "rayon par_iter",
        library: "rayon",
        chunk: &["own", "n"],
        window: &["all"],
        ..Info::DEFAULT
    };

    fn start(jobs: &'static Jobs) -> Result<Self> {
        Ok(Self { jobs, threads: Threads::start(jobs)? })
    }

    fn run(&mut self) -> Result<()> {
        let (jobs, pool) = (self.jobs, self.threads.pool());
        match jobs.chunk() {
            None => pool.install(|| jobs.hand_to(Split(jobs))),
            Some(_) => pool.install(|| jobs.chunks().into_par_iter().for_each(|chunk| jobs.run_chunk(chunk))),
        }
        Ok(())
    }

    fn stop(self) -> Result<()> {
        self.threads.stop()
    }
}

/// rayon's own split of the batch.
struct Split(&'static Jobs);

impl Loop for Split {
    fn over(self, job: impl Fn(u64) -> Outcome + Send + Sync) {
        // What an empty job feels: over `u64` rayon adds a start to each index, and a sink that all threads borrow is
        // read again for each job. Together they are 8 % of its CPU time.
        let indices = 0..usize::try_from(self.0.len()).unwrap_or(usize::MAX);
        let deliver = self.0.slots().sink();
        indices.into_par_iter().for_each_with(deliver, |deliver, index| deliver(index as u64, job(index as u64)));
    }
}

fn main() -> ExitCode {
    harness::main::<Rayon>()
}
