//! What a trial costs in a whole run, rows and all, beside hyperfine on the same binary: by turns in the same minutes.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use orchestrator::guard::{Grouping, Guard};
use orchestrator::observe::{Cores, cpu_ns};
use orchestrator::plan::Plan;
use orchestrator::pools::{self, Found};
use orchestrator::process::affinity::Cpus;
use orchestrator::record::folder;
use orchestrator::record::machine::Machine;
use orchestrator::run;
use orchestrator::stats::Sample;
use tempfile::TempDir;

use super::gates::load;

const JOBS: &str = "1000";
const TURNS: usize = 5;
/// How many times as long as by hyperfine a trial may take.
const GOAL: f64 = 1.5;
const CALIBRATION: std::time::Duration = std::time::Duration::from_millis(200);

/// What stands around the trials of a run.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Around {
    groups: bool,
    probe: bool,
}

/// In the order of the columns.
const WAYS: [Around; 4] = [
    Around { groups: false, probe: false },
    Around { groups: false, probe: true },
    Around { groups: true, probe: false },
    Around { groups: true, probe: true },
];

/// Prints a line a turn, and the verdict.
pub(crate) fn measure(trials: u64, poolbench: &Path) -> Result<()> {
    let pool = poolbench.with_file_name("pool-serial");
    ensure!(pool.is_file(), "{} does not exist; run `make build` first", pool.display());
    println!("\nwhole runs of {trials} trials of serial, noop x {JOBS}; ms a trial; load {}", load()?);
    println!("turn  hyperfine  (its mean) | bare run  its CPU  + probe  + groups  + both | times hyperfine");
    let mut ratios = Vec::new();
    for turn in 1..=TURNS {
        let peer = hyperfine(&pool, trials)?;
        let took: Vec<(f64, f64)> =
            WAYS.iter().map(|around| whole(*around, trials, poolbench)).collect::<Result<_>>()?;
        let (beside, mean) = match peer {
            Some((wall, mean)) => (format!("{wall:9.3}  {mean:10.3}"), Some(wall)),
            None => (format!("{:>9}  {:>10}", "-", "-"), None),
        };
        let ((bare, own), [probe, groups, both]) = (took[0], [1, 2, 3].map(|at| took[at].0));
        let ratio = mean.map(|wall| bare / wall);
        ratios.extend(ratio);
        let shown = ratio.map_or("-".to_owned(), |ratio| format!("{ratio:.2}"));
        println!("{turn:4}  {beside} | {bare:8.3}  {own:7.3}  {probe:7.3}  {groups:8.3}  {both:6.3} | {shown}");
    }
    println!("load {}", load()?);
    match Sample::new(&ratios) {
        Ok(sample) => {
            let reached = if sample.median() <= GOAL { "reached" } else { "not reached" };
            println!("median {:.2} times hyperfine, goal {GOAL}: {reached}", sample.median());
        }
        Err(_) => {
            println!("hyperfine is not installed (apt-get install hyperfine), so there is nothing to hold it against");
        }
    }
    Ok(())
}

/// What a run of the binary takes by hyperfine without a shell, ms: of the wall clock, and by its own mean. Nothing where it is not
/// installed.
fn hyperfine(pool: &Path, runs: u64) -> Result<Option<(f64, f64)>> {
    let json = tempfile::NamedTempFile::new().context("making a file for hyperfine's figures")?;
    let mut command = Command::new("hyperfine");
    command.args(["-N", "--style", "none", "--runs", &runs.to_string(), "--export-json"]).arg(json.path());
    command.arg(format!("{} --workload noop --jobs {JOBS}", pool.display()));
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let clock = Instant::now();
    let Ok(status) = command.status() else { return Ok(None) };
    let wall = clock.elapsed();
    ensure!(status.success(), "hyperfine ended with {status}");
    let figures: serde_json::Value = serde_json::from_reader(json.reopen()?).context("reading hyperfine's figures")?;
    let mean = figures["results"][0]["mean"].as_f64().context("hyperfine gives no mean")?;
    Ok(Some((each(wall, runs), 1e3 * mean)))
}

/// What a trial of a whole run takes, ms, and what CPU time of that poolbench itself, without the pool. What a run does once before its first trial is not in it: describing pools, hashing them,
/// looking for the fastest readings of the cores.
fn whole(around: Around, trials: u64, poolbench: &Path) -> Result<(f64, f64)> {
    let scratch = TempDir::new()?;
    let found = pools::find_in(poolbench.parent().context("poolbench lies in a folder")?, None)?;
    let (mut plan, machine) = planned(poolbench, scratch.path())?;
    plan.blocks = trials - 1;
    let path = folder::create(Some(&scratch.path().join("whole")), &mut plan, &machine)?;
    let guard = Guard::new(poolbench, if around.groups { Grouping::WherePossible } else { Grouping::Never })?;
    let cores = around.probe.then(|| Cores::watch(&Cpus::allowed()?, CALIBRATION)).transpose()?;
    let own = || cpu_ns(rustix::process::getpid().as_raw_nonzero().get()).map(std::time::Duration::from_nanos);
    let (clock, used) = (Instant::now(), own().context("reading the CPU time of this process")?);
    run_all(plan, &path, &found, &guard, cores)?;
    let used = own().context("reading the CPU time of this process")?.saturating_sub(used);
    Ok((each(clock.elapsed(), trials), each(used, trials)))
}

fn run_all(plan: Plan, path: &Path, found: &Found, guard: &Guard, cores: Option<Cores>) -> Result<()> {
    let finish = run::start_with(plan, path, found, guard, cores)?;
    ensure!(finish == run::Finish::Well, "the run ended as {finish:?}");
    Ok(())
}

/// The plan of one empty cell, made as the command makes it.
fn planned(poolbench: &Path, scratch: &Path) -> Result<(Plan, Machine)> {
    let one = scratch.join("one");
    let mut command = Command::new(poolbench);
    command.args(["run", "--pools", "serial", "--workload", "noop", "--jobs", JOBS, "--batches", "1"]);
    command.args(["--blocks", "1", "--twin", "none", "--out"]).arg(&one);
    let output = command.stdin(Stdio::null()).output().context("starting poolbench")?;
    ensure!(output.status.success(), "poolbench ended with {}", output.status);
    Ok((folder::read_plan(&one)?, folder::read_machine(&one)?))
}

#[expect(clippy::cast_precision_loss, reason = "hundreds")]
fn each(took: std::time::Duration, count: u64) -> f64 {
    1e3 * took.as_secs_f64() / count as f64
}
