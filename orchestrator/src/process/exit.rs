//! How the end of a process is noticed: the kernel tells it, or, where the system refuses that, it is asked for.

use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags};
use rustix::io::Result;
use rustix::process::{Pid, PidfdFlags, WaitId, WaitIdOptions, pidfd_open, waitid};

use super::refusal::Refusal;

/// The longest wait without a look at the clock.
const LOOK: Duration = Duration::from_secs(1);

/// A look at a child that is not yet reaped.
#[derive(Debug)]
pub(super) struct Exit {
    pid: Pid,
    /// Becomes readable when the process ends; nothing where the system refuses it.
    pidfd: Option<OwnedFd>,
}

impl Exit {
    /// For a child of this process.
    pub(super) fn of(pid: Pid) -> Result<Self> {
        match pidfd_open(pid, PidfdFlags::empty()) {
            Ok(pidfd) => Ok(Self { pid, pidfd: Some(pidfd) }),
            Err(cause) if Refusal::of("pidfd_open", cause).is_some() => Ok(Self { pid, pidfd: None }),
            Err(cause) => Err(cause),
        }
    }

    /// What to poll for it, if there is anything.
    pub(super) fn news(&self) -> Option<PollFd<'_>> {
        self.pidfd.as_ref().map(|pidfd| PollFd::new(pidfd, PollFlags::IN))
    }

    /// How long to wait before it is looked at again: where nothing tells of it often, and most of all once it is `near`.
    pub(super) fn look(&self, near: bool) -> Duration {
        match self.pidfd {
            Some(_) => LOOK,
            None if near => LOOK / 200,
            None => LOOK / 10,
        }
    }

    /// Whether it has come, by asking.
    pub(super) fn has_come(&self) -> bool {
        let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        !matches!(waitid(WaitId::Pid(self.pid), look), Ok(None))
    }
}
