//! Who leaves a race without a comparison: who failed, and who takes too much memory. And how the others' leaving is said.

use std::time::Duration;

use anyhow::{Result, ensure};
use harness::human;

use crate::analysis::whole;
use crate::outcome::field::Field;
use crate::plan::Plan;
use crate::plan::race::{How, Out, Race};

/// In so many rounds an entrant may fail; then it leaves.
const MOST_FAILURES: u64 = 2;
/// Fewer rounds do not tell how much memory one takes.
const FEWEST_ROUNDS: u64 = 2;

/// Puts down who leaves after `round` by what it did alone. Fails if nobody is left.
pub(super) fn by_themselves(race: &mut Race, plan: &Plan, field: &Field, round: u64) -> Result<()> {
    let leader = race.leader();
    let out = |cell, how| Out { cell, round, how, leader, factor: 0.0, cut_off: false };
    let failed: Vec<usize> = race.remaining().into_iter().filter(|cell| field.failed(*cell) >= MOST_FAILURES).collect();
    race.out.extend(failed.into_iter().map(|cell| out(cell, How::Failed)));
    let all = 0..race.entrants;
    let only_late = all.clone().any(|cell| field.cut_off(cell) > 0) && all.clone().all(|cell| field.failed(cell) == 0);
    ensure!(
        !only_late || field.has_values(round.min(FEWEST_ROUNDS)),
        "--budget {} is too short: no trial ended within {}, which is an eighth of it or --timeout; give more, or fewer --jobs",
        human::seconds(Duration::from_millis(plan.budget_ms)),
        humantime::format_duration(plan.timeout())
    );
    ensure!(
        !race.remaining().is_empty() && field.has_values(round.min(FEWEST_ROUNDS)),
        "no entrant has trials that were ok, so that nothing can be said: notes.jsonl of the run says how they failed, \
         `poolbench check-pool` what is wrong with a pool"
    );
    let most = race.max_memory_bytes;
    if most == 0 || round < FEWEST_ROUNDS {
        return Ok(());
    }
    let peak = |cell: usize| field.median(cell, field.memory, 1).map(whole);
    let large: Vec<usize> = race.remaining().into_iter().filter(|cell| peak(*cell).is_none_or(|p| p > most)).collect();
    let least = large.iter().filter_map(|cell| Some((peak(*cell)?, *cell))).min();
    race.out.extend(large.into_iter().map(|cell| out(cell, How::Memory)));
    ensure!(
        !race.remaining().is_empty(),
        "--max-memory {}: nobody stays under it; {}",
        human::size(most),
        match least {
            Some((bytes, cell)) =>
                format!("the least is {} of {}, so allow more", human::size(bytes), plan.cells[cell].pool),
            None => "and no peak is known here: `poolbench doctor` says what that takes".to_owned(),
        }
    );
    Ok(())
}

/// Says of those who were set aside since the `known` first ones left whether they were cut off or failed.
pub(super) fn explained(race: &mut Race, field: &Field, known: usize) {
    for out in race.out.iter_mut().skip(known) {
        out.cut_off = field.cut_off(out.cell) > 0;
        if out.how == How::SetAside && field.failed(out.cell) > 0 && !out.cut_off {
            out.how = How::Failed;
        }
    }
}
