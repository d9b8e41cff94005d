//! The state of the cores, read just before a trial: what a job of `compute` takes on one core alone, and on all at once.
//!
//! A neighbour on the same physical core slows ours by 1.3 to 1.5, by turns of 10 ms to minutes, and neither steal nor foreign
//! CPU shows it. At times two processors are one core: then each is fast alone, and both at once are slow.

use std::hint::spin_loop;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::process::affinity::{self, Cpus};

/// Jobs of `compute` in a burst: about 30 us.
const JOBS: u64 = 300;
/// Bursts of a reading, of which the fastest counts, since whatever interrupts one only slows it.
const BURSTS: u64 = 4;
/// How long a core waits for the others before all begin: some wake-ups, no more.
const MEETING: Duration = Duration::from_micros(300);
/// A reading that takes longer says nothing: somebody else has the core.
const PATIENCE: Duration = Duration::from_millis(20);
/// So much slower than the fastest reading is slow. The levels that were seen lie 1.3 and more apart; readings of one level
/// within 1.05.
pub const SLOW: f64 = 1.15;

/// A reading, in picoseconds a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CoreState {
    /// Which of the cores was read alone, from 0.
    pub core: usize,
    /// On that core alone.
    pub alone_ps: u64,
    /// With all cores at once: the mean over them.
    pub together_ps: u64,
    /// Whether one of the two is slow against the fastest so far.
    pub slow: bool,
}

/// A thread on each core, asleep but for the readings.
#[derive(Debug)]
pub struct Cores {
    orders: Vec<Sender<Order>>,
    answers: Receiver<(u64, u64)>,
    threads: Vec<JoinHandle<()>>,
    round: u64,
    /// The core whose turn it is to be read alone.
    turn: usize,
    /// The fastest reading of each core alone, ps; cores may be of several kinds.
    fastest_alone: Vec<u64>,
    /// The fastest reading of all together, ps.
    fastest_together: u64,
}

/// Run the bursts of this round, when all who take part are there.
#[derive(Debug)]
struct Order {
    round: u64,
    here: Arc<AtomicUsize>,
    expected: usize,
}

impl Cores {
    /// Puts a thread on each of `cpus` and looks for the fastest readings for as long as `calibration`; fails where threads
    /// cannot be had or pinned, without which there are no readings.
    pub fn watch(cpus: &Cpus, calibration: Duration) -> Result<Self> {
        let (answer, answers) = channel();
        let (mut orders, mut threads) = (Vec::new(), Vec::new());
        for cpu in cpus.each() {
            let (order, received) = channel();
            let answer = answer.clone();
            let work = move || serve(&received, &answer);
            // Inherited by the thread, so that it never runs anywhere else.
            let spawn = || Builder::new().name(format!("core {cpu}")).stack_size(128 * 1024).spawn(work);
            let thread = affinity::pinned(Some(&cpu), spawn)?;
            threads.push(thread.with_context(|| format!("starting the thread that reads core {cpu}"))?);
            orders.push(order);
        }
        let fastest_alone = vec![u64::MAX; orders.len()];
        let mut cores = Self { orders, answers, threads, round: 0, turn: 0, fastest_alone, fastest_together: u64::MAX };
        let begun = Instant::now();
        while begun.elapsed() < calibration {
            cores.read();
        }
        Ok(cores)
    }

    /// Reads once, 0.3 ms; nothing if somebody else had a core for too long.
    pub fn read(&mut self) -> Option<CoreState> {
        let (core, all) = (self.turn, self.orders.len());
        self.turn = (core + 1) % all;
        let together_ps = self.measure(0..all)?;
        let alone_ps = if all == 1 { together_ps } else { self.measure(core..core + 1)? };
        self.fastest_alone[core] = self.fastest_alone[core].min(alone_ps);
        self.fastest_together = self.fastest_together.min(together_ps);
        let slow = is_slow(alone_ps, self.fastest_alone[core]) || is_slow(together_ps, self.fastest_together);
        Some(CoreState { core, alone_ps, together_ps, slow })
    }

    /// The mean over `cores`, all at once, ps.
    fn measure(&mut self, cores: Range<usize>) -> Option<u64> {
        self.round += 1;
        let (here, expected) = (Arc::new(AtomicUsize::new(0)), cores.len());
        for order in &self.orders[cores] {
            order.send(Order { round: self.round, here: Arc::clone(&here), expected }).ok()?;
        }
        let deadline = Instant::now() + PATIENCE;
        let (mut sum, mut count) = (0, 0);
        while count < expected {
            let (round, ps) = self.answers.recv_timeout(deadline.saturating_duration_since(Instant::now())).ok()?;
            // One of a round that was given up may still come.
            if round == self.round {
                (sum, count) = (sum + ps, count + 1);
            }
        }
        Some(sum / count as u64)
    }
}

impl Drop for Cores {
    fn drop(&mut self) {
        self.orders.clear();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

fn serve(orders: &Receiver<Order>, answer: &Sender<(u64, u64)>) {
    for Order { round, here, expected } in orders {
        here.fetch_add(1, Ordering::Relaxed);
        let begun = Instant::now();
        while here.load(Ordering::Relaxed) < expected && begun.elapsed() < MEETING {
            spin_loop();
        }
        let fastest = (0..BURSTS).map(|_| harness::time_compute(JOBS)).min().unwrap_or_default();
        let ps = u64::try_from(fastest.as_nanos() * 1000 / u128::from(JOBS)).unwrap_or(u64::MAX);
        if answer.send((round, ps)).is_err() {
            return;
        }
    }
}

fn is_slow(ps: u64, fastest: u64) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "picoseconds a job stay far below 2^53")]
    let (ps, fastest) = (ps as f64, fastest as f64);
    ps > SLOW * fastest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_is_slow_against_the_fastest_and_not_against_the_last() {
        assert!(!is_slow(97_000, 94_000) && !is_slow(108_000, 94_000));
        assert!(is_slow(128_000, 94_000));
    }

    #[test]
    fn every_core_gets_its_turn_and_threads_end() {
        let mut cores = Cores::watch(&Cpus::allowed().unwrap(), Duration::from_millis(20)).unwrap();
        let count = cores.orders.len();
        // On a machine with much else to do some readings are given up.
        let read: Vec<CoreState> = (0..200 * count).filter_map(|_| cores.read()).collect();
        assert!((0..count).all(|core| read.iter().any(|state| state.core == core)), "{read:?}");
        assert!(read.iter().all(|state| state.alone_ps > 1000 && state.together_ps > 1000), "{read:?}");
    }
}
