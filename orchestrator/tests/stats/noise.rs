//! Seeded noise of known shape, so that simulations are the same everywhere.

use rand_pcg::Pcg64;
use rand_pcg::rand_core::{Rng, SeedableRng};
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// The interquartile range of a normal distribution of deviation 1.
pub(crate) const NORMAL_IQR: f64 = 1.348_979_500_392_163_5;

pub(crate) struct Noise(Pcg64);

impl Noise {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Pcg64::seed_from_u64(seed))
    }

    /// Between 0 and 1, both excluded.
    pub(crate) fn uniform(&mut self) -> f64 {
        (f64::from(self.0.next_u32()) + 0.5) / 4_294_967_296.0
    }

    /// Mean 0, deviation 1.
    pub(crate) fn normal(&mut self) -> f64 {
        Normal::standard().inverse_cdf(self.uniform())
    }

    /// Student's t with 2 degrees of freedom: symmetric, of infinite variance.
    pub(crate) fn heavy(&mut self) -> f64 {
        StudentsT::new(0.0, 1.0, 2.0).unwrap().inverse_cdf(self.uniform())
    }

    /// The log ratio of two equal pools that are disturbed upwards only, as trials are: symmetric, though neither is.
    pub(crate) fn disturbed_pair(&mut self) -> f64 {
        let mut time = || (1.0 - 0.1 * self.uniform().ln()).ln();
        time() - time()
    }
}
