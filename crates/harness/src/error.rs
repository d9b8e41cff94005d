//! How a pool says that it cannot go on: a kind for the protocol and a message for people.

use std::fmt;
use std::io;

/// The result of a pool's step.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a pool cannot go on; the words of the protocol's `error` event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The system gave no more threads, processes, descriptors, ports or memory maps.
    Limit,
    /// The pool cannot do what was asked.
    Unsupported,
    /// A pipe, file or socket that the pool itself needs has failed.
    Io,
    /// The pool or its library broke; a worker died.
    Internal,
}

impl ErrorKind {
    /// Every kind with its word.
    pub const ALL: [(Self, &'static str); 4] =
        [(Self::Limit, "limit"), (Self::Unsupported, "unsupported"), (Self::Io, "io"), (Self::Internal, "internal")];

    /// The word of the protocol.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).expect("ALL names every kind").1
    }
}

/// An error that ends the trial.
#[derive(Clone, Debug)]
pub struct Error {
    /// Which of the protocol's kinds it is.
    pub kind: ErrorKind,
    /// Operation, value, cause and, where there is one, the next step.
    pub message: String,
}

impl Error {
    /// The pool cannot do what was asked.
    pub fn unsupported(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Unsupported, message: message.into() }
    }

    /// The pool or its library broke.
    pub fn internal(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Internal, message: message.into() }
    }

    /// A system call of the pool failed while doing `operation`; running out of something becomes a `limit`.
    pub fn io(operation: impl fmt::Display, cause: &io::Error) -> Self {
        let kind = if is_limit(cause) { ErrorKind::Limit } else { ErrorKind::Io };
        Self { kind, message: format!("{operation}: {cause}") }
    }

    /// Only `reached` of `wanted` workers (threads, processes) could be started.
    pub fn too_few(what: &str, reached: u64, wanted: u64, cause: &io::Error) -> Self {
        let kind = if is_limit(cause) { ErrorKind::Limit } else { ErrorKind::Io };
        Self { kind, message: format!("started {reached} of {wanted} {what}: {cause}; ask for fewer --workers") }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// EAGAIN (threads, processes), ENOMEM, EMFILE, ENFILE, EADDRNOTAVAIL: the system has no more to give.
fn is_limit(cause: &io::Error) -> bool {
    use rustix::io::Errno;
    let limits = [Errno::AGAIN, Errno::NOMEM, Errno::MFILE, Errno::NFILE, Errno::ADDRNOTAVAIL, Errno::NOSPC];
    cause.raw_os_error().is_some_and(|code| limits.iter().any(|limit| limit.raw_os_error() == code))
}
