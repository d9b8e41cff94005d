//! The executor: a future for each dispatch, a short queue in front of the workers, and the thread that refills it.

use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use crew_pipes::{Crew, Listener, Report, Requests};
use harness::{Error, Jobs, Result, named_thread, pack};

use crate::future::Futures;

/// Takes dispatches and gives a future for each. One thread submits and waits for futures; another listens to the
/// workers, ends futures and refills the queue.
pub(crate) struct Executor {
    desk: Arc<Desk>,
    listens: JoinHandle<Result<()>>,
}

/// What both threads share. Nobody holds both locks, and no system call is made under that of the futures.
struct Desk {
    jobs: &'static Jobs,
    orders: Mutex<Orders>,
    futures: Futures,
}

/// What goes to the workers.
struct Orders {
    /// None when the executor stops, or has failed.
    requests: Option<Requests>,
    /// Why it has failed.
    broken: Option<Error>,
    /// The dispatches that are not yet in the queue, which is full while there are any.
    pending: Range<u64>,
}

impl Executor {
    /// Starts the workers, and the thread that listens to them.
    pub(crate) fn start(jobs: &'static Jobs) -> Result<Self> {
        let (requests, listener) = Crew::start(jobs, jobs.workers() as u64)?.split();
        let orders = Mutex::new(Orders { requests: Some(requests), broken: None, pending: 0..0 });
        let desk = Arc::new(Desk { jobs, orders, futures: Futures::default() });
        let shared = Arc::clone(&desk);
        let listens = named_thread("listener").spawn(move || shared.listen(listener));
        let listens = listens.map_err(|cause| Error::too_few("threads beside the processes", 0, 1, &cause))?;
        Ok(Self { desk, listens })
    }

    /// Takes dispatch `chunk`: the one after the last or, where all results have been taken, the first of a batch.
    pub(crate) fn submit(&self, chunk: u64) -> Result<()> {
        self.desk.futures.add(chunk);
        let mut orders = self.desk.lock();
        if orders.requests.is_none() {
            return Err(orders.why_broken());
        }
        if !orders.pending.is_empty() {
            orders.pending.end += 1;
            return Ok(());
        }
        orders.pending = chunk..chunk + 1;
        orders.refill(self.desk.jobs)
    }

    /// Waits for the results of the oldest dispatch and takes them, packed, in the order of its jobs.
    pub(crate) fn wait_oldest(&self) -> Result<Vec<u64>> {
        self.desk.futures.wait_oldest().ok_or_else(|| self.desk.lock().why_broken())
    }

    /// Ends the workers and the thread.
    pub(crate) fn stop(self) -> Result<()> {
        self.desk.lock().requests = None;
        self.listens.join().unwrap_or_else(|_| Err(Error::internal("the thread that listens to the workers panicked")))
    }
}

impl Desk {
    fn lock(&self) -> MutexGuard<'_, Orders> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Listens until the workers have ended. An error before it was time breaks every future.
    fn listen(&self, mut listener: Listener) -> Result<()> {
        loop {
            let mut delivered = Ok(());
            // Waiting comes first: one call less for each report that comes alone, and most do.
            let heard = listener.wait(None).and_then(|()| {
                listener.receive(|report| {
                    if delivered.is_ok() {
                        delivered = self.deliver(&report);
                    }
                })
            });
            let heard = heard.and(delivered);
            if let Err(error) = heard {
                return self.end(error, listener);
            }
        }
    }

    fn end(&self, error: Error, listener: Listener) -> Result<()> {
        let mut orders = self.lock();
        if orders.requests.take().is_none() {
            // The workers were told to end, and what looked like an error is that they do.
            return listener.stop();
        }
        orders.broken = Some(error.clone());
        drop(orders);
        self.futures.break_all();
        Err(error)
    }

    fn deliver(&self, report: &Report) -> Result<()> {
        report.count_attempts(self.jobs.slots());
        let chunk = report.first() / self.jobs.chunk().unwrap_or(1);
        let range = self.jobs.range(chunk);
        let room = usize::try_from(range.end - range.start).unwrap_or(0);
        if report.is_last() {
            self.lock().refill(self.jobs)?;
        }
        self.futures.fill(chunk, report.outcomes().map(|(_, outcome)| pack(outcome)), room, report.is_last());
        Ok(())
    }
}

impl Orders {
    /// Fills the queue, which is the pipe, with pending dispatches: beside those that are at work it holds one more than
    /// there are workers. Each dispatch that comes back leaves room, since its worker takes the next one.
    fn refill(&mut self, jobs: &Jobs) -> Result<()> {
        let Some(requests) = &mut self.requests else { return Ok(()) };
        let room = (jobs.workers() as u64 + 1).saturating_sub(requests.queued()?);
        for _ in 0..room {
            if !requests.has_room() && !requests.send()? {
                break;
            }
            let Some(chunk) = self.pending.next() else { break };
            requests.push(&jobs.range(chunk));
        }
        requests.send().map(drop)
    }

    fn why_broken(&self) -> Error {
        self.broken.clone().unwrap_or_else(|| Error::internal("the executor has been stopped"))
    }
}
