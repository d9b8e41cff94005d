//! Why an attempt failed: the class of the failure, and whether the server may have seen a request.

use std::io;

use crate::slots::Fault;

/// Why one attempt failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The class.
    pub fault: Fault,
    /// Whether a connection stood, so that the server may have seen a request.
    pub sent: bool,
}

impl Failure {
    /// The attempt failed while connecting.
    pub fn connecting(cause: &io::Error) -> Self {
        Self { fault: fault_of(cause), sent: false }
    }

    /// The attempt failed on an open connection.
    pub fn talking(cause: &io::Error) -> Self {
        Self { fault: fault_of(cause), sent: true }
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self { fault, sent: true }
    }
}

/// The class of a failed system call.
pub fn fault_of(cause: &io::Error) -> Fault {
    use io::ErrorKind as Kind;
    use rustix::io::Errno;
    match cause.kind() {
        Kind::ConnectionRefused => Fault::Refused,
        Kind::ConnectionReset | Kind::ConnectionAborted | Kind::BrokenPipe => Fault::Reset,
        Kind::UnexpectedEof => Fault::Eof,
        // A socket's receive timeout shows as EAGAIN on Linux.
        Kind::TimedOut | Kind::WouldBlock => Fault::Timeout,
        Kind::AddrNotAvailable => Fault::Addr,
        _ if [Errno::MFILE, Errno::NFILE].iter().any(|e| cause.raw_os_error() == Some(e.raw_os_error())) => Fault::Fd,
        _ => Fault::Io,
    }
}
