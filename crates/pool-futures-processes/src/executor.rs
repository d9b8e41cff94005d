//! The executor: futures by dispatch, a short queue in front of the workers, and the thread that refills it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use crew_pipes::{Crew, Listener, Report, Requests};
use harness::{Error, Jobs, Outcome, Result, named_thread};

use crate::future::Future;

/// Takes dispatches and gives a future for each. One thread submits and waits for futures; another listens to the
/// workers, ends futures and refills the queue.
pub(crate) struct Executor {
    desk: Arc<Desk>,
    listens: JoinHandle<Result<()>>,
}

/// What both threads share.
struct Desk {
    jobs: &'static Jobs,
    orders: Mutex<Orders>,
}

/// Dispatches that are not back.
struct Orders {
    /// None when the executor stops, or has failed.
    requests: Option<Requests>,
    /// Why it has failed.
    broken: Option<Error>,
    /// Not yet in the queue.
    pending: VecDeque<u64>,
    /// Whether the queue had no room left when it was last refilled.
    full: bool,
    futures: HashMap<u64, Arc<Future>>,
}

impl Executor {
    /// Starts the workers, and the thread that listens to them.
    pub(crate) fn start(jobs: &'static Jobs) -> Result<Self> {
        let (requests, listener) = Crew::start(jobs, jobs.workers() as u64)?.split();
        let orders = Orders {
            requests: Some(requests),
            broken: None,
            pending: VecDeque::new(),
            full: false,
            futures: HashMap::new(),
        };
        let desk = Arc::new(Desk { jobs, orders: Mutex::new(orders) });
        let shared = Arc::clone(&desk);
        let listens = named_thread("listener").spawn(move || shared.listen(listener));
        let listens = listens.map_err(|cause| Error::too_few("threads beside the processes", 0, 1, &cause))?;
        Ok(Self { desk, listens })
    }

    /// The future of dispatch `chunk`.
    pub(crate) fn submit(&self, chunk: u64) -> Result<Arc<Future>> {
        let mut orders = self.desk.lock();
        if orders.requests.is_none() {
            return Err(orders.why_broken());
        }
        let future = Arc::new(Future::default());
        orders.futures.insert(chunk, Arc::clone(&future));
        orders.pending.push_back(chunk);
        if !orders.full {
            orders.refill(self.desk.jobs)?;
        }
        Ok(future)
    }

    /// Waits for a future's outcomes.
    pub(crate) fn wait(&self, future: &Future) -> Result<Vec<Outcome>> {
        future.wait().ok_or_else(|| self.desk.lock().why_broken())
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
        orders.futures.drain().for_each(|(_, future)| future.broken());
        Err(error)
    }

    fn deliver(&self, report: &Report) -> Result<()> {
        report.count_attempts(self.jobs.slots());
        let chunk = report.first() / self.jobs.chunk().unwrap_or(1);
        let mut orders = self.lock();
        let future = if report.is_last() {
            orders.refill(self.jobs)?;
            orders.futures.remove(&chunk)
        } else {
            orders.futures.get(&chunk).cloned()
        };
        drop(orders);
        let Some(future) = future else { return Ok(()) };
        future.add(report.outcomes().map(|(_, outcome)| outcome));
        if report.is_last() {
            future.done();
        }
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
            let Some(chunk) = self.pending.pop_front() else { break };
            requests.push(&jobs.range(chunk));
        }
        self.full = !self.pending.is_empty();
        requests.send().map(drop)
    }

    fn why_broken(&self) -> Error {
        self.broken.clone().unwrap_or_else(|| Error::internal("the executor has been stopped"))
    }
}
