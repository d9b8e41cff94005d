//! In block 0: a cell whose batches still get faster at the end of a trial is given twice as many, until they do not.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use harness::MAX_BATCHES;

use crate::plan::Plan;
use crate::plan::budget::RETRIES;
use crate::process::tell;
use crate::record::folder;
use crate::record::trials::Mark;
use crate::stats::{FEWEST_TO_TELL, bears_out, is_suspect};
use crate::trial::status::Status;

/// The longest that a trial may become by further batches in a run without a budget.
const LONGEST: Duration = Duration::from_secs(2);

/// The fewest batches of a longer trial: their trend shows through noise of 10 %.
const FEWEST_TO_TRY: u64 = 16;

/// What came of the attempts at a cell in one block.
pub(super) struct Tried {
    pub(super) status: Status,
    /// The row to be accepted; nothing where there is none.
    pub(super) mark: Option<Mark>,
    /// All its batches.
    pub(super) batch_ns: Vec<u64>,
    /// The last attempt's number.
    pub(super) attempts: u64,
    /// How long it took, without what was tried again.
    pub(super) took: Duration,
}

impl Tried {
    /// An attempt that is none.
    pub(super) fn stopped() -> Self {
        Self { status: Status::Interrupted, mark: None, batch_ns: Vec::new(), attempts: 0, took: Duration::ZERO }
    }
}

/// A cell's trial in block 0 after what it took to be warm.
pub(super) struct Grown {
    pub(super) tried: Tried,
    /// The batches that are enough, or as many as there may be.
    batches: u64,
    /// Whether they get faster still, which is not tried with more.
    is_bound: bool,
}

/// Goes on from a trial with `asked` batches: as long as they fall, `again` tries it with twice as many, 16 at least, and attempts
/// from the number that it is given. Each step must be borne out by the longer trial itself, so that noise, which is another in
/// each, makes none. Ends at the most batches there may be, and where a trial would take longer than `longest`.
pub(super) fn grow(
    asked: u64,
    longest: Duration,
    tried: Tried,
    mut again: impl FnMut(u64, u64) -> Result<Tried>,
) -> Result<Grown> {
    let (mut batches, mut enough) = (asked, tried);
    let mut is_bound = false;
    while enough.status == Status::Ok && is_suspect(&enough.batch_ns) {
        let more = (2 * batches).clamp(FEWEST_TO_TRY, MAX_BATCHES);
        let times = u32::try_from(more.div_ceil(batches)).unwrap_or(u32::MAX);
        if more == batches || enough.took.saturating_mul(times) > longest {
            // Fewer than 8 do not tell whether they fall.
            is_bound = batches >= FEWEST_TO_TELL as u64;
            break;
        }
        let few = usize::try_from(batches).unwrap_or(usize::MAX);
        let is_borne_out = |tried: &Tried| tried.status == Status::Ok && bears_out(&tried.batch_ns, few);
        let mut longer = again(more, enough.attempts + 1)?;
        // Fewer than 8 are always suspect, so that it takes a second longer trial.
        if batches < FEWEST_TO_TELL as u64 && is_borne_out(&longer) {
            longer = again(more, longer.attempts + 1)?;
        }
        if longer.status == Status::Interrupted {
            return Ok(Grown { tried: longer, batches: asked, is_bound: false });
        }
        if !is_borne_out(&longer) {
            break;
        }
        (batches, enough) = (more, longer);
    }
    Ok(Grown { tried: enough, batches, is_bound })
}

/// Writes into the plan how many batches a cell has from now on, and says so where they are not those `asked`.
pub(super) fn keep(plan: &mut Plan, path: &Path, index: usize, asked: u64, grown: &Grown) -> Result<()> {
    let batches = grown.batches;
    plan.cells[index].batches = batches;
    if grown.is_bound {
        let why = if batches == MAX_BATCHES {
            "which are the most"
        } else {
            "and more would take more than its share of the time"
        };
        tell(format_args!("{}: still warming after {batches} batches, {why}", plan.cells[index]));
    } else if batches != asked {
        tell(format_args!("{}: {batches} batches a trial from now on, since {asked} are not warm", plan.cells[index]));
    }
    if batches == asked {
        return Ok(());
    }
    // A twin does the same as its pool.
    let twin = plan.cells[index].twin().key();
    plan.cells.iter_mut().filter(|cell| cell.key() == twin).for_each(|cell| cell.batches = batches);
    folder::write_plan(path, plan)
}

