//! Batches drawn from a seed: any number of jobs, workers and batches, any policy and workload that the pool lists, some
//! of them where pools lock up, and some ended by the end of file at some gate.

use std::time::Duration;

use harness::own::Language;
use harness::{Chunk, Staff, Window, Workload};
use rand::RngExt as _;
use rand::seq::IndexedRandom as _;
use rand_pcg::Pcg64;

use super::batches::parse;
use super::case::Case;
use super::drive::{Drive, through};
use super::finding::{Stop, Verdict};
use super::gate::{Gate, Pace};
use super::own;
use super::subject::Subject;
use crate::pools::wire::Description;

/// The most jobs of a drawn batch.
const MOST_JOBS: u64 = 10_000;
/// The most workers: far more than any machine that runs tests has cores, few enough for pools of processes.
const MOST_WORKERS: u64 = 200;
/// From so many workers on wake-ups, descriptors and shared pipes begin to hurt.
const MANY_WORKERS: u64 = 50;
/// The most processes where each of them has threads.
const MOST_PROCESSES: u64 = 8;
/// The most jobs where each one waits or reads a file: 200 sleeps of 200 us on one worker are 40 ms.
const MOST_SLOW_JOBS: u64 = 200;

/// Case `number` of the run that `seed` names; another number or seed is another case.
pub(super) fn run(pool: &Subject, seed: u64, number: u64) -> Verdict {
    let mut draw = Pcg64::new(u128::from(seed), u128::from(number));
    let case = case(&mut draw, &pool.about)?;
    // One in eight is ended at a gate.
    if draw.random_range(0..8) > 0 {
        return through(pool, &case, Pace { pause: Duration::ZERO, split: draw.random_bool(0.1) });
    }
    let (gate, _) = *Gate::ALL.choose(&mut draw).expect("there are gates");
    let mut drive = Drive::start(pool, &case, Pace::default())?;
    drive.pass_to(gate)?;
    drive.close();
    drive.leave_at_end_of_file()
}

fn case(draw: &mut Pcg64, about: &Description) -> Result<Case, Stop> {
    match draw.random_range(0..8) {
        0 => crowded(draw, about),
        1 => full(draw, about),
        _ => any(draw, about),
    }
}

fn any(draw: &mut Pcg64, about: &Description) -> Result<Case, Stop> {
    let workload = workload(draw, about)?;
    // Half of the batches whose jobs a library has too have them from there.
    let library = about.workloads.iter().any(|own| own == Language::Library.word()) && draw.random_bool(0.5);
    let slow = matches!(workload, Workload::Sleep(_) | Workload::File { .. });
    let jobs = skewed(draw, if slow { MOST_SLOW_JOBS } else { MOST_JOBS });
    let case = Case {
        workers: staff(draw, about),
        chunk: chunk(draw, about, jobs),
        window: window(draw, about, jobs),
        policies_unsaid: false,
        ..Case::new(about, workload, jobs).times(draw.random_range(1..=4))
    };
    Ok(if library { own::from_library(case) } else { case })
}

/// Any number of workers; processes and threads in half of the cases, where the pool is made of them.
fn staff(draw: &mut Pcg64, about: &Description) -> Staff {
    if !about.is_hybrid() || draw.random_bool(0.5) {
        return Staff::Workers(skewed(draw, MOST_WORKERS).max(1));
    }
    let processes = skewed(draw, MOST_PROCESSES).max(1);
    Staff::Grid { processes, threads: skewed(draw, MOST_WORKERS / processes).max(1) }
}

/// Many workers and a window that is smaller: most of them have nothing to do, and each that comes back lets one go.
fn crowded(draw: &mut Pcg64, about: &Description) -> Result<Case, Stop> {
    let case = any(draw, about)?;
    let workers = draw.random_range(MANY_WORKERS..=MOST_WORKERS);
    let small = Window::Jobs(draw.random_range(1..workers));
    let window = if small.accepted_by(&about.window) { small } else { case.window };
    Ok(Case { window, ..case.on(workers) })
}

/// As many messages as there can be, all of them at once: what pipes and queues hold is not enough, in both directions.
fn full(draw: &mut Pcg64, about: &Description) -> Result<Case, Stop> {
    let noop = about.workloads.iter().any(|own| own == "noop").then_some("noop");
    let short: Vec<&str> = ["fail:2", "panic:100"].into_iter().chain(noop).collect();
    let workload = parse(short.choose(draw).expect("there are two"))?;
    let case = Case::new(about, workload, MOST_JOBS).times(draw.random_range(1..=2));
    let chunk = if Chunk::Jobs(1).accepted_by(&about.chunk) { Chunk::Jobs(1) } else { case.chunk };
    let window = if Window::All.accepted_by(&about.window) { Window::All } else { case.window };
    Ok(Case { workers: staff(draw, about), chunk, window, ..case })
}

/// A number from 0 to `most` whose size is drawn first, so that small ones are as frequent as large ones.
fn skewed(draw: &mut Pcg64, most: u64) -> u64 {
    let bits = draw.random_range(0..=most.ilog2() + 1);
    draw.random_range(0..=(1u64 << bits) - 1).min(most)
}

fn workload(draw: &mut Pcg64, about: &Description) -> Result<Workload, Stop> {
    let local = |name: &&str| {
        !name.starts_with("http") && !["lib", "py"].contains(name) && about.workloads.iter().any(|own| own == name)
    };
    let names: Vec<&str> = harness::NAMES.into_iter().filter(local).chain(["fail", "panic"]).collect();
    let name = *names.choose(draw).expect("fail is always there");
    let param = match name {
        "factor" => skewed(draw, 1_000_000).to_string(),
        "spin" | "skew" => format!("{}ns", skewed(draw, 1_000)),
        "sleep" => format!("{}us", skewed(draw, 200)),
        "file" => skewed(draw, 4096).max(1).to_string(),
        "fail" | "panic" => skewed(draw, 1_000).max(1).to_string(),
        _ => return parse(name),
    };
    parse(&format!("{name}:{param}"))
}

fn chunk(draw: &mut Pcg64, about: &Description, jobs: u64) -> Chunk {
    let drawn = Chunk::Jobs(skewed(draw, (2 * jobs).max(1)).max(1));
    let all = [Chunk::Own, Chunk::Auto, drawn];
    let accepted: Vec<Chunk> = all.into_iter().filter(|chunk| chunk.accepted_by(&about.chunk)).collect();
    accepted.choose(draw).copied().unwrap_or(Chunk::default_of(&about.chunk))
}

fn window(draw: &mut Pcg64, about: &Description, jobs: u64) -> Window {
    let drawn = Window::Jobs(skewed(draw, (2 * jobs).max(1)).max(1));
    let accepted: Vec<Window> = [Window::All, drawn].into_iter().filter(|w| w.accepted_by(&about.window)).collect();
    accepted.choose(draw).copied().unwrap_or(Window::default_of(&about.window))
}
