//! The example sessions of docs/PROTOCOL.md are what the programs print, times and versions aside.

use std::process::Command;

use super::common::{Watch, folder, run};

/// One `$ command` of a console block, and the lines that follow it.
struct Session {
    command: String,
    output: Vec<String>,
}

fn sessions(page: &str) -> Vec<Session> {
    let mut sessions: Vec<Session> = Vec::new();
    let blocks = page.split("```console\n").skip(1).filter_map(|rest| rest.split("```").next());
    for line in blocks.flat_map(str::lines) {
        match line.strip_prefix("$ ") {
            Some(command) => sessions.push(Session { command: command.to_owned(), output: Vec::new() }),
            None => sessions.last_mut().expect("a block begins with a command").output.push(still(line)),
        }
    }
    sessions
}

/// A line with every time set to 0, and every version to x.
fn still(line: &str) -> String {
    let mut parts = line.split("_ns\":");
    let mut quiet = parts.next().unwrap_or("").to_owned();
    for part in parts {
        let end = part.find([']', '}']).unwrap_or(part.len());
        let (times, rest) = part.split_at(end);
        let zeros: Vec<String> = times.split(',').map(|time| time.replace(|c: char| c.is_ascii_digit(), "")).collect();
        quiet = format!("{quiet}_ns\":{}0{rest}", zeros.join("0,"));
    }
    match quiet.split_once("\"version\":\"") {
        Some((before, after)) => {
            format!("{before}\"version\":\"x{}", after.split_once('"').map_or("", |(_, rest)| rest))
        }
        None => quiet,
    }
}

#[test]
fn the_examples_are_what_the_pools_print() {
    let watch = Watch::begin();
    let page = include_str!("../../../docs/PROTOCOL.md");
    let sessions = sessions(page);
    assert!(sessions.len() >= 5, "the page has lost its examples");
    let path = std::env::join_paths([folder().into(), "/usr/bin".into(), "/bin".into()] as [std::path::PathBuf; 3]);
    let path = path.expect("a search path");
    for Session { command, output } in sessions {
        let ran = run(&watch, Command::new("sh").args(["-c", &command]).env("PATH", &path));
        let printed: Vec<String> = ran.out.lines().map(still).collect();
        assert_eq!(printed, output, "$ {command}\n{}", ran.err);
    }
    watch.end();
}

#[test]
fn only_times_and_versions_are_set_aside() {
    assert_eq!(still(r#"{"batch_ns":[30,2],"jobs":3}"#), r#"{"batch_ns":[0,0],"jobs":3}"#);
    assert_eq!(still(r#"{"start_ns":7}"#), r#"{"start_ns":0}"#);
    assert_eq!(still(r#"{"version":"1.95.0","chunk":5}"#), r#"{"version":"x,"chunk":5}"#);
}
