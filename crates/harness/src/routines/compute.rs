//! `compute`: three complex square roots under each other, about 0.1 us in all.

use std::hint::black_box;
use std::time::{Duration, Instant};

use num_complex::Complex64;

/// floor(2^20 Re z + 0.5) for z = index + 1j under three complex square roots. The imaginary part keeps libraries off
/// their shortcut for reals; 20 bits after the point are safe against the last bits in which libraries differ.
#[inline]
pub fn root(index: u64) -> u64 {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The formula of docs/PROTOCOL.md, word for word.
    fn by_the_page(index: u32) -> u64 {
        let (mut re, mut im) = (f64::from(index), 1.0_f64);
        for _ in 0..3 {
            let (r, theta) = (re.hypot(im), im.atan2(re));
            let s = r.sqrt();
            (re, im) = (s * (theta / 2.0).cos(), s * (theta / 2.0).sin());
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 <= Re z < 2^8")]
        let result = (1_048_576.0 * re + 0.5).floor() as u64;
        result
    }

    #[test]
    fn the_formula_and_the_vectors_of_the_page_are_what_the_job_returns() {
        let page = include_str!("../../../../docs/PROTOCOL.md");
        let section = page.split("### compute in every language").nth(1).expect("the page pins the formula");
        let cells =
            |line: &'static str| line.trim_matches('|').split('|').map(|cell| cell.trim().parse().ok()).collect();
        let vectors: Vec<Vec<Option<u64>>> = section
            .lines()
            .skip_while(|line| !line.starts_with("| i |"))
            .skip(2)
            .map_while(|line| line.starts_with('|').then(|| cells(line)))
            .collect();
        let indices: Vec<u64> = vectors.iter().map(|vector| vector[0].unwrap()).collect();
        assert_eq!(indices, [0, 1, 2, 1000, 999_999]);
        for vector in vectors {
            assert_eq!(Some(root(vector[0].unwrap())), vector[1], "job {:?}", vector[0]);
        }
        for index in (0..3000).chain((0..1_000_000).step_by(997)) {
            assert_eq!(root(u64::from(index)), by_the_page(index), "job {index}");
        }
    }
}
