//! Whole numbers of which some are missing, in as few bytes as the largest of them takes: a run may have ten million rows.

/// A number is kept as the one above it, so that 0 is one that is missing: `width` bytes each, the lowest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Column {
    len: usize,
    width: usize,
    bytes: Vec<u8>,
}

impl Column {
    pub(super) fn push(&mut self, value: Option<u64>) {
        let code = value.map_or(0, |value| u128::from(value) + 1);
        let width = (u128::BITS - code.leading_zeros()).div_ceil(u8::BITS) as usize;
        if width > self.width {
            self.widen(width);
        }
        self.bytes.extend_from_slice(&code.to_le_bytes()[..self.width]);
        self.len += 1;
    }

    /// The number at a place; none where it is missing, or beyond the last.
    pub(super) fn get(&self, at: usize) -> Option<u64> {
        let bytes = self.bytes.get(at * self.width..(at + 1) * self.width)?;
        // Of 2^64 - 1 alone the ninth byte is not 0, and what is left of it is 0.
        let code = bytes.iter().take(8).rev().fold(0, |code, byte| code << 8 | u64::from(*byte));
        if bytes.get(8) == Some(&1) { Some(u64::MAX) } else { code.checked_sub(1) }
    }

    /// Gives each number so many bytes.
    fn widen(&mut self, width: usize) {
        let mut wider = Vec::with_capacity((self.len + 1) * width);
        for at in 0..self.len {
            wider.extend_from_slice(&self.bytes[at * self.width..(at + 1) * self.width]);
            wider.resize((at + 1) * width, 0);
        }
        (self.width, self.bytes) = (width, wider);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value() -> impl Strategy<Value = Option<u64>> {
        let any = (any::<u64>(), 0..64_u32).prop_map(|(value, shift)| Some(value >> shift));
        prop_oneof![Just(None), any, Just(Some(0)), Just(Some(u64::MAX)), Just(Some(u64::MAX - 1))]
    }

    proptest! {
        #[test]
        fn gives_back_what_was_put_in(values in prop::collection::vec(value(), 0..60)) {
            let mut column = Column::default();
            for value in &values {
                column.push(*value);
            }
            let found: Vec<Option<u64>> = (0..values.len()).map(|at| column.get(at)).collect();
            prop_assert_eq!(found, values.clone());
            prop_assert_eq!(column.get(values.len()), None);
        }
    }

    #[test]
    fn numbers_take_the_bytes_of_the_largest() {
        let mut column = Column::default();
        (0..100).for_each(|_| column.push(None));
        assert_eq!(column.bytes.len(), 0, "nothing is missing for nothing");
        column.push(Some(254));
        assert_eq!(column.bytes.len(), 101);
        column.push(Some(1_000_000));
        assert_eq!(column.bytes.len(), 3 * 102);
    }
}
