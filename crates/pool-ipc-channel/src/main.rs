//! `pool-ipc-channel`: worker processes behind the channels of the ipc-channel crate, a message a dispatch each way.

mod crew;
mod meeting;
mod wire;

use std::cell::RefCell;
use std::process::ExitCode;

use harness::{Info, Jobs, Kind, Pool, Result};

use crew::Crew;

struct IpcChannel {
    jobs: &'static Jobs,
    crew: Crew,
}

impl Pool for IpcChannel {
    const INFO: Info = Info {
        name: "ipc-channel",
        title: "processes behind ipc-channel's sockets",
        kind: Kind::Processes,
        library: "ipc-channel",
        abilities: &["isolation"],
        ..Info::DEFAULT
    };

    fn start(jobs: &'static Jobs) -> Result<Self> {
        Ok(Self { jobs, crew: Crew::start(jobs)? })
    }

    fn run(&mut self) -> Result<()> {
        let crew = RefCell::new(&mut self.crew);
        self.jobs.feed(|chunk| crew.borrow_mut().submit(self.jobs.range(chunk)), || crew.borrow_mut().wait_one())
    }

    fn stop(self) -> Result<()> {
        self.crew.stop()
    }

    fn worker(jobs: &'static Jobs) -> Result<()> {
        crew::work(jobs)
    }
}

fn main() -> ExitCode {
    harness::main::<IpcChannel>()
}
