//! `pool-threads-counter`: the caller and persistent threads claim jobs from a shared counter.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use harness::{Board, Claims, Info, Jobs, Pool, Result, Workers, cores};

struct Counter {
    jobs: &'static Jobs,
    board: Arc<Board>,
    workers: Workers,
    looks: bool,
}

impl Pool for Counter {
    const INFO: Info = Info {
        name: "threads-counter",
        title: "the caller and threads of the standard library, which claim jobs from a shared counter",
        chunk: &["own", "n"],
        window: &["all"],
        ..Info::DEFAULT
    };

    /// The calling thread is a worker too, so one thread fewer is started.
    fn start(jobs: &'static Jobs) -> Result<Self> {
        let board = Arc::new(Board::default());
        let looks = (jobs.workers() as u64) <= cores();
        let shared = Arc::clone(&board);
        let workers = Workers::spawn(jobs.workers() - 1, move |_| {
            shared.serve(Claims::of(jobs), looks, |range| jobs.run_range(range));
        })?;
        Ok(Self { jobs, board, workers, looks })
    }

    fn run(&mut self) -> Result<()> {
        let claims = Claims::of(self.jobs);
        self.board.put_up();
        self.board.work(claims, |range| self.jobs.run_range(range));
        // A job that panics is caught in the job, so no thread dies.
        self.board.wait(claims, self.looks, Duration::from_secs(1), || Ok(()))
    }

    fn stop(self) -> Result<()> {
        self.board.close();
        self.workers.join()
    }
}

fn main() -> ExitCode {
    harness::main::<Counter>()
}
