//! `notes.jsonl`: the free text of trials and all their batch times, keyed as the rows are.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

use super::Place;
use super::file;
use super::lines::{self, whole_lines};
use super::places::Places;
use super::trials::whole_length;
use crate::plan::Plan;
use crate::process::{plain, tell};
use crate::trial::Trial;

/// The file's name in a run's folder.
pub const NAME: &str = "notes.jsonl";

/// The open file, and the folders that no note names.
#[derive(Debug)]
pub struct Notes(File, Places);

#[derive(Serialize)]
struct Note<'a> {
    run: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    shard: Option<u64>,
    block: u64,
    position: u64,
    attempt: u64,
    pool: &'a str,
    status: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    message: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    stderr: &'a str,
    #[serde(skip_serializing_if = "<[u64]>::is_empty")]
    batch_ns: &'a [u64],
}

impl Notes {
    /// Opens the file of a folder, or makes it. A last line that a full disk has torn is cut.
    pub fn open(folder: &Path, hidden: Places) -> Result<Self> {
        let path = folder.join(NAME);
        lines::check_writable(&path)?;
        let open = || {
            let mut file = file::open_for_writing(OpenOptions::new().read(true).append(true).create(true), &path)?;
            let whole = whole_length(&mut file)?;
            file.set_len(whole).map(|()| file)
        };
        let file = open().with_context(|| format!("opening {}", path.display()))?;
        Ok(Self(file, hidden))
    }

    /// Notes what the row of a trial has no room for; nothing if there is nothing.
    pub fn append(&mut self, plan: &Plan, pool: &str, place: Place, trial: &Trial) -> Result<()> {
        let all = trial.done.as_ref().map_or(&[][..], |done| &done.batch_ns);
        // A single batch stands in the row.
        let batch_ns = if all.len() > 1 { all } else { &[] };
        if trial.message.is_empty() && trial.stderr.is_empty() && batch_ns.is_empty() {
            return Ok(());
        }
        let Place { block, position, attempt } = place;
        let status = trial.status.map_or("", crate::trial::status::Status::word);
        let (message, stderr) = (self.1.hide(&trial.message), self.1.hide(&trial.stderr));
        let (message, stderr) = (&*plain::line(&message), &*plain::lines(&stderr));
        let (run, shard) = (&*plan.run, plan.shard().map(|part| part.shard));
        let note = Note { run, shard, block, position, attempt, pool, status, message, stderr, batch_ns };
        let mut line = serde_json::to_string(&note).context("writing a note")?;
        line.push('\n');
        self.0.write_all(line.as_bytes()).context("writing to notes.jsonl")
    }
}

/// What is read of a note for people.
#[derive(Deserialize)]
struct Said<'a> {
    #[serde(borrow)]
    run: Cow<'a, str>,
    #[serde(borrow)]
    pool: Cow<'a, str>,
    #[serde(borrow)]
    status: Cow<'a, str>,
    #[serde(borrow, default)]
    message: Cow<'a, str>,
}

/// The message of the first trial of each pool and status of `run`, as it may be shown; of a trial without one there is none.
pub fn messages(folder: &Path, run: &str) -> Result<BTreeMap<(String, String), String>> {
    let path = folder.join(NAME);
    let lines = path.exists().then(|| whole_lines(&path)).transpose()?;
    let lines = lines.into_iter().flat_map(|lines| lines.reader.split(b'\n').map_while(std::io::Result::ok));
    let mut first: BTreeMap<(String, String), String> = BTreeMap::new();
    for line in lines {
        let Ok(note) = serde_json::from_slice::<Said>(&line) else { continue };
        if note.run != run || note.message.is_empty() {
            continue;
        }
        let key = (note.pool.into_owned(), note.status.into_owned());
        first.entry(key).or_insert_with(|| plain::line(&note.message).into_owned());
    }
    Ok(first)
}

/// What is read again of a note.
#[derive(Deserialize)]
struct Times<'a> {
    #[serde(borrow)]
    run: Cow<'a, str>,
    block: u64,
    position: u64,
    attempt: u64,
    #[serde(default)]
    batch_ns: Vec<u64>,
}

/// All batch times of the trials of `run` in a folder that had more than one batch. A folder without notes has none, and a line
/// that is no note is passed over: no row depends on it.
pub fn batches(folder: &Path, run: &str) -> Result<impl Iterator<Item = (Place, Vec<u64>)>> {
    let path = lines::there(&folder.join(NAME));
    let lines = path.exists().then(|| whole_lines(&folder.join(NAME))).transpose()?;
    let run = run.to_owned();
    let told = move |line: std::io::Result<Vec<u8>>| {
        line.inspect_err(|why| tell(format_args!("{}: {why}; notes behind that are not read", path.display()))).ok()
    };
    let lines = lines.into_iter().flat_map(|lines| lines.reader.split(b'\n')).map_while(told);
    Ok(lines.filter_map(move |line| {
        let note: Times = serde_json::from_slice(&line).ok()?;
        let Times { block, position, attempt, batch_ns, .. } = note;
        (note.run == run && batch_ns.len() > 1).then_some((Place { block, position, attempt }, batch_ns))
    }))
}
