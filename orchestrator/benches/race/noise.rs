//! How trials of a simulated race stray: as those of a recorded run did, or on a machine that others disturb.

use rand::RngExt as _;
use rand::seq::{IndexedRandom as _, SliceRandom as _};
use rand_pcg::Pcg64;

use crate::recorded::{Pool, Recorded};

/// Which noise.
#[derive(Clone, Copy)]
pub(crate) enum Kind<'a> {
    /// Each trial as one of its pool's.
    Quiet,
    /// The same, and on top of it what others do: spells that slow the trials which happen to run in them, hits on single
    /// trials, and a level that wanders from round to round.
    Disturbed,
    /// As a run strayed that was made on a loaded machine: by a few neighbouring blocks of it after another, so that whatever
    /// entrants and neighbours shared is shared.
    Of(&'a Recorded),
}

/// The share of trials with which a spell begins, and with which one ends.
const SPELL: (f64, f64) = (0.03, 0.07);
/// How many times slower a spell makes trials, at least and at most.
const SLOWER: (f64, f64) = (1.2, 2.5);
/// The share of trials that are hit alone, and the mean of the logarithm of how many times slower they are.
const HIT: (f64, f64) = (0.05, 0.5);
/// So many neighbouring blocks of a loaded run are taken together.
const NEIGHBOURS: usize = 4;
/// How far the level wanders in a round, a logarithm.
const WANDERS: f64 = 0.05;

/// The noise of one race.
pub(crate) struct Noise<'a> {
    kind: Kind<'a>,
    /// The spell that goes on, a logarithm; 0 for none.
    spell: f64,
    level: f64,
    /// Of a loaded run the pools that entrants stray like, the block that is next, and the rounds so far.
    like: Vec<&'a Pool>,
    block: usize,
    rounds: usize,
}

impl<'a> Noise<'a> {
    /// Of a race with so many entrants.
    pub(crate) fn new(kind: Kind<'a>, entrants: usize, draw: &mut Pcg64) -> Self {
        let mut like = Vec::new();
        if let Kind::Of(run) = kind {
            let cell = run.cells.choose(draw).expect("there are cells");
            like = (0..entrants).map(|_| cell.choose(draw).expect("a cell has pools")).collect();
        }
        Self { kind, spell: 0.0, level: 0.0, like, block: 0, rounds: 0 }
    }

    /// How far the trials of a round stray, whose entrants have these places and pools, in the order of `members`.
    pub(crate) fn round(&mut self, members: &[(usize, &Pool)], draw: &mut Pcg64) -> Vec<f64> {
        if !self.like.is_empty() {
            self.block =
                if self.rounds.is_multiple_of(NEIGHBOURS) { draw.random_range(0..1000) } else { self.block + 1 };
            self.rounds += 1;
            let stray = |(at, _): &(usize, &Pool)| self.like[*at].strays[self.block % self.like[*at].strays.len()];
            return members.iter().map(stray).collect();
        }
        let own: Vec<f64> =
            members.iter().map(|(_, pool)| *pool.strays.choose(draw).expect("a pool has trials")).collect();
        if matches!(self.kind, Kind::Quiet) {
            return own;
        }
        self.level += draw.random_range(-1.0..1.0) * WANDERS * 3_f64.sqrt();
        let mut order: Vec<usize> = (0..own.len()).collect();
        order.shuffle(draw);
        let mut all = own;
        for at in order {
            if self.spell == 0.0 && draw.random_bool(SPELL.0) {
                self.spell = draw.random_range(SLOWER.0..SLOWER.1).ln();
            } else if draw.random_bool(SPELL.1) {
                self.spell = 0.0;
            }
            let hit =
                if draw.random_bool(HIT.0) { -HIT.1 * draw.random_range(f64::MIN_POSITIVE..1.0).ln() } else { 0.0 };
            all[at] += self.level + self.spell + hit;
        }
        all
    }
}
