//! What a launcher leaves to the program that it executes without saying so: blocked signals, and children that nobody can
//! wait for.

#![expect(unsafe_code, reason = "only the kernel's interface undoes what was inherited")]

use nix::sys::signal::{SigHandler, SigSet, Signal, signal};

/// Unblocks all signals, so that whoever wants to stop this process or those it starts can, and undoes an ignored SIGCHLD,
/// under which the end of a child is told to nobody. Other signals that the caller ignores stay ignored: `nohup` means it.
/// To be called first in `main`, before there is another thread.
pub fn forget_inherited_signals() {
    // Both fail for arguments that do not exist only.
    let _ = SigSet::empty().thread_set_mask();
    // SAFETY: no handler is set that could do harm, and none is lost, since an `exec` keeps none.
    let _ = unsafe { signal(Signal::SIGCHLD, SigHandler::SigDfl) };
}
