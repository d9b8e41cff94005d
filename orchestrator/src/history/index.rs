//! `index.csv` of a history: a line a run, so that what a run is need not be read off its rows each time. It is made from the
//! folders, and made again where it is missing, torn or of other folders.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde::{Deserialize, Serialize};

use crate::process::{plain, tell};
use crate::record::about::About;
use crate::record::{file, folder, packed};

/// The file's name.
pub(super) const NAME: &str = "index.csv";
/// What one that is being written begins with; a process that was killed leaves it.
pub(super) const UNFINISHED: &str = "index.new-";
/// Digits of a SHA-256.
const HASH_DIGITS: usize = 64;

/// A run of the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    /// Its folder in the history.
    pub(crate) folder: String,
    /// The run's name.
    pub(crate) run: String,
    /// When its first trial was started, UTC; empty where no row says it.
    pub(crate) begun: String,
    pub(crate) preset: String,
    pub(crate) host: String,
    pub(crate) blocks: u64,
    pub(crate) commit: String,
    /// Of its rows. It stands last, and has its length: a line that was cut is seen.
    pub(crate) rows_sha256: String,
}

/// The runs of a history in the order in which they began, those without a time first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Index(pub(crate) Vec<Entry>);

impl Index {
    /// The index as the folders are. What the file has of them is believed, the rest is read off the folders; a folder that
    /// cannot be read is told and passed over. Writes nothing.
    pub(crate) fn read(history: &Path) -> Result<Self> {
        let mut known: BTreeMap<String, Entry> = BTreeMap::new();
        if let Ok(entries) = written(history) {
            known.extend(entries.into_iter().map(|entry| (entry.folder.clone(), entry)));
        }
        let mut entries = Vec::new();
        for name in folders(history)? {
            match known.remove(&name).map_or_else(|| entry(history, &name), Ok) {
                Ok(entry) => entries.push(entry),
                Err(why) => tell(format_args!("passed over: {why:#}")),
            }
        }
        entries.sort_by(|one, other| (&one.begun, &one.folder).cmp(&(&other.begun, &other.folder)));
        Ok(Self(entries))
    }

    /// Writes the index anew if it is not as the folders are.
    pub(super) fn renew(history: &Path) -> Result<Self> {
        let index = Self::read(history)?;
        if written(history).ok().as_ref() != Some(&index.0) {
            file::replace(&history.join(NAME), &index.text()?)?;
        }
        Ok(index)
    }

    fn text(&self) -> Result<String> {
        let mut csv = csv::Writer::from_writer(Vec::new());
        for entry in &self.0 {
            csv.serialize(entry).context("writing the index")?;
        }
        String::from_utf8(csv.into_inner().context("writing the index")?).context("writing the index")
    }
}

/// What the file says.
fn written(history: &Path) -> Result<Vec<Entry>> {
    let text = file::read(&history.join(NAME))?;
    let entries: Vec<Entry> =
        csv::Reader::from_reader(text.as_bytes()).deserialize().collect::<Result<_, csv::Error>>()?;
    ensure!(entries.iter().all(|entry| entry.rows_sha256.len() == HASH_DIGITS), "a line is cut");
    Ok(entries.into_iter().map(Entry::shown).collect())
}

impl Entry {
    /// With texts that may be shown: an index may be anybody's file.
    fn shown(mut self) -> Self {
        for text in
            [&mut self.folder, &mut self.run, &mut self.begun, &mut self.preset, &mut self.host, &mut self.commit]
        {
            *text = plain::line(text).into_owned();
        }
        self
    }
}

/// The names of the runs' folders.
pub(super) fn folders(history: &Path) -> Result<Vec<String>> {
    let listing = || format!("listing the history {}", history.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(history).with_context(listing)? {
        let entry = entry.with_context(listing)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') && entry.path().join(folder::PLAN).is_file() {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// Reads a run's entry off its folder.
fn entry(history: &Path, name: &str) -> Result<Entry> {
    let path = history.join(name);
    let About { plan, begun } = About::read(&path)?;
    Ok(Entry {
        folder: name.to_owned(),
        begun: begun.unwrap_or_default(),
        rows_sha256: packed::hash_of_rows(&path)?,
        run: plan.run,
        preset: plan.preset,
        host: plan.host,
        blocks: plan.blocks,
        commit: plan.commit,
    })
}
