//! The places that pools may have over many cells: which are beyond doubt ahead of which.
//!
//! A pool's score in a block is the mean, over the cells, of the logarithms of its values there. Two pools are compared
//! by the differences of their scores, block by block, with the exact sign-flip test, and all pairs share one error by
//! Holm's steps. So what pairs have in common, a block or a pool, does not matter, and neither does the noise: that any
//! two equal pools are put apart has at most that probability.
//!
//! Steps that resample all pairs together (Westfall and Young's) would find a few more, but hold no such promise.
//! Flipping whole blocks for all pools at once is not what the draw of the order makes equally likely: a pool that is
//! now and then disturbed, always upwards, makes the scores of three equal pools (1, 0, 0), never (-1, 0, 0). Exchanging
//! pools inside a block is, but only if all pools are equal, and levels for the equal ones among unequal ones do not
//! follow from that.
//!
//! The promise is about pools that are equal. Of two that differ by little, the wrong one may be put ahead; that has
//! less than half of the error at which their pair was tested.

use super::complete::{Incomplete, Logs, Middle, Table, best_of_cells, complete, logs_of};
use super::number::real;
use super::{Alpha, BadSample, Drawn, Interval, SignFlip, holm};

/// What is known of the order of pools.
#[derive(Clone, Debug, PartialEq)]
pub struct Places {
    /// From the lowest score to the highest; those without a score at the end.
    pub placed: Vec<Place>,
    /// All pairs of them.
    pub pairs: Vec<Pair>,
    /// Pools that lack a cell, by their numbers in the input: named, and in no place.
    pub incomplete: Vec<Incomplete>,
}

/// A pool's range of places, from 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Its number in the input.
    pub pool: usize,
    /// One more than the pools that are beyond doubt ahead of it.
    pub best: usize,
    /// The number of pools less those that are beyond doubt behind it; never below `best`.
    pub worst: usize,
    /// Geometric mean of its ratios to the best of each cell: 1.2 takes a fifth more than the best. The best of a cell is
    /// the one of the lowest median there, once and for all. None if they share no block.
    pub score: Option<f64>,
    /// Where that lies, for this pool alone. Below 1 it may in truth be the best. None with too few blocks.
    pub interval: Option<Interval>,
}

/// What was found about two pools.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// The one with the lower score, by its number in the input; the first of two equal ones.
    pub ahead: usize,
    /// The other.
    pub behind: usize,
    /// How many blocks both have, or machines where these were drawn.
    pub blocks: usize,
    /// By how much the scores differ, a logarithm, at least 0; none without a block.
    pub difference: Option<f64>,
    /// The p-value of "no difference" by itself.
    pub p_value: f64,
    /// The same after Holm's steps over all pairs.
    pub adjusted_p: f64,
    /// Whether one is beyond doubt ahead of the other.
    pub is_apart: bool,
}

/// The fewest blocks at which any of so many pairs can be told apart: 14 for the 276 pairs of 24 pools at 5 %.
pub fn fewest_blocks(pairs: usize, alpha: Alpha) -> usize {
    alpha.shared_by(pairs).fewest_blocks()
}

/// Places pools by their values `[pool][cell][block]`, positive, none where a trial has no accepted value.
///
/// A cell with fewer than [`Alpha::fewest_blocks`] values makes its pool incomplete, as an absent one does. A block in
/// which a pool lacks a cell does not count for it. Without any cell nothing is placed. Fails on a value that is not finite
/// and above 0; its position is that of the block.
///
/// In a run whose twins are out of order intervals reach `widening` times as far; a pair is then apart only if its interval,
/// at the level at which it was tested, does not reach 0 so.
pub fn places(pools: &[Vec<Vec<Option<f64>>>], alpha: Alpha, widening: f64) -> Result<Places, BadSample> {
    let cells = pools.iter().map(Vec::len).max().unwrap_or(0);
    let values = |pool: usize, cell: usize| pools[pool].get(cell).cloned().unwrap_or_default();
    places_of((pools.len(), cells), values, alpha, widening, &Drawn::Blocks)
}

/// The same of so many pools and cells, whose values by block are asked for cell by cell and not kept: of a cell with a million
/// trials they take 16 MB. Where machines were drawn each of them counts once, with the estimate of its blocks, and values have
/// block 0 in front.
pub fn places_of(
    size: (usize, usize),
    values: impl Fn(usize, usize) -> Vec<Option<f64>>,
    alpha: Alpha,
    widening: f64,
    drawn: &Drawn,
) -> Result<Places, BadSample> {
    placed(size, values, alpha, widening, drawn, |scores| all_pairs(scores, alpha, widening, drawn))
}

/// The same without comparing pairs, which takes most of the time: the scores and their intervals, and any pool may have any place.
pub fn scores_of(
    size: (usize, usize),
    values: impl Fn(usize, usize) -> Vec<Option<f64>>,
    alpha: Alpha,
    widening: f64,
    drawn: &Drawn,
) -> Result<Places, BadSample> {
    placed(size, values, alpha, widening, drawn, |_| Ok(Vec::new()))
}

