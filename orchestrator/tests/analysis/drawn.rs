//! Made runs and their pictures.

use harness::columns::Row;
use orchestrator::analysis::{Data, RunLevel, load};
use orchestrator::models::Models;
use orchestrator::record::folder;
use orchestrator::report::pictures::{self, Absent, Picture};

use super::made::{Scratch, Series, csv, rows};

/// Names of so many pools.
pub(crate) const NAMES: [&str; 12] = [
    "serial",
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "zeta",
    "eta",
    "theta",
    "iota",
    "a-pool-of-a-very-long-name-1",
    "a-pool-of-a-very-long-name-2",
];

/// A run of the first `count` pools at three sizes of a workload that computes and two of one that waits, with all figures of memory.
pub(crate) fn made(count: usize) -> Scratch {
    let sizes = [(1000, 1.0), (10_000, 10.0), (100_000, 100.0)];
    let series: Vec<Series> = NAMES[..count]
        .iter()
        .zip(0_u8..)
        .flat_map(|(name, at)| {
            let times = if at == 0 { 2.0 } else { 1.0 + f64::from(at % 5) / 1000.0 };
            sizes.map(|(jobs, ms)| Series { pool: name, jobs, ms: ms * times, mib: 3.0 + f64::from(at), noise: 0.01 })
        })
        .collect();
    let all = rows(&series, 12).into_iter().zip(0..).map(|(row, at)| Row {
        workload: "compute".to_owned(),
        start_ns: Some(100_000 + at),
        stop_ns: Some(50_000 + at),
        rss_ready_bytes: Some(2_000_000),
        rss_started_bytes: Some(2_500_000),
        rss_done_bytes: Some(3_000_000),
        rss_stopped_bytes: Some(2_400_000),
        ..row
    });
    let computes: Vec<Row> = all.collect();
    let larger = computes.iter().filter(|row| row.jobs != Some(1000));
    let waits = larger.map(|row| Row {
        workload: "sleep".to_owned(),
        param: "1ms".to_owned(),
        workers: Some(50),
        position: row.position.map(|position| position + 1000),
        ..row.clone()
    });
    run_of(&computes.iter().cloned().chain(waits).collect::<Vec<_>>())
}

/// A run of these rows.
pub(crate) fn run_of(rows: &[Row]) -> Scratch {
    let scratch = Scratch::new();
    scratch.run_of("r", "here", csv(rows));
    scratch
}

pub(crate) fn drawn(scratch: &Scratch, change: impl FnOnce(&mut Data)) -> (Vec<Picture>, Vec<Absent>) {
    let path = scratch.path("r");
    let mut data = load(&path).expect("the rows are right");
    change(&mut data);
    let level = RunLevel::of(&data).expect("it has a level");
    pictures::all(&Models::of(&data), &level, &folder::read_plan(&path).expect("it has a plan"))
        .expect("they can be drawn")
}

pub(crate) fn named<'a>(pictures: &'a [Picture], id: &str) -> &'a Picture {
    pictures.iter().find(|picture| picture.id == id).unwrap_or_else(|| panic!("no picture {id}"))
}
