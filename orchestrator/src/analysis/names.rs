//! What a setup is called in tables: its pool, and of its workers and policies only what tells it from its others.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::data::{Data, Group, Series, Setup};
use crate::stats::Alpha;

/// What must be said of the setups of each pool.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names(BTreeMap<String, Apart>);

#[derive(Clone, Copy, Debug, Default)]
struct Apart {
    workers: bool,
    chunk: bool,
    window: bool,
}

impl Names {
    /// For all setups of a run.
    pub(crate) fn of(data: &Data) -> Self {
        let mut firsts: BTreeMap<String, (Setup, Apart)> = BTreeMap::new();
        for setup in data.groups.values().flat_map(|setups| setups.keys()) {
            let (first, apart) = firsts.entry(setup.pool.clone()).or_insert_with(|| (setup.clone(), Apart::default()));
            apart.chunk |= first.chunk != setup.chunk;
            apart.window |= first.window != setup.window;
        }
        let told = firsts.into_iter().map(|(pool, (_, apart))| {
            let workers = data.varies_workers(&pool);
            (pool, Apart { workers, ..apart })
        });
        Self(told.collect())
    }

    /// For setups that stand in several runs.
    pub(crate) fn of_setups<'a>(setups: impl Iterator<Item = (&'a Group, &'a Setup)>) -> Self {
        let mut data = Data::new(Alpha::FIVE_PERCENT, 0);
        for (group, setup) in setups {
            data.groups.entry(group.clone()).or_default().insert(setup.clone(), Series::default());
        }
        Self::of(&data)
    }

    /// The name of one, such as `rayon`, `rayon w 8` or `processes chunk 1`.
    pub(crate) fn short(&self, setup: &Setup) -> String {
        let apart = self.0.get(&setup.pool).copied().unwrap_or_default();
        let mut name = setup.pool.clone();
        if apart.workers {
            let _ = write!(name, " w {}", setup.workers);
        }
        if apart.chunk {
            let _ = write!(name, " chunk {}", setup.chunk);
        }
        if apart.window {
            let _ = write!(name, " window {}", setup.window);
        }
        name
    }
}
