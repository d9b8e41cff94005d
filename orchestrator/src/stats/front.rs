//! What no other betters in two figures, of which less is better.

/// Of each pair of figures, whether no other pair is at least as low in both and lower in one.
pub fn front(figures: &[(f64, f64)]) -> Vec<bool> {
    let betters = |one: &(f64, f64), other: &(f64, f64)| one.0 <= other.0 && one.1 <= other.1 && one != other;
    figures.iter().map(|one| !figures.iter().any(|other| betters(other, one))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_bettered_in_both_is_not_on_the_front() {
        let figures = [(1.0, 5.0), (2.0, 2.0), (3.0, 2.0), (4.0, 1.0), (4.0, 4.0), (2.0, 2.0)];
        assert_eq!(front(&figures), [true, true, false, true, false, true], "equals stay");
        assert_eq!(front(&[]), [true; 0]);
    }
}
