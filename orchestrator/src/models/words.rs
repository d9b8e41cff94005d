//! A figure and its interval as tables show them.

use harness::human;

use super::figure::Figure;

const TIMES: [(&str, f64); 4] = [("ns", 1.0), ("us", 1e3), ("ms", 1e6), ("s", 1e9)];
const SIZES: [(&str, f64); 4] = [("B", 1.0), ("KiB", 1024.0), ("MiB", 1_048_576.0), ("GiB", 1_073_741_824.0)];

/// A figure in ns.
pub(super) fn time(figure: &Figure) -> String {
    within(figure, &human::time_part(figure.value), &TIMES)
}

/// A figure in bytes.
pub(super) fn size(figure: &Figure) -> String {
    within(figure, &human::size_part(figure.value), &SIZES)
}

/// A figure and its interval in the same unit, `4.20 us (3.1-5.0)`. What is 0 has the unit of its high end.
fn within(figure: &Figure, text: &str, units: &[(&str, f64)]) -> String {
    let Some(interval) = figure.interval() else { return text.to_owned() };
    let named =
        text.rsplit_once(' ').and_then(|(number, unit)| Some((number, units.iter().find(|(name, _)| *name == unit)?)));
    let Some((number, (unit, scale))) = named else { return text.to_owned() };
    let fits = units.iter().rev().find(|(_, scale)| interval.high() >= *scale).unwrap_or(&units[0]);
    let (number, unit, scale) = if figure.value > 0.0 { (number, *unit, *scale) } else { ("0", fits.0, fits.1) };
    let (low, high) = (two(interval.low() / scale), two(interval.high() / scale));
    if low == high { format!("{number} {unit}") } else { format!("{number} {unit} ({low}-{high})") }
}

/// Two digits, or all of a whole number.
fn two(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        size if size >= 9.95 => format!("{value:.0}"),
        size if size >= 0.095 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// A number without a unit, with its interval.
pub(super) fn number(figure: &Figure) -> String {
    let digits = |value: f64| {
        if value.abs() >= 1.0 { human::factor(value) } else { format!("{value:.2e}").replace("0.00e0", "0") }
    };
    match figure.interval() {
        Some(interval) => {
            format!("{} ({} to {})", digits(figure.value), digits(interval.low()), digits(interval.high()))
        }
        None => digits(figure.value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_has_the_unit_of_the_figure() {
        let figure = |value, low, high| Figure { value, low: Some(low), high: Some(high) };
        assert_eq!(time(&figure(4200.0, 3100.0, 5040.0)), "4.20 us (3.1-5.0)");
        assert_eq!(time(&figure(0.0, 0.0, 2300.0)), "0 us (0-2.3)");
        assert_eq!(time(&figure(96_000.0, 500.0, 1_200_000.0)), "96.0 us (0.5-1200)");
        assert_eq!(size(&figure(8.07, 8.06, 8.08)), "8.07 B", "nothing to say in two digits");
        assert_eq!(time(&Figure { value: 5e6, low: None, high: None }), "5.00 ms");
        assert_eq!(number(&figure(0.05, 0.04, 0.06)), "5.00e-2 (4.00e-2 to 6.00e-2)");
    }
}
