//! Whether a plan that was read from a file can be one: its names are words, its numbers in their ranges.

use anyhow::{Context as _, Result, ensure};
use harness::columns::{SCHEMA, is_word};
use harness::{MAX_BATCHES, MAX_JOBS};

use super::Plan;
use crate::process::affinity::Cpus;
use crate::process::plain;

/// The most blocks on one machine: of one cell whose trials take 3 ms they are five minutes, of a thousand such cells half a week.
pub const MOST_BLOCKS: u64 = 100_000;
/// The most blocks of all shards together: as many rows of one cell were tried, and what is kept by block fits into memory.
const MOST_BLOCKS_OF_ALL: u64 = 10_000_000;
/// The most trials, a block of every cell each: ten times what was tried, 5 GB of memory to read again.
const MOST_TRIALS: u64 = 100_000_000;
/// The most cells: a block of so many takes a quarter of an hour at least.
pub const MOST_CELLS: usize = 100_000;
/// The longest a name may be: a folder's has 255 bytes, and a number is added to it.
const LONGEST_NAME: usize = 200;

/// The most blocks of a plan for so many machines.
pub fn most_blocks(machines: u64) -> u64 {
    MOST_BLOCKS.saturating_mul(machines).min(MOST_BLOCKS_OF_ALL)
}

impl Plan {
    /// An error that names what cannot be in a plan. Nothing of a plan that passes leads outside the run's folder, and no
    /// number in it is too large to reckon with.
    pub fn check(&self) -> Result<()> {
        within("schema", self.schema, 1, SCHEMA).context("a newer poolbench reads newer plans")?;
        let words = [("run", &self.run), ("preset", &self.preset), ("host", &self.host)];
        // Their names are workload and parameter, and what is no word is no path either.
        let words = words.into_iter().chain(self.jobs.keys().map(|name| ("jobs of the user's own", name)));
        let pools = self.pools.keys().chain(self.cells.iter().map(|cell| &cell.pool)).map(|name| ("a pool", name));
        let commit = Some(&self.commit).filter(|commit| !commit.is_empty()).map(|commit| ("the commit", commit));
        words.chain(pools).chain(commit).try_for_each(|(what, name)| name_of(what, name))?;
        ensure!(
            self.seed.len() <= 16 && u64::from_str_radix(&self.seed, 16).is_ok(),
            "seed '{}' is not of up to 16 hexadecimal digits",
            plain::line(&self.seed)
        );
        let shards = self.shards.as_ref().map_or(1, |shards| shards.count);
        within("blocks", self.blocks, 1, most_blocks(shards))?;
        self.shards.as_ref().map_or(Ok(()), |shards| shards.check(self.blocks))?;
        within("cells", self.cells.len() as u64, 1, MOST_CELLS as u64)?;
        let (blocks, cells) = (self.blocks, self.cells.len() as u64);
        ensure!(
            blocks * cells <= MOST_TRIALS,
            "{blocks} blocks of {cells} cells are more than {MOST_TRIALS} trials; take fewer of either"
        );
        within("timeout_ms", self.timeout_ms, 1, u64::from(u32::MAX))?;
        for (what, text) in [("cpus", &self.cpus), ("server_cpus", &self.server_cpus)] {
            let read = |text: &String| text.parse::<Cpus>().map_err(anyhow::Error::msg).context(what);
            Some(text).filter(|text| !text.is_empty()).map_or(Ok(()), |text| read(text).map(drop))?;
        }
        self.race.as_ref().map_or(Ok(()), |race| race.check(self.cells.len(), self.blocks))?;
        for cell in &self.cells {
            within("jobs", cell.jobs, 0, MAX_JOBS)?;
            within("batches", cell.batches, 1, MAX_BATCHES)?;
            let pool = cell.real_pool();
            ensure!(self.pools.contains_key(pool), "the cell '{cell}' is of a pool that stands in no [pools.{pool}]");
        }
        Ok(())
    }

    /// The plan with texts that may be shown.
    #[must_use]
    pub fn shown(self) -> Self {
        self.with_waits().with_texts(|text| plain::line(text).into_owned())
    }

    /// The plan with all that comes from pools rewritten.
    #[must_use]
    pub fn with_texts(mut self, rewritten: impl Fn(&str) -> String) -> Self {
        let pools = self.pools.values_mut().flat_map(|binary| {
            let own = [&mut binary.library, &mut binary.version, &mut binary.kind, &mut binary.title];
            let others = [&mut binary.mirrors, &mut binary.variant_of, &mut binary.stop, &mut binary.base];
            own.into_iter().chain(others).chain(&mut binary.abilities)
        });
        let jobs = self.jobs.values_mut().map(|job| &mut job.without);
        self.left_out.iter_mut().chain(jobs).chain(pools).for_each(|text| *text = rewritten(text));
        self
    }
}

fn name_of(what: &str, name: &str) -> Result<()> {
    let right = !name.is_empty() && name.len() <= LONGEST_NAME && is_word(name);
    ensure!(right, "the name of {what}, '{}', is not a word of a-z, 0-9, '.', '_' and '-'", plain::line(name));
    Ok(())
}

fn within(what: &str, number: u64, least: u64, most: u64) -> Result<()> {
    ensure!((least..=most).contains(&number), "{what} {number}: whole numbers from {least} to {most} are accepted");
    Ok(())
}
