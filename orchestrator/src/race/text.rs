//! The answer of a race in a sentence, and the commands that repeat the winner or look further.

use harness::{Staff, human};

use super::answer::{Answer, Standing};
use super::words::{case, in_a_list, setup_words, workers};
use crate::analysis::whole;
use crate::plan::Plan;
use crate::plan::cell::Cell;
use crate::plan::race::Objective;

/// The answer in a sentence.
pub(super) fn sentence(answer: &Answer) -> String {
    let plan = &answer.plan;
    let best = answer.best();
    let cell = &plan.cells[best.cell];
    let mut figures = vec![objective(answer, best)];
    let time = best.time_ns.map(|ns| format!("{} a batch", human::time(whole(ns))));
    let peak = best.peak_bytes.map(|bytes| format!("{} {}", memory_word(answer), human::size(whole(bytes))));
    let cpu = best.cpu_ns.map(|ns| format!("{} of CPU", human::time(whole(ns))));
    figures.extend(
        match answer.race().objective {
            Objective::Time => [None, peak, cpu],
            Objective::Cpu => [time, peak, None],
            Objective::Memory => [time, None, cpu],
        }
        .into_iter()
        .flatten(),
    );
    let same: Vec<String> = answer.same().map(|one| in_a_list(&plan.cells[one.cell])).collect();
    let within = format!("The same within {}", human::share(answer.race().band().share()));
    let same = match same.len() {
        0 => String::new(),
        many if many > 4 => format!(" {within}: {} and {} more.", same[..3].join(", "), many - 3),
        _ => format!(" {within}: {}.", same.join(", ")),
    };
    let more = more_workers(answer).map_or(String::new(), |text| format!(" {text}"));
    format!("For {}: {}: {}.{same}{more}", case(plan), setup_words(cell), figures.join(", "))
}

/// The figure of the objective with its interval.
fn objective(answer: &Answer, best: &Standing) -> String {
    let value = best.value.map_or("not known".to_owned(), |value| answer.measure.text(whole(value)));
    let range = answer.interval.map_or(String::new(), |interval| {
        let [low, high] = [interval.low(), interval.high()].map(whole);
        let range =
            if answer.measure.is_memory() { human::size_range(low, high) } else { human::time_range(low, high) };
        format!(" ({range})")
    });
    match answer.race().objective {
        Objective::Time => value + &range,
        Objective::Cpu => format!("{value}{range} of CPU"),
        Objective::Memory => format!("{} {value}{range}", memory_word(answer)),
    }
}

/// What the figures of memory are.
pub(super) fn memory_word(answer: &Answer) -> &'static str {
    if answer.memory.key() == "charged" { "charged" } else { "peak RSS" }
}

/// What more workers of the same pool would do, as far as the race has tried it.
fn more_workers(answer: &Answer) -> Option<String> {
    let best = &answer.plan.cells[answer.best().cell];
    let entrants = || answer.plan.cells[..answer.race().entrants].iter().filter(|cell| cell.pool == best.pool);
    let most = entrants().map(|cell| cell.workers.total()).max()?;
    let own = best.workers.total();
    if entrants().any(|cell| cell.workers.total() == 2 * own) {
        return Some("Twice as many workers do not help.".to_owned());
    }
    let is_ladder = entrants().any(|cell| cell.workers.total() < own);
    (own == most && is_ladder && further(answer).is_some())
        .then(|| format!("{} are the most that were tried.", workers(best)))
}

/// What a command is for, and its words.
type Command = (&'static str, Vec<String>);

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
    let case = words(&["poolbench", "race", "--workload"], &asked(answer, best), best.jobs);
    let list = if is_guest(&answer.plan, &best.pool) { &["--pools-from", "LIST"][..] } else { &[] };
    let own = ["--pools".to_owned(), best.pool.clone(), "--workers".to_owned(), ladder.join(",")];
    Some(("more workers", case.into_iter().chain(own).chain(list.iter().map(|word| (*word).to_owned())).collect()))
}

/// The commands that repeat the winner: by hand where it is a pool beside poolbench that needs no web server, and as a run.
pub(super) fn again(answer: &Answer) -> Vec<Command> {
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
    if is_guest(plan, pool) {
        run.extend(["--pools-from", "LIST"].map(str::to_owned));
    }
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

/// A command's first words, the workload and the jobs.
fn words(first: &[&str], workload: &str, jobs: u64) -> Vec<String> {
    let first = first.iter().map(|word| (*word).to_owned());
    first.chain([workload.to_owned(), "--jobs".to_owned(), jobs.to_string()]).collect()
}

fn is_guest(plan: &Plan, pool: &str) -> bool {
    plan.pools.get(pool).is_some_and(|binary| !binary.base.is_empty())
}