/// The longest that a trial may become: an even share of what the budget leaves to trials, or of no budget two seconds.
pub(super) fn longest(plan: &Plan) -> Duration {
    let trials = plan.all_blocks().saturating_mul(plan.cells.len() as u64);
    let share = match plan.budget_ms {
        0 => LONGEST,
        budget => {
            let budget = Duration::from_millis(budget);
            budget.saturating_sub(budget / RETRIES) / u32::try_from(trials).unwrap_or(u32::MAX).max(1)
        }
    };
    share.min(plan.timeout() / 2)
}

#[cfg(test)]
mod tests {
    use rand::RngExt as _;
    use rand_pcg::Pcg64;

    use super::*;

    fn tried(batch_ns: Vec<u64>, attempts: u64) -> Tried {
        let took = Duration::from_nanos(batch_ns.iter().sum());
        Tried { status: Status::Ok, batch_ns, attempts, took, ..Tried::stopped() }
    }

    /// Grows a pool whose batches take `level` ns, each strayed by up to 10 %; batches at the end, whether bound, and trials.
    fn grown(asked: u64, seed: u64, level: impl Fn(u64) -> f64) -> (u64, bool, u64) {
        let mut draw = Pcg64::new(u128::from(seed), 7);
        let mut trial = |batches: u64, attempt| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "made times are small")]
            let times = (0..batches).map(|at| (level(at) * (1.0 + draw.random_range(-0.1..0.1))) as u64);
            tried(times.collect(), attempt)
        };
        let first = trial(asked, 1);
        let found = grow(asked, LONGEST, first, |batches, attempt| Ok(trial(batches, attempt))).expect("it goes on");
        (found.batches, found.is_bound, found.tried.attempts)
    }

    fn compiled(at: u64, after: f64) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "few batches")]
        let at = at as f64;
        1e6 * (1.0 + 3.0 * (-at / after).exp())
    }

    #[test]
    fn what_is_compiled_gets_as_many_batches_as_it_takes() {
        for asked in [3, 8, 30] {
            let mut enough: Vec<u64> = (0..100).map(|seed| grown(asked, seed, |at| compiled(at, 12.0)).0).collect();
            enough.sort_unstable();
            assert!((30..=256).contains(&enough[50]), "{asked} become {}", enough[50]);
        }
    }

    #[test]
    fn what_only_strays_keeps_what_was_asked() {
        for asked in [2, 3, 5, 8, 30] {
            let cold = |at| if at == 0 { 5e6 } else { 1e6 };
            let more = (0..1000).filter(|seed| grown(asked, *seed, cold).0 != asked).count();
            assert!(more <= 4, "{more} of 1000 cells of {asked} batches have more");
        }
    }

    #[test]
    fn it_ends_at_its_share_of_the_time_and_at_the_most_batches() {
        // 8 batches of up to 400 ms: more would take over 2 s.
        assert_eq!(grown(8, 1, |at| 100.0 * compiled(at, 12.0)), (8, true, 1));
        // Falls for ever.
        let (batches, is_bound, _) = grown(8, 1, |at| 1e6 / (1.0 + f64::from(u32::try_from(at).unwrap())));
        assert_eq!((batches, is_bound), (MAX_BATCHES, true));
    }

    #[test]
    fn a_longer_trial_that_fails_or_is_stopped_changes_nothing() {
        let falling: Vec<u64> = (0..8).map(|at| 1_000_000 - 100_000 * at).collect();
        for (status, kept) in [(Status::Timeout, Status::Ok), (Status::Interrupted, Status::Interrupted)] {
            let again = |_, _| Ok(Tried { status, ..Tried::stopped() });
            let found = grow(8, LONGEST, tried(falling.clone(), 1), again).expect("it goes on");
            assert_eq!((found.batches, found.tried.status), (8, kept));
        }
    }
}
