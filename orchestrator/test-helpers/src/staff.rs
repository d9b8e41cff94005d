//! Threads that are there and do nothing, at the right time or at a wrong one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::{self, JoinHandle, sleep};
use std::time::{Duration, Instant};

use crate::mode::Mode;

/// How late late workers come.
const LATE: Duration = Duration::from_millis(20);
/// For how long busy workers share the cores before they are ready.
const BUSY: Duration = Duration::from_millis(400);

/// The threads, which end when it is dropped.
#[derive(Default)]
pub(crate) struct Staff {
    over: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Staff {
    /// Those that are there at `started`, or seem to be.
    pub(crate) fn at_start(mode: Mode, workers: u64) -> Self {
        match mode {
            Mode::GoneEarly | Mode::BusyWorkers => Self::default().and(workers, mode == Mode::BusyWorkers),
            Mode::LateWorkers => {
                let mut staff = Self::default();
                let over = Arc::clone(&staff.over);
                staff.threads.push(thread::spawn(move || {
                    sleep(LATE);
                    drop(Self { over, threads: Vec::new() }.and(workers, false).waiting());
                }));
                staff
            }
            _ => Self::default(),
        }
    }

    /// The same with those that come with the jobs.
    pub(crate) fn with_jobs(self, mode: Mode, workers: u64) -> Self {
        if mode == Mode::LazyWorkers { self.and(workers, false) } else { self }
    }

    /// Those that are still there after them.
    pub(crate) fn after_jobs(self, mode: Mode) -> Self {
        if mode == Mode::GoneEarly { Self::default() } else { self }
    }

    fn and(mut self, workers: u64, busy: bool) -> Self {
        for _ in 0..workers {
            let over = Arc::clone(&self.over);
            self.threads.push(thread::spawn(move || {
                let begun = Instant::now();
                while busy && begun.elapsed() < BUSY {}
                wait(&over);
            }));
        }
        self
    }

    fn waiting(self) -> Self {
        wait(&self.over);
        self
    }
}

fn wait(over: &AtomicBool) {
    while !over.load(Relaxed) {
        sleep(Duration::from_millis(1));
    }
}

impl Drop for Staff {
    fn drop(&mut self) {
        self.over.store(true, Relaxed);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}
