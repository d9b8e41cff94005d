//! Runs of one plan, night after night, with a spread from run to run that is known.

use std::fs;

use harness::columns::Row;
use rand::RngExt as _;
use rand_pcg::Pcg64;

use super::made::{Scratch, Series, csv, rows};

/// A pool over the nights: which build it is and how long it takes in each.
pub(crate) struct Pool {
    pub(crate) series: Series,
    /// The build at a night.
    pub(crate) build: fn(usize) -> usize,
    /// Times as long as the first build, at a night; none where the pool is not in that run.
    pub(crate) factor: fn(usize) -> Option<f64>,
}

/// A pool that stays as it is.
pub(crate) fn still(series: Series) -> Pool {
    Pool { series, build: |_| 0, factor: |_| Some(1.0) }
}

/// How far cells move from run to run, a standard deviation.
pub(crate) const SPREAD: f64 = 0.02;

/// Makes the runs `night-0`, `night-1` ... with so many blocks.
pub(crate) fn nights(scratch: &Scratch, pools: &[Pool], count: usize, blocks: u64) {
    scratch.run_of("template", "here", "");
    for night in 0..count {
        make(scratch, &format!("night-{night}"), night, pools, blocks);
    }
}

/// Makes the run of one night in the folder `name`.
pub(crate) fn make(scratch: &Scratch, name: &str, night: usize, pools: &[Pool], blocks: u64) {
    let mut draw = Pcg64::new(night as u128, 77);
    // The machine's own mood of that night, which all pools have in common.
    let mood = 1.0 + 0.3 * noise(&mut draw).tanh();
    let there: Vec<(&Pool, Series)> = pools
        .iter()
        .map(|pool| (pool, 1.0 + SPREAD * noise(&mut draw)))
        .filter_map(|(pool, own)| {
            let factor = (pool.factor)(night)?;
            Some((pool, Series { ms: pool.series.ms * factor * own * mood, ..pool.series }))
        })
        .collect();
    let series: Vec<Series> = there.iter().map(|(_, series)| *series).collect();
    let made = rows(&series, blocks).into_iter().map(|row| Row {
        run: format!("night-{night}"),
        started_at: format!("2026-03-{:02}T0{}:00:00Z", 1 + night % 28, night / 28),
        ..row
    });
    let folder = scratch.path(name);
    fs::create_dir_all(&folder).expect("the folder can be made");
    let template = fs::read_to_string(scratch.path("template/plan.toml")).expect("the template has a plan");
    let (head, _) = template.split_once("[pools.serial]").expect("it has a pool");
    let head = head.replace("run = \"made\"", &format!("run = \"night-{night}\""));
    let head = replaced(&head, "seed", &format!("{:x}", 0x5eed + night));
    let head = replaced(&head, "commit", &format!("c0ffee{night:02}"));
    let head = replaced(&head, "blocks", &blocks.to_string())
        .replace(&format!("blocks = \"{blocks}\""), &format!("blocks = {blocks}"));
    let pools = there.iter().map(|(pool, Series { pool: name, .. })| {
        let build = (pool.build)(night);
        format!(
            "[pools.{name}]\nlibrary = \"made\"\nversion = \"1.{build}\"\nsha256 = \"{build:064x}\"\nkind = \"threads\"\n\n"
        )
    });
    let cells = there.iter().map(|(_, Series { pool: name, jobs, .. })| {
        format!(
            "[[cells]]\npool = \"{name}\"\nworkload = \"noop\"\njobs = {jobs}\nworkers = 2\nchunk = \"auto\"\nwindow = \"all\"\nbatches = 1\n\n"
        )
    });
    let plan = head + &pools.chain(cells).collect::<String>();
    fs::write(folder.join("plan.toml"), plan).expect("the folder is there");
    fs::copy(scratch.path("template/machine.json"), folder.join("machine.json")).expect("the template has a machine");
    fs::write(folder.join("trials.csv"), csv(&made.collect::<Vec<_>>())).expect("the folder is there");
}

/// The value of a key before the tables; one that is not there is added.
fn replaced(head: &str, key: &str, value: &str) -> String {
    let line = format!("{key} = \"{value}\"");
    let is_key = |text: &str| text.starts_with(&format!("{key} = "));
    if !head.lines().any(is_key) {
        return format!("{line}\n{head}");
    }
    head.lines().map(|text| if is_key(text) { line.as_str() } else { text }).collect::<Vec<_>>().join("\n") + "\n"
}

/// Sums of uniform numbers: close to normal, with a spread of 1.
fn noise(draw: &mut Pcg64) -> f64 {
    (0..12).map(|_| draw.random_range(-0.5..0.5)).sum()
}
