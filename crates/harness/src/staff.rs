//! `--workers`: how many jobs may run at once; where workers are threads in processes, how many of each.

use std::fmt;
use std::str::FromStr;

use crate::limits::MAX_WORKERS;

/// What `--workers` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Staff {
    /// That many workers, 1 to [`MAX_WORKERS`].
    Workers(u64),
    /// Processes with threads in them; both at least 1, their product at most [`MAX_WORKERS`].
    Grid {
        /// Processes.
        processes: u64,
        /// Threads in each of them.
        threads: u64,
    },
}

impl Staff {
    /// The most jobs that run at once.
    pub fn total(self) -> u64 {
        match self {
            Self::Workers(number) => number,
            Self::Grid { processes, threads } => processes * threads,
        }
    }

    /// Processes and threads in each. A plain number is split: as many processes as divide it evenly and do not exceed
    /// `cores`.
    pub fn grid(self, cores: u64) -> (u64, u64) {
        match self {
            Self::Grid { processes, threads } => (processes, threads),
            Self::Workers(number) => {
                let processes = (1..=cores.min(number)).rfind(|p| number.is_multiple_of(*p)).unwrap_or(1);
                (processes, number / processes)
            }
        }
    }
}

impl FromStr for Staff {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten();
        let within = |number: &u64| (1..=MAX_WORKERS).contains(number);
        let staff = match text.split_once('x') {
            None => number(text).filter(within).map(Self::Workers),
            Some((processes, threads)) => number(processes)
                .zip(number(threads))
                .filter(|(p, t)| within(p) && within(t) && within(&(p * t)))
                .map(|(processes, threads)| Self::Grid { processes, threads }),
        };
        staff.ok_or_else(|| {
            format!(
                "'{text}' workers: whole numbers from 1 to {MAX_WORKERS} are accepted, and PxT for P processes of T threads \
                 each"
            )
        })
    }
}

impl fmt::Display for Staff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Workers(number) => write!(f, "{number}"),
            Self::Grid { processes, threads } => write!(f, "{processes}x{threads}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grid_prints_back_to_itself_and_counts_as_its_product() {
        for (text, total) in [("1", 1), ("100000", 100_000), ("2x4", 8), ("1x1", 1), ("316x316", 99_856)] {
            let staff: Staff = text.parse().unwrap();
            assert_eq!((staff.to_string().as_str(), staff.total()), (text, total));
        }
    }

    #[test]
    fn a_plain_number_is_split_over_as_many_processes_as_divide_it_and_have_a_core() {
        for (number, cores, grid) in [(50, 2, (2, 25)), (8, 4, (4, 2)), (7, 4, (1, 7)), (2, 8, (2, 1)), (9, 4, (3, 3))]
        {
            assert_eq!(Staff::Workers(number).grid(cores), grid, "{number} on {cores} cores");
        }
        assert_eq!("3x2".parse::<Staff>().unwrap().grid(1), (3, 2), "what was asked for stays");
    }

    #[test]
    fn what_is_no_number_of_workers_is_refused_with_the_range() {
        for text in
            ["0", "100001", "0x2", "2x0", "x", "2x", "x2", "2x2x2", "-1", "+2", "2X2", "400x400", "99999999999x2", ""]
        {
            let error = text.parse::<Staff>().unwrap_err();
            assert!(error.contains("from 1 to 100000") && error.contains(text), "{text}: {error}");
        }
    }
}
