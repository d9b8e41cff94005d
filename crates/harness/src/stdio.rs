//! Where a pool speaks and is spoken to: stdin and stdout, or private copies of them where foreign code might use those two.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write as _};
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::sync::OnceLock;

use rustix::io::fcntl_dupfd_cloexec;
use rustix::stdio::{dup2_stdin, dup2_stdout, stderr, stdin, stdout};

use crate::error::{Error, Result};

/// Copies of stdin and stdout that nobody else knows of.
static PRIVATE: OnceLock<(OwnedFd, OwnedFd)> = OnceLock::new();

/// From now on this process speaks and is spoken to through private copies of stdin and stdout; whoever else reads 0 finds
/// nothing, and what is printed to 1 goes where 2 goes. To be called before there is another thread.
pub(crate) fn keep_private() -> Result<()> {
    if PRIVATE.get().is_some() {
        return Ok(());
    }
    let keep = || {
        let copies = (fcntl_dupfd_cloexec(stdin(), 3)?, fcntl_dupfd_cloexec(stdout(), 3)?);
        dup2_stdin(File::open("/dev/null")?)?;
        dup2_stdout(stderr())?;
        Ok(copies)
    };
    let copies =
        keep().map_err(|cause: io::Error| Error::io("moving stdin and stdout out of reach of the jobs", &cause))?;
    // It was empty above, and there is one thread.
    let _ = PRIVATE.set(copies);
    Ok(())
}

/// What this process is told through: stdin, or where that is out of reach of the jobs.
pub fn wire_in() -> BorrowedFd<'static> {
    PRIVATE.get().map_or_else(|| stdin(), |(input, _)| input.as_fd())
}

/// What it says through: stdout, or where that is out of reach of the jobs.
pub fn wire_out() -> BorrowedFd<'static> {
    PRIVATE.get().map_or_else(|| stdout(), |(_, output)| output.as_fd())
}

/// Reads up to and with a line feed, `most` bytes at the most; nothing at the end of the file.
pub(crate) fn read_line(most: u64) -> io::Result<Vec<u8>> {
    fn up_to(input: impl BufRead, most: u64) -> io::Result<Vec<u8>> {
        let mut line = Vec::new();
        input.take(most).read_until(b'\n', &mut line).map(|_| line)
    }
    match PRIVATE.get() {
        // Byte by byte: what was read too much would be lost.
        Some((input, _)) => up_to(BufReader::with_capacity(1, File::from(input.try_clone()?)), most),
        None => up_to(io::stdin().lock(), most),
    }
}

/// Writes one line to stdout, or what stands for it, and flushes it; false if its reader has gone (`| head`), which is no
/// error.
pub(crate) fn line(text: &str) -> Result<bool> {
    let line = format!("{text}\n");
    let wrote = if let Some((_, output)) = PRIVATE.get() {
        output.try_clone().and_then(|output| File::from(output).write_all(line.as_bytes()))
    } else {
        let mut out = io::stdout().lock();
        out.write_all(line.as_bytes()).and_then(|()| out.flush())
    };
    match wrote {
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
