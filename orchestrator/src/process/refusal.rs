//! System calls that a system refuses as such, whoever asks: those that a container forbids, that a kernel is too old for, or
//! that a network file system does not have.

use std::fmt;

use rustix::io::Errno;

/// A refused call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    call: &'static str,
    errno: Errno,
}

impl Refusal {
    /// `call` failed with `errno`: whether it was refused as such, and not because of what was asked.
    pub fn of(call: &'static str, errno: Errno) -> Option<Self> {
        let refused = [Errno::PERM, Errno::ACCESS, Errno::NOSYS, Errno::OPNOTSUPP, Errno::NOLCK, Errno::INVAL];
        refused.contains(&errno).then_some(Self { call, errno })
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.errno {
            Errno::NOSYS | Errno::INVAL => "this kernel or container does not have",
            Errno::OPNOTSUPP | Errno::NOLCK => "this file system does not have",
            _ => "this system refuses, as some containers do,",
        };
        write!(f, "{what} {} ({})", self.call, self.errno)
    }
}
