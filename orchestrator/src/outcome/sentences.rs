//! What is said of a race beside its answer, a sentence or two each: how it ended, who left, what its figures are.

use std::collections::BTreeMap;
use std::time::Duration;

use harness::human;

use super::answer::Answer;
use super::rules::Rules;
use super::words::in_a_list;
use crate::plan::race::{End, How, Out};

/// Who left last, by name.
const NEAREST: usize = 3;
/// Kinds of pools whose jobs run in processes of their own.
const OF_PROCESSES: [&str; 2] = ["processes", "hybrid"];

/// How it ended, after how many rounds, and in which time.
pub(crate) fn ended(answer: &Answer) -> String {
    let race = answer.race();
    let spent = human::seconds(Duration::from_millis(race.spent_ms));
    let budget = human::seconds(Duration::from_millis(answer.plan.budget_ms));
    let band = human::share(race.band().share());
    let rounds = match (race.rounds(), race.final_rounds()) {
        (1, _) => "1 round, which tells nobody apart".to_owned(),
        (rounds, 0) => format!("{rounds} rounds, none of them a final, so that there are no intervals"),
        (rounds, last) => format!("{rounds} rounds, the last {last} of finalists only, which alone give intervals"),
    };
    let why = match race.ended {
        Some(End::One) => "one is left".to_owned(),
        Some(End::Same) => format!("all that are left are the same within {band}"),
        Some(End::Budget) if Rules::default().are_spent(race) => {
            "the final has taken its share of the trials, and does not tell those left apart".to_owned()
        }
        Some(End::Budget) => format!("the time is spent, --budget gives more than {budget}"),
        Some(End::Interrupted) => {
            "it was stopped, and this is the answer so far; `poolbench resume` goes on".to_owned()
        }
        None => "it has not ended; `poolbench resume` goes on".to_owned(),
    };
    format!("{why}. {rounds}; {spent}.")
}

/// What the figures are of; nothing before the final.
pub(crate) fn figures(answer: &Answer) -> Option<&'static str> {
    (answer.race().final_rounds() > 0)
        .then_some("best by the median of all rounds; the figures are those of the final alone.")
}

/// Who left, by how and when, and those who left last by name.
pub(crate) fn out(answer: &Answer) -> String {
    let race = answer.race();
    if race.out.is_empty() {
        return "nobody.".to_owned();
    }
    let mut counts: BTreeMap<How, Vec<&Out>> = BTreeMap::new();
    race.out.iter().for_each(|out| counts.entry(out.how).or_default().push(out));
    let group = |(how, outs): (&How, &Vec<&Out>)| {
        let rounds = (outs.iter().map(|out| out.round).min(), outs.iter().map(|out| out.round).max());
        let when = match rounds {
            (Some(first), Some(last)) if first != last => format!("after rounds {first} to {last}"),
            (first, _) => format!("after round {}", first.unwrap_or(0)),
        };
        let cut = outs.iter().filter(|out| out.cut_off).count();
        let cut =
            if cut > 0 { format!(", {cut} of them cut off at five times the leader's time") } else { String::new() };
        format!("{} {how} {when}{cut}", outs.len())
    };
    let groups: Vec<String> = counts.iter().map(group).collect();
    let mut nearest: Vec<&Out> = race.out.iter().filter(|out| out.factor > 0.0).collect();
    nearest.sort_by(|one, other| one.factor.total_cmp(&other.factor));
    let name = |out: &&Out| {
        let cell = in_a_list(&answer.plan.cells[out.cell]);
        format!("{cell}, {} times after round {}", human::factor(out.factor), out.round)
    };
    let nearest: Vec<String> = nearest.iter().take(NEAREST).map(name).collect();
    let nearest = if nearest.is_empty() { String::new() } else { format!(". Nearest: {}", nearest.join("; ")) };
    format!("{} of {}: {}{nearest}.", race.out.len(), race.entrants, groups.join("; "))
}

/// By how much the two starts of one pool differ that ran in the final.
pub(crate) fn twin(answer: &Answer) -> Option<String> {
    let (ratio, interval) = answer.twin?;
    let change = match interval {
        Some(interval) => human::change_within(ratio - 1.0, interval.low() - 1.0, interval.high() - 1.0),
        None => human::change(ratio - 1.0),
    };
    Some(format!("who led into the final ran there twice: the second differs by {change}."))
}

/// What to mind where a pool of processes is the best.
pub(crate) fn mind(answer: &Answer) -> Option<&'static str> {
    let cell = &answer.plan.cells[answer.best().cell];
    let kind = answer.plan.pools.get(cell.real_pool()).map(|binary| binary.kind.as_str());
    kind.is_some_and(|kind| OF_PROCESSES.contains(&kind)).then_some(
        "results here are 8 bytes a job; what a job of yours returns must cross between processes, which this race does not \
         show.",
    )
}
