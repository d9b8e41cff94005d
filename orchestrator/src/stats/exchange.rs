//! Do a run's twins raise more alarms than chance: is the level of the run what it promises?
//!
//! A twin and its pool are the same program, and the order inside a block was drawn: each of the two could as well have
//! had the other's trial. So they are exchanged at random within each cell and block, for all measures of the trial
//! together, and the alarms counted anew each time. What cells, measures and discrete p-values do to the number of alarms
//! is the same in the run and in its exchanges, so nothing has to be known about it.

use rand_pcg::Pcg64;
use rand_pcg::rand_core::{Rng, SeedableRng};

use super::flipped_rank::FlippedRank;
use super::number::real;
use super::{Alpha, BadSample, SignedRank};

/// How many times twins and pools are exchanged.
pub const EXCHANGES: usize = 10_000;

/// Below this p-value a run is out of order.
pub const OUT_OF_ORDER: f64 = 0.01;

/// The p-value that widening leads back to.
const RESTORED: f64 = 0.05;

/// Alarms against chance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alarms {
    /// Comparisons of a twin with its pool that had enough blocks.
    pub comparisons: usize,
    /// Those whose unadjusted interval leaves out 0.
    pub alarms: usize,
    /// How many there are by chance: the mean over the exchanges.
    pub expected: f64,
    /// The share of exchanges with at least as many, the run itself counted in.
    pub p_value: f64,
}

/// The level of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Level {
    /// Over all cells and measures.
    pub overall: Alarms,
    /// Over all cells, for each measure in the order given.
    pub measures: Vec<Alarms>,
    /// By how much the intervals of each measure are to be widened about their estimates, at least 1, and 1 for all of a
    /// run that is in order. Infinite where equal pools differ by the same amount in every block: nothing can be claimed.
    pub widening: Vec<f64>,
}

impl Level {
    /// Whether there are more alarms than chance allows: in all, or in one measure.
    pub fn is_out_of_order(&self) -> bool {
        self.measures.iter().chain([&self.overall]).any(Alarms::is_out_of_order)
    }
}

impl Alarms {
    /// Whether there are more than chance allows.
    pub fn is_out_of_order(&self) -> bool {
        self.p_value < OUT_OF_ORDER
    }
}

/// Judges differences `ln(twin / pool)`, as `[twin in a cell][measure][block]`, none where a block lacks one of the two.
///
/// An alarm is an exact signed-rank interval at `alpha` that leaves out 0; one widened by a factor f is an interval whose
/// ends are f times as far from its estimate. A measure out of order is widened by the smallest factor at which its alarms
/// have a p-value of at least 5 %, against unwidened ones in the exchanges; if all measures together are out of order, but
/// none by itself, all of them by the smallest such factor for all alarms. The same input and seed give the same output.
///
/// None if no comparison has enough blocks. Fails if a difference is not finite; its position is that of the block.
pub fn exchange(doubled: &[Vec<Vec<Option<f64>>>], alpha: Alpha, seed: u64) -> Result<Option<Level>, BadSample> {
    let measures = doubled.iter().map(Vec::len).max().unwrap_or(0);
    let blocks = doubled.iter().flatten().map(Vec::len).max().unwrap_or(0);
    let twins = doubled.iter().map(|measures| compared(measures, alpha)).collect::<Result<Vec<_>, _>>()?;
    if twins.iter().all(Vec::is_empty) {
        return Ok(None);
    }
    let mut generator = Pcg64::seed_from_u64(seed);
    let mut flips = vec![0; blocks.div_ceil(64)];
    // For each measure, and for all together at the end, the alarms of every exchange.
    let mut exchanged = vec![Vec::with_capacity(EXCHANGES); measures + 1];
    for _ in 0..EXCHANGES {
        let mut alarms = vec![0; measures];
        for compared in &twins {
            flips.fill_with(|| generator.next_u64());
            for one in compared {
                alarms[one.measure] += usize::from(one.test.is_alarm(&flips));
            }
        }
        let all = alarms.iter().sum();
        exchanged.iter_mut().zip(alarms.into_iter().chain([all])).for_each(|(all, alarms)| all.push(alarms));
    }
    let reaches = |is_meant: &dyn Fn(usize) -> bool| -> Vec<f64> {
        twins.iter().flatten().filter(|one| is_meant(one.measure)).map(|one| one.reach).collect()
    };
    let of_measures: Vec<Chance> =
        (0..measures).map(|measure| Chance::new(reaches(&|one| one == measure), &exchanged[measure])).collect();
    Ok(Some(level(&Chance::new(reaches(&|_| true), &exchanged[measures]), &of_measures)))
}

