//! Scale: time and memory of `poolbench summary`, `fit` and `report` as the rows of a run grow.
//!
//! `cargo bench -p orchestrator --bench rows -- [ROWS...]`, 100000 and 1000000 unless said otherwise. A run of the serial
//! pool gives the plan and one good row; the rows stray around that one under 20 pools and 10 sizes, in as many blocks as it
//! takes.

mod answer;
mod strayed;

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use answer::{Answer, answer, slopes};
use anyhow::{Context as _, Result, ensure};
use harness::columns::{COLUMNS, Row};
use orchestrator::record::trials;
use rand_pcg::Pcg64;
use strayed::strayed;

const POOLS: u64 = 20;
const SIZES: u64 = 10;
/// Runs of each command at each size.
const REPEATS: u32 = 3;
const COMMANDS: [&str; 3] = ["summary", "fit", "report"];

fn main() -> Result<()> {
    let asked: Vec<u64> = std::env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    let sizes = if asked.is_empty() { vec![100_000, 1_000_000] } else { asked };
    let scratch = tempfile::tempdir().context("making a scratch folder")?;
    let run = scratch.path().join("run");
    let mut command = Command::new(env!("CARGO_BIN_EXE_poolbench"));
    command.args(["run", "--pools", "serial", "--workload", "noop", "--jobs", "1", "--blocks", "1", "--twin", "none"]);
    let status = command.arg("--out").arg(&run).stdout(Stdio::null()).stderr(Stdio::null()).status();
    ensure!(status.context("starting poolbench")?.success(), "the run that gives the plan failed");
    let good = trials::read(&run)?.last().context("the run has no row")??;
    println!("| rows | file | command | time | peak memory |\n|---|---|---|---|---|");
    let mut all: [Vec<Answer>; COMMANDS.len()] = Default::default();
    for rows in sizes {
        let bytes = write(&run, &good, rows)?;
        for (command, all) in COMMANDS.iter().zip(&mut all) {
            let one = answer(rows, &[command, run.to_str().context("a folder's name")?], REPEATS)?;
            println!("| {rows} | {} MiB | {command} | {:.2} s | {} MiB |", bytes >> 20, one.seconds, one.peak >> 20);
            all.push(one);
        }
    }
    println!();
    COMMANDS.iter().zip(&all).for_each(|(command, all)| print!("{}", slopes(command, all)));
    Ok(())
}

/// Writes so many rows; the size of the file in bytes.
fn write(run: &Path, good: &Row, rows: u64) -> Result<u64> {
    let mut file = BufWriter::new(File::create(run.join(trials::NAME)).context("making the rows")?);
    writeln!(file, "{}", COLUMNS.join(","))?;
    let (mut row, mut draw) = (good.clone(), Pcg64::new(1, 1));
    for at in 0..rows {
        let (pool, size) = (at % POOLS, at / POOLS % SIZES);
        row.pool = if pool == 0 { "serial".to_owned() } else { format!("pool-{pool}") };
        row.jobs = Some(1000 + size);
        row.block = Some(1 + at / (POOLS * SIZES));
        strayed(good, &mut row, &mut draw);
        writeln!(file, "{}", row.cells().join(","))?;
    }
    file.flush().context("writing the rows")?;
    Ok(file.get_ref().metadata()?.len())
}
