//! `pool-kanal`: persistent threads that take chunk numbers from one kanal channel and acknowledge each.
//! Of kanal only the blocking half: its async half has open reports of hangs and of memory corruption.

use std::process::ExitCode;

use harness::{Behind, Channel, Info};
use kanal::{Receiver, Sender, unbounded};

struct Kanal;

impl Channel for Kanal {
    const INFO: Info =
        Info { name: "kanal", title: "threads behind a kanal channel", library: "kanal", ..Info::DEFAULT };
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
    harness::main::<Behind<Kanal>>()
}
