//! Since when is a series another one: changes of level in the courses of many cells over the same runs, all claimed together.
//!
//! The runs are gone through as they came. At each, the last m values of every course (m from 3 to half of them) are held
//! against those before by Student's t, with values beyond four spreads drawn in. How large the largest of all these would be
//! by chance is read off permutations: the order of the *runs* is drawn anew, for all courses together, so whatever the cells of
//! one run have in common is in it, and "no course has changed" is rejected falsely in at most the given share of runs. Nothing
//! is supposed of the noise but that runs of one level could as well have come in another order. A change once found stays, and the search goes
//! on behind it: so a fault that was mended is found twice.
//!
//! Sources: the recursion and the reference by permutation of Matteson and James, "A nonparametric approach for multiple change
//! point analysis" (2014), with Student's t in the place of their distance as in Fleming and others, "Hunter: using change point
//! detection to hunt for performance regressions" (2023); the largest of many statistics of Westfall and Young,
//! "Resampling-based multiple testing" (1993); the normal score of a t of Wallace, "Bounds on normal approximations to Student's
//! and the chi-square distributions" (1959); early stopping of Besag and Clifford, "Sequential Monte Carlo p-values" (1991).

use rand::seq::SliceRandom as _;
use rand_pcg::Pcg64;

use super::number::real;
use super::{Alpha, BadSample, Interval, Sample};

/// The fewest runs of a level: one or two may be a neighbour's doing.
pub const FEWEST_OF_A_LEVEL: usize = 3;
/// Values further from the median than so many spreads count as so far.
const DRAWN_IN: f64 = 4.0;
/// No spread is taken for smaller, a logarithm: a course that is still by accident would make a change of anything.
const SMALLEST_SPREAD: f64 = 0.001;
/// How often the order of the runs is drawn.
const PERMUTATIONS: usize = 1_999;

/// A change of level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// The first run of the new level, as an index.
    pub at: usize,
    /// The run at which it was found.
    pub found: usize,
    /// The new level less the one before.
    pub shift: f64,
    /// Where the shift lies, at the level of the claim.
    pub interval: Interval,
    /// The chance of a shift as clear in any course by chance, at that run.
    pub p_value: f64,
    /// Whether all runs together still say so: their interval leaves out 0.
    pub is_borne_out: bool,
}

/// The changes of each course, in the order of runs. `courses` hold a value a run, none where the run lacks it; `error` is the
/// chance that any is found at a run while no level has changed since the last one found. The same input and seed give the same
/// answer. Runs that are added settle where a change lies, how large it is, and whether they bear it out.
///
/// Fails if a value is not finite; its position is that of the run.
pub fn changes(courses: &[Vec<Option<f64>>], error: Alpha, seed: u64) -> Result<Vec<Vec<Change>>, BadSample> {
    for values in courses {
        let mut given = values.iter().enumerate().filter_map(|(position, value)| Some((position, (*value)?)));
        if let Some((position, value)) = given.find(|(_, value)| !value.is_finite()) {
            return Err(BadSample::NotFinite { position, value });
        }
    }
    let runs = courses.iter().map(Vec::len).max().unwrap_or(0);
    let mut watched: Vec<Watched> = courses.iter().map(|values| Watched::new(values)).collect();
    for last in 0..runs {
        look(&mut watched, last, error, seed);
    }
    Ok(watched.into_iter().map(Watched::settled).collect())
}

/// The fewest runs after which a change can be found at all: below, too many of all orders of the runs are as clear.
pub fn fewest_runs(error: Alpha) -> usize {
    let mut runs = 2 * FEWEST_OF_A_LEVEL;
    let orders = |runs: usize| real(runs * (runs - 1) * (runs - 2) / 6);
    while !error.allows(1.0 / orders(runs)) {
        runs += 1;
    }
    runs
}

/// A course as it is watched.
struct Watched<'a> {
    values: &'a [Option<f64>],
    /// The first run of the level that holds.
    begin: usize,
    /// What earlier levels tell of the spread: sum of squares and degrees of freedom.
    earlier: (f64, f64),
    /// What was found: the change, and the normal score that it had to reach.
    found: Vec<(Change, f64)>,
}

impl<'a> Watched<'a> {
    fn new(values: &'a [Option<f64>]) -> Self {
        Self { values, begin: 0, earlier: (0.0, 0.0), found: Vec::new() }
    }

    /// The values of runs `from` up to `to`, that one left out.
    fn given(&self, from: usize, to: usize) -> Vec<f64> {
        self.values[from.min(self.values.len())..to.min(self.values.len())].iter().copied().flatten().collect()
    }

