//! The two policies that decide most of what is measured: jobs per dispatch, and jobs under way at once.

use std::fmt;
use std::str::FromStr;

/// `--chunk`: how many jobs one dispatch carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Chunk {
    /// ceil(n / (4 x workers)), the rule of Python's `Pool.map`.
    Auto,
    /// The pool or its library splits the batch by itself.
    Own,
    /// That many jobs, at least 1.
    Jobs(u64),
}

impl Chunk {
    /// Jobs per dispatch for a batch of `jobs` on `workers`; `None` where the pool splits by itself.
    pub fn size(self, jobs: u64, workers: u64) -> Option<u64> {
        match self {
            Self::Auto => Some(jobs.div_ceil(workers.saturating_mul(4)).max(1)),
            Self::Own => None,
            Self::Jobs(n) => Some(n),
        }
    }

    /// Whether a pool that lists `accepted` in `--describe` takes this policy: `n` stands for any number and `auto`.
    pub fn accepted_by<S: AsRef<str>>(self, accepted: &[S]) -> bool {
        let word = self.to_string();
        accepted.iter().any(|a| a.as_ref() == word || (a.as_ref() == "n" && self != Self::Own))
    }

    /// The default of a pool that lists `accepted`: its first word, where `n` means `auto`.
    pub fn default_of<S: AsRef<str>>(accepted: &[S]) -> Self {
        accepted.first().and_then(|first| first.as_ref().parse().ok()).unwrap_or(Self::Auto)
    }
}

impl FromStr for Chunk {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "own" => Ok(Self::Own),
            _ => at_least_one(text).map(Self::Jobs).ok_or(format!("'{text}' is not 'auto', 'own' or a number from 1")),
        }
    }
}

impl fmt::Display for Chunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Own => f.write_str("own"),
            Self::Jobs(n) => write!(f, "{n}"),
        }
    }
}

/// `--window`: the most jobs submitted and not yet back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Window {
    /// Everything at once, as `.map` does.
    All,
    /// At most that many jobs, at least 1; smaller than a chunk it is raised to one chunk.
    Jobs(u64),
}

impl Window {
    /// The bound in jobs for dispatches of `chunk` jobs; `None` where there is no bound.
    pub fn size(self, chunk: Option<u64>) -> Option<u64> {
        match self {
            Self::All => None,
            Self::Jobs(n) => Some(n.max(chunk.unwrap_or(1))),
        }
    }

    /// Whether a pool that lists `accepted` in `--describe` takes this policy.
    pub fn accepted_by<S: AsRef<str>>(self, accepted: &[S]) -> bool {
        let word = self.to_string();
        accepted.iter().any(|a| a.as_ref() == word || (a.as_ref() == "n" && self != Self::All))
    }

    /// The default of a pool that lists `accepted`: its first word, where `n` means 1024.
    pub fn default_of<S: AsRef<str>>(accepted: &[S]) -> Self {
        // 1024 jobs: deep enough that no pool here waits for it, and at 100 bytes a job a tenth of a MiB.
        accepted.first().and_then(|first| first.as_ref().parse().ok()).unwrap_or(Self::Jobs(1024))
    }
}

impl FromStr for Window {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "all" => Ok(Self::All),
            _ => at_least_one(text).map(Self::Jobs).ok_or(format!("'{text}' is not 'all' or a number from 1")),
        }
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Jobs(n) => write!(f, "{n}"),
        }
    }
}

fn at_least_one(text: &str) -> Option<u64> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten().filter(|n| *n >= 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auto_is_the_rule_of_pool_map() {
        assert_eq!(Chunk::Auto.size(100, 8), Some(4));
        assert_eq!(Chunk::Auto.size(0, 8), Some(1));
        assert_eq!(Chunk::Auto.size(1_000_000, 2), Some(125_000));
    }

    #[test]
    fn a_window_below_one_chunk_is_raised_to_one_chunk() {
        assert_eq!(Window::Jobs(3).size(Some(10)), Some(10));
        assert_eq!(Window::Jobs(30).size(Some(10)), Some(30));
        assert_eq!(Window::All.size(Some(10)), None);
    }

    #[test]
    fn n_accepts_numbers_and_auto_and_the_first_word_is_the_default() {
        assert!(Chunk::Auto.accepted_by(&["n"]) && Chunk::Jobs(7).accepted_by(&["n"]));
        assert!(!Chunk::Own.accepted_by(&["n"]) && Chunk::Own.accepted_by(&["n", "own"]));
        assert_eq!(Chunk::default_of(&["own", "n"]), Chunk::Own);
        assert_eq!(Chunk::default_of(&["n"]), Chunk::Auto);
        assert_eq!(Chunk::default_of(&["1"]), Chunk::Jobs(1));
        assert_eq!(Window::default_of(&["all", "n"]), Window::All);
    }
}
