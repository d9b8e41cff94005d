//! The worker processes on both sides: the pool starts, watches and reaps them, and each says that it is up.

use std::io::{self, PipeWriter};
use std::process::Stdio;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use harness::{Bell, Board, Error, Jobs, Processes, Result, Slots, worker_command};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::Region;
use crate::mapping::Shared;

/// How often the pool looks whether a worker has died.
pub const WATCH: Duration = Duration::from_millis(250);

/// Who is up, and what workers count beside their results.
#[derive(Debug, Default)]
#[repr(C)]
pub struct Roll {
    up: Bell,
    /// Numbers given out.
    numbers: AtomicU64,
    retries: AtomicU64,
    unsent: AtomicU64,
    strays: AtomicU64,
}

impl Roll {
    /// In a worker: says that it is up, and returns a number of its own, from 0 on. An error if its pool is gone already:
    /// one that died before it could tie this worker to its life has closed the other end of stdin.
    pub fn enlist(&self) -> Result<u64> {
        let stdin = io::stdin();
        let mut line = [PollFd::new(&stdin, PollFlags::IN)];
        let now = Timespec { tv_sec: 0, tv_nsec: 0 };
        match poll(&mut line, Some(&now)) {
            Ok(0) => {
                let number = self.numbers.fetch_add(1, Relaxed);
                self.up.ring();
                Ok(number)
            }
            Ok(_) => Err(Error::internal("the pool is gone")),
            Err(cause) => Err(Error::io("looking whether the pool lives", &cause.into())),
        }
    }

    /// In a worker: books what it has counted since the last time, before the results that belong to it are announced.
    pub fn book(&self, jobs: &Jobs, slots: &Slots) {
        let (retries, unsent) = jobs.slots().take_attempts();
        let strays = slots.take_strays();
        if retries + unsent + strays > 0 {
            self.retries.fetch_add(retries, Relaxed);
            self.unsent.fetch_add(unsent, Relaxed);
            self.strays.fetch_add(strays, Relaxed);
        }
    }

    /// In the pool: takes all that was booked over to its own counts.
    pub fn collect(&self, slots: &Slots) {
        let take = |count: &AtomicU64| count.swap(0, Relaxed);
        slots.count_attempts(take(&self.retries), take(&self.unsent));
        slots.count_strays(take(&self.strays));
    }
}

/// The head of pools that count jobs off a board.
#[derive(Debug, Default)]
#[repr(C)]
pub struct Counted {
    /// Who is up.
    pub roll: Roll,
    /// Where the batch stands.
    pub board: Board,
}

/// The worker processes of a pool.
#[derive(Debug)]
pub struct Crew {
    processes: Processes,
    /// Nothing is written: its end tells workers that the pool is gone.
    _line: PipeWriter,
}

impl Crew {
    /// Starts a process for each worker, lets it share `region`, and waits until all have called on `roll`.
    pub fn start<H: Shared, T: Shared>(jobs: &'static Jobs, region: &Region<H, T>, roll: &Roll) -> Result<Self> {
        let (end, line) = io::pipe().map_err(|cause| Error::io("making a pipe for the workers", &cause))?;
        let mut command = worker_command(jobs)?;
        region.pass_to(&mut command)?;
        command.stdin(end).stdout(Stdio::null());
        let wanted = jobs.workers() as u64;
        let mut crew = Self { processes: Processes::default(), _line: line };
        (0..wanted).try_for_each(|_| crew.processes.spawn(&mut command, wanted))?;
        loop {
            let up = roll.up.rings();
            if u64::from(up) == wanted {
                return Ok(crew);
            }
            if roll.up.wait(up, false, WATCH) == up {
                crew.watch()?;
            }
        }
    }

    /// An error if a worker has died.
    pub fn watch(&mut self) -> Result<()> {
        self.processes.watch()
    }

    /// Waits until all have ended; the pool must have told them to.
    pub fn stop(self) -> Result<()> {
        self.processes.stop()
    }
}
