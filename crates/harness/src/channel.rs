//! The pools that are threads behind a channel: one loop, and a trait for the channel.

use crate::error::{Error, Result};
use crate::info::Info;
use crate::jobs::Jobs;
use crate::pool::Pool;
use crate::threads::Workers;

/// A library's unbounded channel: the window bounds what is in it, and no side ever waits for room.
pub trait Channel: Sized + 'static {
    /// What `--describe` says of the pool.
    const INFO: Info;
    /// The sending end; a clone sends to the same channel. The channel ends with the last one.
    type Sender<T: Send + 'static>: Clone + Send + 'static;
    /// The receiving end of one thread.
    type Receiver<T: Send + 'static>;
    /// A receiving end that all workers share: each number goes to one of them.
    type Shared: Clone + Send + 'static;

    /// A new channel.
    fn unbounded<T: Send + 'static>() -> (Self::Sender<T>, Self::Receiver<T>);

    /// Makes a receiver one for all workers.
    fn share(receiver: Self::Receiver<u64>) -> Self::Shared;

    /// Sends; false if no receiver is left.
    fn send<T: Send + 'static>(sender: &Self::Sender<T>, value: T) -> bool;

    /// Waits for the next value; `None` if no sender is left.
    fn receive<T: Send + 'static>(receiver: &Self::Receiver<T>) -> Option<T>;

    /// [`Channel::receive`] for the workers.
    fn take(shared: &Self::Shared) -> Option<u64>;
}

/// Threads that take chunk numbers from one channel and acknowledge each on another.
pub struct Behind<C: Channel> {
    jobs: &'static Jobs,
    chunks: C::Sender<u64>,
    acks: C::Receiver<()>,
    workers: Workers,
}

impl<C: Channel> Pool for Behind<C> {
    const INFO: Info = C::INFO;

    fn start(jobs: &'static Jobs) -> Result<Self> {
        let (chunks, queue) = C::unbounded();
        let (ack, acks) = C::unbounded();
        let queue = C::share(queue);
        let workers = Workers::spawn(jobs.workers(), move |_| {
            while let Some(chunk) = C::take(&queue) {
                jobs.run_chunk(chunk);
                if !C::send(&ack, ()) {
                    break;
                }
            }
        })?;
        Ok(Self { jobs, chunks, acks, workers })
    }

    fn run(&mut self) -> Result<()> {
        let gone = || Error::internal("every worker thread has died");
        self.jobs.feed(
            |chunk| if C::send(&self.chunks, chunk) { Ok(()) } else { Err(gone()) },
            || C::receive(&self.acks).ok_or_else(gone),
        )
    }

    fn stop(self) -> Result<()> {
        drop(self.chunks);
        self.workers.join()
    }
}
