//! `pool-serial`: no pool at all, the plain loop that speed-up and memory are held against.

use std::process::ExitCode;

use harness::{Info, Jobs, Kind, Pool, Result};

struct Serial(&'static Jobs);

impl Pool for Serial {
    const INFO: Info = Info {
        name: "serial",
        title: "the plain loop, no pool",
        kind: Kind::Serial,
        mirrors: "for loop",
        ordered: true,
        chunk: &["own"],
        window: &["all"],
        ..Info::DEFAULT
    };

    fn start(jobs: &'static Jobs) -> Result<Self> {
        Ok(Self(jobs))
    }

    fn run(&mut self) -> Result<()> {
        self.0.run_range(0..self.0.len());
        Ok(())
    }

    fn stop(self) -> Result<()> {
        Ok(())
    }
}

fn main() -> ExitCode {
    harness::main::<Serial>()
}
