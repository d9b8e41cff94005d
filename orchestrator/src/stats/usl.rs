//! The Universal Scalability Law: what more workers bring, what they lose to waiting, and to each other.

use super::least_squares::non_negative;

/// `X(N) = rate N / (1 + contention (N - 1) + coherence N (N - 1))` (Gunther 2007, ch. 4).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scaling {
    /// Jobs in a unit of time with one worker.
    pub rate: f64,
    /// The share of the work that cannot be shared out.
    pub contention: f64,
    /// What each pair of workers costs each other.
    pub coherence: f64,
}

impl Scaling {
    /// Fits `(workers, jobs in a unit of time)`. `N / X` is linear in three unknowns, so least squares that are never negative
    /// suffice, weighted by the inverse square of `N / X`. None for fewer than four numbers of workers, or values that are not
    /// above 0.
    pub fn fit(points: &[(f64, f64)]) -> Option<Self> {
        if points.len() < 4 || points.iter().any(|(n, x)| !(*n > 0.0 && *x > 0.0)) {
            return None;
        }
        let column = |of: fn(f64) -> f64| points.iter().map(|(n, _)| of(*n)).collect::<Vec<f64>>();
        let y: Vec<f64> = points.iter().map(|(n, x)| n / x).collect();
        let weights: Vec<f64> = y.iter().map(|y| y.powi(-2)).collect();
        let columns = [column(|_| 1.0), column(|n| n - 1.0), column(|n| n * (n - 1.0))];
        let found = non_negative(&columns, &y, &weights)?.coefficients;
        let one = found[0];
        (one > 0.0).then(|| Self { rate: 1.0 / one, contention: found[1] / one, coherence: found[2] / one })
    }

    /// Jobs in a unit of time with `workers`.
    pub fn at(self, workers: f64) -> f64 {
        let lost = self.contention * (workers - 1.0) + self.coherence * workers * (workers - 1.0);
        self.rate * workers / (1.0 + lost)
    }

    /// The number of workers with the highest rate: `sqrt((1 - contention) / coherence)`; none where more always bring more.
    pub fn peak(self) -> Option<f64> {
        (self.coherence > 0.0).then(|| ((1.0 - self.contention).max(0.0) / self.coherence).sqrt().max(1.0))
    }
}
