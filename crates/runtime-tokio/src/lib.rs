//! What the pools on tokio share: its timer and sockets, its tasks, and the start of its threads.

mod start;

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use harness::http::{Client, Exchange, Failure, TIMEOUT, Target};
use harness::{Error, Fault, Jobs, Tasks, drive};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;

pub use start::{current_thread, multi_thread};

/// The tokio runtime of the task that runs.
#[derive(Clone, Copy, Debug)]
pub struct Tokio;

/// Runs one batch on `runtime`, a task a dispatch; the calling thread only waits, unless it is the runtime's only one.
pub fn run(runtime: &Runtime, jobs: &'static Jobs) -> Result<(), Error> {
    let driver = runtime.spawn(drive(Tokio, jobs));
    runtime.block_on(driver).map_err(|cause| Error::internal(format!("the driver's task: {cause}")))
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
