//! How it was measured, in short.

use super::reported::section;
use crate::report::document::{Part, Section};

const TRIAL: &str = "A job is one index of a workload; a batch is so many jobs; a trial is one batch or several in a process of its own, and one row of \
     `trials.csv`, which lies in the run's folder and is not part of this page.";
const BLOCKS: &str = "A block has every cell (pool, workload, number of jobs, workers) once, in an order drawn for it. Pools are compared within blocks, so \
     that a machine that changes its mood changes it for all of them. Block 0 warms the machine and is not analysed.";
const FIGURES: [&str; 3] = [
    "Batch time is read inside the pool's process by the monotonic clock, from before the first job is handed over to when every result \
     has come back. It has neither the start of the process nor that of the pool in it. Of several batches in a trial the first is \
     cold, and the median of the others counts.",
    "Memory is the peak of the whole tree of processes: `charged` is what a control group of its own counted, the same way for all; \
     `peak RSS` is resident memory from /proc, of several processes an interval. No incomplete figure is ranked.",
    "Results are checked: a lost, doubled or wrong job makes the trial a failure, which is a row and never a gap.",
];
const CLAIMS: [&str; 2] = [
    "Figures are medians with intervals at 95 %; outliers are flagged and never dropped. A pool is called faster only where the whole \
     interval of the paired ratio lies beyond, with one error shared by all comparisons that are made together; within 3 % it is the \
     same.",
    "Predictions are from fits through every measured size, and say how far outside of what was measured they lie.",
];
const ROUNDS: [&str; 3] = [
    "A round has every entrant (pool, workers, chunk) that has not left once, in an order drawn for it, so that a machine that changes \
     its mood changes it for all of them. Round 0 warms the machine and is not analysed.",
    "An entrant is set aside where it was slower than the leader in every round so far, by a factor that falls with the rounds and \
     rises with the noise: a decision that saves time, and no claim. It is behind where the exact paired test says so, with one error \
     shared by all entrants and all looks.",
    "The last rounds are a final of finalists and a second start of the leader. They alone give intervals and the word `same`, since \
     who is a finalist was chosen on the rounds before; nothing else is claimed on a race's rows.",
];
const MORE: &str =
    "`docs/METHODOLOGY.md` of poolbench has the whole of it, and `docs/BIAS.md` what may still be wrong.";

/// The section.
pub(super) fn part() -> Section {
    of([TRIAL, BLOCKS].into_iter().chain(FIGURES).chain(CLAIMS).chain([MORE]))
}

/// That of a race.
pub(super) fn of_race() -> Section {
    of([TRIAL].into_iter().chain(ROUNDS).chain(FIGURES).chain([MORE]))
}

fn of(said: impl Iterator<Item = &'static str>) -> Section {
    section("methodology", "Method", [Part::List(said.map(str::to_owned).collect())])
}
