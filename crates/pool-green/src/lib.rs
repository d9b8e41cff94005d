//! `pool-green`: stackful coroutines on one thread, a coroutine a dispatch, on stacks that are used again.

mod batch;
mod stack;
mod wakes;

use std::sync::Arc;
use std::task::{Context, Waker};

use harness::{Error, Info, Jobs, Kind, Pool, Result};
use runtime_smol::Smol;

use batch::Batch;
use stack::Boxed;
use wakes::Wakes;

/// The pool; ordered, a dispatch that is done keeps its place until all before it are done.
pub struct Green<const ORDERED: bool> {
    jobs: &'static Jobs,
    /// Timer and sockets, for jobs that wait.
    smol: Option<Smol<()>>,
    /// Those that no coroutine runs on.
    stacks: Vec<Boxed>,
    wakes: Arc<Wakes>,
}

impl<const ORDERED: bool> Pool for Green<ORDERED> {
    const INFO: Info = Info {
        name: if ORDERED { "green" } else { "green-unordered" },
        title: if ORDERED {
            "corosensei coroutines on one thread, in order, a coroutine a dispatch"
        } else {
            "corosensei coroutines on one thread, a coroutine a dispatch"
        },
        kind: Kind::Green,
        library: "corosensei",
        mirrors: if ORDERED { "eventlet.GreenPool.imap" } else { "gevent.pool.Pool.imap_unordered" },
        variant_of: if ORDERED { "" } else { "green" },
        ordered: ORDERED,
        chunk: &["1", "n"],
        ..Info::DEFAULT
    };

    /// A stack for each worker; a guard page makes two of the system's memory maps of each.
    fn start(jobs: &'static Jobs) -> Result<Self> {
        let wanted = jobs.workers() as u64;
        let stack = |reached| Boxed::new().map_err(|cause| Error::too_few("coroutine stacks", reached, wanted, &cause));
        let stacks = (0..wanted).map(stack).collect::<Result<_>>()?;
        // Its reactor is a thread more, which jobs that never wait have no use for.
        Ok(Self { jobs, smol: jobs.waits().then(Smol::bare), stacks, wakes: Arc::default() })
    }

    fn run(&mut self) -> Result<()> {
        let mut batch = Batch::<ORDERED>::new(self.jobs, self.smol, &mut self.stacks, &self.wakes);
        if self.smol.is_some() {
            // async-io's reactor runs while all coroutines wait.
            smol::block_on(std::future::poll_fn(|context| batch.turn(context)));
        } else {
            // Nothing ever waits, so one turn is all.
            let _ = batch.turn(&mut Context::from_waker(Waker::noop()));
        }
        Ok(())
    }

    /// Nothing to stop: there is no worker thread.
    fn stop(self) -> Result<()> {
        Ok(())
    }
}
