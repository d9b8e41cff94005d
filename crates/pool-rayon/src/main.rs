//! `pool-rayon`: rayon's parallel iterators, over the indices (rayon splits them by itself) or over chunks of them.

use std::error::Error as _;
use std::io;
use std::process::ExitCode;

use harness::{Error, Info, Jobs, Loop, Outcome, Pool, Result, Workers, named_thread};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

struct Rayon {
    jobs: &'static Jobs,
    pool: ThreadPool,
    workers: Workers,
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

    /// The hook keeps the threads' handles, since rayon itself lets go of its threads without joining them.
    fn start(jobs: &'static Jobs) -> Result<Self> {
        let mut handles = Vec::with_capacity(jobs.workers());
        let hooked = ThreadPoolBuilder::new().num_threads(jobs.workers()).spawn_handler(|thread| {
            handles.push(named_thread(thread.index()).spawn(|| thread.run())?);
            Ok(())
        });
        let built = hooked.build();
        let pool = built.map_err(|cause| refused(handles.len() as u64, jobs.shape().workers.total(), &cause))?;
        // Comes back when it has run on every thread, so all of them are up.
        pool.broadcast(|_| ());
        Ok(Self { jobs, pool, workers: Workers::adopt(handles) })
    }

    fn run(&mut self) -> Result<()> {
        let jobs = self.jobs;
        match jobs.chunk() {
            None => self.pool.install(|| jobs.hand_to(Split(jobs))),
            Some(_) => self.pool.install(|| jobs.chunks().into_par_iter().for_each(|chunk| jobs.run_chunk(chunk))),
        }
        Ok(())
    }

    fn stop(self) -> Result<()> {
        drop(self.pool);
        self.workers.join()
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

fn refused(reached: u64, wanted: u64, cause: &ThreadPoolBuildError) -> Error {
    match cause.source().and_then(|source| source.downcast_ref::<io::Error>()) {
        Some(cause) => Error::too_few("threads", reached, wanted, cause),
        None => Error::internal(format!("building the pool: {cause}")),
    }
}

fn main() -> ExitCode {
    harness::main::<Rayon>()
}
