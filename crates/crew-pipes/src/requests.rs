//! The pipe of requests, from the parent to whichever worker reads next.

use std::io::PipeWriter;
use std::ops::Range;
use std::os::fd::{AsFd, BorrowedFd};

use harness::{Error, Result};
use rustix::io::{Errno, ioctl_fionread, retry_on_intr, write};

use crate::wire::{PIPE_BUF, REQUEST, request};

/// The parent's end of the pipe of requests, and the requests that are not in it yet. It never blocks. Without it the
/// workers end as soon as they are idle.
pub struct Requests {
    pipe: PipeWriter,
    outbox: Vec<u8>,
}

impl Requests {
    /// Over a pipe that does not block.
    pub(crate) fn new(pipe: PipeWriter) -> Self {
        Self { pipe, outbox: Vec::with_capacity(PIPE_BUF) }
    }

    /// Puts the request for `range` in line; there must be room.
    pub fn push(&mut self, range: &Range<u64>) {
        self.outbox.extend_from_slice(&request(range));
    }

    /// Whether one more can be put in line: what goes into the pipe in one piece is full at 256 requests.
    pub fn has_room(&self) -> bool {
        self.outbox.len() < PIPE_BUF
    }

    /// How many no worker has taken yet, in line or in the pipe.
    pub fn queued(&self) -> Result<u64> {
        let in_pipe = ioctl_fionread(&self.pipe);
        let in_pipe = in_pipe.map_err(|cause| Error::io("asking how many requests are in the pipe", &cause.into()))?;
        Ok((in_pipe + self.outbox.len() as u64) / REQUEST as u64)
    }

    /// Whether any is in line.
    pub fn is_waiting(&self) -> bool {
        !self.outbox.is_empty()
    }

    /// Writes those in line; true if they went, false if there are none or the pipe has no room. Where nobody reads any
    /// more it is false too: the reports then say why.
    pub fn send(&mut self) -> Result<bool> {
        if self.outbox.is_empty() {
            return Ok(false);
        }
        // Up to `PIPE_BUF` bytes go as a whole or not at all.
        match retry_on_intr(|| write(&self.pipe, &self.outbox)) {
            Ok(_) => self.outbox.clear(),
            Err(Errno::AGAIN | Errno::PIPE) => return Ok(false),
            Err(cause) => return Err(Error::io("writing requests to the workers", &cause.into())),
        }
        Ok(true)
    }
}

impl AsFd for Requests {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.pipe.as_fd()
    }
}
