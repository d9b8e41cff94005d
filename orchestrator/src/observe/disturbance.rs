//! When others disturb a trial: what they used of the machine while it ran, and how much of that is too much. The column
//! for it is `noisy`.

/// Share of the cores over the window that other processes may use, in permille: their CPU time is foreign.
pub const FOREIGN_PERMILLE: u64 = 20;
/// Foreign CPU time that disturbs no window, however short it is, ns.
const NEGLIGIBLE_FOREIGN_NS: u64 = 1_000_000;
/// Share of the cores over the window that the hypervisor may take, in permille.
pub const STEAL_PERMILLE: u64 = 5;
/// Ticks of steal that disturb no window: one may have begun before it, and one may end after it.
const NEGLIGIBLE_STEAL_TICKS: u64 = 2;

/// What a window shows of the machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Disturbance {
    /// CPU time of all other processes, ns.
    pub foreign_ns: Option<u64>,
    /// Time that the hypervisor took, ns.
    pub steal_ns: Option<u64>,
    /// CPU time of the web server, ns.
    pub server_ns: Option<u64>,
}

impl Disturbance {
    /// Whether a window of `window_ns` on `cores` was disturbed; nothing where foreign CPU time is not known. Looks at others
    /// only, so that it cannot favour a pool.
    pub fn is_noisy(&self, window_ns: u64, cores: u64) -> Option<bool> {
        let share = |permille| window_ns.saturating_mul(cores).saturating_mul(permille) / 1000;
        let foreign = self.foreign_ns? > share(FOREIGN_PERMILLE).max(NEGLIGIBLE_FOREIGN_NS);
        let most_steal = share(STEAL_PERMILLE).max(NEGLIGIBLE_STEAL_TICKS * tick_ns());
        Some(foreign || self.steal_ns.is_some_and(|steal| steal > most_steal))
    }
}

/// The kernel's tick, in which steal is counted, ns.
pub(super) fn tick_ns() -> u64 {
    1_000_000_000 / procfs::ticks_per_second().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000_000;

    fn noisy(foreign_ns: u64, steal_ns: u64, window_ns: u64) -> Option<bool> {
        Disturbance { foreign_ns: Some(foreign_ns), steal_ns: Some(steal_ns), server_ns: None }.is_noisy(window_ns, 2)
    }

    #[test]
    fn two_percent_or_a_millisecond_of_foreign_cpu_whichever_is_more() {
        assert_eq!(noisy(4 * MS, 0, 100 * MS), Some(false));
        assert_eq!(noisy(4 * MS + 1, 0, 100 * MS), Some(true));
        assert_eq!(noisy(MS, 0, MS), Some(false));
        assert_eq!(noisy(MS + 1, 0, MS), Some(true));
    }

    #[test]
    fn steal_counts_from_two_ticks_and_no_counter_is_no_verdict() {
        assert_eq!(noisy(0, 2 * tick_ns(), MS), Some(false));
        assert_eq!(noisy(0, 2 * tick_ns() + 1, MS), Some(true));
        assert_eq!(Disturbance::default().is_noisy(MS, 2), None);
    }
}
