//! What control groups can do for a trial here, tried out with a group that is removed again.

use super::Finding;
use crate::guard::cgroup::{Abilities, Groups, Hierarchy, Version};
use crate::process::environment::RUN_ID;

pub(super) fn finding() -> Finding {
    let (groups, refusals) = Groups::make(&Hierarchy::here(), &RUN_ID);
    match groups.abilities() {
        Ok(abilities) => judge(abilities, &refusals),
        Err(why) => judge(Abilities::default(), &[format!("{why:#}")]),
    }
}

fn judge(abilities: Abilities, refusals: &[String]) -> Finding {
    const NAME: &str = "control groups";
    let found = describe(abilities, refusals);
    if abilities.peak.is_none() {
        return Finding::warning(
            NAME,
            found,
            "memory of process pools is an interval instead of a figure, workers that died early make it incomplete, and \
             what a pool leaves in a session of its own is found by its environment only",
            "run as root, or with version 2 under `systemd-run --user --scope -p Delegate=yes`",
        );
    }
    if !(abilities.kill && abilities.cpu) {
        return Finding::note(
            NAME,
            found,
            "what a pool leaves is killed process by process, and CPU time in the kernel comes in ticks of 10 ms",
            "nothing, or mount the unified hierarchy (version 2) beside the others",
        );
    }
    Finding::ok(NAME, found)
}

fn describe(abilities: Abilities, refusals: &[String]) -> String {
    let peak = match abilities.peak {
        Some(Version::One) => "exact memory peak (version 1)",
        Some(Version::Two) => "exact memory peak (version 2)",
        None => "no memory peak",
    };
    let has = |has: bool, what: &str| if has { what.to_owned() } else { format!("no {what}") };
    let rest = [has(abilities.kill, "kill of a whole tree"), has(abilities.cpu, "CPU time in us")];
    let found = format!("{peak}, {}", rest.join(", "));
    if abilities.peak.is_some() || refusals.is_empty() { found } else { format!("{found} ({})", refusals.join("; ")) }
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;

    #[test]
    fn without_a_peak_it_warns_and_says_what_refused() {
        let all = Abilities { peak: Some(Version::Two), cpu: true, kill: true };
        let ok = judge(all, &[]);
        assert!(ok.level == Level::Ok && !ok.found.contains("no "), "{ok:?}");
        assert_eq!(judge(Abilities { kill: false, ..all }, &[]).level, Level::Note);
        let none = judge(Abilities::default(), &["making x: Permission denied".to_owned()]);
        assert_eq!(none.level, Level::Warning);
        assert!(none.found.contains("Permission denied") && none.advice.contains("root"), "{none:?}");
    }
}
