//! The answer of a race, from its rows and its plan: who is best, who is as good, who is left, and who left.

use std::path::Path;

use anyhow::Result;

use super::field::{Field, race_of};
use super::verdicts::{Judged, verdicts};
use crate::analysis::Measure;
use crate::plan::Plan;
use crate::plan::race::Race;
use crate::record::{folder, paths};
use crate::stats::{Alpha, Interval, Sample, SignedRank, Verdict};

/// What is known of one entrant.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Its place among the plan's cells.
    pub cell: usize,
    /// The median of the objective, over the final's rounds where it was in them.
    pub value: Option<f64>,
    /// Its median times, ns.
    pub time_ns: Option<f64>,
    /// Its median CPU time, ns.
    pub cpu_ns: Option<f64>,
    /// Its median peak, bytes.
    pub peak_bytes: Option<f64>,
    /// What the final says of it beside the best; nothing of the best itself, and before the final.
    pub judged: Option<Judged>,
}

/// What came of a race.
#[derive(Debug)]
pub struct Answer {
    /// Its plan, with the places of the user's own jobs where they are known.
    pub plan: Plan,
    /// Whether they are.
    pub knows_files: bool,
    /// What is to be as small as can be.
    pub measure: Measure,
    /// What stands for memory.
    pub memory: Measure,
    /// Those who are left, the best first.
    pub left: Vec<Standing>,
    /// The interval of the best one's median at 95 %, from the final alone; nothing before six of its rounds.
    pub interval: Option<Interval>,
    /// How far the best one's twin differs from its pool, a ratio with its interval at 95 %.
    pub twin: Option<(f64, Option<Interval>)>,
    /// All entrants.
    pub all: Vec<Standing>,
    /// What their rows say.
    pub field: Field,
}

impl Answer {
    /// Reads it from a race's folder; nothing before the first look.
    pub fn read(path: &Path) -> Result<Option<Self>> {
        let mut plan = folder::read_plan(path)?;
        // On another machine nobody knows where a job of the user's own lies, and the answer is the same.
        let places = paths::jobs(path, &plan).unwrap_or_default();
        plan.place(&places);
        let knows_files = plan.own().keys().all(|name| places.contains_key(name));
        Self::of(path, plan, knows_files)
    }

    /// The same without any place on this machine.
    pub fn read_without_places(path: &Path) -> Result<Option<Self>> {
        let plan = folder::read_plan(path)?;
        let knows_files = plan.own().is_empty();
        Self::of(path, plan, knows_files)
    }

    fn of(path: &Path, plan: Plan, knows_files: bool) -> Result<Option<Self>> {
        let race = race_of(&plan);
        if race.looks.is_empty() {
            return Ok(None);
        }
        let field = Field::read(path, &plan, race, race.rounds())?;
        let judged = judged(race, &field)?;
        let all: Vec<Standing> = (0..race.entrants).map(|cell| standing(cell, race, &field, &judged)).collect();
        let best = race.leader();
        let mut left: Vec<Standing> = race.remaining().into_iter().map(|cell| all[cell].clone()).collect();
        left.sort_by(|one, other| {
            let key = |standing: &Standing| (standing.cell != best, standing.value.unwrap_or(f64::INFINITY));
            key(one).0.cmp(&key(other).0).then(key(one).1.total_cmp(&key(other).1))
        });
        let interval = interval(race, &field)?;
        let twin = twin(race, &plan, &field)?;
        Ok(Some(Self {
            measure: field.measure,
            memory: field.memory,
            left,
            interval,
            twin,
            all,
            plan,
            knows_files,
            field,
        }))
    }

    /// The race.
    pub fn race(&self) -> &Race {
        race_of(&self.plan)
    }

    /// The best.
    pub fn best(&self) -> &Standing {
        &self.left[0]
    }

    /// Those of whom the final says that they are the same as the best.
    pub fn same(&self) -> impl Iterator<Item = &Standing> {
        self.left.iter().filter(|one| one.judged.is_some_and(|judged| judged.verdict == Verdict::Same))
    }
}

