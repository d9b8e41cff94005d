//! How often a pool that is 5 % slower is found at 16 blocks, on a quiet machine and beside a loop that comes and goes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use orchestrator::stats::{Alpha, Band, Member, Verdict, compare_family, log_ratios};
use rand_pcg::Pcg64;
use rand_pcg::rand_core::{Rng, SeedableRng};

use crate::judge::share;
use crate::programs::{Programs, load_now};
use crate::recorded::{Recorded, pairs};
use crate::rounds::SIZES;
use crate::{Asked, command};

/// Blocks of a run.
const BLOCKS: u64 = 16;

/// What was said of the slower pool, in counts.
#[derive(Default)]
struct Said {
    comparisons: u32,
    slower: u32,
    faster: u32,
}

/// Measures runs without and with a neighbour.
pub(crate) fn measure(asked: &Asked) -> Result<()> {
    let runs = asked.number.unwrap_or(10);
    let scratch = tempfile::tempdir().context("making a scratch folder")?;
    let programs = Programs::find(scratch.path())?;
    for (name, goal, is_disturbed) in [("quiet", 95, false), ("beside a loop that spins half of the time", 70, true)] {
        println!("measuring {runs} runs {name}, load {}", load_now());
        let mut said = Said::default();
        let over = AtomicBool::new(false);
        thread::scope(|scope| {
            if is_disturbed {
                scope.spawn(|| neighbour(&over));
            }
            let found = (0..runs).try_for_each(|run| {
                let folder = scratch.path().join(format!("{is_disturbed}-{run}"));
                programs.run("serial,slower", "none", &SIZES, BLOCKS, &folder)?;
                said.count(&Recorded::read(&folder)?)
            });
            over.store(true, Ordering::Relaxed);
            found
        })?;
        let [found, wrong] = [said.slower, said.faster].map(|count| share(count, said.comparisons));
        println!("5 % slower at {BLOCKS} blocks, {name}: found in {found} (goal: {goal} %), wrong sign in {wrong}");
    }
    println!("  {}", command("power"));
    Ok(())
}

impl Said {
    fn count(&mut self, recorded: &Recorded) -> Result<()> {
        let [serial, slower] = ["serial", "slower"].map(|name| recorded.pools.iter().position(|pool| pool == name));
        let (serial, slower) = serial.zip(slower).context("a run lacks one of its two pools")?;
        for (serial, slower) in recorded.values[serial].iter().zip(&recorded.values[slower]) {
            let differences = log_ratios(&pairs(serial, slower))?;
            let member = Member { differences: &differences, twin: None };
            let verdict = compare_family(&[member], Alpha::FIVE_PERCENT, Band::default())?[0].verdict;
            self.comparisons += 1;
            self.slower += u32::from(verdict == Verdict::Slower);
            self.faster += u32::from(verdict == Verdict::Faster);
        }
        Ok(())
    }
}

/// Spins and rests by turns of a drawn 50 to 500 ms, until it is over.
fn neighbour(over: &AtomicBool) {
    let mut generator = Pcg64::seed_from_u64(2);
    let mut spell = || Instant::now() + Duration::from_millis(50 + u64::from(generator.next_u32()) * 451 / (1 << 32));
    while !over.load(Ordering::Relaxed) {
        let end = spell();
        while Instant::now() < end {
            std::hint::spin_loop();
        }
        thread::sleep(spell().saturating_duration_since(Instant::now()));
    }
}
