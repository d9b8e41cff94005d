//! Ctrl-C and its like: the first asks the run to end with its rows kept, the second ends the process at once. What the
//! caller ignores, as `nohup` the hang-up and a shell Ctrl-C for what it runs in the background, stays ignored.

use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, Result};
use procfs::process::Process;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};

/// Whether the user wants to stop; its descriptor becomes readable when that happens and stays so.
#[derive(Debug)]
pub struct Interrupt {
    raised: Arc<AtomicBool>,
    wake: UnixStream,
}

impl Interrupt {
    /// Takes over SIGINT, SIGTERM and SIGHUP for the rest of the process's life, but for those that the caller ignores.
    pub fn install() -> Result<Self> {
        let raised = Arc::new(AtomicBool::new(false));
        let (wake, sender) = UnixStream::pair().context("making the pipe that wakes on Ctrl-C")?;
        for signal in [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| !is_ignored(*signal)) {
            // In this order the first signal only raises the flag, and a second one finds it raised and ends the process.
            signal_hook::flag::register_conditional_default(signal, Arc::clone(&raised))?;
            signal_hook::flag::register(signal, Arc::clone(&raised))?;
            signal_hook::low_level::pipe::register(signal, sender.try_clone()?)?;
        }
        Ok(Self { raised, wake })
    }

    /// Whether a signal has come.
    pub fn raised(&self) -> bool {
        self.raised.load(Ordering::Relaxed)
    }

    /// For polling beside other descriptors.
    pub fn fd(&self) -> BorrowedFd<'_> {
        self.wake.as_fd()
    }
}

/// Makes a write beyond the limit on file sizes (`ulimit -f`) an error instead of this process's end. What is handled here is
/// back at its default in pools.
pub fn survive_large_files() {
    // Fails for signals that cannot be handled only.
    let _ = signal_hook::flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)));
}

/// Whether this process ignores a signal, as its caller did unless somebody has changed that since.
pub fn is_ignored(signal: i32) -> bool {
    let status = Process::myself().and_then(|own| own.status());
    // Bit 0 is signal 1.
    status.is_ok_and(|status| status.sigign & (1 << (signal - 1)) != 0)
}
