//! The speed of the cores: whether one is slow now, and whether two processors are one core.

use std::time::{Duration, Instant};

use super::Finding;
use crate::observe::{CoreState, Cores, SLOW};
use crate::process::affinity::Cpus;
use crate::stats::Sample;

/// How long it looks.
const LOOK: Duration = Duration::from_secs(1);
/// All cores at once this much slower than one alone are not as many cores: half of what one physical core behind two
/// processors makes of it (1.4).
const SHARED: f64 = 1.2;
const NAME: &str = "core speed";

/// Reads the cores for a second.
pub(super) fn finding() -> Finding {
    let cores = Cpus::allowed().and_then(|cpus| Cores::watch(&cpus, Duration::ZERO));
    let mut cores = match cores {
        Ok(cores) => cores,
        Err(why) => {
            return Finding::note(
                NAME,
                format!("not to be read: {why:#}"),
                "a neighbour on the same physical core makes times jump by 1.3 to 1.5, and nothing shows it",
                "nothing; trust comparisons within blocks",
            );
        }
    };
    let (begun, mut states) = (Instant::now(), Vec::new());
    while begun.elapsed() < LOOK {
        states.extend(cores.read());
    }
    judge(&states)
}

fn judge(states: &[CoreState]) -> Finding {
    let Some(last) = states.iter().map(|state| state.core).max() else {
        return Finding::warning(
            NAME,
            "no reading in a second: other programs have the cores",
            "pools share the cores with others: times grow by chance",
            "end what else is running",
        );
    };
    let median = |values: Vec<f64>| Sample::new(&values).map_or(f64::NAN, |sample| sample.median());
    let alone = |core| states.iter().filter(|state| state.core == core).map(|state| ns(state.alone_ps)).collect();
    let each: Vec<f64> = (0..=last).map(|core| median(alone(core))).filter(|ns| ns.is_finite()).collect();
    let together = median(states.iter().map(|state| ns(state.together_ps)).collect());
    let fastest = states.iter().map(|state| ns(state.alone_ps)).fold(f64::INFINITY, f64::min);
    let slowest = each.iter().copied().fold(0.0, f64::max);
    let found = format!(
        "a job of compute takes {} ns on a core alone ({fastest:.0} at best), {together:.0} ns on all at once",
        each.iter().map(|ns| format!("{ns:.0}")).collect::<Vec<_>>().join(" and ")
    );
    if slowest > SLOW * fastest {
        return Finding::warning(
            NAME,
            format!("{found}: a core is slow"),
            "a neighbour on the same physical core, or a lower clock rate: times jump by 1.3 to 1.5 between trials",
            "wait, or take more --blocks; `slow` marks the trials that begin on slow cores",
        );
    }
    if together > SHARED * slowest {
        return Finding::note(
            NAME,
            format!("{found}: processors share a core"),
            "a speed-up of as many times as there are processors is not to be had",
            "nothing, or --cpus with one processor of each core",
        );
    }
    Finding::ok(NAME, found)
}

fn ns(ps: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "picoseconds a job stay far below 2^53")]
    let ps = ps as f64;
    ps / 1000.0
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;

    fn states(alone: [u64; 2], together_ps: u64) -> Vec<CoreState> {
        let state = |core: usize| CoreState { core, alone_ps: alone[core], together_ps, slow: false };
        (0..40).map(|n| state(n % 2)).collect()
    }

    #[test]
    fn a_slow_core_and_a_shared_one_are_told_apart() {
        assert_eq!(judge(&states([94_000, 96_000], 97_000)).level, Level::Ok);
        let slow = judge(&states([94_000, 131_000], 131_000));
        assert!(slow.level == Level::Warning && slow.found.contains("94 and 131 ns"), "{slow:?}");
        let shared = judge(&states([97_000, 97_000], 134_000));
        assert!(shared.level == Level::Note && shared.found.contains("share a core"), "{shared:?}");
        assert_eq!(judge(&[]).level, Level::Warning);
    }
}
