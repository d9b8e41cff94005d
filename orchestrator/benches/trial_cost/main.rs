//! What a trial costs.
//!
//! `cargo bench -p orchestrator --bench trial_cost -- [PART] [NUMBER]`, both parts without a word; `make build` first:
//!
//! | part | does | goal |
//! |---|---|---|
//! | `gates` | NUMBER (300) trials against bare spawns of the same pool | at most 0.7 ms over them with groups, 0.35 ms without |
//! | `whole` | whole runs of one empty cell of NUMBER (600) trials against as many runs by hyperfine, by turns, 5 times: groups and probe off, with one of them, with both | with both off at most 1.5 times as long |

mod gates;
mod whole;

use std::path::Path;

use anyhow::Result;

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = words.iter().find_map(|word| word.parse().ok());
    let wants = |part: &str| !words.iter().any(|word| ["gates", "whole"].contains(&word.as_str()) && word != part);
    let poolbench = Path::new(env!("CARGO_BIN_EXE_poolbench"));
    if wants("gates") {
        gates::measure(number.unwrap_or(300), poolbench)?;
    }
    if wants("whole") {
        whole::measure(number.unwrap_or(600) as u64, poolbench)?;
    }
    Ok(())
}
