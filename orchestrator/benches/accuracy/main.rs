//! How exact the memory figures are, against programs of known payload: `cargo bench -p orchestrator --bench accuracy`.
//!
//! Prints the table of docs/METHODOLOGY.md and fails if a figure is further off than that allows. Build all first.

mod cases;
mod measure;
mod table;

use std::process::ExitCode;

use anyhow::Result;
use measure::Setting;

fn main() -> Result<ExitCode> {
    // Each setting is measured by a process of its own, since user and ballast are those of a process.
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, setting] = words.as_slice()
        && flag == "--setting"
    {
        measure::print_rows(setting.parse().map_err(anyhow::Error::msg)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut failures = Vec::new();
    for setting in Setting::ALL {
        let Some(rows) = measure::rows_of(setting)? else {
            println!("{setting}: only root can become another user\n");
            continue;
        };
        let (text, wrong) = table::render(setting, &rows);
        println!("{text}");
        failures.extend(wrong);
    }
    for failure in &failures {
        println!("FAILED {failure}");
    }
    Ok(if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
