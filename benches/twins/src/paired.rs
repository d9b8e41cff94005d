//! Paired comparison: the Hodges-Lehmann ratio and its exact signed-rank interval.

/// How much a second thing costs against a first one, from pairs of figures taken close in time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ratio {
    /// The Hodges-Lehmann estimate.
    pub estimate: f64,
    /// Lower end of the interval, at 95 % or, for few pairs, the widest there is.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The ratio second / first of `pairs` (first, second), all above 0, on the scale of logarithms; none for no pairs.
pub fn ratio(pairs: &[(f64, f64)]) -> Option<Ratio> {
    let logs: Vec<f64> = pairs.iter().map(|(first, second)| (second / first).ln()).collect();
    let mut averages = Vec::with_capacity(logs.len() * (logs.len() + 1) / 2);
    for (at, one) in logs.iter().enumerate() {
        averages.extend(logs[at..].iter().map(|other| f64::midpoint(*one, *other)));
    }
    averages.sort_by(f64::total_cmp);
    let last = averages.len().checked_sub(1)?;
    let cut = lower_quantile(logs.len()).saturating_sub(1);
    Some(Ratio {
        estimate: f64::midpoint(averages[last / 2], averages[last.div_ceil(2)]).exp(),
        low: averages[cut].exp(),
        high: averages[last - cut].exp(),
    })
}

/// The lower median; not a number for no figures.
pub fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len().saturating_sub(1) / 2).copied().unwrap_or(f64::NAN)
}

/// The 2.5 % quantile of Wilcoxon's signed-rank statistic for `pairs` pairs: the smallest q with P(W <= q) >= 0.025.
fn lower_quantile(pairs: usize) -> usize {
    // ways[w]: how many of the 2^pairs sets of ranks sum to w, as shares of all sets.
    let mut ways = vec![1.0];
    for rank in 1..=pairs {
        let with = |w: usize| w.checked_sub(rank).and_then(|rest| ways.get(rest)).unwrap_or(&0.0);
        ways = (0..ways.len() + rank).map(|w| f64::midpoint(*ways.get(w).unwrap_or(&0.0), *with(w))).collect();
    }
    let mut sum = 0.0;
    ways.iter()
        .position(|share| {
            sum += share;
            sum >= 0.025
        })
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_agree_with_the_published_table() {
        // Critical values at 5 %, two-sided, are one less: 8 for 10 pairs, 52 for 20, 137 for 30.
        assert_eq!([10, 20, 30].map(lower_quantile), [9, 53, 138]);
    }

    #[test]
    fn a_constant_factor_is_found_exactly_and_noise_widens_the_interval() {
        let even: Vec<(f64, f64)> = (1..=30).map(|i| (f64::from(i), 1.5 * f64::from(i))).collect();
        let found = ratio(&even).unwrap();
        assert!((found.estimate - 1.5).abs() < 1e-9 && (found.high - found.low).abs() < 1e-9);
        let noisy: Vec<(f64, f64)> = (1..=30).map(|i| (1.0, 1.0 + f64::from(i % 5) / 10.0)).collect();
        let found = ratio(&noisy).unwrap();
        assert!(1.0 < found.low && found.low < found.estimate && found.estimate < found.high && found.high < 1.4);
        assert_eq!(ratio(&[]), None);
    }
}
