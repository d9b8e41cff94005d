//! What the pools on smol share: its timer and sockets (async-io's reactor) and its tasks.

use std::future::Future;
use std::io;
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use harness::http::{Client, Exchange, Failure, TIMEOUT, Target};
use harness::{Fault, Runtime, Tasks};
use smol::future::or;
use smol::io::{AsyncReadExt as _, AsyncWriteExt as _};
use smol::lock::{Semaphore, SemaphoreGuardArc};
use smol::{Async, Executor, Task, Timer};
use smol_hyper::rt::FuturesIo;

/// A smol executor that lives as long as the process; whoever has one decides which threads run it.
#[derive(Clone, Copy, Debug)]
pub struct Smol(&'static Executor<'static>);

impl Smol {
    /// An executor that no thread runs yet. It also starts async-io's reactor thread, which serves the whole process
    /// and can't be ended; where the system gives no thread for it, it panics, which the harness reports.
    pub fn new() -> Self {
        // The reactor is made ready by the first `block_on` of a process, here rather than in the first batch.
        smol::block_on(async {});
        Self(Box::leak(Box::new(Executor::new())))
    }

    /// The executor itself.
    pub fn executor(self) -> &'static Executor<'static> {
        self.0
    }
}

impl Default for Smol {
    fn default() -> Self {
        Self::new()
    }
}

impl Runtime for Smol {
    async fn sleep(self, length: Duration) {
        Timer::after(length).await;
    }

    async fn get(self, target: &'static Target, client: Client) -> Result<(), Failure> {
        let mut sent = false;
        let attempt = async {
            let stream = Async::<TcpStream>::connect(target.addr()).await;
            let stream = stream.map_err(|cause| Failure::connecting(&cause))?;
            sent = true;
            match client {
                Client::Shared => talk(stream, target).await,
                Client::Native => client_hyper::get(FuturesIo::new(stream), target).await,
            }
        };
        let too_late = async {
            Timer::after(TIMEOUT).await;
            None
        };
        let ended = or(async { Some(attempt.await) }, too_late).await;
        ended.unwrap_or(Err(Failure { fault: Fault::Timeout, sent }))
    }
}

/// The shared exchange.
async fn talk(mut stream: Async<TcpStream>, target: &Target) -> Result<(), Failure> {
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

impl Tasks for Smol {
    type Task = Task<()>;
    type Semaphore = Arc<Semaphore>;
    type Permit = SemaphoreGuardArc;

    fn spawn(self, task: impl Future<Output = ()> + Send + 'static) -> Self::Task {
        self.0.spawn(task)
    }

    fn detach(task: Self::Task) {
        task.detach();
    }

    fn semaphore(permits: usize) -> Self::Semaphore {
        Arc::new(Semaphore::new(permits))
    }

    async fn acquire(semaphore: Self::Semaphore) -> Self::Permit {
        semaphore.acquire_arc().await
    }
}
