//! Whether a race fits into its budget, and what to ask for instead.

use std::time::Duration;

use anyhow::{Error, Result, anyhow, ensure};
use harness::{cores, human};

use crate::analysis::whole;
use crate::outcome::field::race_of;
use crate::plan::Plan;
use crate::plan::cell::Cell;

/// The rounds that must fit: the one that warms the machine, and the two that it takes to set anybody aside.
const LEAST_ROUNDS: u32 = 3;
/// The rounds of all that a race takes which tells its entrants apart.
const GOOD_ROUNDS: u32 = 8;

/// Refuses a race whose rounds would not fit if its jobs, of the user's own, cost no more than they took when their right results
/// were found. Of other jobs nothing is known before the first round.
pub fn could_fit(plan: &Plan) -> Result<()> {
    let cells = plan.cells[..race_of(plan).entrants].iter();
    let round = Duration::from_nanos(whole(cells.map(|cell| least_ns(plan, cell)).sum()));
    ensure!(round * LEAST_ROUNDS <= Duration::from_millis(plan.budget_ms), too_short(plan, round));
    Ok(())
}

/// What the batches of a trial take at least, ns; 0 where that is not known.
fn least_ns(plan: &Plan, cell: &Cell) -> f64 {
    let Some(job) = plan.job(cell) else { return 0.0 };
    let at_once = if job.waits { cell.workers.total() } else { cell.workers.total().min(cores()) };
    #[expect(clippy::cast_precision_loss, reason = "jobs, batches and nanoseconds of a trial, exact below 2^53")]
    let [jobs, batches, job_ns, at_once] =
        [cell.jobs, cell.batches, job.job_ns, at_once.max(1)].map(|count| count as f64);
    jobs * batches * job_ns / at_once
}

/// The error of a race of which a round of all takes so long.
pub(super) fn too_short(plan: &Plan, round: Duration) -> Error {
    let budget = Duration::from_millis(plan.budget_ms);
    let needs = round * GOOD_ROUNDS;
    let jobs = plan.cells[0].jobs;
    #[expect(clippy::cast_precision_loss, reason = "jobs, of which one digit is kept")]
    let fewer = whole(jobs as f64 * budget.as_secs_f64() / needs.as_secs_f64().max(1e-9));
    let digit = 10_u64.pow(fewer.max(1).ilog10());
    let fewer = fewer / digit * digit;
    let fewer = if (1..jobs).contains(&fewer) { format!("--jobs {fewer}") } else { "fewer jobs".to_owned() };
    let [budget, takes, needs] = [budget, round, needs].map(human::seconds);
    anyhow!(
        "--budget {budget} is too short for two rounds of {} entrants, of which one takes about {takes}, and one round tells \
         nobody apart: ask with {fewer}, give a --budget of {needs} and more, or name fewer --pools, --workers or --chunk",
        race_of(plan).entrants
    )
}
