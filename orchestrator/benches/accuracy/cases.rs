//! The shapes of payload, and how exact each of them must be.

/// What the figure of a shape must be within.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limit {
    /// One process that holds its memory at the gate: 256 KiB.
    Held,
    /// One process that has given it back: 768 KiB.
    GivenBack,
    /// A tree: 768 KiB with a group; without one inside the interval, or marked incomplete.
    Tree,
}

/// One shape with its workers and MiB.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case {
    /// The word that `payload` takes.
    pub(crate) shape: &'static str,
    /// Workers, or repetitions.
    pub(crate) workers: u64,
    /// MiB that each holds.
    pub(crate) mib: u64,
    /// MiB of the tree that are held at the same time.
    pub(crate) truth_mib: u64,
    /// How exact it must be.
    pub(crate) limit: Limit,
}

const fn case(shape: &'static str, workers: u64, mib: u64, truth_mib: u64, limit: Limit) -> Case {
    Case { shape, workers, mib, truth_mib, limit }
}

/// All of them.
pub(crate) const CASES: [Case; 17] = [
    case("hold", 1, 64, 64, Limit::Held),
    case("spike", 1, 64, 64, Limit::GivenBack),
    case("given-back", 1, 64, 64, Limit::GivenBack),
    case("sawtooth", 8, 16, 16, Limit::GivenBack),
    case("threads", 4, 16, 64, Limit::GivenBack),
    case("together", 4, 16, 64, Limit::Tree),
    case("freed", 4, 16, 64, Limit::Tree),
    case("in-turn", 4, 16, 16, Limit::Tree),
    case("dead-together", 4, 16, 64, Limit::Tree),
    case("dead-in-turn", 4, 16, 16, Limit::Tree),
    case("one-dead", 3, 8, 56, Limit::Tree),
    case("killed", 1, 32, 32, Limit::Tree),
    case("orphans", 3, 16, 48, Limit::Tree),
    case("dead-orphans", 3, 16, 48, Limit::Tree),
    case("shared", 4, 32, 32, Limit::Tree),
    case("copied-not", 4, 32, 32, Limit::Tree),
    case("copied", 4, 16, 80, Limit::Tree),
];
