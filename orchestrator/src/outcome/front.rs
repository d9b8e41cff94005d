//! The front of time, memory and CPU time: the entrants of which no other is as good in all three.

/// Those of `entrants`, each its time, memory and CPU time, that no other beats: none is as good in all three within `band`, a
/// share. In the order of time, by their places in the list.
pub(super) fn front(entrants: &[[f64; 3]], band: f64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..entrants.len()).collect();
    order.sort_by(|one, other| entrants[*one][0].total_cmp(&entrants[*other][0]));
    let mut front: Vec<usize> = Vec::new();
    for at in order {
        let is_as_good =
            |other: &usize| entrants[*other].iter().zip(entrants[at]).all(|(other, own)| *other <= own * (1.0 + band));
        if !front.iter().any(is_as_good) {
            front.push(at);
        }
    }
    front
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_as_good_in_all_three_is_not_beside_it() {
        let fast = [1.0, 4.0, 4.0];
        let small = [4.0, 1.0, 4.0];
        let poor = [4.0, 4.0, 4.0];
        let alike = [1.02, 4.0, 4.0];
        assert_eq!(front(&[poor, small, fast, alike], 0.03), [2, 1]);
        assert_eq!(front(&[], 0.03), [0; 0]);
    }

    proptest! {
        #[test]
        fn every_entrant_is_matched_by_one_of_the_front(
            entrants in prop::collection::vec(prop::array::uniform3(1.0..100.0_f64), 1..40),
        ) {
            let found = front(&entrants, 0.03);
            prop_assert!(!found.is_empty());
            for own in &entrants {
                let matched = found.iter().any(|at| entrants[*at].iter().zip(own).all(|(a, b)| *a <= b * 1.03));
                prop_assert!(matched);
            }
        }
    }
}
