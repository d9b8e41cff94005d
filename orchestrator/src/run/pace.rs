//! In a race: how long the batches of a trial may take, so that a slow entrant cannot eat the budget.

use std::time::Duration;

/// A trial is cut off when its batches take so many times as long as the leader's.
const CUT_OFF: u64 = 5;
/// No trial is cut off before, ns: the first batch of what is compiled as it runs takes some tenths of a second, and later ones
/// may be the fastest of all.
const SHORTEST_NS: u64 = 250_000_000;

/// The pace of the leader.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// So many times the leader's time is the limit.
    times: u64,
    /// The leader's first batch and each other, ns; nothing while nobody leads.
    leader: Option<(u64, u64)>,
    /// Whether the fastest trial so far leads, since nothing better is known.
    learns: bool,
}

impl Pace {
    /// Of a race in which nobody leads yet: the fastest trial so far does. `slack` is how many times slower than the leader
    /// what is wanted may be: where time is no matter, a plain loop may win over all cores.
    pub fn of_nobody(slack: u64) -> Self {
        Self { times: CUT_OFF.saturating_mul(slack.max(1)), leader: None, learns: true }
    }

    /// The leader's first batch and each other, ns.
    #[must_use]
    pub fn led_by(self, cold_ns: u64, warm_ns: u64) -> Self {
        Self { leader: Some((cold_ns, warm_ns)), learns: false, ..self }
    }

    /// A trial was ok.
    pub(super) fn see(&mut self, batch_ns: &[u64]) {
        let Some((cold, warm)) = batch_ns.split_first().filter(|_| self.learns) else { return };
        let seen = (*cold, warm.iter().min().copied().unwrap_or(*cold));
        let faster = |(_, least): (u64, u64)| seen.1 < least;
        self.leader = self.leader.filter(|leader| !faster(*leader)).or(Some(seen));
    }

    /// How long `batches` batches may take.
    pub(super) fn limit(&self, batches: u64) -> Option<Duration> {
        let (cold, warm) = self.leader?;
        let whole = warm.saturating_mul(batches.saturating_sub(1)).saturating_add(cold);
        Some(Duration::from_nanos(whole.saturating_mul(self.times).max(SHORTEST_NS)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_five_times_the_fastest_and_never_short() {
        let mut pace = Pace::of_nobody(1);
        assert_eq!(pace.limit(3), None, "nobody leads");
        pace.see(&[300_000_000, 200_000_000, 210_000_000]);
        pace.see(&[100_000_000, 900_000_000, 900_000_000]);
        assert_eq!(pace.limit(3), Some(Duration::from_millis(3500)));
        pace.see(&[1, 1]);
        assert_eq!(pace.limit(1000), Some(Duration::from_millis(250)));
        let mut led = Pace::of_nobody(2).led_by(1_000_000_000, 500_000_000);
        led.see(&[1, 1]);
        assert_eq!(led.limit(2), Some(Duration::from_secs(15)));
    }
}
