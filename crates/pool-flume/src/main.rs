//! `pool-flume`: persistent threads that take chunk numbers from one flume channel and acknowledge each.

use std::process::ExitCode;

use flume::{Receiver, Sender, unbounded};
use harness::{Behind, Channel, Info};

struct Flume;

impl Channel for Flume {
    const INFO: Info =
        Info { name: "flume", title: "threads behind a flume channel", library: "flume", ..Info::DEFAULT };
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
    harness::main::<Behind<Flume>>()
}
