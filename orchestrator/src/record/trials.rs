//! `trials.csv`: rows are appended whole and at once, and read back one by one.

use std::collections::{HashMap, HashSet};
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use harness::columns::{COLUMNS, Row};
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use super::file;
use super::lines::{self, LONGEST};
pub use super::lines::{WholeLines, whole_lines};
use crate::plan::cell::{Cell, Key};
use crate::process::tell;
use crate::trial::status::Status;

/// Between two times that rows are made sure of on the disk.
const SYNCED_EVERY: Duration = Duration::from_secs(1);

/// The file's name in a run's folder.
pub const NAME: &str = "trials.csv";

/// The open file of a run that goes on.
#[derive(Debug)]
pub struct Trials {
    file: File,
    /// The same file without append mode, in which the kernel would ignore where a byte is to be written.
    marks: File,
    path: PathBuf,
    /// When all rows were on the disk last.
    synced: Instant,
}

/// Where in the file a row's `accepted` stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark(u64);

impl Trials {
    /// Makes the file with its header.
    pub fn create(folder: &Path) -> Result<Self> {
        let path = folder.join(NAME);
        let file = file::open_for_writing(OpenOptions::new().append(true).create_new(true), &path);
        let mut trials = Self::over(file.with_context(|| format!("making {}", path.display()))?, path)?;
        trials.lock()?;
        trials.write(&format!("{}\n", COLUMNS.join(",")))?;
        Ok(trials)
    }

    /// Opens the file of a run that was stopped, and cuts a last line that was not written to its end.
    pub fn reopen(folder: &Path) -> Result<Self> {
        let path = folder.join(NAME);
        lines::check_writable(&path)?;
        let file = file::open_for_writing(OpenOptions::new().read(true).append(true), &path);
        let mut trials = Self::over(file.with_context(|| format!("opening {}", path.display()))?, path)?;
        trials.lock()?;
        trials.cut_torn_line()?;
        Ok(trials)
    }

    fn over(file: File, path: PathBuf) -> Result<Self> {
        let marks = file::open_for_writing(OpenOptions::new().write(true), &path);
        Ok(Self {
            file,
            marks: marks.with_context(|| format!("opening {}", path.display()))?,
            path,
            synced: Instant::now(),
        })
    }

    /// Appends a row, not yet accepted, with a single write: it is in the file whole, or the disk is full.
    pub fn append(&mut self, row: &Row) -> Result<Mark> {
        let begin = self.length()?;
        let accepted = COLUMNS.iter().position(|name| *name == "accepted").expect("it is a column");
        let before: usize = row.cells()[..accepted].iter().map(|cell| cell.len() + 1).sum();
        let mut csv = csv::WriterBuilder::new().from_writer(Vec::new());
        csv.write_record(row.cells()).context("writing a row")?;
        let line = String::from_utf8(csv.into_inner().context("writing a row")?).context("writing a row")?;
        self.write(&line)?;
        Ok(Mark(begin + before as u64))
    }

    /// The file's length. A file that was removed takes rows as before, but nobody will ever read them.
    fn length(&self) -> Result<u64> {
        let metadata = self.file.metadata().with_context(|| format!("looking at {}", self.path.display()))?;
        ensure!(metadata.nlink() > 0, "{} was removed while the run went on; its rows are lost", self.path.display());
        Ok(metadata.len())
    }

    /// Accepts a row: its digit becomes 1, a single byte that cannot be torn.
    pub fn accept(&self, mark: Mark) -> Result<()> {
        self.marks.write_all_at(b"1", mark.0).with_context(|| format!("accepting a row of {}", self.path.display()))
    }

    fn write(&mut self, line: &str) -> Result<()> {
        let wrote = self.file.write_all(line.as_bytes()).and_then(|()| self.file.flush());
        wrote.with_context(|| {
            format!(
                "writing to {}; the rows before are safe, `poolbench resume` goes on from there",
                self.path.display()
            )
        })
    }

    /// Makes sure that all rows are on the disk.
    pub fn sync(&mut self) -> Result<()> {
        self.synced = Instant::now();
        self.file.sync_data().with_context(|| format!("writing {} to the disk", self.path.display()))
    }

    /// The same unless they were there a second ago. A row is the kernel's once it is written, and nothing that happens to this
    /// process takes it away; the disk, 0.3 ms at a time, is for the case that the machine itself is lost.
    pub fn sync_if_due(&mut self) -> Result<()> {
        if self.synced.elapsed() < SYNCED_EVERY { Ok(()) } else { self.sync() }
    }

