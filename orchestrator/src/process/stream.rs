//! What a pool writes: an output that is read without waiting, and the end of a long one.

use std::collections::VecDeque;
use std::io::{PipeReader, Read as _};
use std::os::fd::AsFd;

use anyhow::{Context as _, Result};
use rustix::fs::{OFlags, fcntl_setfl, fstat};

use super::plain;

/// How much of a pool's stderr is kept, in bytes: its last words.
const LAST_WORDS: usize = 8 * 1024;

/// One of a pool's outputs; once ended it is polled no more, or every poll would return at once.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) pipe: PipeReader,
    pub(super) ended: bool,
}

impl Stream {
    pub(super) fn new(pipe: PipeReader) -> Result<Self> {
        fcntl_setfl(&pipe, OFlags::NONBLOCK).context("making the pool's output non-blocking")?;
        Ok(Self { pipe, ended: false })
    }

    /// Reads what is there; 0 if nothing is.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> usize {
        match self.pipe.read(buffer) {
            Ok(count) => {
                self.ended |= count == 0;
                count
            }
            Err(_) => 0,
        }
    }
}

/// The inode of a pipe.
pub(super) fn inode(pipe: impl AsFd) -> Option<u64> {
    fstat(pipe).ok().map(|stat| stat.st_ino)
}

/// The last of a pool's stderr.
#[derive(Debug, Default)]
pub(super) struct LastWords(VecDeque<u8>);

impl LastWords {
    /// Takes what is there; bounded, so that a pool that never stops writing cannot hold the orchestrator here.
    pub(super) fn take(&mut self, stream: &mut Stream) {
        let mut buffer = [0; 4096];
        for _ in 0..64 {
            let count = stream.read(&mut buffer);
            self.add(&buffer[..count]);
            if count == 0 {
                break;
            }
        }
    }

    /// Adds to them, and lets go of as much at the beginning.
    fn add(&mut self, bytes: &[u8]) {
        self.0.extend(bytes);
        let excess = self.0.len().saturating_sub(LAST_WORDS);
        self.0.drain(..excess);
    }

    /// As text that may be shown.
    pub(super) fn text(&self) -> String {
        let bytes: Vec<u8> = self.0.iter().copied().collect();
        // Windows' line ends are no reason to write anything out.
        plain::lines(&String::from_utf8_lossy(&bytes).replace("\r\n", "\n")).trim().to_owned()
    }
}
