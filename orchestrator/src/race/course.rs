//! The course of a race: round after round over the run's own machinery, a look after each, a final, and the end.

use std::path::Path;
use std::time::Duration;

use anyhow::{Error, Result};
use harness::human;

use super::clock::{Clock, fitting};
use super::fits::too_short;
use super::leaving;
use crate::analysis::{Measure, float, whole};
use crate::guard::Guard;
use crate::outcome::field::{Field, race_of};
use crate::outcome::rules::{self, Next, Rules};
use crate::outcome::verdicts::Scores;
use crate::outcome::words::setup_words;
use crate::plan::Plan;
use crate::plan::race::{End, How, Objective, Out, Race};
use crate::pools::Found;
use crate::process::tell;
use crate::record::machine::Machine;
use crate::run::{self, Finish, Pace, Run, Went};

/// Runs a planned race in its new folder.
pub fn start(plan: Plan, path: &Path, pools: &Found, guard: &Guard) -> Result<Finish> {
    go(run::begin(plan, path, pools, guard)?, path)
}

/// Goes on with a race that was stopped; one that has ended stays as it is.
pub fn resume(path: &Path, pools: &Found, guard: &Guard, machine: &Machine) -> Result<Finish> {
    let Some(run) = run::reopen(path, pools, guard, machine, true)? else { return Ok(Finish::Interrupted) };
    match race_of(run.plan()).ended {
        None | Some(End::Interrupted) => go(run, path),
        Some(_) => Ok(Finish::Well),
    }
}

fn go(mut run: Run, path: &Path) -> Result<Finish> {
    run.change_plan(|plan| race_in(plan).ended = None)?;
    let clock = Clock::of(run.plan(), race_of(run.plan()));
    let slack = match race_of(run.plan()).objective {
        Objective::Time => 1,
        Objective::Cpu | Objective::Memory => harness::cores(),
    };
    let rules = Rules::default();
    Course { run, path, clock, rules, pace: Pace::of_nobody(slack) }.run_out()
}

fn race_in(plan: &mut Plan) -> &mut Race {
    plan.race.as_mut().expect("the plan is that of a race")
}

/// Who runs in a final for which there is little time: the exact test tells so few apart after its first look.
const FINALISTS: usize = 5;

struct Course<'a> {
    run: Run<'a>,
    path: &'a Path,
    clock: Clock,
    rules: Rules,
    pace: Pace,
}

