//! Children that can be stopped: tests that were started in the background inherit an ignored Ctrl-C, and would hand it on.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Once};

use procfs::process::Process;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag::register;

/// From now on children of this process begin with the default for what stops a run.
pub fn make_children_stoppable() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let ignored = Process::myself().and_then(|own| own.status()).map_or(0, |status| status.sigign);
        for signal in [SIGHUP, SIGINT, SIGTERM].into_iter().filter(|signal| ignored & (1 << (signal - 1)) != 0) {
            // What is handled here is back at its default after an `exec`.
            register(signal, Arc::new(AtomicBool::new(false))).expect("these signals can be handled");
        }
    });
}
