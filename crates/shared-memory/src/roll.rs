//! What workers say of themselves in shared memory: that they are up, and what they count beside their results.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use harness::{Bell, Board, Error, Jobs, Result, Slots, wire_in};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// Who is up, and what workers count beside their results.
#[derive(Debug, Default)]
#[repr(C)]
pub struct Roll {
    /// Rung by each worker that is up.
    pub(crate) up: Bell,
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
        let stdin = wire_in();
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
