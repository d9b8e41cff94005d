//! What the pools on tokio share: its timer and sockets, its tasks, and the start of its threads.

mod start;

use std::future::{Future, ready};
use std::io;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use harness::http::{Client, Exchange, Failure, TIMEOUT, Target};
use harness::{Error, Fault, Jobs, Tasks, drive};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;

pub use start::{blocking_threads, current_thread, multi_thread};

/// The tokio runtime of the task that runs.
#[derive(Clone, Copy, Debug)]
pub struct Tokio;

/// Runs one batch on `runtime`, a task a dispatch.
pub fn run(runtime: &Runtime, jobs: &'static Jobs) -> Result<(), Error> {
    within(runtime, drive(Tokio, jobs))
}

/// Runs `driver` as a task itself; the calling thread only waits, unless it is the runtime's only one.
pub fn within(runtime: &Runtime, driver: impl Future<Output = ()> + Send + 'static) -> Result<(), Error> {
    runtime.block_on(runtime.spawn(driver)).map_err(|cause| Error::internal(format!("the driver's task: {cause}")))
}

/// Starts every dispatch with `spawn`, and no more than `room` at once: a stream's `buffer_unordered`.
pub async fn buffered(jobs: &'static Jobs, room: u64, spawn: impl Fn(u64) -> JoinHandle<()>) {
    let room = usize::try_from(room.clamp(1, jobs.chunks().end.max(1))).unwrap_or(usize::MAX);
    stream::iter(jobs.chunks())
        .map(spawn)
        .buffer_unordered(room)
        .for_each(|ended| {
            // A panic goes on here, as it does where a handle is awaited.
            ended.unwrap_or_else(|cause| resume_unwind(cause.into_panic()));
            ready(())
        })
        .await;
}

impl harness::Runtime for Tokio {
    async fn sleep(self, length: Duration) {
        tokio::time::sleep(length).await;
    }

    async fn get(self, target: &'static Target, client: Client) -> Result<(), Failure> {
        let mut sent = false;
        let attempt = async {
            let stream = TcpStream::connect(target.addr()).await.map_err(|cause| Failure::connecting(&cause))?;
            sent = true;
            match client {
                Client::Shared => talk(stream, target).await,
                Client::Native => client_hyper::get(TokioIo::new(stream), target).await,
            }
        };
        let ended = tokio::time::timeout(TIMEOUT, attempt).await;
        ended.unwrap_or(Err(Failure { fault: Fault::Timeout, sent }))
    }
}

/// The shared exchange.
async fn talk(mut stream: TcpStream, target: &Target) -> Result<(), Failure> {
    let failed = |cause: io::Error| Failure::talking(&cause);
    stream.write_all(target.request()).await.map_err(failed)?;
    let mut exchange = Exchange::default();
    loop {
        let count = stream.read(exchange.space()).await.map_err(failed)?;
        if exchange.filled(count)? {
            return Ok(());
        }
    }
}

impl Tasks for Tokio {
    type Task = JoinHandle<()>;
    type Semaphore = Arc<Semaphore>;
    type Permit = OwnedSemaphorePermit;

    fn spawn(self, task: impl Future<Output = ()> + Send + 'static) -> Self::Task {
        tokio::spawn(task)
    }

    fn detach(task: Self::Task) {
        drop(task);
    }

    fn semaphore(permits: usize) -> Self::Semaphore {
        Arc::new(Semaphore::new(permits))
    }

    async fn acquire(semaphore: Self::Semaphore) -> Self::Permit {
        semaphore.acquire_owned().await.expect("nobody closes it")
    }
}
