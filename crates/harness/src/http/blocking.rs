//! The shared exchange over a blocking socket of the standard library.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::exchange::{Exchange, TIMEOUT};
use super::failure::Failure;
use super::target::Target;

/// One attempt.
pub(crate) fn get(target: &Target) -> Result<(), Failure> {
    let deadline = Instant::now() + TIMEOUT;
    let mut stream =
        TcpStream::connect_timeout(&target.addr(), TIMEOUT).map_err(|cause| Failure::connecting(&cause))?;
    talk(&mut stream, target, deadline)
}

fn talk(stream: &mut TcpStream, target: &Target, deadline: Instant) -> Result<(), Failure> {
    let failed = |cause: io::Error| Failure::talking(&cause);
    stream.write_all(target.request()).map_err(failed)?;
    let mut exchange = Exchange::default();
    loop {
        // A socket's timeout is for each read, so it is shortened to what is left of the whole.
        stream.set_read_timeout(Some(left(deadline))).map_err(failed)?;
        let count = match stream.read(exchange.space()) {
            Err(cause) if cause.kind() == io::ErrorKind::Interrupted => continue,
            read => read.map_err(failed)?,
        };
        if exchange.filled(count)? {
            return Ok(());
        }
    }
}

fn left(deadline: Instant) -> Duration {
    // 0 would mean "no timeout".
    deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(1))
}
