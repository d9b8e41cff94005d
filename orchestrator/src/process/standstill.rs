//! Whether this process stood still for a while: stopped (Ctrl-Z) and continued, or suspended with the machine. What was
//! timed meanwhile is no measurement, and the time counts for nobody. [`super::child`] sees what this does not: a container
//! that was frozen.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use signal_hook::consts::SIGCONT;

/// More than lies between two readings of clocks on a busy machine, and less than any suspension.
const SUSPENDED: Duration = Duration::from_millis(500);

/// Raised when this process is continued; without a place for it nothing is told, and nothing else is lost.
static CONTINUED: LazyLock<Arc<AtomicBool>> = LazyLock::new(|| {
    let continued = Arc::new(AtomicBool::new(false));
    let _ = signal_hook::flag::register(SIGCONT, Arc::clone(&continued));
    continued
});

/// A stretch of time in which this process should have been running.
#[derive(Clone, Copy, Debug)]
pub struct Stretch {
    suspended: Duration,
}

impl Stretch {
    /// Begins now; there is one at a time.
    pub fn begin() -> Self {
        CONTINUED.store(false, Ordering::Relaxed);
        Self { suspended: suspended() }
    }

    /// Whether this process stood still since.
    pub fn was_broken(self) -> bool {
        CONTINUED.load(Ordering::Relaxed) || suspended().saturating_sub(self.suspended) > SUSPENDED
    }
}

/// How long the machine was suspended since it was started: what one clock counts and the other does not.
fn suspended() -> Duration {
    let read = |clock| Duration::try_from(clock_gettime(clock)).unwrap_or_default();
    read(ClockId::Boottime).saturating_sub(read(ClockId::Monotonic))
}