    /// Takes a change at `at` for found: the level before it is closed.
    fn close(&mut self, change: Change, needed: f64) {
        let before = Level::of(&self.given(self.begin, change.at));
        self.earlier.0 += before.squares;
        self.earlier.1 += before.size - 1.0;
        self.begin = change.at;
        self.found.push((change, needed));
    }

    /// What was found, each where all runs together put it, with the shift that they show.
    fn settled(self) -> Vec<Change> {
        let mut ends: Vec<usize> = std::iter::once(0).chain(self.found.iter().map(|(change, _)| change.at)).collect();
        ends.push(self.values.len());
        for number in 1..ends.len() - 1 {
            ends[number] = self.clearest(ends[number - 1], ends[number + 1]).unwrap_or(ends[number]);
        }
        let levels: Vec<Level> = ends.windows(2).map(|ends| Level::of(&self.given(ends[0], ends[1]))).collect();
        let squares: f64 = levels.iter().map(|level| level.squares).sum();
        let freedom: f64 = levels.iter().map(|level| level.size - 1.0).sum();
        let spread = (squares / freedom).sqrt().max(SMALLEST_SPREAD);
        let one = |((change, needed), (levels, at)): (&(Change, f64), (&[Level], &usize))| {
            let shift = levels[1].mean - levels[0].mean;
            let reach = student(*needed, freedom) * spread * (1.0 / levels[0].size + 1.0 / levels[1].size).sqrt();
            let interval = Interval::between(shift - reach, shift + reach);
            Change { at: *at, shift, interval, is_borne_out: !interval.contains(0.0), ..*change }
        };
        self.found.iter().zip(levels.windows(2).zip(&ends[1..])).map(one).collect()
    }

    /// The run between `from` and `to` at which the two sides differ most clearly.
    fn clearest(&self, from: usize, to: usize) -> Option<usize> {
        let segment = Segment::of(self, from, to)?;
        let order: Vec<usize> = (from..to).collect();
        let (_, after) = segment.clearest(&order, segment.size - FEWEST_OF_A_LEVEL);
        order.into_iter().rev().filter(|run| self.values[*run].is_some()).nth(after - 1)
    }
}

/// Looks at what run `last` has brought.
fn look(watched: &mut [Watched], last: usize, error: Alpha, seed: u64) {
    let has_value = |one: &Watched| one.values.get(last).copied().flatten().is_some();
    let segments: Vec<(usize, Segment)> = watched
        .iter()
        .enumerate()
        .filter(|(_, one)| has_value(one))
        .filter_map(|(number, one)| Some((number, Segment::of(one, one.begin, last + 1)?)))
        .collect();
    let mut order: Vec<usize> = (0..=last).collect();
    let scores: Vec<(f64, usize)> = segments.iter().map(|(_, one)| one.score(&order)).collect();
    let largest = scores.iter().map(|(score, _)| *score).fold(0.0, f64::max);
    let Some(drawn) = drawn(&segments, &mut order, largest, error, seed ^ last as u64) else { return };
    for ((number, _), (score, after)) in segments.iter().zip(scores) {
        let p_value = p_value(&drawn, score);
        if error.allows(p_value) {
            let one = &mut watched[*number];
            let at = (one.begin..=last).rev().filter(|run| one.values[*run].is_some()).nth(after - 1).unwrap_or(last);
            let nowhere = Interval::between(0.0, 0.0);
            let found = Change { at, found: last, shift: 0.0, interval: nowhere, p_value, is_borne_out: false };
            one.close(found, needed(&drawn, error));
        }
    }
}

/// The largest score of all segments in each drawn order; none once more of them reach `largest` than may.
fn drawn(
    segments: &[(usize, Segment)],
    order: &mut [usize],
    largest: f64,
    error: Alpha,
    seed: u64,
) -> Option<Vec<f64>> {
    let mut generator = Pcg64::new(u128::from(seed), 0x0c4a_6e5b);
    let (mut drawn, mut reached) = (Vec::with_capacity(PERMUTATIONS), 0);
    if largest <= 0.0 {
        return None;
    }
    for _ in 0..PERMUTATIONS {
        order.shuffle(&mut generator);
        let found = segments.iter().map(|(_, one)| one.score(order).0).fold(0.0, f64::max);
        reached += usize::from(found >= largest * (1.0 - 1e-12));
        if !error.allows(real(1 + reached) / real(1 + PERMUTATIONS)) {
            return None;
        }
        drawn.push(found);
    }
    Some(drawn)
}

