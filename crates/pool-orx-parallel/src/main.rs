//! `pool-orx-parallel`: orx-parallel's iterators over the indices, whose threads pull chunks of a size it finds itself.

use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::sync::Barrier;
use std::thread;

use harness::{Info, Jobs, Loop, Outcome, Pool, Result, cores};
use orx_parallel::{BasicPool, IntoParIter as _, Par as _, Runner, Scope as _, ThreadPool};

/// The threads of a batch. The library keeps no more of them than there are cores; more are spawned for every batch.
enum Threads {
    Kept(BasicPool),
    Spawned(Spawned),
}

struct OrxParallel {
    jobs: &'static Jobs,
    threads: Threads,
}

impl Pool for OrxParallel {
    const INFO: Info = Info {
        name: "orx-parallel",
        title: "orx-parallel, threads that pull chunks of adaptive size",
        library: "orx-parallel",
        chunk: &["own", "n"],
        window: &["all"],
        ..Info::DEFAULT
    };

    fn start(jobs: &'static Jobs) -> Result<Self> {
        let workers = jobs.workers();
        if jobs.workers() as u64 > cores() {
            let spawned = Spawned(NonZeroUsize::new(workers).unwrap_or(NonZeroUsize::MIN));
            return Ok(Self { jobs, threads: Threads::Spawned(spawned) });
        }
        let kept = BasicPool::new(workers);
        wait_for(workers, &kept);
        Ok(Self { jobs, threads: Threads::Kept(kept) })
    }

    fn run(&mut self) -> Result<()> {
        match &self.threads {
            Threads::Kept(pool) => self.jobs.hand_to(Pulled(self.jobs, pool)),
            Threads::Spawned(pool) => self.jobs.hand_to(Pulled(self.jobs, *pool)),
        }
        Ok(())
    }

    fn stop(self) -> Result<()> {
        // Joins the threads that were kept.
        drop(self.threads);
        Ok(())
    }
}

/// Returns when that many threads of the pool are up: none of them can wait twice.
fn wait_for(workers: usize, pool: &impl ThreadPool) {
    let (up, all) = (Barrier::new(workers), 0..workers);
    let up = &up;
    pool.scope(|scope| {
        all.for_each(|_| {
            scope.run(move || {
                up.wait();
            });
        });
    });
}

/// The library's loop over the batch: with chunks of its own choice, or of the size that was asked for.
struct Pulled<P>(&'static Jobs, P);

impl<P: ThreadPool> Loop for Pulled<P> {
    fn over(self, job: impl Fn(u64) -> Outcome + Send + Sync) {
        let Self(jobs, pool) = self;
        let count = |jobs| usize::try_from(jobs).unwrap_or(usize::MAX);
        let (deliver, job) = (jobs.slots().sink(), &job);
        (0..count(jobs.len()))
            .into_par()
            .runner(Runner::adaptive_with_pool(pool))
            // 0 is the library's own choice.
            .chunk_size(jobs.chunk().map_or(0, count))
            .for_each(move |index| deliver(index as u64, job(index as u64)));
    }
}

/// That many threads, spawned for a batch and joined at its end.
#[derive(Clone, Copy)]
struct Spawned(NonZeroUsize);

impl ThreadPool for Spawned {
    type ScopeRef<'s, 'env, 'scope>
        = &'s thread::Scope<'s, 'env>
    where
        'scope: 's,
        'env: 'scope + 's;

    fn max_num_threads(&self) -> NonZeroUsize {
        self.0
    }

    fn scope<'env, 'scope, F>(&'env self, run: F)
    where
        'env: 'scope,
        for<'s> F: FnOnce(&'s thread::Scope<'s, 'env>) + Send,
    {
        thread::scope(run);
    }
}

fn main() -> ExitCode {
    harness::main::<OrxParallel>()
}
