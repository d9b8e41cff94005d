//! Stars out of five from ratios to the best.

use crate::stats::{Band, Interval};

/// How stars follow from ratios.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// One star less for each doubling against the best: whoever else is in the run changes nothing but the best.
    Doubling,
    /// The logarithms stretched from the best, 5, to the worst, 1: what the published ratings of 2016 come nearest to.
    MinMaxLog,
}

impl Rule {
    /// All of them by their names.
    pub const ALL: [(Self, &'static str); 2] = [(Self::Doubling, "doubling"), (Self::MinMaxLog, "minmax-log")];

    /// The rule of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, known)| *known == name).map(|(rule, _)| rule)
    }

    /// Its name.
    pub fn word(self) -> &'static str {
        Self::ALL.into_iter().find(|(rule, _)| *rule == self).map_or("", |(_, word)| word)
    }
}

/// Stars of one pool in one part, to the half star.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stars {
    /// What the estimate gives, 0 to 5.
    pub value: f64,
    /// What the interval spans; nothing with too few blocks.
    pub range: Option<(f64, f64)>,
}

/// A pool's ratio to the best, 1 or a little less for the best itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ratio {
    /// The geometric mean over the cells.
    pub(super) value: f64,
    /// Where that lies.
    pub(super) interval: Option<Interval>,
    /// Up to which ratio nobody minds: 1.03, and more where that is less than a MiB.
    pub(super) nobody_minds: f64,
}

/// The stars of pools that are rated together, in their order.
pub(super) fn stars(rule: Rule, ratios: &[Ratio]) -> Vec<Stars> {
    let values: Vec<f64> = ratios.iter().map(|ratio| ratio.value).collect();
    let scale = MinMax::of(&values);
    let raw = |ratio: f64| match rule {
        Rule::Doubling => 5.0 - ratio.log2(),
        Rule::MinMaxLog => scale.stars(ratio),
    };
    let one = |ratio: &Ratio| {
        let half = |stars: f64| (2.0 * stars.clamp(0.0, 5.0)).round() / 2.0;
        let at = |value: f64| if value <= ratio.nobody_minds { 5.0 } else { half(raw(value)) };
        let reaches = ratio.interval.is_some_and(|interval| interval.low() <= ratio.nobody_minds);
        let value = if reaches { 5.0 } else { at(ratio.value) };
        let range = |interval: Interval| (at(interval.high()), at(interval.low()));
        Stars { value, range: ratio.interval.map(range) }
    };
    ratios.iter().map(one).collect()
}

/// Stars by the rule `minmax-log` of values of which less is better, unrounded: 5 for the least, 1 for the most.
pub fn minmax_log(values: &[f64]) -> Vec<f64> {
    let scale = MinMax::of(values);
    values.iter().map(|value| scale.stars(*value)).collect()
}

/// The band as a ratio.
pub(super) fn band() -> f64 {
    Band::default().half_width().exp()
}

struct MinMax {
    least: f64,
    most: f64,
}

impl MinMax {
    fn of(values: &[f64]) -> Self {
        let (least, most) = values.iter().fold((f64::INFINITY, 0.0_f64), |(l, m), one| (l.min(*one), m.max(*one)));
        Self { least, most }
    }

    fn stars(&self, value: f64) -> f64 {
        let span = (self.most / self.least).ln();
        if span > 0.0 { 5.0 - 4.0 * (value / self.least).ln() / span } else { 5.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(low: f64, value: f64, high: f64) -> Ratio {
        Ratio { value, interval: Some(Interval::between(low, high)), nobody_minds: band() }
    }

    #[test]
    fn a_doubling_takes_a_star_and_a_tie_has_all_five() {
        let ratios = [ratio(1.0, 1.0, 1.01), ratio(1.02, 1.3, 1.6), ratio(1.9, 2.0, 2.1), ratio(30.0, 40.0, 50.0)];
        let found = stars(Rule::Doubling, &ratios);
        assert_eq!(found.iter().map(|stars| stars.value).collect::<Vec<_>>(), [5.0, 5.0, 4.0, 0.0]);
        assert_eq!(found[1].range, Some((4.5, 5.0)));
        assert_eq!(stars(Rule::Doubling, &ratios[1..])[1], found[2], "another pool in the run changes nothing");
        let unknown = Ratio { value: 1.01, interval: None, nobody_minds: band() };
        assert_eq!(stars(Rule::Doubling, &[unknown])[0], Stars { value: 5.0, range: None });
    }

    #[test]
    fn the_worst_has_one_star_by_minmax_log() {
        assert_eq!(minmax_log(&[1.0, 10.0, 100.0]), [5.0, 3.0, 1.0]);
        assert_eq!(minmax_log(&[2.0, 2.0]), [5.0, 5.0]);
    }
}
