//! How it was measured, in short.

use super::reported::section;
use crate::report::document::{Part, Section};

const SAID: [&str; 8] = [
    "A job is one index of a workload; a batch is so many jobs; a trial is one batch or several in a process of its own, and one row of \
     `trials.csv`, which lies in the run's folder and is not part of this page.",
    "A block has every cell (pool, workload, number of jobs, workers) once, in an order drawn for it. Pools are compared within blocks, so \
     that a machine that changes its mood changes it for all of them. Block 0 warms the machine and is not analysed.",
    "Batch time is read inside the pool's process by the monotonic clock, from before the first job is handed over to when every result \
     has come back. It has neither the start of the process nor that of the pool in it. Of several batches in a trial the first is \
     cold, and the median of the others counts.",
    "Memory is the peak of the whole tree of processes: `charged` is what a control group of its own counted, the same way for all; \
     `peak RSS` is resident memory from /proc, of several processes an interval. No incomplete figure is ranked.",
    "Results are checked: a lost, doubled or wrong job makes the trial a failure, which is a row and never a gap.",
    "Figures are medians with intervals at 95 %; outliers are flagged and never dropped. A pool is called faster only where the whole \
     interval of the paired ratio lies beyond, with one error shared by all comparisons that are made together; within 3 % it is the \
     same.",
    "Predictions are from fits through every measured size, and say how far outside of what was measured they lie.",
    "`docs/METHODOLOGY.md` of poolbench has the whole of it, and `docs/BIAS.md` what may still be wrong.",
];

/// The section.
pub(super) fn part() -> Section {
    section("methodology", "Method", [Part::List(SAID.map(str::to_owned).to_vec())])
}
