//! Ticks at 1, 2 and 5 of a unit, as many as have room.

use super::labels::{LETTER, LINE, width};
use super::scale::{Scale, Spread};
use crate::analysis::float;

/// A value with its place and its text.
pub(super) type Tick = (f64, String);

/// The most ticks of an axis.
const MOST: u64 = 9;

/// Along: no two texts, each in the middle of its tick, are closer than two letters, and none leaves what lies between `left` and `right`.
pub(super) fn along(scale: &Scale, (left, right): (f64, f64)) -> Vec<Tick> {
    let inside = |(place, text): &Tick| {
        let half = width(text) / 2.0;
        place - half >= left && place + half <= right
    };
    let fits = |ticks: &[Tick]| {
        ticks
            .windows(2)
            .all(|two| (two[1].0 - two[0].0).abs() >= f64::midpoint(width(&two[0].1), width(&two[1].1)) + 2.0 * LETTER)
    };
    let kinds: [fn(&Scale, u64) -> Vec<Tick>; 2] = [ticks, evenly];
    let tries = kinds.iter().flat_map(|kind| (1..=MOST).rev().map(move |most| kind(scale, most)));
    let inside: Vec<Vec<Tick>> = tries.map(|ticks| ticks.into_iter().filter(inside).collect()).collect();
    // One alone tells no scale.
    let told = inside.iter().position(|ticks| ticks.len() > 1 && fits(ticks));
    told.or_else(|| inside.iter().position(|ticks| fits(ticks))).map_or(Vec::new(), |at| inside[at].clone())
}

/// Upwards: no two closer than two lines.
pub(super) fn upwards(scale: &Scale) -> Vec<Tick> {
    let fits = |ticks: &[Tick]| ticks.windows(2).all(|two| (two[1].0 - two[0].0).abs() >= 1.8 * LINE);
    (1..=MOST).rev().map(|most| ticks(scale, most)).find(|ticks| fits(ticks)).unwrap_or_default()
}

fn ticks(scale: &Scale, most: u64) -> Vec<Tick> {
    match scale.spread {
        Spread::Log => placed(scale, log(scale, most)),
        Spread::Linear => evenly(scale, most),
    }
}

/// Equal differences apart, whatever the scale.
fn evenly(scale: &Scale, most: u64) -> Vec<Tick> {
    placed(scale, linear(scale, most))
}

fn placed(scale: &Scale, values: Vec<f64>) -> Vec<Tick> {
    values.into_iter().filter_map(|value| Some((scale.place(value)?, scale.unit.tick(value)))).collect()
}

/// The closest of those that are at most so many.
fn log(scale: &Scale, most: u64) -> Vec<f64> {
    let at = |digits: &[f64]| -> Vec<f64> {
        let all = scale
            .unit
            .powers()
            .into_iter()
            .flat_map(|power| digits.iter().map(move |digit| digit * power).collect::<Vec<_>>());
        all.filter(|value| (scale.low..=scale.high).contains(value)).collect()
    };
    let (fine, coarse) = (at(&[1.0, 2.0, 5.0]), at(&[1.0]));
    let most = usize::try_from(most).unwrap_or(1).max(1);
    match () {
        () if fine.len() < 2 => linear(scale, most as u64),
        () if fine.len() <= most => fine,
        () if coarse.len() < 2 => fine.iter().copied().step_by(fine.len().div_ceil(most)).collect(),
        () => coarse.iter().copied().step_by(coarse.len().div_ceil(most)).collect(),
    }
}

fn linear(scale: &Scale, most: u64) -> Vec<f64> {
    let unit = scale.unit.round(scale.high);
    let raw = (scale.high - scale.low) / unit / float(most.max(1));
    let power = 10_f64.powf(raw.log10().floor());
    let step = [1.0, 2.0, 5.0].into_iter().map(|digit| digit * power).find(|step| *step >= raw * 0.999);
    let step = step.unwrap_or(10.0 * power) * unit;
    let first = (scale.low / step).ceil();
    (0..=most).map(|at| (first + float(at)) * step).take_while(|value| *value <= scale.high).collect()
}

#[cfg(test)]
mod tests {
    use super::super::units::Unit;
    use super::*;
    use proptest::prelude::*;

    fn texts(unit: Unit, spread: Spread, values: [f64; 2]) -> String {
        let scale = Scale::over(unit, spread, values, (40.0, 300.0));
        along(&scale, (0.0, 310.0)).into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn ticks_are_at_1_2_and_5_and_in_units() {
        assert_eq!(texts(Unit::Time, Spread::Log, [900.0, 12_000.0]), "1 us, 2 us, 5 us, 10 us");
        assert_eq!(texts(Unit::Time, Spread::Log, [1e3, 1e9]), "1 us, 100 us, 10 ms, 1 s");
        assert_eq!(texts(Unit::Count, Spread::Log, [1e3, 1e5]), "1k, 10k, 100k");
        assert_eq!(texts(Unit::Size, Spread::Log, [3e6, 3e7]), "5 MiB, 10 MiB, 20 MiB");
        assert_eq!(texts(Unit::Size, Spread::Linear, [3e6, 1e7]), "0, 2 MiB, 4 MiB, 6 MiB, 8 MiB");
        assert_eq!(texts(Unit::Share, Spread::Linear, [0.2, 0.9]), "0, 20 %, 40 %, 60 %, 80 %");
        assert_eq!(texts(Unit::Time, Spread::Linear, [-4.0, 5.0]), "-4 ns, -2 ns, 0, 2 ns, 4 ns");
    }

    #[test]
    fn one_tick_alone_tells_no_scale() {
        let scale = Scale::over(Unit::Time, Spread::Log, [13e6, 51e6], (40.0, 300.0));
        let told: Vec<String> = along(&scale, (0.0, 300.0)).into_iter().map(|(_, text)| text).collect();
        assert!(told.len() > 1 && !told.contains(&"50 ms".to_owned()), "50 ms would leave the panel: {told:?}");
    }

    proptest! {
        #[test]
        fn ticks_never_touch_and_never_leave(
            low in 1e-2..1e9_f64, times in 1.0..1e7_f64, wide in 100.0..700.0_f64, kind in 0..4_usize, is_log: bool,
        ) {
            let unit = [Unit::Time, Unit::Size, Unit::Count, Unit::Share][kind];
            let spread = if is_log { Spread::Log } else { Spread::Linear };
            let scale = Scale::over(unit, spread, [low, low * times], (50.0, wide));
            let ticks = along(&scale, (0.0, wide + 10.0));
            for two in ticks.windows(2) {
                prop_assert!(two[1].0 - width(&two[1].1) / 2.0 > two[0].0 + width(&two[0].1) / 2.0, "{ticks:?}");
            }
            for (place, text) in &ticks {
                prop_assert!(place - width(text) / 2.0 >= 0.0 && place + width(text) / 2.0 <= wide + 10.0, "{ticks:?}");
            }
            let scale = Scale::over(unit, spread, [low, low * times], (wide, 20.0));
            let ticks = upwards(&scale);
            prop_assert!(ticks.windows(2).all(|two| two[0].0 - two[1].0 > LINE), "{ticks:?}");
            prop_assert!(ticks.len() > 1 || wide < 120.0, "{ticks:?} {scale:?}");
        }
    }
}
