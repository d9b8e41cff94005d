//! `misbehave MODE [pool arguments...]`: a pool written from docs/PROTOCOL.md alone, right or wrong in one chosen way.

mod ask;
mod describe;
mod faults;
mod jobs;
mod mode;
mod pool;
mod staff;
mod wire;

use std::process::ExitCode;

use ask::{Ask, Batch};
use mode::Mode;

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let Some(mode) = words.next().and_then(|word| Mode::parse(&word)) else {
        eprintln!("misbehave MODE [pool arguments...], where MODE is one of\n{}", Mode::list());
        return ExitCode::from(2);
    };
    let words: Vec<String> = words.collect();
    match Ask::parse(mode, &words) {
        Ok(Ask::Describe) => {
            println!("{}", describe::json(mode));
            ExitCode::SUCCESS
        }
        Ok(Ask::Gate(batch)) => run(mode, &batch),
        Err(_) if mode == Mode::TakesAnything => run(mode, &Batch::default()),
        Err(_) if mode == Mode::VagueRefusal => {
            eprintln!("wrong use");
            ExitCode::from(2)
        }
        Err(why) => {
            eprintln!("misbehave: {why}");
            ExitCode::from(2)
        }
    }
}

fn run(mode: Mode, batch: &Batch) -> ExitCode {
    match pool::trial(mode, batch) {
        Ok(()) => ExitCode::SUCCESS,
        Err(wire::End(code)) => ExitCode::from(code),
    }
}
