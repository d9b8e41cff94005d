//! `pool-processes`: this executable, started again once a worker. All workers read chunks of jobs from one pipe and
//! write results to another.

mod crew;
mod wire;
mod worker;

use std::cell::RefCell;
use std::process::ExitCode;

use harness::{Info, Jobs, Kind, Pool, Result};

use crew::Crew;

struct Processes {
    jobs: &'static Jobs,
    crew: Crew,
}

impl Pool for Processes {
    const INFO: Info = Info {
        name: "processes",
        title: "re-executed processes behind two shared pipes",
        kind: Kind::Processes,
        mirrors: "multiprocessing.pool.Pool.map",
        ..Info::DEFAULT
    };

    fn start(jobs: &'static Jobs) -> Result<Self> {
        Ok(Self { jobs, crew: Crew::start(jobs)? })
    }

    fn run(&mut self) -> Result<()> {
        let crew = RefCell::new(&mut self.crew);
        self.jobs.feed(|chunk| crew.borrow_mut().submit(self.jobs.range(chunk)), || crew.borrow_mut().wait_one())
    }

    fn stop(self) -> Result<()> {
        self.crew.stop()
    }

    fn worker(jobs: &'static Jobs) -> Result<()> {
        worker::work(jobs)
    }
}

fn main() -> ExitCode {
    harness::main::<Processes>()
}
