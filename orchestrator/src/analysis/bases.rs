//! What the efficiency and overhead of each pool are held against: `serial`, and of a guest the plain loop of its own language.

use std::collections::BTreeMap;

use crate::plan::Plan;
use crate::pools::NO_BASE;

/// The loop that pools in Rust are held against.
pub(crate) const SERIAL: &str = "serial";

/// The loop of each pool that is not held against `serial`, or [`NO_BASE`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Bases(BTreeMap<String, String>);

impl Bases {
    /// As `plan.toml` says; where it says nothing, as that of an older version does not, it is `serial`.
    pub(crate) fn of(plan: &Plan) -> Self {
        let named = plan.pools.iter().filter(|(_, binary)| !binary.base.is_empty() && binary.base != SERIAL);
        Self(named.map(|(name, binary)| (name.clone(), binary.base.clone())).collect())
    }

    /// What this pool, not its twin, is held against; nothing for a guest without a loop of its language.
    pub(crate) fn base(&self, pool: &str) -> Option<&str> {
        match self.0.get(pool).map(String::as_str) {
            None => Some(SERIAL),
            Some(NO_BASE) => None,
            Some(base) => Some(base),
        }
    }

    /// Whether this pool is in another language than those beside poolbench.
    pub(crate) fn is_guest(&self, pool: &str) -> bool {
        self.0.contains_key(pool)
    }
}
