//! `factor`: the naive factorisation of the Stack Overflow question.

/// The sum of the prime factors of `n` with multiplicity, by dividing by 2, then by odd p until p*p > n; 0 for 0 and 1.
#[inline]
pub(crate) fn sum_of_factors(mut n: u64) -> u64 {
    if n < 2 {
        return 0;
    }
    let twos = n.trailing_zeros();
    n >>= twos;
    let mut sum = 2 * u64::from(twos);
    let mut p = 3;
    while p * p <= n {
        while n.is_multiple_of(p) {
            sum += p;
            n /= p;
        }
        p += 2;
    }
    if n > 1 { sum + n } else { sum }
}

#[cfg(test)]
mod tests {
    use super::sum_of_factors;

    #[test]
    fn sums_with_multiplicity() {
        let expected = [(0, 0), (1, 0), (2, 2), (8, 6), (9, 6), (97, 97), (100, 14), (1_000_003, 1_000_003)];
        for (n, sum) in expected {
            assert_eq!(sum_of_factors(n), sum, "{n}");
        }
    }
}