impl Answer {
    /// The values of a measure that stand for an entrant: of those left the final's where it has begun, else all.
    pub fn values(&self, cell: usize, measure: Measure) -> Vec<f64> {
        let race = self.race();
        let is_left = race.out.iter().all(|out| out.cell != cell);
        let all = if is_left {
            of_final(cell, race, &self.field, measure)
        } else {
            self.field.values(cell, measure, race.rounds())
        };
        all.into_iter().flatten().collect()
    }

    /// How many times the best one's figure each finalist's was in the rounds of the final in which both have one.
    pub fn ratios(&self, cell: usize) -> Vec<f64> {
        let race = self.race();
        let of = |cell| of_final(cell, race, &self.field, self.measure);
        of(cell).into_iter().zip(of(self.best().cell)).filter_map(|(own, best)| Some(own? / best?)).collect()
    }
}

/// The first round whose rows are shown: the final's, where it has one that was looked at.
fn shown_from(race: &Race) -> u64 {
    if race.final_rounds() > 0 { race.final_from } else { 1 }
}

fn judged(race: &Race, field: &Field) -> Result<Vec<Judged>> {
    let error = race.looks.last().map_or(0.0, |look| look.error);
    if race.final_rounds() == 0 {
        return Ok(Vec::new());
    }
    let scores = field.scores(race, race.rounds());
    Ok(verdicts(race, &scores, race.leader(), race.final_rounds(), error, field.floor())?)
}

fn standing(cell: usize, race: &Race, field: &Field, judged: &[Judged]) -> Standing {
    let is_left = race.out.iter().all(|out| out.cell != cell);
    let median = |measure| field.median(cell, measure, if is_left { shown_from(race) } else { 1 });
    Standing {
        cell,
        value: median(field.measure),
        time_ns: median(Measure::Time),
        cpu_ns: median(Measure::Cpu),
        peak_bytes: median(field.memory),
        judged: judged.iter().find(|one| one.cell == cell).copied(),
    }
}

/// The final's values of a cell; all before it.
fn of_final(cell: usize, race: &Race, field: &Field, measure: Measure) -> Vec<Option<f64>> {
    let mut values = field.values(cell, measure, race.rounds());
    if race.final_rounds() == 0 {
        return values;
    }
    let count = usize::try_from(race.final_rounds()).unwrap_or(usize::MAX);
    values.split_off(values.len().saturating_sub(count))
}

fn interval(race: &Race, field: &Field) -> Result<Option<Interval>> {
    if race.final_rounds() == 0 {
        return Ok(None);
    }
    let values: Vec<f64> = of_final(race.leader(), race, field, field.measure).into_iter().flatten().collect();
    if values.is_empty() {
        return Ok(None);
    }
    Ok(Sample::new(&values)?.median_interval(Alpha::FIVE_PERCENT).map(|found| found.interval))
}

/// How far the twin differs from the pool that it doubles, which led when the final began.
fn twin(race: &Race, plan: &Plan, field: &Field) -> Result<Option<(f64, Option<Interval>)>> {
    let Some(twin) = plan.cells.get(race.entrants).filter(|_| race.final_rounds() > 0) else { return Ok(None) };
    let Some(doubled) = plan.cells.iter().position(|cell| cell.twin().key() == twin.key()) else { return Ok(None) };
    let pairs = of_final(doubled, race, field, field.measure).into_iter();
    let pairs = pairs.zip(of_final(race.entrants, race, field, field.measure));
    let differences: Vec<f64> = pairs.filter_map(|(own, twin)| Some((twin? / own?).ln())).collect();
    if differences.is_empty() {
        return Ok(None);
    }
    let test = SignedRank::new(&differences)?;
    Ok(Some((test.estimate().exp(), test.interval(Alpha::FIVE_PERCENT).map(Interval::to_ratio))))
}
