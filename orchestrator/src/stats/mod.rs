//! Statistics of a run: pure functions on numbers, which know neither files nor pools.
//!
//! Comparisons are paired inside a block and made on the log scale, `ln(B / A)`: positive means that B is larger,
//! that is slower, and swapping A and B only changes the sign. [`Interval::to_ratio`] and `f64::exp` lead back to
//! ratios. A value is any positive quantity (ns, bytes); nothing here depends on its unit.
//!
//! The order of work: [`log_ratios`] of the paired values, [`exchange`] of twins for the level of the run,
//! [`compare_widened`] over everything that is claimed together, one [`Verdict`] each. [`Sample`] describes one cell,
//! [`places`] orders pools over many, [`efficiency`] and [`overhead`] hold them against a plain loop. [`late`]
//! says whether the batches of a trial still get faster.
//!
//! Over many runs: [`changes`] finds since which run a cell is another one, and [`against`] holds one run against several.
//!
//! What a pool's cost is made of: [`Line`] and [`least_squares`] fit, [`Draws`] of blocks say how sure that is, [`Crossing`],
//! [`Scaling`] and [`metg`] follow from it.

mod against;
mod alpha;
mod bootstrap;
mod changes;
mod complete;
mod crossing;
mod determination;
mod drawn;
mod drift;
mod efficiency;
mod exchange;
mod family;
mod flipped_rank;
mod front;
mod holm;
mod interval;
mod least_squares;
mod linked;
mod looks;
mod median_interval;
mod metg;
mod null;
mod number;
mod outliers;
mod paired;
mod places;
mod sample;
mod sign_flip;
mod signed_rank;
mod straight;
mod strata;
mod theil_sen;
mod twin;
mod usl;
mod verdict;
mod walsh;
mod warming;

pub use against::{Beside, FEWEST_RUNS_BEFORE, against};
pub use alpha::Alpha;
pub use bootstrap::{Cell, DRAWS, Draws, percentiles};
pub use changes::{Change, FEWEST_OF_A_LEVEL, changes, fewest_runs};
pub use complete::Incomplete;
pub use crossing::{Crossing, Curve, first_crossing};
pub use determination::determination;
pub use drawn::{Drawn, FEWEST_MACHINES};
pub use drift::drift;
pub use efficiency::{Figure, efficiency, overhead};
pub use exchange::{Alarms, EXCHANGES, Level, OUT_OF_ORDER, exchange};
pub use family::{Finding, Member, compare_family, compare_widened};
pub use front::front;
pub use holm::{HolmStep, holm};
pub use interval::Interval;
pub use least_squares::{Fit, least_squares, non_negative};
pub use linked::{eras, typical};
pub use looks::{Look, narrow_enough};
pub use median_interval::MedianInterval;
pub use metg::{HALF, IMPOSSIBLE, Metg, metg};
pub use null::EXACT_UP_TO;
pub use outliers::flag_outliers;
pub use paired::log_ratios;
pub use places::{Pair, Place, Places, fewest_blocks, places, places_of, scores_of};
pub use sample::{BadSample, Sample};
pub use sign_flip::{FLIPPED_UP_TO, SignFlip};
pub use signed_rank::SignedRank;
pub use straight::Line;
pub use strata::strata;
pub use theil_sen::theil_sen;
pub use twin::{FalseAlarms, false_alarms};
pub use usl::Scaling;
pub use verdict::{Band, Verdict};
pub use warming::{FEWEST_TO_TELL, Late, bears_out, is_falling, is_suspect, late, late_change};
