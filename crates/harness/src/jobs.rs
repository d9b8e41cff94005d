//! The batch that a pool runs: what its jobs are, how they are cut into chunks, and how one of them is run.

use std::ops::Range;
use std::sync::atomic::AtomicU64;
use std::thread;

use crate::checksum;
use crate::cores::cores;
use crate::error::Result;
use crate::http::{Attempts, Client, Target};
use crate::policy::{Chunk, Window};
use crate::runtime::Runtime;
use crate::slots::{Outcome, Slots};
use crate::staff::Staff;
use crate::work::{Loop, Work};
use crate::workload::Workload;

/// The most threads that run the user's own jobs once more.
const MOST_THREADS: u64 = 256;

/// The size and policies of a batch, as asked.
#[derive(Clone, Debug)]
pub struct Shape {
    /// What each job does.
    pub workload: Workload,
    /// Jobs in a batch.
    pub jobs: u64,
    /// The most jobs that run at once, or processes and threads.
    pub workers: Staff,
    /// Jobs per dispatch.
    pub chunk: Chunk,
    /// The most jobs submitted and not yet back.
    pub window: Window,
    /// Iterations of `spin` a second.
    pub spin_rate: u64,
}

/// The jobs of a batch. One value lives as long as the process, and batches follow each other on it.
#[derive(Debug)]
pub struct Jobs {
    shape: Shape,
    work: Work,
    slots: Slots,
}

impl Jobs {
    /// Makes the jobs ready, with `cells` for their results; a worker process, whose results go elsewhere, has none.
    pub fn new(shape: Shape, cells: &'static [AtomicU64]) -> Result<Self> {
        let work = Work::new(&shape.workload, shape.spin_rate)?;
        Ok(Self { work, slots: Slots::over(cells), shape })
    }

    /// What was asked for.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Jobs in a batch.
    pub fn len(&self) -> u64 {
        self.shape.jobs
    }

    /// Whether a batch has no job at all.
    pub fn is_empty(&self) -> bool {
        self.shape.jobs == 0
    }

    /// The most jobs that may run at once.
    pub fn workers(&self) -> usize {
        usize::try_from(self.shape.workers.total()).unwrap_or(usize::MAX)
    }

    /// For pools of processes with threads in them: processes, and threads in each.
    pub fn grid(&self) -> (u64, u64) {
        self.shape.workers.grid(cores())
    }

    /// OS threads for an async runtime: min(workers, cores).
    pub fn threads(&self) -> usize {
        usize::try_from(self.shape.workers.total().min(cores())).unwrap_or(1)
    }

    /// Whether jobs wait for something other than the CPU; only then a bound on concurrency needs the runtime's help.
    pub fn waits(&self) -> bool {
        self.shape.workload.waits()
    }

    /// Jobs per dispatch, or `None` where the pool splits by itself.
    pub fn chunk(&self) -> Option<u64> {
        self.shape.chunk.size(self.shape.jobs, self.shape.workers.total())
    }

    /// The most jobs under way, or `None` for no bound.
    pub fn window(&self) -> Option<u64> {
        self.shape.window.size(self.chunk())
    }

    /// The dispatches of a batch.
    pub fn chunks(&self) -> Range<u64> {
        0..self.shape.jobs.div_ceil(self.chunk().unwrap_or(1))
    }

    /// The most dispatches under way: the window in chunks, at least 1; `u64::MAX` for no bound.
    pub fn open_chunks(&self) -> u64 {
        self.window().map_or(u64::MAX, |jobs| jobs / self.chunk().unwrap_or(1))
    }

    /// The jobs of dispatch `chunk`.
    pub fn range(&self, chunk: u64) -> Range<u64> {
        let size = self.chunk().unwrap_or(1);
        let first = chunk * size;
        first..first.saturating_add(size).min(self.shape.jobs)
    }

    /// The jobs of one of `parts` even shares of the batch.
    pub fn share(&self, part: u64, parts: u64) -> Range<u64> {
        // The first `more` shares are one job larger.
        let (size, more) = (self.shape.jobs / parts, self.shape.jobs % parts);
        let first = part * size + part.min(more);
        first..first + size + u64::from(part < more)
    }

