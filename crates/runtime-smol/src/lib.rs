//! What the pools on smol share: its timer and sockets (async-io's reactor) and its tasks.

use std::future::Future;
use std::io;
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use harness::http::{Client, Exchange, Failure, TIMEOUT, Target};
use harness::{Fault, Jobs, Runtime, Tasks};
use smol::future::or;
use smol::io::{AsyncReadExt as _, AsyncWriteExt as _};
use smol::lock::{Semaphore, SemaphoreGuardArc};
use smol::{Async, Executor, LocalExecutor, Task, Timer};
use smol_hyper::rt::FuturesIo;

/// Where tasks are spawned, if at all; timer and sockets are the process's.
#[derive(Clone, Copy, Debug)]
pub struct Smol<E> {
    executor: E,
    /// Whether async-io's reactor is there; only jobs that wait have a use for it.
    reactor: bool,
}

/// An executor that lives as long as the process; whoever has one decides which threads run it.
pub trait Spawn: Copy + Send + Sync + 'static {
    /// Starts a task on it.
    fn spawn(self, task: impl Future<Output = ()> + Send + 'static) -> Task<()>;
}

/// An executor for any number of threads.
#[derive(Clone, Copy, Debug)]
pub struct Shared(&'static Executor<'static>);

/// The calling thread's own executor.
#[derive(Clone, Copy, Debug)]
pub struct Local;

thread_local! {
    static LOCAL: &'static LocalExecutor<'static> = Box::leak(Box::new(LocalExecutor::new()));
}

impl<E> Smol<E> {
    /// With `reactor` it starts async-io's reactor thread, which serves the whole process and can't be ended; where the
    /// system gives no thread for it, it panics, which the harness reports.
    fn on(executor: E, reactor: bool) -> Self {
        let smol = Self { executor, reactor };
        // The reactor is made ready by the first `block_on` of a process, here rather than in the first batch.
        smol.block_on(async {});
        smol
    }

    /// Runs `future` on the calling thread until it ends; where the reactor is there, this thread lends it a hand.
    pub fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        if self.reactor { smol::block_on(future) } else { smol::future::block_on(future) }
    }
}

impl Smol<()> {
    /// Timer and sockets alone, for what runs futures by itself.
    pub fn bare() -> Self {
        Self::on((), true)
    }
}

impl Smol<Shared> {
    /// With an executor that no thread runs yet.
    pub fn shared(jobs: &Jobs) -> Self {
        Self::on(Shared(Box::leak(Box::new(Executor::new()))), jobs.waits())
    }

    /// The executor itself.
    pub fn executor(self) -> &'static Executor<'static> {
        self.executor.0
    }
}

impl Smol<Local> {
    /// With the calling thread's executor.
    pub fn local(jobs: &Jobs) -> Self {
        Self::on(Local, jobs.waits())
    }

    /// Runs `future`, and the tasks that it spawns, on the calling thread until it ends.
    pub fn run<T>(self, future: impl Future<Output = T>) -> T {
        self.block_on(LOCAL.with(|executor| *executor).run(future))
    }
}

impl Spawn for Shared {
    fn spawn(self, task: impl Future<Output = ()> + Send + 'static) -> Task<()> {
        self.0.spawn(task)
    }
}

impl Spawn for Local {
    fn spawn(self, task: impl Future<Output = ()> + Send + 'static) -> Task<()> {
        LOCAL.with(|executor| executor.spawn(task))
    }
}

impl<E: Copy + Send + Sync + 'static> Runtime for Smol<E> {
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

impl<E: Spawn> Tasks for Smol<E> {
    type Task = Task<()>;
    type Semaphore = Arc<Semaphore>;
    type Permit = SemaphoreGuardArc;

    fn spawn(self, task: impl Future<Output = ()> + Send + 'static) -> Self::Task {
        self.executor.spawn(task)
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
