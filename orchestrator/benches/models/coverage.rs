//! How often the intervals of the cost model hold the truth, in runs that are made of known truths and recorded noise.

use std::collections::BTreeMap;

use anyhow::Result;
use orchestrator::analysis::{Data, Group, Point, Series, Setup};
use orchestrator::models::cost::cost;
use orchestrator::models::{Figure, Models};
use orchestrator::stats::Alpha;
use rand::{RngExt as _, SeedableRng as _};
use rand_pcg::Pcg64;

use super::noise::{Pair, pairs};

const BLOCKS: u64 = 20;
const SIZES: [u64; 5] = [1000, 3000, 10_000, 30_000, 100_000];
/// The work of a job, ns.
const WORK: f64 = 120.0;
const CORES: f64 = 2.0;

/// What a made run is made of, ns and bytes.
#[derive(Clone, Copy)]
struct Truth {
    start: f64,
    overhead: f64,
    fixed: f64,
    bytes: f64,
}

/// Prints how many of so many simulations hold the truth.
pub(crate) fn simulate(simulations: usize) -> Result<()> {
    let noise = pairs()?;
    println!(
        "coverage of the intervals at 95 %: {simulations} runs of {BLOCKS} blocks, {} recorded pairs\n",
        noise.len()
    );
    println!("| truth: overhead, start, bytes a job | overhead | start | bytes a job |\n|---|---|---|---|");
    for (overhead, start, bytes) in [(0.0, 3e5, 0.0), (20.0, 3e5, 8.0), (300.0, 5e6, 150.0)] {
        let truth = Truth { start, overhead, fixed: 6e4, bytes };
        let mut held = [0_usize; 3];
        let mut generator = Pcg64::seed_from_u64(1);
        for _ in 0..simulations {
            let data = made(truth, &noise, &mut generator);
            held.iter_mut().zip(holds(&data, truth)).for_each(|(held, holds)| *held += usize::from(holds));
        }
        #[expect(clippy::cast_precision_loss, reason = "thousands")]
        let share = |held: usize| format!("{:.1} %", 100.0 * held as f64 / simulations as f64);
        println!("| {overhead} ns, {} us, {bytes} B | {} |", start / 1e3, held.map(share).join(" | "));
    }
    Ok(())
}

/// Whether the intervals of overhead, start and bytes a job hold the truth.
fn holds(data: &Data, truth: Truth) -> [bool; 3] {
    let models = Models::of(data);
    let held = |figure: Option<Figure>, truth: f64| {
        figure.and_then(|figure| figure.interval()).is_some_and(|interval| interval.contains(truth))
    };
    let curve = models.of_pool("pool").next();
    let overhead = curve.and_then(|curve| cost(curve, &models.draws, String::new())).map(|cost| cost.job_ns);
    let footprint = models.footprints().into_iter().find(|one| one.pool == "pool");
    let start = footprint.as_ref().and_then(|one| one.start_ns);
    let bytes = footprint.as_ref().and_then(|one| one.job_bytes);
    // Nothing to show says that nothing is added.
    let none = truth.bytes == 0.0 && bytes.is_none();
    [held(overhead, truth.overhead), held(start, truth.start), none || held(bytes, truth.bytes)]
}

/// A run of `serial` and a pool, the noise of each size that of another recorded pair, whole blocks drawn from it.
fn made(truth: Truth, noise: &[Pair], generator: &mut Pcg64) -> Data {
    let mut data = Data::new(Alpha::FIVE_PERCENT, generator.random());
    data.blocks = BLOCKS;
    let blocks: Vec<usize> = (0..BLOCKS).map(|_| generator.random_range(0..1_000_000)).collect();
    for jobs in SIZES {
        let pair = &noise[generator.random_range(0..noise.len())];
        let other = &noise[generator.random_range(0..noise.len())];
        #[expect(clippy::cast_precision_loss, reason = "small")]
        let n = jobs as f64;
        let time = truth.fixed + (WORK + truth.overhead) * n / CORES;
        let (mut own, mut serial) = (series("threads"), series("serial"));
        for (block, drawn) in (1..).zip(&blocks) {
            let (strayed, of_serial) = pair[drawn % pair.len()];
            let (elsewhere, of_peak) = other[drawn % other.len()];
            own.points.push(Point {
                start_ns: Some(whole(truth.start * elsewhere.exp())),
                // Peaks stray by a hundredth of what times do.
                resident: Some((whole((3e6 + truth.bytes * n) * (of_peak / 100.0).exp()), 0))
                    .map(|(peak, _)| (peak, peak)),
                ..point(block, time * strayed.exp())
            });
            serial.points.push(point(block, WORK * n * of_serial.exp()));
        }
        let setups = BTreeMap::from([(setup("pool", 2), own), (setup("serial", 1), serial)]);
        data.groups
            .insert(Group { workload: "compute".to_owned(), param: String::new(), jobs, said_to_wait: false }, setups);
    }
    data
}

fn series(kind: &str) -> Series {
    Series { kind: kind.to_owned(), cores: 2, ..Series::default() }
}

fn setup(pool: &str, workers: u64) -> Setup {
    Setup { pool: pool.to_owned(), workers, chunk: "own".to_owned(), window: "all".to_owned() }
}

fn point(block: u64, ns: f64) -> Point {
    Point { block, warm_ns: Some(whole(ns)), ..Point::default() }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast from float saturates")]
fn whole(value: f64) -> u64 {
    value.round() as u64
}
