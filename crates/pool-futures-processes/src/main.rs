//! `pool-futures-processes`: a future a dispatch; few requests wait in front of the worker processes, the others with the
//! executor, and results are taken out of the futures in order.

mod executor;
mod future;

use std::process::ExitCode;

use harness::{Error, Info, Jobs, Kind, Pool, Result, unpack};

use executor::Executor;

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
        abilities: &["isolation"],
        ..Info::DEFAULT
    };

    fn start(jobs: &'static Jobs) -> Result<Self> {
        Ok(Self { jobs, executor: Executor::start(jobs)? })
    }

    fn run(&mut self) -> Result<()> {
        let (jobs, executor) = (self.jobs, &self.executor);
        let sink = jobs.slots().sink();
        let submit = |chunk| executor.submit(chunk).map(|()| chunk);
        jobs.feed_handles(submit, |chunk| {
            jobs.range(chunk).zip(executor.wait_oldest()?).try_for_each(|(index, word)| {
                sink(index, unpack(word).ok_or_else(|| Error::internal("a future without an outcome"))?);
                Ok(())
            })
        })
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