    /// The right checksum of a batch. Of jobs of the user's own it is what they give when they are run once more, as many at
    /// once as there are workers: for so long as the batch.
    pub(crate) fn right_checksum(&self) -> u64 {
        let Work::Own(library) = &self.work else { return self.shape.workload.checksum(self.shape.jobs) };
        let sum = |range: Range<u64>| checksum::fold(range.filter_map(|index| Some((index, library.run(index).ok()?))));
        let parts = self.shape.workers.total().min(self.shape.jobs).clamp(1, MOST_THREADS);
        thread::scope(|scope| {
            let threads: Vec<_> = (0..parts).map(|part| scope.spawn(move || sum(self.share(part, parts)))).collect();
            threads.into_iter().fold(0, |all: u64, thread| all.wrapping_add(thread.join().unwrap_or_default()))
        })
    }

    /// Lets a library of the user's own close; no job can be run any more.
    pub(crate) fn close(&self) {
        if let Work::Own(library) = &self.work {
            library.close();
        }
    }

    /// Where results go.
    pub fn slots(&self) -> &Slots {
        &self.slots
    }

    /// Runs job `index` on this thread and delivers its result.
    #[inline]
    pub fn run(&self, index: u64) {
        self.run_range(index..index + 1);
    }

    /// Runs the jobs of dispatch `chunk` on this thread and delivers their results.
    pub fn run_chunk(&self, chunk: u64) {
        self.run_range(self.range(chunk));
    }

    /// Runs `indices` on this thread, one after another, and delivers their results.
    #[inline]
    pub fn run_range(&self, indices: Range<u64>) {
        self.work.each(indices, &self.slots, self.slots.sink());
    }

    /// Runs `indices` on this thread and hands each outcome to `each` instead of a slot.
    pub fn outcomes(&self, indices: Range<u64>, each: impl FnMut(u64, Outcome)) {
        self.work.each(indices, &self.slots, each);
    }

    /// Hands the job itself to a pool that splits the batch by itself, so that its own loop has the job's code in it;
    /// that loop delivers each outcome to [`Jobs::slots`].
    pub fn hand_to(&self, own: impl Loop) {
        self.work.hand_to(&self.slots, own);
    }

    /// Runs the jobs of dispatch `chunk` one after another, waiting on `runtime`; jobs that never wait run inline.
    pub async fn run_chunk_async<R: Runtime>(&'static self, runtime: R, chunk: u64) {
        match &self.work {
            Work::Sleep(length) => {
                for index in self.range(chunk) {
                    runtime.sleep(*length).await;
                    self.slots.put(index, Ok(index));
                }
            }
            // Boxed, so that the tasks of all other workloads do not carry its buffer of 1 KiB.
            Work::Http(target, client) => Box::pin(self.get_range(runtime, self.range(chunk), target, *client)).await,
            _ => self.run_chunk(chunk),
        }
    }

    async fn get_range<R: Runtime>(
        &'static self,
        runtime: R,
        indices: Range<u64>,
        target: &'static Target,
        client: Client,
    ) {
        for index in indices {
            let mut attempts = Attempts::default();
            let result = loop {
                match runtime.get(target, client).await {
                    Err(failure) if attempts.again(failure) => {}
                    result => break result,
                }
            };
            attempts.book(result.is_err(), &self.slots);
            self.slots.put(index, result.map(|()| index).map_err(|failure| failure.fault));
        }
    }

    /// Feeds every chunk to a pool's queue while no more than the window are open: `submit` hands one over, `wait_one`
    /// returns when any of them is back.
    pub fn feed(
        &self,
        mut submit: impl FnMut(u64) -> Result<()>,
        mut wait_one: impl FnMut() -> Result<()>,
    ) -> Result<()> {
        let (room, mut open) = (self.open_chunks(), 0);
        for chunk in self.chunks() {
            if open == room {
                wait_one()?;
                open -= 1;
            }
            submit(chunk)?;
            open += 1;
        }
        (0..open).try_for_each(|_| wait_one())
    }
}
