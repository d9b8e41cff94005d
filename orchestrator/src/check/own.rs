//! Jobs of the user's own, for pools that list `lib` or `py`: a library beside poolbench, or a module that is written for it,
//! whose jobs do what built-in ones do.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use harness::own::Language;
use harness::{Workload, checksum};
use tempfile::TempDir;

use super::batches::parse;
use super::book::Book;
use super::case::Case;
use super::drive::{Drive, through};
use super::finding::{Outcome, Rule, Stop, Verdict};
use super::gate::{Gate, Pace};
use super::judge::Breach;
use super::overlap::one_by_one;
use super::subject::Subject;
use crate::pools;

/// The library, beside `poolbench`; `crates/job-library` has what each of its jobs does.
const LIBRARY: &str = "libpoolbench_jobs.so";
/// The same for pools in Python, a function each.
const MODULE: &str = "import os, sys

def noop(index):
    return index

def fail(index):
    if (index + 1) % 3 == 0:
        raise ValueError('made to fail')
    return index

def prints(index):
    print('{\"event\":\"done\",\"batch_ns\":[1]}', flush=True)
    assert sys.stdin is None or not sys.stdin.read(8)
    return index

def counts(index):
    with open(os.path.join(os.path.dirname(__file__), 'counts'), 'a') as file:
        before = file.tell()
        file.write('x')
    return before
";
/// Jobs of a batch.
const JOBS: u64 = 100;

/// The file with the jobs, for as long as it is used.
struct File {
    language: Language,
    path: PathBuf,
    /// Where notes are, and the module.
    folder: TempDir,
}

/// Runs these checks.
pub(super) fn check(book: &mut Book) {
    for language in [Language::Library, Language::Python] {
        let word = language.word();
        if !book.subject.about.workloads.iter().any(|name| name == word) || book.is_over() {
            continue;
        }
        match File::of(language) {
            Ok(file) => all(book, &file),
            Err(why) => book.note(format!("jobs of a user's own, {word}"), Outcome::Skipped(format!("{why:#}"))),
        }
    }
}

fn all(book: &mut Book, file: &File) {
    let (word, is_library) = (file.language.word(), file.language == Language::Library);
    let known = if is_library { "compute" } else { "noop" };
    book.check(format!("{JOBS} jobs of {word}, loaded before 'ready'"), |pool| same(pool, file, known, known));
    book.check(format!("{word}: jobs that fail are counted under 'fail'"), |pool| {
        let mode = if is_library { "fail:3" } else { "fail" };
        same(pool, file, mode, "fail:3")
    });
    book.check(format!("{word}: what a job prints and reads does not reach the gate"), |pool| {
        same(pool, file, "prints", "noop")
    });
    book.check(format!("{word}: batches with other results each time, and it goes on"), |pool| differing(pool, file));
    book.check(format!("{word}: what cannot be opened is an error in place of 'ready'"), |pool| {
        cannot_begin(pool, &file.named("no-such-mode"), if is_library { "never opens" } else { "no-such-mode" })
    });
    book.check(format!("{word}: a file that is not there is an error in place of 'ready'"), |pool| {
        let nowhere = file.folder.path().join("gone");
        cannot_begin(pool, &format!("{word}:{}:noop", nowhere.display()), "gone")
    });
    if is_library {
        book.check(
            format!("{word}: opened before 'ready' and once in each process, and closed before 'stopped'"),
            |pool| opened_and_closed(pool, file),
        );
    }
}

/// Two batches whose results are those of the built-in workload `known`.
fn same(pool: &Subject, file: &File, mode: &str, known: &str) -> Verdict {
    let case = Case::new(&pool.about, file.workload(mode)?, JOBS).standing_for(parse(known)?);
    through(pool, &case.times(2), Pace::default())
}

