//! The http workloads: against our own web server, which counts what it sees, and against a port where nobody listens.

use std::net::TcpListener;

use harness::Span;

use super::batches::parse;
use super::book::Book;
use super::case::{Case, Mishaps};
use super::drive::{Drive, through};
use super::finding::{Outcome, Rule, Stop, Verdict};
use super::gate::{Gate, Pace};
use super::judge::Breach;
use super::overlap::one_by_one;
use super::subject::Subject;
use crate::trial::webserver::WebServer;

/// Jobs against the server, and workers: enough for each worker to come round several times.
const JOBS: u64 = 24;
const WORKERS: u64 = 4;
/// More than one, so that the server sees whether each was run.
const BATCHES: u64 = 2;
/// How long the server holds each answer back, so that requests overlap if the pool lets them.
const DELAY: Span = Span { ns: 20_000_000 };
/// Attempts at a connection that is refused: 1 + 3.
const ATTEMPTS: u64 = 4;

/// Runs these checks.
pub(super) fn check(book: &mut Book) {
    let listed = |name: &&str| book.subject.about.workloads.iter().any(|own| own == name);
    let names: Vec<&str> = ["http", "http-native"].into_iter().filter(listed).collect();
    if names.is_empty() || book.is_over() {
        return;
    }
    let mut server = WebServer::start(None).and_then(|mut server| server.set_delay(DELAY).map(|()| server));
    book.subject.spare = server.as_ref().ok().map(WebServer::pid);
    for name in names {
        let what = format!("{JOBS} jobs of {name} on {WORKERS} workers, as the web server saw them");
        match &mut server {
            Ok(server) => book.check(what, |pool| served(pool, name, server)),
            Err(why) => book.note(what, Outcome::Skipped(format!("{why:#}"))),
        }
        book.check(format!("{name} where nobody listens: 1 + 3 attempts a job, and the batch goes on"), |pool| {
            refused(pool, name)
        });
    }
    book.subject.spare = None;
}

fn served(pool: &Subject, name: &str, server: &mut WebServer) -> Verdict {
    let counts = |why: anyhow::Error| Stop::Skipped(format!("the web server does not say what it saw: {why:#}"));
    let case = one_by_one(pool, parse(&format!("{name}:{}", server.url()))?, JOBS).on(WORKERS).times(BATCHES);
    let mut drive = Drive::start(pool, &case, Pace::default())?;
    drive.pass_to(Gate::Started)?;
    server.reset().map_err(counts)?;
    drive.go()?;
    drive.pass(Gate::Done)?;
    let seen = server.seen().map_err(counts)?;
    let least = if pool.about.is_serial() { 1 } else { 2 };
    let (rule, expected, got) = if seen.requests != JOBS * BATCHES {
        let expected = format!("{} requests, {JOBS} in each of {BATCHES} batches", JOBS * BATCHES);
        (Rule::Jobs, expected, format!("{} requests", seen.requests))
    } else if !(least..=WORKERS).contains(&seen.max_open) {
        (Rule::Workers, format!("{least} to {WORKERS} requests open at once"), format!("{} at once", seen.max_open))
    } else {
        drive.go()?;
        drive.pass(Gate::Stopped)?;
        drive.go()?;
        return drive.leave();
    };
    Err(drive.broken(Breach::new(rule, expected, got)))
}

fn refused(pool: &Subject, name: &str) -> Verdict {
    let no_port = |why: std::io::Error| Stop::Skipped(format!("finding a free port: {why}"));
    let listener = TcpListener::bind("127.0.0.1:0").map_err(no_port)?;
    let address = listener.local_addr().map_err(no_port)?;
    drop(listener);
    let case = Case::new(&pool.about, parse(&format!("{name}:http://{address}/"))?, JOBS);
    let mishaps =
        Mishaps { class: "refused".to_owned(), failed: JOBS, retries: JOBS * (ATTEMPTS - 1), unsent: JOBS * ATTEMPTS };
    through(pool, &Case { mishaps, ..case }, Pace::default())
}
