//! `pool-crossbeam`: persistent threads that take chunk numbers from one crossbeam channel and acknowledge each.

use std::process::ExitCode;

use crossbeam_channel::{Receiver, Sender, unbounded};
use harness::{Behind, Channel, Info};

struct Crossbeam;

impl Channel for Crossbeam {
    const INFO: Info = Info {
        name: "crossbeam",
        title: "threads behind a crossbeam channel",
        library: "crossbeam-channel",
        mirrors: "multiprocessing.pool.ThreadPool.map, with chunk 1 .imap_unordered",
        ..Info::DEFAULT
    };
    type Sender<T: Send + 'static> = Sender<T>;
    type Receiver<T: Send + 'static> = Receiver<T>;
    type Shared = Receiver<u64>;

    fn unbounded<T: Send + 'static>() -> (Sender<T>, Receiver<T>) {
        unbounded()
    }

    fn share(receiver: Receiver<u64>) -> Receiver<u64> {
        receiver
    }

    fn send<T: Send + 'static>(sender: &Sender<T>, value: T) -> bool {
        sender.send(value).is_ok()
    }

    fn receive<T: Send + 'static>(receiver: &Receiver<T>) -> Option<T> {
        receiver.recv().ok()
    }

    fn take(shared: &Receiver<u64>) -> Option<u64> {
        shared.recv().ok()
    }
}

fn main() -> ExitCode {
    harness::main::<Behind<Crossbeam>>()
}
