//! A run as it is kept: rows and notes gzipped, plan and machine as they are. The same run makes the same bytes, and every command
//! reads them as it reads the run.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};

use super::trials::{self, WholeLines};
use super::{file, lines, machines, notes};
use crate::pools::build::hex;

/// What stands beside rows and notes, and is copied as it is. Not `paths.toml`, which is of one machine alone, and nothing that a
/// command can make again.
const BESIDE: [&str; 3] = ["plan.toml", "machine.json", machines::NAME];

/// Writes the run in `run` into the empty folder `into`, and sees to it that all of it is on the disk; the SHA-256 of its rows. Fails
/// where a file is torn or cannot be read whole.
pub fn write(run: &Path, into: &Path) -> Result<String> {
    for name in BESIDE {
        let from = run.join(name);
        if from.symlink_metadata().is_ok() {
            let to = into.join(name);
            file::create(&to, &file::read(&from)?).with_context(|| format!("writing {}", to.display()))?;
        }
    }
    let rows = gzip(&run.join(trials::NAME), into)?;
    let has_notes = lines::there(&run.join(notes::NAME)).symlink_metadata().is_ok();
    if has_notes {
        gzip(&run.join(notes::NAME), into)?;
    }
    sync_folder(into)?;
    Ok(rows)
}

/// The SHA-256 of the rows of a run's folder, gzipped or not.
pub fn hash_of_rows(run: &Path) -> Result<String> {
    let WholeLines { mut reader, path } = trials::whole_lines(&run.join(trials::NAME))?;
    let mut hashed = Hashed { hash: Sha256::new(), into: io::sink() };
    io::copy(&mut reader, &mut hashed).with_context(|| format!("reading {}", path.display()))?;
    Ok(hex(&hashed.hash.finalize()))
}

/// Sees to it that the names in a folder are on the disk.
pub fn sync_folder(path: &Path) -> Result<()> {
    let synced = File::open(path).and_then(|folder| folder.sync_all());
    match synced {
        // Some network file systems sync no folders.
        Err(cause) if cause.kind() != io::ErrorKind::InvalidInput => {
            Err(cause).with_context(|| format!("writing {} to the disk", path.display()))
        }
        _ => Ok(()),
    }
}

/// Writes the lines of a file of a run, gzipped, into a folder; their SHA-256.
fn gzip(from: &Path, into: &Path) -> Result<String> {
    let WholeLines { mut reader, path } = trials::whole_lines(from)?;
    let name = from.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let to: PathBuf = into.join(format!("{name}.gz"));
    let writing = || format!("writing {}", to.display());
    let target = file::open_for_writing(OpenOptions::new().write(true).create_new(true), &to).with_context(writing)?;
    let mut both = Hashed { hash: Sha256::new(), into: GzEncoder::new(target, Compression::best()) };
    io::copy(&mut reader, &mut both).with_context(|| format!("copying {} to {}", path.display(), to.display()))?;
    let target = both.into.finish().with_context(writing)?;
    target.sync_all().with_context(writing)?;
    ensure!(
        !reader.get_ref().is_torn(),
        "{} ends with a line that was not written to its end; `poolbench resume` goes on with a run that was stopped",
        path.display()
    );
    Ok(hex(&both.hash.finalize()))
}

/// Writes to a file and into a hash.
struct Hashed<W> {
    hash: Sha256,
    into: W,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.into.write(bytes)?;
        self.hash.update(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.into.flush()
    }
}

/// Removes a folder that was not finished; that it cannot be is no error.
pub fn forget(path: &Path) {
    let _ = fs::remove_dir_all(path);
}