fn placed(
    (pools, cells): (usize, usize),
    values: impl Fn(usize, usize) -> Vec<Option<f64>>,
    alpha: Alpha,
    widening: f64,
    drawn: &Drawn,
    compared: impl Fn(&Table<Option<f64>>) -> Result<Vec<Pair>, BadSample>,
) -> Result<Places, BadSample> {
    if cells == 0 {
        return Ok(Places { placed: Vec::new(), pairs: Vec::new(), incomplete: Vec::new() });
    }
    let logs = |pool: usize, cell: usize| logs_of(values(pool, cell));
    let row = |pool: usize| (0..cells).map(|cell| Ok(Middle::of(&logs(pool, cell)?))).collect::<Result<_, _>>();
    let all = (0..pools).map(|pool| Ok((pool, row(pool)?))).collect::<Result<Table<Middle>, _>>()?;
    let mut incomplete = Vec::new();
    let table = complete(all, &mut incomplete, |middle| middle.count >= alpha.fewest_blocks());
    let best = block_scores(best_of_cells(&table, cells).into_iter().enumerate().map(|(cell, pool)| logs(pool, cell)))?;
    let score = |(pool, _): &(usize, _)| Ok((*pool, block_scores((0..cells).map(|cell| logs(*pool, cell)))?));
    let scores = table.iter().map(score).collect::<Result<Vec<(usize, Logs)>, _>>()?;

    let pairs = compared(&scores)?;
    let place = |(pool, own): &(usize, Logs)| {
        let ahead = pairs.iter().filter(|pair| pair.is_apart && pair.behind == *pool).count();
        let behind = pairs.iter().filter(|pair| pair.is_apart && pair.ahead == *pool).count();
        let from_best = tested(&best, own, drawn)?;
        Ok(Place {
            pool: *pool,
            best: 1 + ahead,
            worst: scores.len() - behind,
            score: from_best.as_ref().map(|test| test.estimate().exp()),
            interval: from_best.and_then(|test| {
                test.interval(alpha).map(|interval| interval.widened(test.estimate(), widening).to_ratio())
            }),
        })
    };
    let mut placed = scores.iter().map(place).collect::<Result<Vec<Place>, _>>()?;
    let key = |place: &Place| place.score.unwrap_or(f64::INFINITY);
    placed.sort_by(|one, other| key(one).total_cmp(&key(other)).then(one.pool.cmp(&other.pool)));
    Ok(Places { placed, pairs, incomplete })
}

/// A pool's mean over its cells, block by block; none where a cell has no value.
fn block_scores(cells: impl Iterator<Item = Result<Logs, BadSample>>) -> Result<Logs, BadSample> {
    let (mut sums, mut count) = (Logs::new(), 0);
    for logs in cells {
        let logs = logs?;
        // What the cells before it lack, or it, has no mean.
        sums.resize(sums.len().max(logs.len()), (count == 0).then_some(0.0));
        for (block, sum) in sums.iter_mut().enumerate() {
            *sum = sum.zip(logs.get(block).copied().flatten()).map(|(sum, log)| sum + log);
        }
        count += 1;
    }
    Ok(sums.into_iter().map(|sum| Some(sum? / real(count))).collect())
}

/// The test of `own` less `base` in the blocks that both have; none without one.
fn tested(base: &Logs, own: &Logs, drawn: &Drawn) -> Result<Option<SignFlip>, BadSample> {
    let differences = base.iter().zip(own).map(|(base, own)| Some((*own)? - (*base)?));
    match SignFlip::new(&drawn.values(differences)) {
        Err(BadSample::Empty) => Ok(None),
        test => test.map(Some),
    }
}

/// Every pair of pools, at one error for all.
fn all_pairs(scores: &Table<Option<f64>>, alpha: Alpha, widening: f64, drawn: &Drawn) -> Result<Vec<Pair>, BadSample> {
    let mut pairs = Vec::new();
    let each =
        || scores.iter().enumerate().flat_map(|(at, one)| scores[at + 1..].iter().map(move |other| (one, other)));
    for ((one, base), (other, own)) in each() {
        let test = tested(base, own, drawn)?;
        let difference = test.as_ref().map(SignFlip::estimate);
        let (ahead, behind) = if difference.is_some_and(|found| found < 0.0) { (*other, *one) } else { (*one, *other) };
        pairs.push(Pair {
            ahead,
            behind,
            blocks: test.as_ref().map_or(0, SignFlip::blocks),
            difference: difference.map(f64::abs),
            p_value: test.as_ref().map_or(1.0, SignFlip::p_value),
            adjusted_p: 1.0,
            is_apart: false,
        });
    }
    let p_values: Vec<f64> = pairs.iter().map(|pair| pair.p_value).collect();
    for ((pair, ((_, base), (_, own))), step) in pairs.iter_mut().zip(each()).zip(holm(&p_values, alpha)) {
        pair.adjusted_p = step.adjusted_p;
        // The test is made anew, for all of them at once would take more than the run.
        pair.is_apart = alpha.allows(step.adjusted_p)
            && (widening <= 1.0 || lies_off(tested(base, own, drawn)?, step.alpha, widening));
    }
    Ok(pairs)
}

/// Whether an interval that reaches so many times as far still leaves out 0.
fn lies_off(test: Option<SignFlip>, alpha: Alpha, widening: f64) -> bool {
    let widened = |test: SignFlip| Some(test.interval(alpha)?.widened(test.estimate(), widening));
    test.and_then(widened).is_some_and(|interval| !interval.contains(0.0))
}
