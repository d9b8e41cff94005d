//! `file`: open, read and close the first bytes of the pool's own executable, which is in the page cache. Blocking in
//! every pool: an async runtime's file functions are a hidden thread pool, which would be measured in its place.

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

use crate::http::fault_of;
use crate::slots::Fault;

/// The first bytes of the pool's own executable.
#[derive(Clone, Debug)]
pub(crate) struct OwnBytes {
    path: PathBuf,
    size: u64,
}

impl OwnBytes {
    pub(crate) fn new(size: u64) -> io::Result<Self> {
        Ok(Self { path: std::env::current_exe()?, size })
    }

    /// Reads them once; the number of bytes read.
    pub(crate) fn read(&self) -> Result<u64, Fault> {
        let mut file = File::open(&self.path).map_err(|cause| fault_of(&cause))?;
        let mut buffer = [0u8; 4096];
        let mut left = self.size;
        while left > 0 {
            let room = buffer.len().min(usize::try_from(left).unwrap_or(buffer.len()));
            match file.read(&mut buffer[..room]).map_err(|cause| fault_of(&cause))? {
                0 => return Err(Fault::Eof),
                read => left -= read as u64,
            }
        }
        Ok(self.size)
    }
}
