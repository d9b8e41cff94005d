//! What each pool gains: warm batches of `compute` against `serial`'s in the same block, on two workers.
//!
//! `speedup [BLOCKS [SEED]]`, 10 blocks by default; in each block every pool runs once, in an order drawn from the seed.
//! Goal: `rayon`, `crossbeam` and `threads` at most 0.56, `processes` at most 0.66; the limit is 0.50.

use std::env;

use anyhow::{Context as _, Result};
use rand::SeedableRng as _;
use rand::seq::SliceRandom as _;
use rand_pcg::Pcg64Mcg;
use twins::paired::median;
use twins::runs::{load, printed};

/// Pools with the most that their median ratio should be; the first one is what the others are held against.
const POOLS: [(&str, f64); 5] =
    [("serial", 1.0), ("rayon", 0.56), ("crossbeam", 0.56), ("threads", 0.56), ("processes", 0.66)];
const JOBS: &str = "1000000";
/// One cold batch and 8 warm ones; the figure of a run is the lower median of these.
const BATCHES: &str = "9";

fn main() -> Result<()> {
    let mut words = env::args().skip(1);
    let blocks: usize = words.next().map_or(Ok(10), |word| word.parse())?;
    let seed: u64 = words.next().map_or(Ok(1), |word| word.parse())?;
    let mut random = Pcg64Mcg::seed_from_u64(seed);
    println!(
        "{blocks} blocks, seed {seed}, compute, {JOBS} jobs, 2 workers, {BATCHES} batches; load before: {}",
        load()
    );
    let blocks = (0..blocks).map(|_| block(&mut random)).collect::<Result<Vec<_>>>()?;
    println!("pool       ns a job  ratio to serial: median, least, most  goal");
    for (at, (pool, goal)) in POOLS.iter().enumerate() {
        let ratios = || blocks.iter().map(|times| times[at] / times[0]);
        let each = median(blocks.iter().map(|times| times[at])) / JOBS.parse::<f64>()?;
        let (least, most) = (ratios().fold(f64::INFINITY, f64::min), ratios().fold(0.0, f64::max));
        println!("{pool:<10} {each:>8.1}  {:>23.3}  {least:.3}  {most:.3}  {goal:.2}", median(ratios()));
    }
    println!("load after: {}", load());
    Ok(())
}

/// The warm batch of every pool in ns, in the order of [`POOLS`].
fn block(random: &mut Pcg64Mcg) -> Result<[f64; POOLS.len()]> {
    let mut order: Vec<usize> = (0..POOLS.len()).collect();
    order.shuffle(random);
    let mut times = [0.0; POOLS.len()];
    for at in order {
        times[at] = warm_batch_ns(POOLS[at].0)?;
    }
    Ok(times)
}

fn warm_batch_ns(pool: &str) -> Result<f64> {
    let mut args = vec!["--workload", "compute", "--jobs", JOBS, "--batches", BATCHES, "--format", "csv"];
    if pool != "serial" {
        args.extend(["--workers", "2"]);
    }
    let table = printed(&format!("pool-{pool}"), &args)?;
    let mut lines = table.lines().map(|line| line.split(','));
    let (names, cells) = (lines.next(), lines.next());
    let mut columns = names.into_iter().flatten().zip(cells.into_iter().flatten());
    let (_, cell) = columns.find(|(name, _)| *name == "warm_batch_ns").context("no warm_batch_ns in the CSV")?;
    Ok(cell.parse()?)
}