impl Course<'_> {
    fn run_out(mut self) -> Result<Finish> {
        let end = self.rounds();
        let spent_ms = u64::try_from(self.clock.spent().as_millis()).unwrap_or(u64::MAX);
        let rules = self.rules.clone();
        self.run.change_plan(|plan| {
            plan.blocks = race_of(plan).rounds().max(1);
            let race = race_in(plan);
            race.spent_ms = spent_ms;
            race.ended = end.as_ref().ok().copied();
            rules.close(race);
        })?;
        let failed = self.race().out.iter().filter(|out| out.how == How::Failed).count() as u64;
        end.map(|end| match (end, failed) {
            (End::Interrupted, _) => Finish::Interrupted,
            (_, 0) => Finish::Well,
            (_, failed) => Finish::NotOk(failed),
        })
    }

    fn rounds(&mut self) -> Result<End> {
        if self.race().rounds() == 0 {
            match self.round(0)? {
                Went::Whole => self.two_rounds_fit()?,
                Went::Stopped => return Ok(End::Interrupted),
                Went::OutOfTime => return Err(self.too_short()),
            }
        }
        loop {
            let round = self.race().rounds() + 1;
            if !self.has_time_for(round)? {
                return Ok(End::Budget);
            }
            match self.round(round)? {
                Went::Whole => {}
                Went::Stopped => return Ok(End::Interrupted),
                Went::OutOfTime if round <= self.rules.first() => return Err(self.too_short()),
                Went::OutOfTime => return Ok(End::Budget),
            }
            if let Some(end) = self.look(round)? {
                return Ok(end);
            }
        }
    }

    fn race(&self) -> &Race {
        race_of(self.run.plan())
    }

    fn round(&mut self, round: u64) -> Result<Went> {
        let members = self.race().field(self.run.plan().cells.len(), round);
        // While nothing is known, a trial's share of the budget is that of the longest race.
        let blocks = if round == 0 { self.rules.most_rounds() } else { round };
        self.run.change_plan(|plan| plan.blocks = blocks)?;
        let went = self.run.round(round, &members, self.pace, self.clock.end());
        self.pace = self.run.pace().unwrap_or(self.pace);
        went
    }

    /// After the block that warms the machine: whether the two rounds fit that it takes to set anybody aside.
    fn two_rounds_fit(&self) -> Result<()> {
        let round = self.run.took(&self.race().remaining());
        if round * 2 > self.clock.left() { Err(self.too_short()) } else { Ok(()) }
    }

    fn too_short(&self) -> Error {
        let (plan, members) = (self.run.plan(), self.race().remaining());
        // A round that was not whole tells of those that ran in it.
        let ran = members.iter().filter(|cell| !self.run.took(&[**cell]).is_zero()).count();
        let share = float(members.len() as u64) / float(ran.max(1) as u64);
        let round = if ran == 0 { plan.block_estimate() } else { self.run.took(&members).mul_f64(share) };
        too_short(plan, round)
    }

    /// Whether there is time for this round. Before the final time is kept for that of a few: with less left it begins now, with
    /// as many of the best as there is time for.
    fn has_time_for(&mut self, round: u64) -> Result<bool> {
        let members = self.race().field(self.run.plan().cells.len(), round);
        let next = self.run.took(&members);
        if self.race().final_from > 0 {
            return Ok(next <= self.clock.left());
        }
        if round <= self.rules.first() {
            return Ok(true);
        }
        let order = self.best_first(round - 1)?;
        let took: Vec<Duration> = order.iter().take(FINALISTS).map(|cell| self.run.took(&[*cell])).collect();
        let rounds = u32::try_from(self.rules.finals[0].0).unwrap_or(u32::MAX);
        let final_of_a_few = (took.iter().sum::<Duration>() + took[0]) * rounds;
        if next + final_of_a_few <= self.clock.left() {
            return Ok(true);
        }
        let fit = fitting(&took, rounds, self.clock.left());
        let leader = order[0];
        let late = order[fit..].iter().map(|cell| Out {
            cell: *cell,
            round: round - 1,
            how: How::Budget,
            leader,
            factor: 0.0,
            cut_off: false,
        });
        let late: Vec<Out> = late.collect();
        self.run.change_plan(|plan| race_in(plan).out.extend(late))?;
        self.begin_final(round)?;
        Ok(true)
    }

    /// Those who are left after `rounds` rounds by their medians.
    fn best_first(&self, rounds: u64) -> Result<Vec<usize>> {
        let field = Field::read(self.path, self.run.plan(), self.race(), rounds)?;
        let scores = field.scores(self.race(), rounds);
        let mut left = self.race().remaining();
        let mut ordered = Vec::new();
        while !left.is_empty() {
            let best = rules::leader(&left, &scores)?;
            left.retain(|cell| *cell != best);
            ordered.push(best);
        }
        Ok(ordered)
    }

    /// From `round` on finalists and the leader's twin only.
    fn begin_final(&mut self, round: u64) -> Result<()> {
        self.run.change_plan(|plan| {
            let twin = plan.cells[race_of(plan).leader()].twin();
            let race = race_in(plan);
            race.final_from = round;
            race.finalists = race.remaining().len();
            plan.cells.push(twin);
        })
    }

    /// Looks at the rows after a round; how the race ends if it does.
    fn look(&mut self, round: u64) -> Result<Option<End>> {
        let plan = self.run.plan();
        let mut race = self.race().clone();
        let field = Field::read(self.path, plan, &race, round)?;
        let known = race.out.len();
        leaving::by_themselves(&mut race, plan, &field, round)?;
        let scores = field.scores(&race, round);
        let next = self.rules.judge(&mut race, &scores, round, field.floor())?;
        leaving::explained(&mut race, &field, known);
        race.spent_ms = u64::try_from(self.clock.spent().as_millis()).unwrap_or(u64::MAX);
        if let Some((cold_ns, warm_ns)) = field.batches(race.leader()) {
            self.pace = self.pace.led_by(cold_ns, warm_ns);
        }
        self.say(&race, &scores, field.measure);
        self.run.change_plan(|plan| plan.race = Some(race))?;
        match next {
            Next::Round => Ok(None),
            Next::Final => self.begin_final(round + 1).map(|()| None),
            Next::Over(end) => Ok(Some(end)),
        }
    }

    /// The line between rounds.
    fn say(&self, race: &Race, scores: &Scores, measure: Measure) {
        let plan = self.run.plan();
        let leader = race.leader();
        let value = crate::stats::Sample::new(&scores[leader]).map_or(0.0, |sample| sample.median().exp());
        let stage = if race.final_from > 0 { format!("final {}", race.final_rounds()) } else { "round".to_owned() };
        tell(format_args!(
            "{stage} {}: {} leads with {}, {} of {} left, {} of {} spent",
            if race.final_from > 0 { format!("(round {})", race.rounds()) } else { race.rounds().to_string() },
            setup_words(&plan.cells[leader]),
            measure.text(whole(value)),
            race.remaining().len(),
            race.entrants,
            human::seconds(self.clock.spent()),
            human::seconds(Duration::from_millis(plan.budget_ms)),
        ));
    }
}
