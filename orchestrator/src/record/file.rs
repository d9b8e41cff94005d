//! The files in a run's folder, which anybody may have made: only regular ones are read, and nothing is written through
//! a link, so that no run leads outside its folder or waits for a pipe.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::process;

use anyhow::{Context as _, Result, ensure};
use rustix::fs::OFlags;

/// The most that `plan.toml` or `machine.json` may have, bytes: a plan of ten thousand cells has two million.
const LARGEST: u64 = 64 * 1024 * 1024;

/// Opens a file for reading; an error if it is not a regular one.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    regular(OpenOptions::new().read(true).custom_flags(flags(OFlags::NONBLOCK)).open(path)?)
}

/// Opens a file as `options` say, for writing; an error if it is a link or not a regular one.
pub(super) fn open_for_writing(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    if fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink()) {
        return Err(io::Error::other("it is a link, and a run writes through none; put the file itself in its place"));
    }
    // One that was put there since fails here.
    regular(options.custom_flags(flags(OFlags::NOFOLLOW | OFlags::NONBLOCK)).open(path)?)
}

/// The text of a file.
pub(crate) fn read(path: &Path) -> Result<String> {
    let read = || {
        let mut text = String::new();
        open(path)?.take(LARGEST + 1).read_to_string(&mut text).map(|_| text)
    };
    let text = read().with_context(|| format!("reading {}", path.display()))?;
    ensure!(text.len() as u64 <= LARGEST, "{} has more than {LARGEST} bytes, more than any run writes", path.display());
    Ok(text)
}

/// Makes a file that must not be there yet; of several that try at once, one succeeds.
pub(super) fn create(path: &Path, text: &str) -> io::Result<()> {
    let mut file = open_for_writing(OpenOptions::new().write(true).create_new(true), path)?;
    file.write_all(text.as_bytes())?;
    file.sync_data()
}

/// Writes a file beside and renames it, so that it is never half there.
pub fn replace(path: &Path, text: &str) -> Result<()> {
    let beside = path.with_extension(format!("new-{}", process::id()));
    // Left by a process of this number that was killed here.
    let _ = fs::remove_file(&beside);
    let wrote = create(&beside, text).and_then(|()| fs::rename(&beside, path));
    if wrote.is_err() {
        let _ = fs::remove_file(&beside);
    }
    wrote.with_context(|| format!("writing {}", path.display()))
}

fn regular(file: File) -> io::Result<File> {
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("it is not a regular file")) }
}

fn flags(flags: OFlags) -> i32 {
    flags.bits().cast_signed()
}
