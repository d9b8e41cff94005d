//! Which guests of a run are originals, and which pools in Rust stand for them.

use std::collections::BTreeSet;

use super::super::bases::Bases;
use super::super::data::{Data, Setup};
use crate::plan::Plan;

/// A guest, and the pools in Rust that stand for the same class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Original {
    /// The guest.
    pub(super) pool: String,
    /// What it is, such as `multiprocessing.pool.Pool.map`.
    pub(super) mirrors: String,
    /// One line for people: its command and flags are in it where they matter.
    pub(super) title: String,
    /// Its counterparts, the nearest first; none where the run has none.
    pub(super) counterparts: Vec<String>,
}

impl Original {
    /// For programs.
    pub(super) fn record(&self) -> serde_json::Value {
        serde_json::json!({
            "pool": self.pool, "mirrors": self.mirrors, "title": self.title, "counterparts": self.counterparts,
        })
    }
}

/// All guests of a run that say what they are, by name.
pub(super) fn originals(plan: &Plan, data: &Data) -> Vec<Original> {
    let there: BTreeSet<&str> = data.groups.values().flat_map(|setups| setups.keys()).map(Setup::real_pool).collect();
    let bases = Bases::of(plan);
    let said = || plan.pools.iter().filter(|(name, about)| there.contains(name.as_str()) && !about.mirrors.is_empty());
    let guests = said().filter(|(name, _)| bases.is_guest(name));
    let original = |(name, about): (&String, &crate::plan::Binary)| {
        let alike =
            said().filter(|(other, stands)| !bases.is_guest(other) && class(&stands.mirrors) == class(&about.mirrors));
        let mut alike: Vec<(bool, bool, &String)> = alike
            .map(|(other, stands)| {
                let (own, its) = (what(&about.mirrors), what(&stands.mirrors));
                // One that stands for something wider, as a pool over another one, comes behind those for the class alone.
                (its != own, its.contains(' '), other)
            })
            .collect();
        alike.sort_unstable();
        Original {
            pool: name.clone(),
            mirrors: about.mirrors.clone(),
            title: about.title.clone(),
            counterparts: alike.into_iter().map(|(.., name)| name.clone()).collect(),
        }
    };
    guests.map(original).collect()
}

/// What stands before the first comma: behind it are other ways to call the same.
fn what(mirrors: &str) -> &str {
    mirrors.split(',').next().unwrap_or_default().trim()
}

/// The class: what stands before the first comma or space, without its last `.method`.
fn class(mirrors: &str) -> &str {
    let name = mirrors.split([',', ' ']).next().unwrap_or_default();
    name.rsplit_once('.').map_or(name, |(class, _)| class)
}

#[cfg(test)]
mod tests {
    use super::class;

    #[test]
    fn methods_and_other_ways_to_call_it_are_one_class() {
        for text in ["a.b.Pool.map, with chunk 1 .imap_unordered", "a.b.Pool.imap", "a.b.Pool.map over ThreadPool.map"]
        {
            assert_eq!(class(text), "a.b.Pool");
        }
        assert_eq!((class("for loop"), class("a.b.ThreadPool.map"), class("")), ("for", "a.b.ThreadPool", ""));
    }
}
