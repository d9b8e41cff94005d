//! What a pool must refuse with exit code 2, before any event: unknown arguments, numbers out of range, policies it does
//! not list.

use harness::{Chunk, Window};

use super::book::Book;
use super::case::Case;
use super::finding::{Finding, Rule, Stop, Verdict, shortened};
use super::subject::Subject;
use crate::process::child::Heard;

/// Arguments out of range, and what the message must name beside the option: the least number that is accepted.
const OUT_OF_RANGE: [(&str, &str, &str); 7] = [
    ("--workers", "0", "1"),
    ("--workers", "18446744073709551616", "1"),
    ("--jobs", "-1", "0"),
    ("--jobs", "18446744073709551616", "0"),
    ("--batches", "0", "1"),
    ("--jobs", "ten", "0"),
    ("--jobs", "1e3", "0"),
];

/// Arguments that mean nothing.
const SENSELESS: [&[&str]; 4] =
    [&["--no-such-option"], &["surplus"], &["--workload", "no-such-workload"], &["--window", "0"]];

/// Runs these checks.
pub(super) fn check(book: &mut Book) {
    for (option, value, least) in OUT_OF_RANGE {
        book.check(format!("{option} {value} is refused, and the accepted range named"), |pool| {
            refused(pool, &[option, value], &[option.trim_start_matches('-'), least])
        });
    }
    for arguments in SENSELESS.into_iter().chain([&["--chunk", "0"] as &[&str]]) {
        book.check(format!("{} is refused", arguments.join(" ")), |pool| refused(pool, arguments, &[]));
    }
    let about = book.subject.about.clone();
    for grid in if about.is_hybrid() { ["0x2", "2x"] } else { ["2x2", "2x"] } {
        book.check(format!("--workers {grid} is refused"), |pool| refused(pool, &["--workers", grid], &["workers"]));
    }
    for name in harness::NAMES.into_iter().filter(|name| !about.workloads.iter().any(|own| own == name)) {
        let argument = if name.starts_with("http") { format!("{name}:http://127.0.0.1:1/") } else { name.to_owned() };
        book.check(format!("the workload {name}, which it does not list, is refused"), |pool| {
            refused(pool, &["--workload", &argument], &[])
        });
    }
    let chunks = [Chunk::Own, Chunk::Auto, Chunk::Jobs(1), Chunk::Jobs(7)];
    for chunk in chunks.into_iter().filter(|chunk| !chunk.accepted_by(&about.chunk)) {
        book.check(format!("chunk {chunk}, which it does not list, is refused"), |pool| {
            refused(pool, &["--chunk", &chunk.to_string()], &[])
        });
    }
    let windows = [Window::All, Window::Jobs(1), Window::Jobs(100)];
    for window in windows.into_iter().filter(|window| !window.accepted_by(&about.window)) {
        book.check(format!("window {window}, which it does not list, is refused"), |pool| {
            refused(pool, &["--window", &window.to_string()], &[])
        });
    }
}

/// Calls the pool for its plainest batch with `wrong` in place of the right arguments; stderr must name all of `words`.
fn refused(pool: &Subject, wrong: &[&str], words: &[&str]) -> Verdict {
    let right = Case::new(&pool.about, pool.plain()?, 3).arguments();
    let mut arguments = without(&right, wrong[0]);
    arguments.extend(wrong.iter().map(|word| (*word).to_owned()));
    let mut child = pool.spawn(&arguments)?;
    let (got, hung) = match child.hear(pool.deadline(), pool.interrupt) {
        Heard::Line(line) => (format!("'{}'", shortened(&String::from_utf8_lossy(&line))), false),
        Heard::TooLong => ("an endless line".to_owned(), false),
        Heard::Silence => (format!("nothing within {:?}", pool.patience), true),
        Heard::Interrupted => return Err(Stop::Interrupted),
        Heard::Closed | Heard::Exited => match child.exit(pool.deadline(), pool.interrupt) {
            Ok(Some(status)) if status.code() != Some(2) => (status.to_string(), false),
            Ok(Some(_)) => match missing(&child.last_words(), words) {
                None => return Ok(()),
                Some(word) => (format!("a message on stderr without '{word}'"), false),
            },
            _ => ("it closed its stdout and went on running".to_owned(), true),
        },
    };
    let naming =
        if words.is_empty() { String::new() } else { format!(" and a message that names {}", words.join(", ")) };
    let expected = format!("exit code 2 before any event{naming}");
    let command = pool.call(&arguments);
    let stderr = child.last_words();
    let advice = "look at all arguments before anything else; say on stderr which one is wrong and what is accepted, exit with 2";
    Err(Stop::Broken(Box::new(Finding {
        rule: Rule::Calling,
        expected,
        got,
        advice,
        command,
        stderr,
        hung,
        at_once: false,
    })))
}

/// `arguments` without `option` and its value.
fn without(arguments: &[String], option: &str) -> Vec<String> {
    let Some(at) = arguments.iter().position(|word| word == option) else { return arguments.to_vec() };
    [&arguments[..at], &arguments[(at + 2).min(arguments.len())..]].concat()
}

fn missing<'a>(message: &str, words: &[&'a str]) -> Option<&'a str> {
    words.iter().find(|word| !message.contains(**word)).copied()
}
