//! `pool-mpsc`: persistent threads that take turns at one channel of the standard library and acknowledge each chunk.

use std::process::ExitCode;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use harness::{Behind, Channel, Info};

struct Mpsc;

impl Channel for Mpsc {
    const INFO: Info = Info {
        name: "mpsc",
        title: "threads behind a std::sync::mpsc channel, its receiver behind a mutex",
        mirrors: "multiprocessing.pool.ThreadPool.map, with chunk 1 .imap_unordered",
        ..Info::DEFAULT
    };
    type Sender<T: Send + 'static> = Sender<T>;
    type Receiver<T: Send + 'static> = Receiver<T>;
    type Shared = Arc<Mutex<Receiver<u64>>>;

    fn unbounded<T: Send + 'static>() -> (Sender<T>, Receiver<T>) {
        channel()
    }

    fn share(receiver: Receiver<u64>) -> Self::Shared {
        Arc::new(Mutex::new(receiver))
    }

    fn send<T: Send + 'static>(sender: &Sender<T>, value: T) -> bool {
        sender.send(value).is_ok()
    }

    fn receive<T: Send + 'static>(receiver: &Receiver<T>) -> Option<T> {
        receiver.recv().ok()
    }

    /// One worker waits in the channel, the others for the lock, which is let go before the chunk runs.
    fn take(shared: &Self::Shared) -> Option<u64> {
        shared.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
    }
}

fn main() -> ExitCode {
    harness::main::<Behind<Mpsc>>()
}
