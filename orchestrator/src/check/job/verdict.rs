//! What the passes say in plain words, a line for each thing that a pool counts on.

use harness::human;
use harness::own::Own;

use super::passes::{AT_ONCE, FURTHER, Told};
use crate::pools::runner::Each;

/// What stays below this is nothing, bytes: allocators keep some.
const NOTHING: u64 = 256 * 1024;

/// One thing that was looked at.
#[derive(Debug)]
pub struct Line {
    /// What it is.
    pub what: &'static str,
    /// What was found.
    pub text: String,
    /// Whether jobs of which that is true can be measured.
    pub is_fit: bool,
}

/// All that was found.
pub fn lines(own: &Own, told: &Told) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut add = |what, found: Option<Result<String, String>>| {
        let line = found.map(|found| match found {
            Ok(text) => Line { what, text, is_fit: true },
            Err(text) => Line { what, text: format!("WRONG: {text}"), is_fit: false },
        });
        lines.extend(line);
    };
    if told.open.rss_bytes > 0 {
        add("opens", Some(Ok(format!("in {}", human::time(nanos(told.opened_in))))));
    }
    add("jobs succeed", told.alone.as_ref().map(succeeding));
    add("deterministic", told.alone.as_ref().map(|alone| deterministic(alone, told)));
    add("thread-safe", told.together.as_ref().map(|together| thread_safe(together, told)));
    add("a job takes", told.alone.as_ref().map(|_| Ok(takes(told))));
    add("memory", told.stays.map(|stays| memory(told, stays)));
    add("threads of its own", told.alone.as_ref().map(|alone| Ok(threads(told, alone))));
    add("prints", told.alone.as_ref().map(|_| Ok(prints(told))));
    if let Some((doing, why)) = &told.ended {
        let asked = if own.param.is_empty() { String::new() } else { format!(" (parameter '{}')", own.param) };
        add("ended", Some(Err(format!("while {doing}{asked}: {why}"))));
    }
    lines
}

fn succeeding(alone: &Each) -> Result<String, String> {
    let failed: Vec<usize> =
        (0..).zip(&alone.results).filter(|(_, result)| result.is_none()).map(|(at, _)| at).collect();
    match failed.as_slice() {
        [] => Ok("all of them".to_owned()),
        [first, ..] => Err(format!(
            "{} of {} jobs return other than 0, the first of them job {first}",
            failed.len(),
            alone.results.len()
        )),
    }
}

fn deterministic(alone: &Each, told: &Told) -> Result<String, String> {
    let passes = [("run again", &told.again), ("in a second process", &told.elsewhere)];
    for (how, pass) in passes {
        if let Some(why) = pass.as_ref().and_then(|pass| difference(alone, pass)) {
            return Err(format!(
                "{why} {how}; --unchecked measures such jobs, and nobody knows which results are right"
            ));
        }
    }
    Ok("the same results again, and in a second process".to_owned())
}

/// How the results of two passes differ; nothing where they do not.
fn difference(one: &Each, other: &Each) -> Option<String> {
    let text = |result: &Option<String>| result.clone().unwrap_or_else(|| "a failure".to_owned());
    let pairs = (0..).zip(one.results.iter().zip(&other.results));
    let differing: Vec<(usize, _)> = pairs.filter(|(_, (one, other))| one != other).collect();
    let (first, (a, b)) = differing.first()?;
    let (count, all) = (differing.len(), one.results.len());
    Some(format!("{count} of {all} jobs give other results (the first is job {first}: {}, then {})", text(a), text(b)))
}

fn thread_safe(together: &Each, told: &Told) -> Result<String, String> {
    if let Some(first) = together.differing.first() {
        let count = together.differing.len();
        return Err(format!(
            "{AT_ONCE} threads at once came to different results in {count} jobs, the first of them job {first}"
        ));
    }
    match told.again.as_ref().and_then(|alone| difference(alone, together)) {
        Some(why) => Err(format!("{why} when {AT_ONCE} threads run them at once")),
        None => Ok(format!("as far as seen: {AT_ONCE} threads at once came to the same results")),
    }
}

fn takes(told: &Told) -> String {
    let at = |part, of| human::time(told.quantile(part, of));
    let spread =
        format!("{} (median); a tenth under {}, a tenth over {}, longest {}", at(1, 2), at(1, 10), at(9, 10), at(1, 1));
    let short = if told.median_ns() < 200 {
        "; a call of it is then much of what a pool costs, and the clock some of this"
    } else {
        ""
    };
    spread + short
}

fn memory(told: &Told, (before, after): (u64, u64)) -> Result<String, String> {
    let peak = [&told.alone, &told.again].into_iter().flatten().map(|each| each.state.peak_bytes).max().unwrap_or(0);
    let while_running = peak.saturating_sub(told.open.rss_bytes);
    let all = format!(
        "{} with the process when open, {} more while jobs run one by one",
        human::size(told.open.rss_bytes),
        human::size(while_running)
    );
    let stays = after.saturating_sub(before);
    if stays <= NOTHING {
        return Ok(format!("{all}; nothing stays"));
    }
    let jobs = FURTHER * told.jobs;
    Err(format!(
        "{all}; {} stay after {jobs} further jobs, {} each: it leaks",
        human::size(stays),
        human::size(stays / jobs.max(1))
    ))
}

fn threads(told: &Told, alone: &Each) -> String {
    let (open, later) = (told.open.threads.saturating_sub(1), alone.state.threads.saturating_sub(1));
    match (open, later) {
        (0, 0) => "none".to_owned(),
        _ => format!(
            "{open} when open, {later} after jobs; they run beside the pool's, and are counted in its memory and CPU time"
        ),
    }
}

fn prints(told: &Told) -> String {
    match told.printed.lines().next() {
        None => "nothing".to_owned(),
        Some(line) => format!("'{}', which costs time and nobody reads", line.chars().take(80).collect::<String>()),
    }
}

fn nanos(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