    /// Two runs must not write to one file.
    fn lock(&self) -> Result<()> {
        let path = self.path.display();
        match flock(&self.file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(()),
            Err(Errno::WOULDBLOCK) => {
                bail!("{path} is being written by another poolbench; wait for it or choose another --out")
            }
            // A network file system without locks takes rows all the same.
            Err(cause) => {
                tell(format_args!(
                    "poolbench: {path} cannot be locked ({cause}): see to it that no other poolbench writes to it"
                ));
                Ok(())
            }
        }
    }

    fn cut_torn_line(&mut self) -> Result<()> {
        let whole = whole_length(&mut self.file).context("looking for a torn line")?;
        self.file.set_len(whole).context("cutting a torn line")
    }
}

/// Whether a poolbench is writing to the rows' file now.
pub(crate) fn is_locked(path: &Path) -> bool {
    // The lock that is gained here is given back as the file is closed.
    let locked = |file: File| flock(&file, FlockOperation::NonBlockingLockShared) == Err(Errno::WOULDBLOCK);
    file::open(path).is_ok_and(locked)
}

/// The bytes up to the last line feed: a line behind it was not written to its end.
pub(crate) fn whole_length(file: &mut File) -> std::io::Result<u64> {
    let from = file.metadata()?.len().saturating_sub(LONGEST as u64);
    file.seek(SeekFrom::Start(from))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    Ok(from + tail.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end as u64 + 1))
}

/// Reads all rows of a run's folder, one by one; an error names the line.
pub fn read(folder: &Path) -> Result<impl Iterator<Item = Result<Row>>> {
    let WholeLines { reader, path } = whole_lines(&folder.join(NAME))?;
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(reader);
    let header = reader.headers().with_context(|| format!("reading the header of {}", path.display()))?;
    ensure!(
        header.iter().eq(COLUMNS.iter().copied()),
        "{} does not have exactly the columns that this version writes; put back those that were added, moved or taken away, \
         or start a new run",
        path.display()
    );
    Ok(reader.into_records().map(move |record| {
        let record = record.with_context(|| format!("reading {}", path.display()))?;
        let line = record.position().map_or(0, csv::Position::line);
        Row::from_cells(&record).map_err(anyhow::Error::msg).with_context(|| format!("{} line {line}", path.display()))
    }))
}

/// What a stopped run has already.
#[derive(Debug, Default)]
pub struct Progress {
    /// For each cell and block whether a row was accepted, and the attempts made.
    places: HashMap<(usize, u64), (bool, u64)>,
    /// For each cell the blocks whose accepted row is a timeout.
    timeouts: HashMap<usize, HashSet<u64>>,
}

impl Progress {
    /// Reads it off the rows that `run` has in a folder; rows of another run count as little as in the analysis.
    pub fn read(folder: &Path, run: &str, cells: &[Cell]) -> Result<Self> {
        let index: HashMap<Key, usize> = cells.iter().enumerate().map(|(at, cell)| (cell.key(), at)).collect();
        let mut progress = Self::default();
        for row in read(folder)? {
            let row = row?;
            if row.run != run {
                continue;
            }
            let Some(cell) = index.get(&key_of_row(&row)) else { continue };
            let block = row.block.unwrap_or(0);
            if row.accepted == Some(1) && row.status == Status::Timeout.word() {
                progress.timeouts.entry(*cell).or_default().insert(block);
            }
            let entry = progress.places.entry((*cell, block)).or_default();
            entry.0 |= row.accepted == Some(1);
            entry.1 = entry.1.max(row.attempt.unwrap_or(0));
        }
        Ok(progress)
    }

    /// Whether this cell has its row in this block.
    pub fn is_done(&self, cell: usize, block: u64) -> bool {
        self.places.get(&(cell, block)).is_some_and(|(done, _)| *done)
    }

    /// In how many blocks a cell has timed out, block 0 among them.
    pub fn timeouts(&self, cell: usize) -> usize {
        self.timeouts.get(&cell).map_or(0, HashSet::len)
    }

    /// The number of the next attempt.
    pub fn next_attempt(&self, cell: usize, block: u64) -> u64 {
        self.places.get(&(cell, block)).map_or(1, |(_, attempts)| attempts + 1)
    }

    /// The last block that was begun.
    pub fn last_block(&self) -> u64 {
        self.places.keys().map(|(_, block)| *block).max().unwrap_or(0)
    }

    /// Cells and blocks that have their row.
    pub fn done(&self) -> usize {
        self.places.values().filter(|(done, _)| *done).count()
    }
}

fn key_of_row(row: &Row) -> Key {
    let number = |number: Option<u64>| number.map_or(String::new(), |n| n.to_string());
    [
        row.pool.clone(),
        row.workload.clone(),
        row.param.clone(),
        number(row.jobs),
        number(row.workers),
        row.chunk.clone(),
        row.window.clone(),
    ]
}
