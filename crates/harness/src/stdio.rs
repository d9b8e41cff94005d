//! Whole lines to stdout and stderr.

use std::io::{self, Write as _};

use crate::error::{Error, Result};

/// Writes one line to stdout and flushes it; false if its reader has gone (`| head`), which is no error.
pub(crate) fn line(text: &str) -> Result<bool> {
    let mut out = io::stdout().lock();
    match out.write_all(format!("{text}\n").as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(cause) if cause.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(cause) => Err(Error::io("writing to stdout", &cause)),
    }
}

/// Writes one line to stderr in one call: the workers of a pool share it, and what takes two is torn.
pub(crate) fn complaint(text: &str) {
    // Where stderr is closed too there is nowhere left to say it.
    let _ = io::stderr().write_all(format!("{text}\n").as_bytes());
}
