//! One simulated race: entrants and every trial's noise are drawn from what was recorded, the rules are the command's own.

use std::fmt;

use anyhow::Result;
use orchestrator::outcome::rules::{Next, Rules, leader};
use orchestrator::plan::race::{Objective, Race};
use rand::RngExt as _;
use rand::seq::IndexedRandom as _;
use rand_pcg::Pcg64;

use crate::noise::{Kind, Noise};
use crate::recorded::{Pool, Recorded};

/// A trial is cut off at so many times the leader's time.
const CUT_OFF: f64 = 5.0;

/// How the trials are spent.
pub(crate) enum Design {
    /// So many blocks of all entrants.
    Fixed(u64),
    /// A race by these rules.
    Race(Rules),
}

/// An entrant: its true level, and the pool whose noise it has.
struct Entrant<'a> {
    level: f64,
    pool: &'a Pool,
}

/// A race that is run.
struct Running<'a> {
    field: Vec<Entrant<'a>>,
    noise: Noise<'a>,
    draw: Pcg64,
}

impl Running<'_> {
    /// A round of these entrants: the logarithms of their times.
    fn round(&mut self, members: &[usize]) -> Vec<f64> {
        let pools: Vec<(usize, &Pool)> = members.iter().map(|cell| (*cell, self.field[*cell].pool)).collect();
        let strays = self.noise.round(&pools, &mut self.draw);
        members.iter().zip(strays).map(|(cell, stray)| self.field[*cell].level + stray).collect()
    }
}

/// How a race went.
pub(crate) struct Went {
    /// How much slower the answer is than the best, a share.
    off: f64,
    trials: u64,
    rounds: u64,
}

/// What all races of a kind have in common.
pub(crate) struct Case<'a> {
    pub(crate) recorded: &'a Recorded,
    pub(crate) noise: Kind<'a>,
    pub(crate) entrants: usize,
    /// The seeds: constants are chosen with others than figures are told of.
    pub(crate) stream: u128,
}

/// The race with this number: the same entrants for every design.
pub(crate) fn race(case: &Case, design: &Design, number: u64) -> Result<Went> {
    let mut draw = Pcg64::new(u128::from(number), case.stream);
    let field = field(case.recorded, case.entrants, &mut draw);
    let noise = Noise::new(case.noise, case.entrants, &mut draw);
    let mut running = Running { field, noise, draw };
    let (answer, trials, rounds) = match design {
        Design::Fixed(blocks) => (fixed(&mut running, *blocks)?, *blocks * case.entrants as u64, *blocks),
        Design::Race(rules) => by_rules(&mut running, rules)?,
    };
    let field = running.field;
    let best = field.iter().map(|entrant| entrant.level).fold(f64::INFINITY, f64::min);
    Ok(Went { off: (field[answer].level - best).exp_m1(), trials, rounds })
}

/// Draws a cell and its entrants: as many pools as there are, each once; of more entrants the others are pools again, on other
/// workers and chunks, which take up to twice as long.
fn field<'a>(recorded: &'a Recorded, entrants: usize, draw: &mut Pcg64) -> Vec<Entrant<'a>> {
    let cell = recorded.cells.choose(draw).expect("there are cells");
    let mut field: Vec<Entrant> =
        cell.sample(draw, entrants.min(cell.len())).map(|pool| Entrant { level: pool.level, pool }).collect();
    while field.len() < entrants {
        let pool = cell.choose(draw).expect("a cell has pools");
        field.push(Entrant { level: pool.level + draw.random_range(0.0..2.0_f64.ln()), pool });
    }
    field
}

fn fixed(running: &mut Running, blocks: u64) -> Result<usize> {
    let all: Vec<usize> = (0..running.field.len()).collect();
    let mut scores: Vec<Vec<f64>> = vec![Vec::new(); all.len()];
    for _ in 0..blocks {
        scores.iter_mut().zip(running.round(&all)).for_each(|(own, value)| own.push(value));
    }
    Ok(leader(&all, &scores)?)
}

/// The answer, the trials and the rounds; the twin's trials count, block 0 does not, as it does not with fixed blocks.
fn by_rules(running: &mut Running, rules: &Rules) -> Result<(usize, u64, u64)> {
    let entrants = running.field.len();
    let mut race = Race::new(Objective::Time, "3%", 0, entrants);
    let mut scores: Vec<Vec<f64>> = vec![Vec::new(); entrants];
    let mut trials = 0;
    for round in 1.. {
        let members = race.remaining();
        let drawn = running.round(&members);
        let cut_off = drawn.iter().copied().fold(f64::INFINITY, f64::min) + CUT_OFF.ln();
        members.iter().zip(drawn).for_each(|(cell, value)| scores[*cell].push(value.min(cut_off)));
        trials += members.len() as u64 + u64::from(race.final_from > 0);
        match rules.judge(&mut race, &scores, round, 0.0)? {
            Next::Round => {}
            Next::Final => {
                race.final_from = round + 1;
                race.finalists = race.remaining().len();
            }
            Next::Over(_) => return Ok((race.leader(), trials, round)),
        }
    }
    unreachable!("a race ends")
}

/// What many races came to.
#[derive(Default)]
pub(crate) struct Tally {
    races: u32,
    within_3: u32,
    within_5: u32,
    shares: Vec<f64>,
    rounds: Vec<u64>,
}

impl Tally {
    /// Adds a race; `all` is the trials of the fixed design.
    #[expect(clippy::cast_precision_loss, reason = "counts of trials")]
    pub(crate) fn add(&mut self, went: &Went, all: u64) {
        self.races += 1;
        self.within_3 += u32::from(went.off <= 0.03);
        self.within_5 += u32::from(went.off <= 0.05);
        self.shares.push(went.trials as f64 / all as f64);
        self.rounds.push(went.rounds);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let share = |count: u32| f64::from(count) / f64::from(self.races.max(1));
        let (mut shares, mut rounds) = (self.shares.clone(), self.rounds.clone());
        shares.sort_by(f64::total_cmp);
        rounds.sort_unstable();
        let at = |part: usize| shares.get(shares.len() * part / 10).copied().unwrap_or(0.0);
        let (three, five) = (share(self.within_3), share(self.within_5));
        let middle = rounds.get(rounds.len() / 2).copied().unwrap_or(0);
        write!(f, "{three:.3} | {five:.3} | {:.2} | {:.2} | {middle}", at(5), at(9))
    }
}
