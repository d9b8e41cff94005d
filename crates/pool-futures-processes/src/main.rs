//! `pool-futures-processes`: a future a dispatch; few requests wait in front of the worker processes, the others with the
//! executor, and results are taken out of the futures in order.

mod executor;
mod future;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::process::ExitCode;
use std::sync::Arc;

use harness::{Info, Jobs, Kind, Pool, Result};

use executor::Executor;
use future::Future;

struct FuturesProcesses {
    jobs: &'static Jobs,
    executor: Executor,
}

impl Pool for FuturesProcesses {
    const INFO: Info = Info {
        name: "futures-processes",
        title: "futures over processes, a short queue in front of them",
        kind: Kind::Processes,
        mirrors: "concurrent.futures.ProcessPoolExecutor.map",
        ordered: true,
        chunk: &["1", "n"],
        ..Info::DEFAULT
    };

    fn start(jobs: &'static Jobs) -> Result<Self> {
        Ok(Self { jobs, executor: Executor::start(jobs)? })
    }

    fn run(&mut self) -> Result<()> {
        let line = RefCell::new(VecDeque::<(u64, Arc<Future>)>::new());
        let submit = |chunk| {
            line.borrow_mut().push_back((self.jobs.range(chunk).start, self.executor.submit(chunk)?));
            Ok(())
        };
        let sink = self.jobs.slots().sink();
        let wait_oldest = || {
            let Some((first, future)) = line.borrow_mut().pop_front() else { return Ok(()) };
            (first..).zip(self.executor.wait(&future)?).for_each(|(index, outcome)| sink(index, outcome));
            Ok(())
        };
        self.jobs.feed(submit, wait_oldest)
    }

    fn stop(self) -> Result<()> {
        self.executor.stop()
    }

    fn worker(jobs: &'static Jobs) -> Result<()> {
        crew_pipes::work(jobs, 1)
    }
}

fn main() -> ExitCode {
    harness::main::<FuturesProcesses>()
}