/// Whether results may differ its driver knows: the pool says `done`, with a checksum that is that of neither batch. Every job
/// adds a byte to a file, and returns how many there were.
fn differing(pool: &Subject, file: &File) -> Verdict {
    let counts = file.folder.path().join("counts");
    fs::write(&counts, "").map_err(|why| Stop::Skipped(format!("{}: {why}", counts.display())))?;
    let mode =
        if file.language == Language::Library { format!("counts:{}", counts.display()) } else { "counts".to_owned() };
    let case = Case::new(&pool.about, file.workload(&mode)?, 1).on(1).times(2);
    let mut drive = Drive::start(pool, &case, Pace::default())?;
    drive.pass_to(Gate::Started)?;
    drive.go()?;
    let said = drive.hear_done()?.checksum;
    let of_batches = [0, 1].map(|result| checksum::text(checksum::fold([(0, result)])));
    if of_batches.contains(&said) {
        let expected = "a checksum that is that of no batch, since they differ";
        return Err(drive.broken(Breach::new(
            Rule::Jobs,
            expected,
            format!("the checksum {said}, which is that of one"),
        )));
    }
    drive.go()?;
    drive.pass(Gate::Stopped)?;
    drive.go()?;
    drive.leave()
}

fn cannot_begin(pool: &Subject, workload: &str, words: &str) -> Verdict {
    let case = Case::new(&pool.about, parse(workload)?, JOBS);
    Drive::start(pool, &case, Pace::default())?.cannot_begin(words)
}

/// Each process notes when it opens and closes the library.
fn opened_and_closed(pool: &Subject, file: &File) -> Verdict {
    let notes = file.folder.path().join("notes");
    let skipped = |why: std::io::Error| Stop::Skipped(format!("{}: {why}", notes.display()));
    fs::write(&notes, "").map_err(skipped)?;
    let workload = file.workload(&format!("notes:{}", notes.display()))?;
    let case = one_by_one(pool, workload, JOBS).standing_for(parse("noop")?);
    let mut drive = Drive::start(pool, &case, Pace::default())?;
    let broken = |drive: &Drive, expected: &str, got: String| Err(drive.broken(Breach::new(Rule::Jobs, expected, got)));
    drive.pass(Gate::Ready)?;
    let at_ready = fs::read_to_string(&notes).map_err(skipped)?;
    if at_ready != format!("open {}\n", drive.pid()) {
        return broken(
            &drive,
            "the library opened once, in the process that was called, before 'ready'",
            shown(&at_ready),
        );
    }
    drive.go()?;
    drive.pass(Gate::Started)?;
    drive.go()?;
    drive.pass(Gate::Done)?;
    drive.go()?;
    drive.pass(Gate::Stopped)?;
    let mut of_process: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let all = fs::read_to_string(&notes).map_err(skipped)?;
    for (what, process) in all.lines().filter_map(|line| line.split_once(' ')) {
        of_process.entry(process).or_default().push(what);
    }
    if of_process.values().any(|noted| *noted != ["open", "close"]) {
        return broken(&drive, "the library opened once in each process, and closed before 'stopped'", shown(&all));
    }
    drive.go()?;
    drive.leave()
}

/// The same batch with its jobs from the library, where that has them and is there.
pub(super) fn from_library(case: Case) -> Case {
    let built_in = case.workload.clone();
    let has_them = matches!(built_in, Workload::Noop | Workload::Compute | Workload::Fail(_));
    match File::of(Language::Library).ok().filter(|_| has_them).map(|file| file.workload(&built_in.label())) {
        Some(Ok(workload)) => Case { workload, ..case }.standing_for(built_in),
        _ => case,
    }
}

fn shown(notes: &str) -> String {
    let lines: Vec<&str> = notes.lines().collect();
    if lines.is_empty() { "neither opened nor closed anywhere".to_owned() } else { lines.join(", ") }
}

impl File {
    fn of(language: Language) -> Result<Self> {
        let folder = TempDir::with_prefix("poolbench-").context("making a temporary folder")?;
        let path = match language {
            Language::Library => pools::own_folder()?.join(LIBRARY),
            Language::Python => folder.path().join("jobs.py"),
        };
        if language == Language::Python {
            fs::write(&path, MODULE).with_context(|| format!("writing {}", path.display()))?;
        }
        ensure!(path.is_file(), "{} does not exist; build it with `make`", path.display());
        ensure!(
            !path.to_string_lossy().contains(':'),
            "a path ends at its first ':', and {} has one in it",
            path.display()
        );
        Ok(Self { language, path, folder })
    }

    /// The workload of that mode, as a pool is told it.
    fn named(&self, mode: &str) -> String {
        format!("{}:{}:{mode}", self.language.word(), self.path.display())
    }

    fn workload(&self, mode: &str) -> Result<Workload, Stop> {
        parse(&self.named(mode))
    }
}
