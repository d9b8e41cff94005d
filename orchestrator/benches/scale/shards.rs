//! Scale: time and memory of `poolbench merge`, and of `summary` of what it made, as the shards grow in number.
//!
//! `cargo bench -p orchestrator --bench shards -- [SHARDS...]`, 10, 50 and 500 unless said otherwise, of 20,000 rows each:
//! 500 are ten million rows, which take 10 GB of the temporary folder. Each trial has three batches and its note of them, as real
//! ones have.

mod answer;
mod strayed;

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use answer::{Answer, answer, slopes};
use anyhow::{Context as _, Result, ensure};
use harness::columns::{COLUMNS, Row};
use orchestrator::plan::Plan;
use orchestrator::plan::shards::Part;
use orchestrator::record::{folder, notes, trials};
use rand_pcg::Pcg64;
use sha2::{Digest as _, Sha256};
use strayed::strayed;

/// Blocks of a shard, without block 0: of 20 cells they are 20,000 rows.
const BLOCKS: u64 = 999;

fn main() -> Result<()> {
    let asked: Vec<u64> = std::env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    let sizes = if asked.is_empty() { vec![10, 50, 500] } else { asked };
    println!("| shards | rows | file | command | time | peak memory |\n|---|---|---|---|---|---|");
    let (mut merges, mut summaries): (Vec<Answer>, Vec<Answer>) = Default::default();
    for shards in sizes {
        let rows = shards * 20 * (BLOCKS + 1);
        let scratch = tempfile::tempdir().context("making a scratch folder")?;
        let (plan, whole) = (scratch.path().join("plan"), scratch.path().join("merged"));
        make(&plan, scratch.path(), shards)?;
        let out = whole.to_str().context("a folder's name")?;
        let from = plan.to_str().context("a folder's name")?;
        merges.push(answer(rows, &["merge", from, "--out", out], 1)?);
        fs::remove_dir_all(&plan).context("making room")?;
        let bytes = whole.join(trials::NAME).metadata()?.len();
        summaries.push(answer(rows, &["summary", out], 1)?);
        for (command, all) in [("merge", &merges), ("summary", &summaries)] {
            let Some(Answer { seconds, peak, .. }) = all.last() else { continue };
            println!("| {shards} | {rows} | {} MiB | {command} | {seconds:.1} s | {} MiB |", bytes >> 20, peak >> 20);
        }
    }
    print!("\n{}{}", slopes("merge", &merges), slopes("summary", &summaries));
    Ok(())
}

/// A plan of so many shards, each with made rows.
fn make(plan: &Path, scratch: &Path, shards: u64) -> Result<()> {
    let (count, blocks) = (shards.to_string(), (shards * BLOCKS).to_string());
    let cells = ["--pools", "serial,crossbeam,flume,mpsc", "--workload", "noop", "--batches", "3", "--twin", "none"];
    let run = scratch.join("run");
    let own = ["run", "--blocks", "1", "--jobs", "1", "--out"];
    poolbench(own.iter().chain(&cells[2..]).copied().chain(["--pools", "serial"]), &run)?;
    let shared = ["plan", "--jobs", "1,2,3,4,5", "--blocks", &blocks, "--shards", &count, "--out"];
    poolbench(shared.iter().chain(&cells).copied(), plan)?;
    let good = trials::read(&run)?.last().context("the run has no row")??;
    let shared = folder::read_plan(plan)?;
    (1..=shards).try_for_each(|shard| {
        let folder = plan.join(format!("shard-{shard}"));
        fs::create_dir(&folder)?;
        fs::copy(run.join("machine.json"), folder.join("machine.json"))?;
        write(&folder, shared.clone(), &good, shard)
    })
}

fn write(folder: &Path, mut plan: Plan, good: &Row, shard: u64) -> Result<()> {
    let node = format!("node-{}", shard % 20);
    let mut part = Part {
        shard,
        node: node.clone(),
        host: good.host.clone(),
        spin_rate: 1,
        attempt: 1,
        begun: "2026-01-01T00:00:00Z".to_owned(),
        ended: "2026-01-01T01:00:00Z".to_owned(),
        rows: 0,
        sha256: String::new(),
        batches: std::collections::BTreeMap::new(),
    };
    plan.shards.as_mut().context("it has shards")?.parts.push(part.clone());
    let mut file = BufWriter::new(File::create(folder.join(trials::NAME)).context("making the rows")?);
    writeln!(file, "{}", COLUMNS.join(","))?;
    let mut told = BufWriter::new(File::create(folder.join(notes::NAME)).context("making the notes")?);
    let (mut hash, mut row, mut block, mut draw) = (Sha256::new(), good.clone(), 0, Pcg64::new(shard.into(), 1));
    (row.run, row.node, row.shard) = (plan.run.clone(), node, Some(shard));
    (row.attempt, row.accepted) = (Some(1), Some(1));
    while block <= plan.blocks {
        for (position, cell) in (1..).zip(plan.order(block)) {
            let cell = &plan.cells[cell];
            (row.block, row.position) = (Some(block), Some(position));
            row.pool.clone_from(&cell.pool);
            (row.jobs, row.workers) = (Some(cell.jobs), Some(cell.workers.total()));
            (row.chunk, row.window) = (cell.chunk.to_string(), cell.window.to_string());
            let batch_ns = strayed(good, &mut row, &mut draw);
            let (run, pool) = (&plan.run, &cell.pool);
            writeln!(
                told,
                r#"{{"run":"{run}","shard":{shard},"block":{block},"position":{position},"attempt":1,"pool":"{pool}","status":"ok","batch_ns":{batch_ns:?}}}"#
            )?;
            let line = row.cells().join(",") + "\n";
            hash.update(&line);
            file.write_all(line.as_bytes())?;
            part.rows += 1;
        }
        block = plan.block_after(block);
    }
    told.flush().context("writing the notes")?;
    file.flush().context("writing the rows")?;
    part.sha256 = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    plan.host.clone_from(&part.host);
    plan.shards.as_mut().context("it has shards")?.parts = vec![part];
    folder::write_plan(folder, &plan)
}

fn poolbench<'a>(arguments: impl Iterator<Item = &'a str>, out: &Path) -> Result<()> {
    let arguments: Vec<&str> = arguments.collect();
    let at = arguments.iter().position(|word| *word == "--out").context("they name no --out")? + 1;
    let mut command = Command::new(env!("CARGO_BIN_EXE_poolbench"));
    command.args(&arguments[..at]).arg(out).args(&arguments[at..]).stdout(Stdio::null()).stderr(Stdio::null());
    ensure!(command.status().context("starting poolbench")?.success(), "poolbench {} failed", arguments.join(" "));
    Ok(())
}
