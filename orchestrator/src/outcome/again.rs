//! The commands that repeat a race's winner, or look further.

use harness::Staff;

use super::answer::Answer;
use crate::plan::Plan;
use crate::plan::cell::Cell;
use crate::plan::race::{BATCHES, Objective, Race, WITHIN};

/// What a command is for, and its words.
pub(crate) type Command = (&'static str, Vec<String>);

/// The commands that repeat the winner and look further.
pub(crate) fn commands(answer: &Answer) -> Vec<Command> {
    again(answer).into_iter().chain(further(answer)).collect()
}

/// The race that looks beyond the end of the ladder of workers, where the best stands there and more can be had.
pub(super) fn further(answer: &Answer) -> Option<Command> {
    let best = &answer.plan.cells[answer.best().cell];
    let entrants = || answer.plan.cells[..answer.race().entrants].iter().filter(|cell| cell.pool == best.pool);
    let is_end = entrants().all(|cell| cell.workers.total() <= best.workers.total());
    let is_ladder = entrants().any(|cell| cell.workers.total() < best.workers.total());
    let own = best.workers.total();
    if !is_end || !is_ladder || own >= best.jobs.max(1) || !matches!(best.workers, Staff::Workers(_)) {
        return None;
    }
    let mut ladder: Vec<String> =
        [own, 2 * own, 4 * own].into_iter().map(|step| step.min(best.jobs).to_string()).collect();
    ladder.dedup();
    let mut race = words(&["poolbench", "race", "--workload"], &asked(answer, best), best.jobs);
    race.extend(["--pools".to_owned(), best.pool.clone(), "--workers".to_owned(), ladder.join(",")]);
    race.extend(besides(answer, best));
    race.extend(conditions(answer, best));
    Some(("more workers", race))
}

/// The commands that repeat the winner: by hand where it is a pool beside poolbench that needs no web server, and as a run.
fn again(answer: &Answer) -> Vec<Command> {
    let (plan, cell) = (&answer.plan, &answer.plan.cells[answer.best().cell]);
    let Cell { pool, workload, jobs, workers, chunk, window, batches, .. } = cell;
    let mut run = words(&["poolbench", "run", "--workload"], &asked(answer, cell), *jobs);
    for (option, value) in [
        ("--pools", pool.clone()),
        ("--workers", workers.to_string()),
        ("--chunk", chunk.to_string()),
        ("--window", window.to_string()),
        ("--batches", batches.to_string()),
    ] {
        run.extend([option.to_owned(), value]);
    }
    run.extend(besides(answer, cell));
    let is_unknown = workload.own().is_some() && !answer.knows_files;
    if is_guest(plan, pool) || workload.workload().needs_server() || is_unknown {
        return vec![("as a run", run)];
    }
    let options = cell.arguments(None, plan.spin_rate).into_iter().filter(|word| word != "--gate");
    vec![("by hand", std::iter::once(format!("pool-{pool}")).chain(options).collect()), ("as a run", run)]
}

/// The workload as it is asked for: a job of the user's own by its file, or by a word for that where nobody knows it.
fn asked(answer: &Answer, cell: &Cell) -> String {
    match cell.workload.own() {
        None => cell.workload.to_string(),
        Some(_) if answer.knows_files => cell.workload.argument(None),
        Some(own) if own.param.is_empty() => format!("{}:FILE", own.language.word()),
        Some(own) => format!("{}:FILE:PARAM", own.language.word()),
    }
}

/// What a race was asked for that is not what it does by itself.
fn conditions(answer: &Answer, best: &Cell) -> Vec<String> {
    let Race { objective, within, max_memory_bytes, .. } = answer.race();
    let asked = [
        (*objective != Objective::Time).then(|| ("--objective", objective.word().to_owned())),
        (*max_memory_bytes > 0).then(|| ("--max-memory", format!("{max_memory_bytes}B"))),
        (within != WITHIN).then(|| ("--within", within.clone())),
        (best.batches != BATCHES).then(|| ("--batches", best.batches.to_string())),
    ];
    asked.into_iter().flatten().flat_map(|(option, value)| [option.to_owned(), value]).collect()
}

/// What a command must say besides: where a pool of others comes from, and what the user has said of own jobs.
fn besides(answer: &Answer, cell: &Cell) -> Vec<String> {
    let job = answer.plan.job(cell);
    let flags = [
        (is_guest(&answer.plan, &cell.pool), &["--pools-from", "LIST"][..]),
        (job.is_some_and(|job| job.waits), &["--waits"]),
        (job.is_some_and(|job| job.unchecked), &["--unchecked"]),
    ];
    let said = flags.iter().filter(|(is_so, _)| *is_so).flat_map(|(_, words)| words.iter());
    said.map(|word| (*word).to_owned()).collect()
}

/// A command's first words, the workload and the jobs.
fn words(first: &[&str], workload: &str, jobs: u64) -> Vec<String> {
    let first = first.iter().map(|word| (*word).to_owned());
    first.chain([workload.to_owned(), "--jobs".to_owned(), jobs.to_string()]).collect()
}

fn is_guest(plan: &Plan, pool: &str) -> bool {
    plan.pools.get(pool).is_some_and(|binary| !binary.base.is_empty())
}
