//! Batches of every size, chunk, window and number, and every workload that needs no web server.

use harness::{Chunk, MAX_BATCHES, MAX_JOBS, Staff, Window, Workload};

use super::book::Book;
use super::case::Case;
use super::drive::through;
use super::finding::{Stop, Verdict};
use super::gate::Pace;
use super::subject::Subject;

/// Jobs of the large batch.
const MANY: u64 = 10_000;
/// What each workload is tried with: parameters that make a job short, and how many of them.
const WORKLOADS: [(&str, u64); 7] = [
    ("noop", 1000),
    ("compute", 1000),
    ("factor", 1000),
    ("spin:10us", 200),
    ("skew:10us", 200),
    ("sleep:1ms", 20),
    ("file", 200),
];

/// Runs these checks.
pub(super) fn check(book: &mut Book) {
    book.check("a batch of 3 jobs", |pool| plain(pool, 3, |case| case));
    sizes(book);
    chunks(book);
    windows(book);
    several(book);
    for (text, jobs) in WORKLOADS {
        let name = text.split(':').next().unwrap_or(text);
        if book.subject.about.workloads.iter().any(|own| own == name) {
            book.check(format!("{jobs} jobs of {text}"), |pool| workload(pool, text, jobs));
        }
    }
}

/// One batch of the plainest workload, changed by `change`.
fn plain(pool: &Subject, jobs: u64, change: impl FnOnce(Case) -> Case) -> Verdict {
    through(pool, &change(Case::new(&pool.about, pool.plain()?, jobs)), Pace::default())
}

fn sizes(book: &mut Book) {
    for (what, jobs, workers) in [
        ("no job at all", 0, 2),
        ("1 job", 1, 2),
        ("fewer jobs than workers", 3, 8),
        ("one worker", 100, 1),
        ("10000 jobs", MANY, 2),
    ] {
        book.check(what, |pool| plain(pool, jobs, |case| case.on(workers)));
    }
    if book.subject.about.is_hybrid() {
        let staff = Staff::Grid { processes: 3, threads: 2 };
        book.check(format!("{staff} workers, processes and threads"), |pool| {
            plain(pool, 100, |case| case.staffed(staff))
        });
    }
    book.check("chunk and window unsaid: its first policies", |pool| {
        plain(pool, 100, |case| Case { policies_unsaid: true, ..case })
    });
}

fn chunks(book: &mut Book) {
    let accepted = book.subject.about.chunk.clone();
    let tried = [Chunk::Jobs(1), Chunk::Jobs(7), Chunk::Auto, Chunk::Own];
    for chunk in tried.into_iter().filter(|chunk| chunk.accepted_by(&accepted)) {
        book.check(format!("chunk {chunk}"), |pool| plain(pool, 1000, |case| case.chunked(chunk)));
    }
    if Chunk::Jobs(1000).accepted_by(&accepted) {
        book.check("a chunk larger than the batch", |pool| plain(pool, 5, |case| case.chunked(Chunk::Jobs(1000))));
        book.check("the largest chunk", |pool| plain(pool, 5, |case| case.chunked(Chunk::Jobs(MAX_JOBS))));
    }
}

fn windows(book: &mut Book) {
    let about = book.subject.about.clone();
    let chunk = [Chunk::Jobs(7), Chunk::default_of(&about.chunk)].into_iter().find(|c| c.accepted_by(&about.chunk));
    let tried = [Window::All, Window::Jobs(1), Window::Jobs(6), Window::Jobs(30), Window::Jobs(100_000)];
    for window in tried.into_iter().filter(|window| window.accepted_by(&about.window)) {
        let Some(chunk) = chunk else { return };
        book.check(format!("window {window} with chunk {chunk}"), |pool| {
            plain(pool, 500, |case| Case { window, ..case.chunked(chunk) })
        });
    }
}

fn several(book: &mut Book) {
    book.check("3 batches, one time each", |pool| plain(pool, 100, |case| case.times(3)));
    if book.subject.about.workloads.iter().any(|name| name == "sleep") {
        book.check("2 batches of 4 sleeps on 2 workers: each of them is run, and takes its time", |pool| {
            through(pool, &Case::new(&pool.about, parse("sleep:20ms")?, 4).times(2), Pace::default())
        });
    }
    book.check("3 batches of 1000 jobs: each of them is run", |pool| plain(pool, 1000, |case| case.times(3)));
    book.check("the most batches, whose times must fit one line", |pool| {
        plain(pool, 1, |case| case.times(MAX_BATCHES))
    });
    for text in ["fail:3", "panic:3"] {
        let what = format!("{text}: the batch goes on, failed jobs are counted and add nothing to the checksum");
        book.check(what, |pool| workload(pool, text, 100));
        book.check(format!("{text} in 2 batches: failed jobs are summed"), |pool| {
            through(pool, &Case::new(&pool.about, parse(text)?, 100).times(2), Pace::default())
        });
    }
    book.check("every job fails", |pool| workload(pool, "fail:1", 100));
}

fn workload(pool: &Subject, text: &str, jobs: u64) -> Verdict {
    through(pool, &Case::new(&pool.about, parse(text)?, jobs), Pace::default())
}

/// Reads a workload that stands in this program, or one made with an address.
pub(super) fn parse(text: &str) -> Result<Workload, Stop> {
    text.parse().map_err(Stop::Skipped)
}
