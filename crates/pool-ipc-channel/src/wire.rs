//! What goes through the channels each way, and what it means when one of them fails.

use std::io::{self, ErrorKind};
use std::time::{Duration, Instant};

use harness::{Error, Processes};
use ipc_channel::IpcError;

/// The first job and the one after the last.
pub(crate) type Request = (u64, u64);
/// The worker's number, the first job, the outcomes from there on (a failure by its code), further attempts, attempts that
/// sent nothing. The first report of a worker says that it is up.
pub(crate) type Report = (u64, u64, Vec<Result<u64, u8>>, u64, u64);

/// The most that lies between the moment when a worker's sockets close and its end, on a machine with much else to do.
const DYING: Duration = Duration::from_secs(5);

/// A channel has closed on its own; says which worker has ended, and how.
pub(crate) fn died(processes: &mut Processes) -> Error {
    let deadline = Instant::now() + DYING;
    while Instant::now() < deadline {
        if let Err(error) = processes.watch() {
            return error;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    Error::internal("a worker has closed its channel")
}

/// The error of a channel; none where the other side is gone.
pub(crate) fn failed(operation: &str, cause: IpcError) -> Option<Error> {
    match cause {
        IpcError::Io(cause) => (!is_closed(&cause)).then(|| Error::io(operation, &cause)),
        IpcError::Disconnected => None,
        IpcError::SerializationError(cause) => Some(Error::internal(format!("{operation}: {cause}"))),
    }
}

/// Whether it says that the other side is gone. The library has an error of its own for that, without a code.
pub(crate) fn is_closed(cause: &io::Error) -> bool {
    matches!(cause.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset | ErrorKind::ConnectionRefused)
}
