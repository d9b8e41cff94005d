//! `slower`: the plain loop of `pool-serial`, which then does every 20th job a second time: 5 % more work, on purpose.

use std::process::ExitCode;

use harness::{Info, Jobs, Kind, Pool, Result};

struct Slower(&'static Jobs);

impl Pool for Slower {
    const INFO: Info = Info {
        name: "slower",
        title: "the plain loop with 5 % more work",
        kind: Kind::Serial,
        mirrors: "",
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
        // Their results are there already; only the time is wanted.
        self.0.outcomes(0..self.0.len() / 20, |_, _| ());
        Ok(())
    }

    fn stop(self) -> Result<()> {
        Ok(())
    }
}

fn main() -> ExitCode {
    harness::main::<Slower>()
}
