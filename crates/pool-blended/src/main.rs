//! `pool-blended`: worker processes with threads in them; every thread of every process reads from the same pipe.

use std::process::ExitCode;

use crew_pipes::Crew;
use harness::{Info, Jobs, Kind, Pool, Result};

struct Blended {
    jobs: &'static Jobs,
    crew: Crew,
}

impl Pool for Blended {
    const INFO: Info = Info {
        name: "blended",
        title: "processes with threads in them, one even share a thread",
        kind: Kind::Hybrid,
        mirrors: "multiprocessing.pool.Pool.map over ThreadPool.map",
        chunk: &["own", "n"],
        abilities: &["isolation"],
        ..Info::DEFAULT
    };

    /// Returns when every thread of every process has said that it is up.
    fn start(jobs: &'static Jobs) -> Result<Self> {
        let (processes, _) = jobs.grid();
        Ok(Self { jobs, crew: Crew::start(jobs, processes)? })
    }

    fn run(&mut self) -> Result<()> {
        let jobs = self.jobs;
        if jobs.chunk().is_some() {
            return self.crew.run(jobs.chunks().map(|chunk| jobs.range(chunk)), jobs.open_chunks());
        }
        let parts = jobs.shape().workers.total();
        let shares = (0..parts).map(|part| jobs.share(part, parts)).filter(|share| !share.is_empty());
        // A share is this pool's own chunk, and no window is smaller than a chunk.
        let room = jobs.window().map_or(u64::MAX, |window| (window / jobs.len().div_ceil(parts).max(1)).max(1));
        self.crew.run(shares, room)
    }

    fn stop(self) -> Result<()> {
        self.crew.stop()
    }

    fn worker(jobs: &'static Jobs) -> Result<()> {
        let (_, threads) = jobs.grid();
        crew_pipes::work(jobs, threads)
    }
}

fn main() -> ExitCode {
    harness::main::<Blended>()
}
