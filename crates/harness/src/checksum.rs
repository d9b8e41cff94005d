//! The checksum that shows a lost, doubled or swapped job: the sum of m(m(i) xor r(i)) over all jobs, mod 2^64.

/// One splitmix64 step, Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
pub fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// What job `index` with `result` adds to the checksum.
pub fn term(index: u64, result: u64) -> u64 {
    mix(mix(index) ^ result)
}

/// The checksum of (index, result) pairs; their order does not matter.
pub fn fold(results: impl IntoIterator<Item = (u64, u64)>) -> u64 {
    results.into_iter().fold(0, |sum, (index, result)| sum.wrapping_add(term(index, result)))
}

/// As it is written everywhere: 16 hexadecimal digits.
pub fn text(checksum: u64) -> String {
    format!("{checksum:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_test_vector_holds() {
        assert_eq!(text(fold((0..3).map(|i| (i, i)))), "277d3606972297de");
        assert_eq!(text(fold([])), "0000000000000000");
    }

    #[test]
    fn lost_doubled_and_swapped_jobs_show() {
        let right = fold([(0, 5), (1, 6), (2, 7)]);
        assert_ne!(right, fold([(0, 5), (2, 7)]));
        assert_ne!(right, fold([(0, 5), (1, 6), (1, 6), (2, 7)]));
        assert_ne!(right, fold([(0, 6), (1, 5), (2, 7)]));
    }
}
