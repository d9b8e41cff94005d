//! The first screen: two questions answered as `advise` answers them.

use harness::{Span, human};

use crate::analysis::{float, whole};
use crate::models::Models;
use crate::models::advise::{self, Advice, Question};
use crate::plan::Plan;
use crate::report::document::{Answer, Card};

/// What is asked: whether jobs wait, how many, how long one takes, ns.
const ASKED: [Asked; 2] = [(false, 10_000, 50_000), (true, 1000, 5_000_000)];
/// Pools that are named as good as the best.
const NAMED: usize = 8;

type Asked = (bool, u64, u64);

/// A card for each question. Where a run is too far from one, what it measured that is nearest is asked instead.
pub(super) fn cards(models: &Models, plan: &Plan, of: &str) -> Vec<Card> {
    let of_one = |asked: Asked| {
        let first = card(asked, models, plan, of);
        let Err(why) = &first.answer else { return first };
        let why = why.replacen("No answer:", "The usual question has no answer here:", 1);
        let fewer = [10, 100].map(|less| (asked.0, asked.1 / less, asked.2));
        let instead = fewer.into_iter().chain(nearest(asked, models));
        let found = instead.map(|asked| card(asked, models, plan, of)).find(|card| card.answer.is_ok());
        let Some(Card { question, of, answer: Ok(mut answer) }) = found else { return first };
        answer.sure.push(why);
        Card { question, of, answer: Ok(answer) }
    };
    ASKED.into_iter().map(of_one).collect()
}

/// The cell of the run that is nearest in the number of jobs and their length, as a question.
fn nearest((waits, jobs, ns): Asked, models: &Models) -> Option<Asked> {
    let own = models.curves.iter().filter(|curve| !curve.setup.is_twin() && curve.waits == waits && curve.knows_work());
    let cells = own.flat_map(|curve| {
        // What a workload says is exact, and its cell is then answered as it was measured.
        let told: Option<u64> =
            curve.workload.split_once(':').and_then(|(_, param)| Some(param.parse::<Span>().ok()?.ns));
        curve.sizes.iter().map(move |size| (size.jobs, told.unwrap_or_else(|| whole(curve.work_at(size.jobs)))))
    });
    let apart = |one: u64, other: u64| (float(one) / float(other)).ln().abs();
    let far = |(many, each): &(u64, u64)| apart(*many, jobs) + apart(*each, ns);
    let known = cells.filter(|(many, each)| *many > 0 && *each > 0);
    known.min_by(|one, other| far(one).total_cmp(&far(other))).map(|(many, each)| (waits, many, each))
}

fn card((waits, jobs, ns): Asked, models: &Models, plan: &Plan, of: &str) -> Card {
    let question = Question {
        waits,
        jobs,
        job_time: Span { ns },
        once: false,
        max_memory: None,
        workers: None,
        needs: Vec::new(),
    };
    let answer = advise::answer(&question, models, plan).map(|found| {
        let best = &found.pools[0];
        let table = advise::text::cells(&found);
        Answer {
            pool: best.setup.pool.clone(),
            how: how(best),
            time: human::time(whole(best.time.value)),
            interval: advise::text::range(&best.time).unwrap_or_default(),
            ties: ties(&found.pools),
            sure: sure(best, &advise::text::sure(&question, &found.pools[..1], models)),
            table_is: format!("All {} pools for this question", table.rows.len()),
            table,
        }
    });
    // `--measure` is a flag of another command.
    let why = |why: anyhow::Error| format!("No answer: {}.", format!("{why:#}").trim_end_matches(", or --measure"));
    Card { question: question.words(), of: of.to_owned(), answer: answer.map_err(why) }
}

fn how(best: &Advice) -> String {
    let workers =
        if best.setup.workers == 1 { "1 worker".to_owned() } else { format!("{} workers", best.setup.workers) };
    let window = if best.setup.window == "all" { String::new() } else { format!(", window {}", best.setup.window) };
    format!("{workers}, chunk {}{window}", best.setup.chunk)
}

fn ties(pools: &[Advice]) -> String {
    let ties: Vec<&str> = pools[1..].iter().filter(|one| one.tie).map(|one| one.setup.pool.as_str()).collect();
    let named = ties.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    match (ties.len(), ties.len().saturating_sub(NAMED)) {
        _ if pools.len() == 1 => "No other pool of the run can be asked.".to_owned(),
        (0, _) => "No other is as good: each is beyond doubt more than 3 % slower.".to_owned(),
        (_, 0) => format!("As good: {named}."),
        (_, more) => format!("As good: {named} and {more} more."),
    }
}

fn sure(best: &Advice, rests_on: &str) -> Vec<String> {
    let peak = best.peak.map(|peak| format!("Peak of memory {}.", human::size(whole(peak.value))));
    let mut letters = rests_on.chars();
    let upper = letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str());
    peak.into_iter().chain(upper).collect()
}
