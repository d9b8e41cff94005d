//! Eight copies of one pool: how many families of 16 blocks make any false claim, and how often places tell copies apart.
//!
//! Families are 16 blocks that follow each other, from a drawn block on, so that what neighbouring blocks have in common
//! stays in them. One that shares a block with another is not wholly a new one; those that share none are counted too.

use anyhow::{Context as _, Result, ensure};
use orchestrator::stats::{Alpha, Band, Member, Verdict, compare_family, log_ratios, places};
use rand_pcg::Pcg64;
use rand_pcg::rand_core::{Rng, SeedableRng};

use crate::judge::share;
use crate::programs::{COPIES, Programs, load_now};
use crate::recorded::{Recorded, pairs};
use crate::{Asked, command};

/// Jobs of 5 us in a batch: 2 ms, that many trials take little time.
const SIZES: [u64; 10] = [440, 445, 450, 455, 460, 465, 470, 475, 480, 485];
/// Blocks of a family: those of `all`.
const BLOCKS: usize = 16;
/// Families drawn.
const FAMILIES: u32 = 400;
/// Families shown that share no block.
const REAL: usize = 40;

/// Records copies, unless a folder is given, and judges them.
pub(crate) fn judge(asked: &Asked) -> Result<()> {
    let recorded = match &asked.folder {
        Some(folder) => Recorded::read(folder)?,
        None => record(asked.number.unwrap_or(400))?,
    };
    let (blocks, cells) = (recorded.blocks(), recorded.cells());
    ensure!(blocks >= BLOCKS, "{blocks} blocks of copies are too few: {BLOCKS} make a family");
    let mut drawn = Drawn(Pcg64::seed_from_u64(1));
    if asked.wants("families") {
        let any = (0..FAMILIES).map(|_| is_claimed(&recorded, drawn.below(cells), drawn.below(blocks - BLOCKS + 1)));
        let claims = any.sum::<Result<u32>>()?;
        let apart = (0..blocks / BLOCKS).flat_map(|window| (0..cells).map(move |cell| (cell, window * BLOCKS)));
        let apart: Vec<(usize, usize)> = apart.take(REAL).collect();
        let real = apart.iter().map(|(cell, start)| is_claimed(&recorded, *cell, *start)).sum::<Result<u32>>()?;
        println!(
            "families of 8 copies, {BLOCKS} blocks: any false claim in {} (goal: at most 30)",
            share(claims, FAMILIES)
        );
        println!("  of those that share no block: {}", share(real, u32::try_from(apart.len())?));
        println!("  {}", command("families"));
    }
    if asked.wants("places") {
        let split = (0..FAMILIES).map(|_| {
            // Half of the cells, so that there are more runs than windows.
            let mut meant: Vec<usize> = (0..cells).collect();
            while meant.len() > cells.div_ceil(2) {
                meant.swap_remove(drawn.below(meant.len()));
            }
            let window = recorded.window(&meant, drawn.below(blocks - BLOCKS + 1), BLOCKS);
            let found = places(&window, Alpha::FIVE_PERCENT, 1.0)?;
            ensure!(
                found.incomplete.is_empty(),
                "a copy lacks trials in a family: record on a machine that runs them all"
            );
            Ok(u32::from(found.pairs.iter().any(|pair| pair.is_apart)))
        });
        let split = split.sum::<Result<u32>>()?;
        println!(
            "places of 8 copies, {BLOCKS} blocks: any put behind another in {} (goal: at most 30)",
            share(split, FAMILIES)
        );
        println!("  {}", command("places"));
    }
    Ok(())
}

fn record(blocks: u64) -> Result<Recorded> {
    let scratch = tempfile::tempdir().context("making a scratch folder")?;
    println!("recording {blocks} blocks of {} copies in {} cells, load {}", COPIES.len(), SIZES.len(), load_now());
    let run = scratch.path().join("run");
    Programs::find(scratch.path())?.run(&COPIES.join(","), "none", &SIZES, blocks, &run)?;
    Recorded::read(&run)
}

/// Whether, in a cell, any of seven copies is called faster or slower than the first: 1 or 0.
fn is_claimed(recorded: &Recorded, cell: usize, start: usize) -> Result<u32> {
    let window = recorded.window(&[cell], start, BLOCKS);
    let differences = window[1..].iter().map(|own| log_ratios(&pairs(&window[0][0], &own[0])));
    let differences: Vec<Vec<f64>> = differences.collect::<Result<_, _>>()?;
    let members: Vec<Member> = differences.iter().map(|differences| Member { differences, twin: None }).collect();
    let found = compare_family(&members, Alpha::FIVE_PERCENT, Band::default())?;
    Ok(u32::from(found.iter().any(|one| matches!(one.verdict, Verdict::Faster | Verdict::Slower))))
}

/// Numbers drawn, the same in every run of the benchmark.
struct Drawn(Pcg64);

impl Drawn {
    /// One of 0, 1, .. `limit` - 1, of which there is at least one.
    fn below(&mut self, limit: usize) -> usize {
        #[expect(clippy::cast_possible_truncation, reason = "below `limit`, a usize")]
        let drawn = ((u128::from(self.0.next_u64()) * limit as u128) >> 64) as usize;
        drawn
    }
}
