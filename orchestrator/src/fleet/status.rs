//! How far the shards of a plan are, as their folders alone tell it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result};
use harness::human;

use super::make;
use super::shard::attempts;
use crate::plan::Plan;
use crate::plan::shards::Part;
use crate::record::ended::Ended;
use crate::record::{folder, trials};

/// A shard without a new row for so much longer than a trial may take has stopped, where no lock tells: locks do not cross every
/// network file system.
const SILENCE: Duration = Duration::from_mins(1);

/// How far a shard is.
enum State {
    /// All rows are there, and how long they took.
    Done(Part, Option<Duration>),
    Running(Part, Ended),
    /// No row has come for long.
    Stopped(Part, Ended),
    Missing,
}

/// What is said of the plan in `folder`, and whether all shards are done.
pub fn status(folder: &Path) -> Result<(String, bool)> {
    let (plan, folder) = make::read(folder)?;
    let count = plan.shards.as_ref().context("the plan has no shards")?.count;
    let states: Vec<(u64, State)> =
        (1..=count).map(|shard| (shard, state(&folder.join(format!("shard-{shard}")), shard, &plan))).collect();
    let done = states.iter().filter(|(_, state)| matches!(state, State::Done(..))).count() as u64;
    let mut text = format!("{done} of {count} shards are done\n");
    for (shard, state) in &states {
        writeln!(text, "  shard {shard}: {}", state.text())?;
    }
    let took: Vec<Duration> = states.iter().filter_map(|(_, state)| state.took()).collect();
    if let (Some(longest), true) = (took.iter().max(), done < count) {
        writeln!(
            text,
            "one takes up to {}, so the {} others take as long where each has a machine",
            human::seconds(*longest),
            count - done
        )?;
    }
    Ok((text.trim_end().to_owned(), done == count))
}

fn state(target: &Path, shard: u64, plan: &Plan) -> State {
    let is_same = |other: &Plan| {
        let same = other.shards.as_ref().map(|one| &one.plan) == plan.shards.as_ref().map(|one| &one.plan);
        same && other.shard().is_some_and(|part| part.shard == shard)
    };
    let found = attempts(target).into_iter().filter_map(|path| Some((folder::read_plan(&path).ok()?, path)));
    let mut found: Vec<(Plan, PathBuf)> = found.filter(|(plan, _)| is_same(plan)).collect();
    let is_whole = |plan: &Plan| plan.shard().is_some_and(Part::is_whole);
    found.sort_by_key(|(plan, _)| (is_whole(plan), plan.shard().map_or(0, |part| part.attempt)));
    let Some((plan, path)) = found.pop() else { return State::Missing };
    let Some(part) = plan.shard().cloned() else { return State::Missing };
    if part.is_whole() {
        let time = |text: &str| humantime::parse_rfc3339(text).ok();
        let took = time(&part.begun).zip(time(&part.ended)).and_then(|(begun, ended)| ended.duration_since(begun).ok());
        return State::Done(part, took);
    }
    let Ok(ended) = Ended::read(&path, &plan) else { return State::Missing };
    let written = path.join(trials::NAME).metadata().and_then(|data| data.modified());
    let silent = written.ok().and_then(|then| SystemTime::now().duration_since(then).ok()).unwrap_or_default();
    if ended.is_written || silent < plan.timeout() + SILENCE {
        State::Running(part, ended)
    } else {
        State::Stopped(part, ended)
    }
}

impl State {
    fn took(&self) -> Option<Duration> {
        if let Self::Done(_, took) = self { *took } else { None }
    }

    fn text(&self) -> String {
        let rows = |ended: &Ended| format!("{} of {} trials", ended.done, ended.planned);
        match self {
            Self::Done(part, took) => {
                let took = took.map_or(String::new(), |took| format!(", in {}", human::seconds(took)));
                format!("done on {}, attempt {}{took}", part.node, part.attempt)
            }
            Self::Running(part, ended) if ended.is_written => {
                format!("running on {}, attempt {}, {}", part.node, part.attempt, rows(ended))
            }
            Self::Running(part, ended) => {
                format!("running on {}, or stopped a moment ago, attempt {}, {}", part.node, part.attempt, rows(ended))
            }
            Self::Stopped(part, ended) => {
                format!("stopped on {}, attempt {}, {}; run it again", part.node, part.attempt, rows(ended))
            }
            Self::Missing => "not begun".to_owned(),
        }
    }
}
