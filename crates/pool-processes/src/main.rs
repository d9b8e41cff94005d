//! `pool-processes`: this executable, started again once a worker. All workers read chunks of jobs from one pipe and
//! write results to another.

use std::process::ExitCode;

use crew_pipes::Crew;
use harness::{Info, Jobs, Kind, Pool, Result};

struct Processes {
    jobs: &'static Jobs,
    crew: Crew,
}

impl Pool for Processes {
    const INFO: Info = Info {
        name: "processes",
        title: "re-executed processes behind two shared pipes",
        kind: Kind::Processes,
        mirrors: "multiprocessing.pool.Pool.map, with chunk 1 .imap_unordered",
        abilities: &["isolation"],
        ..Info::DEFAULT
    };

    fn start(jobs: &'static Jobs) -> Result<Self> {
        Ok(Self { jobs, crew: Crew::start(jobs, jobs.workers() as u64)? })
    }

    fn run(&mut self) -> Result<()> {
        let jobs = self.jobs;
        self.crew.run(jobs.chunks().map(|chunk| jobs.range(chunk)), jobs.open_chunks())
    }

    fn stop(self) -> Result<()> {
        self.crew.stop()
    }

    fn worker(jobs: &'static Jobs) -> Result<()> {
        crew_pipes::work(jobs, 1)
    }
}

fn main() -> ExitCode {
    harness::main::<Processes>()
}
