//! Acceptance of the statistics on real trials: how often equal pools are called different, how often one that is 5 %
//! slower is found, how many pools of a recorded run are told apart, and what hyperfine says in the same minutes.
//!
//! `cargo bench -p orchestrator --bench verdicts -- [PART] [NUMBER | FOLDER]`, all parts without a word, after `make build`:
//!
//! | part | does | goal | on an idle machine |
//! |---|---|---|---|
//! | `families` | NUMBER (400) blocks of 8 copies of one pool; 400 families of 16 blocks from them with a false claim | at most 30 | 6 minutes |
//! | `places` | the same rows: runs of 16 blocks in which a copy is put behind another | at most 30 | with `families` none |
//! | `power` | NUMBER (10) runs of 16 blocks and 10 sizes, quiet, then beside a loop that spins half of the time | 95 %, 70 % found | 6 minutes |
//! | `apart` | the recorded `bench-all` of the tests: pairs apart among the pools with all cells; `apart FOLDER write` replaces it | 205 of 276 | a second |
//! | `rounds` | NUMBER (20) rounds of 20 blocks and 10 sizes through all of `poolbench`, beside hyperfine | - | 15 minutes |
//!
//! With the folder of a run, `families`, `places` and `apart` judge that and measure nothing; with one that holds runs 1, 2,
//! 3..., so does `rounds`.

mod apart;
mod beside;
mod copies;
mod judge;
mod power;
mod programs;
mod recorded;
mod rounds;

use std::path::PathBuf;

use anyhow::{Result, bail};

const PARTS: [&str; 5] = ["families", "places", "power", "apart", "rounds"];

/// What the words after the benchmark's name say.
#[derive(Default)]
pub(crate) struct Asked {
    parts: Vec<String>,
    number: Option<u64>,
    folder: Option<PathBuf>,
    write: bool,
}

impl Asked {
    fn read(words: impl Iterator<Item = String>) -> Result<Self> {
        let mut asked = Self::default();
        for word in words {
            match word.as_str() {
                // Cargo adds it.
                "--bench" => {}
                "write" => asked.write = true,
                part if PARTS.contains(&part) => asked.parts.push(word),
                number if number.parse::<u64>().is_ok_and(|number| number > 0) => asked.number = number.parse().ok(),
                folder if PathBuf::from(folder).is_dir() => asked.folder = Some(folder.into()),
                other => bail!("'{other}' is no part ({}), no number above 0 and no folder", PARTS.join(", ")),
            }
        }
        Ok(asked)
    }

    fn wants(&self, part: &str) -> bool {
        self.parts.is_empty() || self.parts.iter().any(|one| one == part)
    }
}

/// How to run a part by itself.
pub(crate) fn command(part: &str) -> String {
    format!("cargo bench -p orchestrator --bench verdicts -- {part}")
}

fn main() -> Result<()> {
    let asked = Asked::read(std::env::args().skip(1))?;
    if asked.wants("families") || asked.wants("places") {
        copies::judge(&asked)?;
    }
    if asked.wants("power") {
        power::measure(&asked)?;
    }
    if asked.wants("apart") {
        apart::count(&asked)?;
    }
    if asked.wants("rounds") {
        rounds::run(&asked)?;
    }
    Ok(())
}
