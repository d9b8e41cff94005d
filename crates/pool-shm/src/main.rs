//! `pool-shm`: this executable, started again once a worker. All workers claim jobs from one counter in shared memory and
//! write results where the caller reads them.

use std::process::ExitCode;
use std::sync::OnceLock;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use harness::{Claims, EMPTY, Error, Info, Jobs, Kind, Pool, Result, Slots};
use shared_memory::{Counted, Crew, Region, WATCH};

/// Made before the pool itself, with the slots.
static REGION: OnceLock<Region<Counted, AtomicU64>> = OnceLock::new();

struct Shm {
    jobs: &'static Jobs,
    head: &'static Counted,
    crew: Crew,
}

impl Pool for Shm {
    const INFO: Info = Info {
        name: "shm",
        title: "re-executed processes that claim jobs from a counter in shared memory",
        kind: Kind::Processes,
        chunk: &["own", "n"],
        window: &["all"],
        abilities: &["isolation"],
        ..Info::DEFAULT
    };

    fn cells(jobs: u64) -> Result<&'static [AtomicU64]> {
        let region = Region::<Counted, AtomicU64>::create(jobs)?;
        region.head().board.clear();
        region.items().iter().for_each(|slot| slot.store(EMPTY, Relaxed));
        Ok(REGION.get_or_init(|| region).items())
    }

    fn start(jobs: &'static Jobs) -> Result<Self> {
        let region = REGION.get().ok_or_else(|| Error::internal("no slots were made"))?;
        let head = region.head();
        Ok(Self { jobs, head, crew: Crew::start(jobs, region, &head.roll)? })
    }

    fn run(&mut self) -> Result<()> {
        self.head.board.put_up();
        // Never looks without sleeping: the workers need the cores.
        self.head.board.wait(Claims::of(self.jobs), false, WATCH, || self.crew.watch())?;
        self.head.roll.collect(self.jobs.slots());
        Ok(())
    }

    fn stop(self) -> Result<()> {
        self.head.board.close();
        self.crew.stop()
    }

    fn worker(jobs: &'static Jobs) -> Result<()> {
        let region = Region::<Counted, AtomicU64>::inherit(jobs.len())?;
        let (head, slots) = (region.head(), Slots::over(region.items()));
        head.roll.enlist()?;
        let deliver = slots.sink();
        head.board.serve(Claims::of(jobs), (jobs.workers() as u64) < harness::cores(), |range| {
            jobs.outcomes(range, deliver);
            head.roll.book(jobs, &slots);
        });
        Ok(())
    }
}

fn main() -> ExitCode {
    harness::main::<Shm>()
}
