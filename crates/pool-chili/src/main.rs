//! `pool-chili`: the batch halved by chili's `join` down to single dispatches; a half is shared when a heartbeat asks.

use std::num::NonZero;
use std::ops::Range;
use std::process::ExitCode;

use chili::{Config, Scope, ThreadPool};
use harness::{Info, Jobs, Loop, Outcome, Pool, Result};

struct Chili {
    jobs: &'static Jobs,
    pool: ThreadPool,
}

impl Pool for Chili {
    const INFO: Info = Info {
        name: "chili",
        title: "chili, join down to single dispatches",
        library: "chili",
        chunk: &["own", "n"],
        window: &["all"],
        ..Info::DEFAULT
    };

    /// The caller is one of the workers, so chili starts one thread less, and a thread for its heartbeats.
    fn start(jobs: &'static Jobs) -> Result<Self> {
        let config = Config { thread_count: NonZero::new(jobs.workers()), ..Config::default() };
        Ok(Self { jobs, pool: ThreadPool::with_config(config) })
    }

    fn run(&mut self) -> Result<()> {
        let (jobs, mut scope) = (self.jobs, self.pool.scope());
        match jobs.chunk() {
            None => jobs.hand_to(Leaves { jobs, scope: &mut scope }),
            Some(_) => halve(&mut scope, jobs.chunks(), &|chunk| jobs.run_chunk(chunk)),
        }
        Ok(())
    }

    fn stop(self) -> Result<()> {
        // Joins its threads.
        drop(self.pool);
        Ok(())
    }
}

/// A leaf a job.
struct Leaves<'a, 'b> {
    jobs: &'static Jobs,
    scope: &'a mut Scope<'b>,
}

impl Loop for Leaves<'_, '_> {
    fn over(self, job: impl Fn(u64) -> Outcome + Send + Sync) {
        let deliver = self.jobs.slots().sink();
        halve(self.scope, 0..self.jobs.len(), &|index| deliver(index, job(index)));
    }
}

/// Runs `leaf` for every number in `range`, in parallel where chili finds a thread for it.
fn halve(scope: &mut Scope<'_>, range: Range<u64>, leaf: &(impl Fn(u64) + Sync)) {
    match range.end - range.start {
        0 => {}
        1 => leaf(range.start),
        count => {
            let middle = range.start + count / 2;
            scope.join(|scope| halve(scope, range.start..middle, leaf), |scope| halve(scope, middle..range.end, leaf));
        }
    }
}

fn main() -> ExitCode {
    harness::main::<Chili>()
}
