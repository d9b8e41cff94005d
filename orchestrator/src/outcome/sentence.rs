//! The answer of a race in a sentence, and the parts of it.

use harness::human;

use super::again::further;
use super::answer::{Answer, Standing};
use super::words::{case, in_a_list, policy, workers};
use crate::analysis::whole;
use crate::plan::race::{How, Objective};
use crate::stats::Verdict;

/// As good ones that are named before the rest is counted.
const NAMED: usize = 4;

/// What the answer's sentence is made of.
pub(crate) struct Told {
    /// The case: `1,000 jobs of spin:20us`.
    pub(crate) case: String,
    /// The best one's pool.
    pub(crate) pool: String,
    /// Its workers and policy.
    pub(crate) how: String,
    /// Its figure of the objective.
    pub(crate) value: String,
    /// Where that lies; empty before the final.
    pub(crate) interval: String,
    /// Its other figures.
    pub(crate) others: Vec<String>,
    /// Who is as good, a sentence; empty where nobody is.
    pub(crate) same: String,
    /// Who may be, a sentence; empty where nobody is left of whom that is not known.
    pub(crate) open: String,
    /// What more workers do, a sentence; empty where that is not known.
    pub(crate) more: String,
}

impl Told {
    /// Of an answer.
    pub(crate) fn of(answer: &Answer) -> Self {
        let best = answer.best();
        let cell = &answer.plan.cells[best.cell];
        Self {
            case: case(&answer.plan),
            pool: cell.pool.clone(),
            how: policy(cell),
            value: value(answer, best),
            interval: interval(answer),
            others: others(answer, best),
            same: same(answer),
            open: open(answer),
            more: more_workers(answer).unwrap_or_default(),
        }
    }

    /// All of it.
    pub(crate) fn sentence(&self) -> String {
        let Self { case, pool, how, value, interval, others, same, open, more } = self;
        let interval = if interval.is_empty() { String::new() } else { format!(" ({interval})") };
        let figures: Vec<String> = [value.clone() + &interval].into_iter().chain(others.iter().cloned()).collect();
        let answer = format!("For {case}: {pool} on {how}: {}.", figures.join(", "));
        let said = [&answer, same, open, more].into_iter().filter(|said| !said.is_empty()).cloned();
        said.collect::<Vec<_>>().join(" ")
    }
}

/// The figure of the objective.
fn value(answer: &Answer, best: &Standing) -> String {
    let value = best.value.map_or("not known".to_owned(), |value| answer.measure.text(whole(value)));
    match answer.race().objective {
        Objective::Time => value,
        Objective::Cpu => format!("{value} of CPU"),
        Objective::Memory => format!("{} {value}", memory_word(answer)),
    }
}

/// Where it lies.
fn interval(answer: &Answer) -> String {
    answer.interval.map_or(String::new(), |interval| {
        let [low, high] = [interval.low(), interval.high()].map(whole);
        if answer.measure.is_memory() { human::size_range(low, high) } else { human::time_range(low, high) }
    })
}

/// The figures that are not the objective.
fn others(answer: &Answer, best: &Standing) -> Vec<String> {
    let time = best.time_ns.map(|ns| format!("{} a batch", human::time(whole(ns))));
    let peak = best.peak_bytes.map(|bytes| format!("{} {}", memory_word(answer), human::size(whole(bytes))));
    let cpu = best.cpu_ns.map(|ns| format!("{} of CPU", human::time(whole(ns))));
    let others = match answer.race().objective {
        Objective::Time => [None, peak, cpu],
        Objective::Cpu => [time, peak, None],
        Objective::Memory => [time, None, cpu],
    };
    others.into_iter().flatten().collect()
}

fn same(answer: &Answer) -> String {
    let within = human::share(answer.race().band().share());
    named(&format!("The same within {within}"), &answer.same().collect::<Vec<_>>(), answer)
}

/// Who is left and is claimed to be neither the same nor slower.
fn open(answer: &Answer) -> String {
    let is_open = |one: &&Standing| {
        one.cell != answer.best().cell && one.judged.is_none_or(|judged| judged.verdict != Verdict::Same)
    };
    named("Not told apart from it", &answer.left.iter().filter(is_open).collect::<Vec<_>>(), answer)
}

/// A sentence of several, the first of them by name; empty where there are none.
fn named(what: &str, all: &[&Standing], answer: &Answer) -> String {
    let words: Vec<String> = all.iter().map(|one| in_a_list(&answer.plan.cells[one.cell])).collect();
    match words.len() {
        0 => String::new(),
        many if many > NAMED => format!("{what}: {} and {} more.", words[..NAMED - 1].join(", "), many + 1 - NAMED),
        _ => format!("{what}: {}.", words.join(", ")),
    }
}

/// What the figures of memory are.
pub(crate) fn memory_word(answer: &Answer) -> &'static str {
    if answer.memory.key() == "charged" { "charged" } else { "peak RSS" }
}

/// What more workers of the same pool would do, as far as the race has tried it.
fn more_workers(answer: &Answer) -> Option<String> {
    let (race, cells) = (answer.race(), &answer.plan.cells);
    let best = &cells[answer.best().cell];
    let entrants = || (0..race.entrants).filter(|cell| cells[*cell].pool == best.pool);
    let most = entrants().map(|cell| cells[cell].workers.total()).max()?;
    let own = best.workers.total();
    // Who failed, took too much memory or was given no time says nothing of it.
    let is_told = |cell: usize| {
        let out = race.out.iter().find(|out| out.cell == cell);
        out.is_none_or(|out| matches!(out.how, How::Behind | How::SetAside))
    };
    if entrants().any(|cell| cells[cell].workers.total() == 2 * own && is_told(cell)) {
        return Some("Twice as many workers do not help.".to_owned());
    }
    let is_ladder = entrants().any(|cell| cells[cell].workers.total() < own);
    (own == most && is_ladder && further(answer).is_some())
        .then(|| format!("{} are the most that were tried.", workers(best)))
}