fn level(overall: &Chance, of_measures: &[Chance]) -> Level {
    let measures: Vec<Alarms> = of_measures.iter().map(|chance| chance.alarms).collect();
    let no_single_one = !measures.iter().any(Alarms::is_out_of_order);
    let widening = of_measures.iter().map(|chance| match chance.alarms {
        alarms if alarms.is_out_of_order() => chance.widening,
        _ if overall.alarms.is_out_of_order() && no_single_one => overall.widening,
        _ => 1.0,
    });
    Level { overall: overall.alarms, widening: widening.collect(), measures }
}

/// One comparison of a twin with its pool.
struct Compared {
    measure: usize,
    test: FlippedRank,
    /// How many times as wide the interval may get before it holds 0; an alarm if above 1.
    reach: f64,
}

/// The comparisons of one twin in one cell that have enough blocks.
fn compared(measures: &[Vec<Option<f64>>], alpha: Alpha) -> Result<Vec<Compared>, BadSample> {
    let mut all = Vec::new();
    for (measure, by_block) in measures.iter().enumerate() {
        let given = by_block.iter().enumerate();
        let differences: Vec<(usize, f64)> = given.filter_map(|(block, one)| Some((block, (*one)?))).collect();
        if let Some(&(position, value)) = differences.iter().find(|(_, one)| !one.is_finite()) {
            return Err(BadSample::NotFinite { position, value });
        }
        let Some(test) = FlippedRank::new(&differences, alpha) else { continue };
        let values: Vec<f64> = differences.into_iter().map(|(_, one)| one).collect();
        all.push(Compared { measure, test, reach: reach(&SignedRank::new(&values)?, alpha) });
    }
    Ok(all)
}

/// How far the estimate is from 0, in distances from it to the end of the interval on that side.
fn reach(test: &SignedRank, alpha: Alpha) -> f64 {
    let estimate = test.estimate();
    let end =
        test.interval(alpha).map_or(f64::NAN, |interval| if estimate > 0.0 { interval.low() } else { interval.high() });
    // An estimate of 0 is reached at once, be the interval a point or not.
    if estimate.abs() > 0.0 { estimate / (estimate - end) } else { 0.0 }
}

/// What was seen, and what would lead back to chance.
struct Chance {
    alarms: Alarms,
    widening: f64,
}

impl Chance {
    fn new(mut reaches: Vec<f64>, exchanged: &[usize]) -> Self {
        reaches.sort_unstable_by(|one, other| other.total_cmp(one));
        let p_value = |alarms| {
            let at_least = exchanged.iter().filter(|exchanged| **exchanged >= alarms).count();
            real(1 + at_least) / real(1 + exchanged.len())
        };
        let alarms = reaches.iter().filter(|reach| **reach > 1.0).count();
        // Widened to the reach of an alarm, that one and all of shorter reach are gone.
        let allowed = (0..=alarms).rev().find(|alarms| p_value(*alarms) >= RESTORED).unwrap_or(0);
        let widening = if allowed < alarms { reaches[allowed] } else { 1.0 };
        let expected = real(exchanged.iter().sum()) / real(exchanged.len());
        Self { alarms: Alarms { comparisons: reaches.len(), alarms, expected, p_value: p_value(alarms) }, widening }
    }
}
