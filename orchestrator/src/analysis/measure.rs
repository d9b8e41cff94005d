//! What is measured of a trial and compared: time, CPU time, memory.

use harness::human;

/// What is measured of a trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Measure {
    /// Batch time: the warm batches' where there are any, else the first.
    Time,
    /// CPU time of the tree, a batch.
    Cpu,
    /// Peak memory as the control group charges it.
    Charged,
    /// Peak resident memory; only single processes have such a figure, a tree has an interval.
    Resident,
}

impl Measure {
    /// Its name for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Cpu => "CPU time",
            Self::Charged => "charged memory",
            Self::Resident => "peak RSS",
        }
    }

    /// Its name for programs.
    pub fn key(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Cpu => "cpu",
            Self::Charged => "charged",
            Self::Resident => "resident",
        }
    }

    /// Whether it is in bytes.
    pub fn is_memory(self) -> bool {
        matches!(self, Self::Charged | Self::Resident)
    }

    /// A value of it for people.
    pub fn text(self, value: u64) -> String {
        if self.is_memory() { human::size(value) } else { human::time(value) }
    }
}
