//! `compute`: three complex square roots under each other, about 0.1 us in all.

use std::hint::black_box;
use std::time::{Duration, Instant};

use num_complex::Complex64;

/// floor(2^20 Re z + 0.5) for z = index + 1j under three complex square roots. The imaginary part keeps libraries off
/// their shortcut for reals; 20 bits after the point are safe against the last bits in which libraries differ.
#[inline]
pub(crate) fn root(index: u64) -> u64 {
    #[expect(clippy::cast_precision_loss, reason = "indices stay below 2^53")]
    let z = black_box(Complex64::new(index as f64, 1.0)).sqrt().sqrt().sqrt();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 <= Re z < 2^8 for a root of 2^53")]
    let rounded = z.re.mul_add(1_048_576.0, 0.5).floor() as u64;
    rounded
}

/// How long `jobs` jobs of `compute` take on this thread, one after another. Whoever asks how fast a core is now must ask
/// with these very instructions: square roots and multiplications alone hardly see a neighbour on the same core.
pub fn time_compute(jobs: u64) -> Duration {
    let start = Instant::now();
    for index in 0..jobs {
        black_box(root(index));
    }
    start.elapsed()
}
