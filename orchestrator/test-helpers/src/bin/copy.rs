//! `copy`: the plain loop of `pool-serial` under eight names; the last digit of the name it is called by says which.

use std::process::ExitCode;

use harness::{Info, Jobs, Kind, Pool, Result};

const NAMES: [&str; 8] = ["copy-1", "copy-2", "copy-3", "copy-4", "copy-5", "copy-6", "copy-7", "copy-8"];

struct Copy<const AT: usize>(&'static Jobs);

impl<const AT: usize> Pool for Copy<AT> {
    const INFO: Info = Info {
        name: NAMES[AT],
        title: "one of eight equal plain loops",
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
        Ok(())
    }

    fn stop(self) -> Result<()> {
        Ok(())
    }
}

fn main() -> ExitCode {
    let called = std::env::args_os().next().unwrap_or_default();
    match called.as_encoded_bytes().last() {
        Some(b'2') => harness::main::<Copy<1>>(),
        Some(b'3') => harness::main::<Copy<2>>(),
        Some(b'4') => harness::main::<Copy<3>>(),
        Some(b'5') => harness::main::<Copy<4>>(),
        Some(b'6') => harness::main::<Copy<5>>(),
        Some(b'7') => harness::main::<Copy<6>>(),
        Some(b'8') => harness::main::<Copy<7>>(),
        _ => harness::main::<Copy<0>>(),
    }
}