/// The share of orders whose largest score is as large, the one that came counted in.
fn p_value(drawn: &[f64], score: f64) -> f64 {
    let reached = drawn.iter().filter(|found| **found >= score * (1.0 - 1e-12)).count();
    real(1 + reached) / real(1 + drawn.len())
}

/// The score beyond which a claim may be made: so many of the drawn orders stay below that it is within the error.
fn needed(drawn: &[f64], error: Alpha) -> f64 {
    let mut sorted = drawn.to_vec();
    sorted.sort_unstable_by(|one, other| other.total_cmp(one));
    let above = (0..sorted.len()).take_while(|above| error.allows(real(2 + above) / real(1 + sorted.len()))).count();
    sorted.get(above).copied().unwrap_or(0.0)
}

/// The values of one level, those far off drawn in.
struct Level {
    size: f64,
    mean: f64,
    /// Sum of squares about the mean.
    squares: f64,
}

impl Level {
    fn of(values: &[f64]) -> Self {
        let values = drawn_in(values);
        let size = real(values.len());
        let mean = values.iter().sum::<f64>() / size.max(1.0);
        Self { size, mean, squares: values.iter().map(|value| (value - mean).powi(2)).sum() }
    }
}

/// The values with those further from the median than four spreads put there.
fn drawn_in(values: &[f64]) -> Vec<f64> {
    let Ok(sample) = Sample::new(values) else { return Vec::new() };
    let (median, reach) = (sample.median(), DRAWN_IN * sample.scaled_mad().max(SMALLEST_SPREAD));
    values.iter().map(|value| value.clamp(median - reach, median + reach)).collect()
}

/// What a course shows since its last change.
struct Segment {
    /// Distances from the mean by run, not a number where a run lacks it or is of an earlier level.
    values: Vec<f64>,
    size: usize,
    /// The sum of their squares, and what earlier levels had.
    squares: f64,
    /// Degrees of freedom beside a change.
    freedom: f64,
}

impl Segment {
    /// Of runs `from` up to `to`; none where two levels would be too short.
    fn of(watched: &Watched, from: usize, to: usize) -> Option<Self> {
        let given = watched.given(from, to);
        if given.len() < 2 * FEWEST_OF_A_LEVEL {
            return None;
        }
        let level = Level::of(&given);
        let mut centred = drawn_in(&given).into_iter().map(|value| value - level.mean);
        let at = |run| watched.values.get(run).copied().flatten().filter(|_| run >= from);
        let values = (0..to).map(|run| at(run).and_then(|_| centred.next()).unwrap_or(f64::NAN)).collect();
        let size = given.len();
        let least = SMALLEST_SPREAD.powi(2) * real(size);
        Some(Self {
            values,
            size,
            squares: level.squares.max(least) + watched.earlier.0,
            freedom: level.size - 2.0 + watched.earlier.1,
        })
    }

    /// The normal score of the clearest change in this order of the runs, and how many values stand behind it.
    fn score(&self, order: &[usize]) -> (f64, usize) {
        let (between, after) = self.clearest(order, self.size / 2);
        let share = (between / self.squares).clamp(0.0, 1.0 - f64::EPSILON);
        (wallace(self.freedom) * (-self.freedom * (-share).ln_1p()).sqrt(), after)
    }

    /// The largest sum of squares between the last m values and those before, m up to `most`, and that m.
    fn clearest(&self, order: &[usize], most: usize) -> (f64, usize) {
        let (mut sum, mut after) = (0.0, 0);
        let mut clearest = (0.0, FEWEST_OF_A_LEVEL);
        for run in order.iter().rev() {
            let value = self.values[*run];
            if value.is_nan() {
                continue;
            }
            sum += value;
            after += 1;
            if after < FEWEST_OF_A_LEVEL {
                continue;
            }
            if after > most {
                break;
            }
            let between = sum * sum * real(self.size) / (real(after) * real(self.size - after));
            if between > clearest.0 {
                clearest = (between, after);
            }
        }
        clearest
    }
}

/// Wallace's factor for degrees of freedom.
fn wallace(freedom: f64) -> f64 {
    (8.0 * freedom + 1.0) / (8.0 * freedom + 3.0)
}

/// The t that has this normal score.
fn student(score: f64, freedom: f64) -> f64 {
    (freedom * ((score / wallace(freedom)).powi(2) / freedom).exp_m1()).sqrt()
}
