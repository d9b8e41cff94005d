//! Processes that run away: out of their session and group, deaf to signals, or more and more of them.

use std::process::exit;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{setpgid, setsid};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::system::forked;

/// Takes TERM, INT and HUP and does nothing about them, here and in all children.
pub fn deaf() {
    for signal in [SIGTERM, SIGINT, SIGHUP] {
        signal_hook::flag::register(signal, Arc::new(AtomicBool::new(false))).expect("the signal can be taken");
    }
}

/// Leaves two processes that live for `time`: one in a session of its own, one in a group of its own; their parents are
/// gone, and nothing of the gate is open in them but what they inherited.
pub fn escape(time: Duration) {
    for leaves_session in [true, false] {
        let parent = forked(|| {
            let child = forked(|| {
                let left = if leaves_session { setsid().map(|_| ()) } else { setpgid(None, None) };
                left.expect("a forked process leads no group");
                sleep(time);
            });
            child.expect("the system gives a process");
        });
        // The parent has ended once its child is an orphan.
        crate::crew::reap(parent.expect("the system gives a process"));
    }
}

/// Forks until `deadline`: every process makes two and ends, in a session of its own. Where the system gives no more, they
/// wait for one to end.
pub fn multiply(deadline: Instant) {
    while Instant::now() < deadline {
        let born = (0..2).filter(|_| {
            let child = || {
                setsid().expect("a forked process leads no group");
                multiply(deadline);
            };
            forked(child).is_ok()
        });
        if born.count() > 0 {
            exit(0);
        }
        sleep(Duration::from_millis(1));
    }
}
