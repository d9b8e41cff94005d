//! `pool-shm-ring`: this executable, started again once a worker. Each worker has two rings in shared memory, one for
//! requests and one for results, and gets a message a dispatch.

mod desk;

use std::process::ExitCode;
use std::time::Instant;

use desk::Desk;
use harness::{Error, Info, Jobs, Kind, Pool, Result, cores};
use shared_memory::{Crew, Lane, Lanes, Region, WATCH};

struct ShmRing {
    jobs: &'static Jobs,
    region: Region<Lanes, Lane>,
    desks: Vec<Desk>,
    crew: Crew,
}

impl Pool for ShmRing {
    const INFO: Info = Info {
        name: "shm-ring",
        title: "re-executed processes with a ring of requests and a ring of results each, in shared memory",
        kind: Kind::Processes,
        chunk: &["1", "n"],
        abilities: &["isolation"],
        ..Info::DEFAULT
    };

    fn start(jobs: &'static Jobs) -> Result<Self> {
        let region = Region::<Lanes, Lane>::create(jobs.workers() as u64)?;
        let desks = region.items().iter().map(Desk::new).collect();
        let crew = Crew::start(jobs, &region, &region.head().roll)?;
        Ok(Self { jobs, region, desks, crew })
    }

    fn run(&mut self) -> Result<()> {
        let (jobs, head) = (self.jobs, self.region.head());
        let (mut chunks, workers) = (jobs.chunks(), jobs.workers() as u64);
        let (window, mut watched) = (jobs.open_chunks(), Instant::now());
        loop {
            let rings = head.news.rings();
            for desk in &mut self.desks {
                desk.collect(jobs);
            }
            let mut open: u64 = self.desks.iter().map(Desk::busy).sum();
            for desk in &mut self.desks {
                // Half of an even share, so that all have something to do until the end; of the window an even share.
                let share = ((chunks.end - chunks.start) / (2 * workers)).max(1);
                let before = desk.busy();
                desk.top_up(&mut chunks, share, (window / workers).max(1), window - open);
                open += desk.busy() - before;
            }
            if open == 0 {
                head.roll.collect(jobs.slots());
                return Ok(());
            }
            // Never looks without sleeping: the workers need the cores.
            head.news.wait(rings, false, WATCH);
            // Also while there is news: of those who live.
            if watched.elapsed() >= WATCH {
                self.crew.watch()?;
                watched = Instant::now();
            }
        }
    }

    fn stop(self) -> Result<()> {
        self.region.head().close(self.region.items());
        self.crew.stop()
    }

    fn worker(jobs: &'static Jobs) -> Result<()> {
        let workers = jobs.workers() as u64;
        let region = Region::<Lanes, Lane>::inherit(workers)?;
        let number = region.head().roll.enlist()?;
        let lane = usize::try_from(number).ok().and_then(|number| region.items().get(number));
        let lane = lane.ok_or_else(|| Error::internal(format!("worker {number} of {workers} has no lane")))?;
        region.head().serve(lane, jobs, workers < cores());
        Ok(())
    }
}

fn main() -> ExitCode {
    harness::main::<ShmRing>()
}
