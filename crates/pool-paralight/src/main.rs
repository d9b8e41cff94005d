//! `pool-paralight`: paralight's threads over the indices or over chunks of them, an even share each, stolen when done.

use std::process::ExitCode;

use harness::{Error, Info, Jobs, Loop, Outcome, Pool, Result};
use paralight::iter::{ExactParallelSourceExt as _, IntoExactParallelSource as _, ParallelIteratorExt as _};
use paralight::threads::{CpuPinningPolicy, RangeStrategy, ThreadCount, ThreadPool, ThreadPoolBuilder};

struct Paralight {
    jobs: &'static Jobs,
    pool: ThreadPool,
}

impl Pool for Paralight {
    const INFO: Info = Info {
        name: "paralight",
        title: "paralight, even shares with work stealing",
        library: "paralight",
        chunk: &["own", "n"],
        window: &["all"],
        ..Info::DEFAULT
    };

    fn start(jobs: &'static Jobs) -> Result<Self> {
        let num_threads = ThreadCount::try_from(jobs.workers()).map_err(|_| Error::unsupported("no workers"))?;
        let strategy = RangeStrategy::WorkStealing;
        let builder = ThreadPoolBuilder { num_threads, range_strategy: strategy, cpu_pinning: CpuPinningPolicy::No };
        let mut pool = builder.build();
        // Every thread takes part in every pass, so that all are up when an empty one is over.
        (0..0).into_par_iter().with_thread_pool(&mut pool).for_each(|_| ());
        Ok(Self { jobs, pool })
    }

    fn run(&mut self) -> Result<()> {
        let (jobs, pool) = (self.jobs, &mut self.pool);
        if jobs.chunk().is_none() {
            jobs.hand_to(Shares { jobs, pool });
        } else {
            let chunks = 0..count(jobs.chunks().end);
            chunks.into_par_iter().with_thread_pool(pool).for_each(|chunk| jobs.run_chunk(chunk as u64));
        }
        Ok(())
    }

    fn stop(self) -> Result<()> {
        // Joins its threads.
        drop(self.pool);
        Ok(())
    }
}

/// paralight's own shares of the batch.
struct Shares<'a> {
    jobs: &'static Jobs,
    pool: &'a mut ThreadPool,
}

impl Loop for Shares<'_> {
    fn over(self, job: impl Fn(u64) -> Outcome + Send + Sync) {
        let deliver = self.jobs.slots().sink();
        let indices = 0..count(self.jobs.len());
        indices.into_par_iter().with_thread_pool(self.pool).for_each(|index| deliver(index as u64, job(index as u64)));
    }
}

/// paralight's ranges are of `usize`; the slots of a batch are in memory, so their number fits.
fn count(jobs: u64) -> usize {
    usize::try_from(jobs).unwrap_or(usize::MAX)
}

fn main() -> ExitCode {
    harness::main::<Paralight>()
}
