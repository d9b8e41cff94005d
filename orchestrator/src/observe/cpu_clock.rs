//! The CPU clock of another process, in ns: exact and with its dead threads, where `/proc/PID/stat` counts 10 ms ticks.

use nix::time::ClockId;
use nix::unistd::Pid;

/// CPU time that process `pid` has used so far, in ns, user and system together; `None` if it is gone.
pub fn cpu_ns(pid: i32) -> Option<u64> {
    let time = ClockId::pid_cpu_clock_id(Pid::from_raw(pid)).ok()?.now().ok()?;
    u64::try_from(std::time::Duration::from(time).as_nanos()).ok()
}
