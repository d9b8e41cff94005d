//! A worker that gets a message a dispatch: its two rings, its bell, and its life.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::time::{Duration, Instant};

use harness::{Bell, Jobs, pack};

use crate::ring::{Receiver, Ring, Sender};
use crate::roll::Roll;

/// What a pool and one worker share: dispatches go one way, a word for each job's outcome comes the other way.
#[derive(Debug, Default)]
#[repr(C)]
pub struct Lane {
    /// Numbers of dispatches.
    pub requests: Ring,
    /// Outcomes, in the order of the requests and of the jobs in them.
    pub replies: Ring,
    /// Rung for the worker: there are requests, there is room for replies, or it is to end.
    pub bell: Bell,
    /// See [`Lane::pace`].
    pace: AtomicU64,
}

impl Lane {
    /// How long the worker took for a dispatch of late, in ns; 0 before the first. Measured there, since the pool would
    /// measure how long it takes to wake up, and how many workers share a core.
    pub fn pace(&self) -> u64 {
        self.pace.load(Relaxed)
    }
}

/// The head of pools with a lane a worker.
#[derive(Debug, Default)]
#[repr(C)]
pub struct Lanes {
    /// Who is up.
    pub roll: Roll,
    /// Rung for the pool: there are replies, and a worker will soon have nothing to do.
    pub news: Bell,
    /// 1 when the workers are to end.
    closed: AtomicU64,
}

impl Lanes {
    /// Tells all workers to end.
    pub fn close(&self, lanes: &[Lane]) {
        self.closed.store(1, Release);
        for lane in lanes {
            lane.bell.ring();
        }
    }

    /// A worker's life: answers requests until the lanes are closed. The pool is not woken for each reply, which would cost
    /// more than the job, but when half of the requests are answered, so that the next ones come in time.
    pub fn serve(&self, lane: &'static Lane, jobs: &Jobs, looks: bool) {
        let (mut requests, mut replies) = (Receiver::new(&lane.requests), Sender::new(&lane.replies));
        loop {
            let heard = lane.bell.rings();
            let waiting = requests.look();
            let (begun, mut answered) = (Instant::now(), 0);
            while let Some(chunk) = requests.take() {
                jobs.outcomes(jobs.range(chunk), |_, outcome| {
                    self.make_room(lane, &mut replies);
                    // Before the reply, so that the pool has the counts when it has all replies.
                    self.roll.book(jobs, jobs.slots());
                    replies.send(pack(outcome));
                });
                answered += 1;
                if answered == waiting / 2 {
                    self.news.ring();
                }
            }
            if waiting == 0 {
                if self.closed.load(Acquire) == 1 {
                    return;
                }
                self.news.ring();
                lane.bell.wait(heard, looks, FOREVER);
            } else {
                let pace = begun.elapsed().as_nanos() / waiting as u128;
                lane.pace.store(u64::try_from(pace).unwrap_or(u64::MAX).max(1), Relaxed);
            }
        }
    }

    /// Waits until the pool has taken replies. More than the ring holds come only of dispatches of many jobs.
    fn make_room(&self, lane: &Lane, replies: &mut Sender) {
        loop {
            let heard = lane.bell.rings();
            if replies.has_room() {
                return;
            }
            self.news.ring();
            lane.bell.wait(heard, false, FOREVER);
        }
    }
}

/// Longer than anybody waits for work.
const FOREVER: Duration = Duration::from_secs(1 << 30);
