//! A file of a run as its whole lines: plain, or gzipped as recorded runs are; what was not written to its end is left off.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use anyhow::{Context as _, Result, ensure};
use flate2::read::MultiGzDecoder;

use super::file;
use crate::process::tell;

/// No line is longer, bytes: rows have a few hundred, notes at most the 8 KiB of stderr and of an error, escaped.
pub(super) const LONGEST: usize = 256 * 1024;
/// What any gzipped file may unpack to, bytes: two million rows.
const LARGEST: u64 = 1 << 30;
/// What a larger one may unpack to, by its size. Rows and notes unpack to some five times as much, what was made to harm to a
/// thousand times.
const TIMES: u64 = 50;
/// Read at once, bytes.
const CHUNK: usize = 64 * 1024;

/// The lines of a file that were written to their end.
pub struct WholeLines {
    /// Reads them.
    pub reader: BufReader<Lines>,
    /// Where they are: the path that was asked for, or with `.gz` behind it.
    pub path: PathBuf,
}

/// Gives bytes up to the last line feed that there is.
pub struct Lines {
    source: Source,
    /// What was read: up to `given` it was given on, up to `whole` there are whole lines.
    bytes: Vec<u8>,
    given: usize,
    whole: usize,
}

enum Source {
    Plain(File),
    Gzipped {
        unpacked: Box<io::Take<MultiGzDecoder<BufReader<File>>>>,
        /// No more is unpacked, bytes.
        most: u64,
    },
}

/// Opens a run's file, or where there is none the gzipped one beside it.
pub fn whole_lines(path: &Path) -> Result<WholeLines> {
    let path = there(path);
    let file = file::open(&path).with_context(|| format!("opening {}", path.display()))?;
    let source = if is_gzipped(&path) {
        let size = file.metadata().with_context(|| format!("looking at {}", path.display()))?.len();
        let most = LARGEST.max(size.saturating_mul(TIMES));
        Source::Gzipped {
            unpacked: Box::new(MultiGzDecoder::new(BufReader::new(file)).take(most.saturating_add(1))),
            most,
        }
    } else {
        Source::Plain(file)
    };
    let lines = Lines { source, bytes: Vec::new(), given: 0, whole: 0 };
    Ok(WholeLines { reader: BufReader::new(lines), path })
}

/// The path of what is read for a run's file: itself, or the gzipped one where that alone is there.
pub(super) fn there(path: &Path) -> PathBuf {
    static SAID: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    let gzipped = gzipped(path);
    // A link that leads nowhere is there, and opening it says so.
    match (path.symlink_metadata().is_ok(), gzipped.symlink_metadata().is_ok()) {
        (false, true) => gzipped,
        (true, true) => {
            if SAID.lock().is_ok_and(|mut said| said.insert(path.to_owned())) {
                let (plain, gzipped) = (path.display(), gzipped.display());
                tell(format_args!("{plain} is read, not {gzipped} beside it; remove the one that is not meant"));
            }
            path.to_owned()
        }
        (_, false) => path.to_owned(),
    }
}

/// Refuses to write to a file of a recorded run, which is gzipped.
pub(super) fn check_writable(path: &Path) -> Result<()> {
    let found = there(path);
    let folder = path.parent().unwrap_or(path).display();
    ensure!(
        !is_gzipped(&found),
        "{} is gzipped, and nothing can be written behind its lines; unpack it with `gunzip {folder}/*.gz`, then \
         `poolbench resume {folder}` goes on",
        found.display()
    );
    Ok(())
}

fn gzipped(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".gz");
    name.into()
}

fn is_gzipped(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "gz")
}

impl Lines {
    /// Whether a line stands behind them that was not written to its end; known when all were read.
    pub fn is_torn(&self) -> bool {
        self.bytes.len() > self.whole
    }

    /// Reads on until there is a whole line to give; false at the end.
    fn read_on(&mut self) -> io::Result<bool> {
        self.bytes.drain(..self.whole);
        (self.given, self.whole) = (0, 0);
        while self.whole == 0 {
            let before = self.bytes.len();
            if before > LONGEST {
                let why = format!("a line has more than {} KiB, more than any run writes", LONGEST / 1024);
                return Err(io::Error::new(ErrorKind::InvalidData, why));
            }
            self.bytes.resize(before + CHUNK, 0);
            let read = self.source.read(&mut self.bytes[before..]);
            self.bytes.truncate(before + *read.as_ref().unwrap_or(&0));
            if read? == 0 {
                return Ok(false);
            }
            self.whole = self.bytes[before..].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| before + at + 1);
        }
        Ok(true)
    }
}

impl Read for Lines {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.given == self.whole && !self.read_on()? {
            return Ok(0);
        }
        let count = into.len().min(self.whole - self.given);
        into[..count].copy_from_slice(&self.bytes[self.given..self.given + count]);
        self.given += count;
        Ok(count)
    }
}

impl Source {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let (unpacked, most) = match self {
            Self::Plain(file) => return retried(file, into),
            Self::Gzipped { unpacked, most } => (unpacked, *most),
        };
        let count = retried(unpacked, into).map_err(|cause| match cause.kind() {
            ErrorKind::UnexpectedEof => {
                io::Error::other("it ends before its end, so a part of it is lost: copy it anew")
            }
            ErrorKind::InvalidInput | ErrorKind::InvalidData => {
                io::Error::other(format!("it is damaged, or not made by gzip ({cause}): copy it anew"))
            }
            _ => cause,
        })?;
        if unpacked.limit() == 0 {
            return Err(io::Error::other(format!(
                "it unpacks to more than {} MiB; unpack it with gunzip if it is to be read all the same",
                most >> 20
            )));
        }
        Ok(count)
    }
}

fn retried(source: &mut impl Read, into: &mut [u8]) -> io::Result<usize> {
    loop {
        match source.read(into) {
            Err(cause) if cause.kind() == ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}
