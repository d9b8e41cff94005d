//! The clock that all times come from.

use std::hint::black_box;
use std::time::Instant;

use super::{Finding, System};

const READINGS: u32 = 20_000;
/// Above this a reading is a system call or worse, in ns; from user space it takes 20 to 50.
const SLOW_NS: u128 = 150;

pub(super) fn finding(system: &System) -> Finding {
    let source = system.text("sys/devices/system/clocksource/clocksource0/current_clocksource");
    let begun = Instant::now();
    for _ in 0..READINGS {
        black_box(Instant::now());
    }
    judge(source.as_deref(), begun.elapsed().as_nanos() / u128::from(READINGS))
}

fn judge(source: Option<&str>, reading_ns: u128) -> Finding {
    const NAME: &str = "clock";
    let Some(source) = source.or((reading_ns >= SLOW_NS).then_some("source not exposed")) else {
        return Finding::note(
            NAME,
            format!("source not exposed, {reading_ns} ns a reading"),
            "it is as quick to read as the processor's own counter; how fine its steps are is not known",
            "nothing, or mount /sys",
        );
    };
    let found = format!("{source}, {reading_ns} ns a reading");
    // The counters of the processor itself, on x86-64 and on 64-bit ARM.
    if ["tsc", "arch_sys_counter"].contains(&source) && reading_ns < SLOW_NS {
        return Finding::ok(NAME, found);
    }
    Finding::warning(
        NAME,
        found,
        "every reading costs more and steps are coarser: batches below 100 us are blurred, and so are libraries that read \
         the clock for each job",
        "boot with clocksource=tsc if the processor allows it; else use batches of 1 ms and more",
    )
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::judge;

    #[test]
    fn any_clock_but_the_processors_own_is_warned_of() {
        assert_eq!(judge(Some("tsc"), 25).level, Level::Ok);
        assert_eq!([judge(None, 25).level, judge(None, 400).level], [Level::Note, Level::Warning]);
        for (source, ns) in [("hpet", 25), ("acpi_pm", 900), ("kvm-clock", 40), ("tsc", 400)] {
            let finding = judge(Some(source), ns);
            assert_eq!(finding.level, Level::Warning);
            assert!(finding.found.contains(source) && finding.advice.contains("tsc"), "{finding:?}");
        }
    }
}
