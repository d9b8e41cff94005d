//! Counts as reals, and the search for the last count at which something still holds.

/// `count` as a real number. Exact below 2^53, which no count of blocks or pairs of blocks reaches.
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
pub(super) fn real(count: usize) -> f64 {
    count as f64
}

/// How many of 0, 1, .. `limit` - 1 hold, for a condition that holds up to some point and never after it.
pub(super) fn leading(limit: usize, holds: impl Fn(usize) -> bool) -> usize {
    let (mut held, mut failed) = (0, limit);
    while held < failed {
        let middle = usize::midpoint(held, failed);
        if holds(middle) {
            held = middle + 1;
        } else {
            failed = middle;
        }
    }
    held
}
