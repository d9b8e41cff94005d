//! Scale: time and memory of `poolbench summary`, `fit` and `report` as the rows of a run grow.
//!
//! `cargo bench -p orchestrator --bench rows -- [ROWS...]`, 100000 and 1000000 unless said otherwise. A run of the serial
//! pool gives the plan and one good row; the rows are that one under 20 pools and 10 sizes, in as many blocks as it takes.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use harness::columns::{COLUMNS, Row};
use orchestrator::record::trials;
use wait4::Wait4 as _;

const POOLS: u64 = 20;
const SIZES: u64 = 10;
/// Runs of the summary at each size: the shortest time is printed, since others can only add to it, and the largest peak.
const REPEATS: usize = 5;

fn main() -> Result<()> {
    let asked: Vec<u64> = std::env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    let sizes = if asked.is_empty() { vec![100_000, 1_000_000] } else { asked };
    let scratch = tempfile::tempdir().context("making a scratch folder")?;
    let run = scratch.path().join("run");
    let poolbench = env!("CARGO_BIN_EXE_poolbench");
    let mut command = Command::new(poolbench);
    command.args(["run", "--pools", "serial", "--workload", "noop", "--jobs", "1", "--blocks", "1", "--twin", "none"]);
    let status = command.arg("--out").arg(&run).stdout(Stdio::null()).stderr(Stdio::null()).status();
    ensure!(status.context("starting poolbench")?.success(), "the run that gives the plan failed");
    let good = trials::read(&run)?.last().context("the run has no row")??;
    println!("| rows | file | command | time | peak memory |\n|---|---|---|---|---|");
    for rows in sizes {
        let bytes = write(&run, &good, rows)?;
        for command in ["summary", "fit", "report"] {
            let mut best = (f64::INFINITY, 0);
            for _ in 0..REPEATS {
                let (seconds, peak) = answer(poolbench, command, &run)?;
                best = (best.0.min(seconds), best.1.max(peak));
            }
            let mib = |bytes: u64| bytes >> 20;
            println!("| {rows} | {} MiB | {command} | {:.2} s | {} MiB |", mib(bytes), best.0, mib(best.1));
        }
    }
    Ok(())
}

/// Writes so many rows; the size of the file in bytes.
fn write(run: &Path, good: &Row, rows: u64) -> Result<u64> {
    let mut file = BufWriter::new(File::create(run.join(trials::NAME)).context("making the rows")?);
    writeln!(file, "{}", COLUMNS.join(","))?;
    let mut row = good.clone();
    for at in 0..rows {
        let (pool, size) = (at % POOLS, at / POOLS % SIZES);
        row.pool = if pool == 0 { "serial".to_owned() } else { format!("pool-{pool}") };
        row.jobs = Some(1000 + size);
        row.block = Some(1 + at / (POOLS * SIZES));
        row.batch_ns = Some(1_000_000 + at * 7919 % 100_003);
        row.warm_batch_ns = row.batch_ns;
        writeln!(file, "{}", row.cells().join(","))?;
    }
    file.flush().context("writing the rows")?;
    Ok(file.get_ref().metadata()?.len())
}

/// Seconds and peak bytes of one answer. The peak counts from before the program is loaded, so it is never below this
/// benchmark's own few MiB.
fn answer(poolbench: &str, name: &str, run: &Path) -> Result<(f64, u64)> {
    let began = Instant::now();
    let mut command = Command::new(poolbench);
    let child = command.arg(name).arg(run).stdout(Stdio::null()).spawn().context("starting poolbench")?;
    let ended = child.wait4().context("waiting for poolbench")?;
    ensure!(ended.status.success(), "poolbench {name} ended with {}", ended.status);
    Ok((began.elapsed().as_secs_f64(), ended.rusage.maxrss))
}
