//! The commit from which a run is made, as far as git tells it: a name for people who follow figures over time, and nothing that any
//! figure depends on.

use std::process::{Command, Stdio};

use harness::columns::is_word;

/// Digits of a commit: more than any repository needs to tell its own apart.
const DIGITS: &str = "--abbrev=12";

/// The commit of the current folder's repository, with `-changed` behind it where files were changed since; empty where there is no
/// repository, or no git.
pub fn of_here() -> String {
    // No tag in its place, and no program that the repository names.
    let words = ["-c", "core.fsmonitor=false", "describe", "--always", "--exclude=*", DIGITS, "--dirty=-changed"];
    let output = Command::new("git").args(words).stdin(Stdio::null()).stderr(Stdio::null()).output();
    let said = output.ok().filter(|output| output.status.success()).map(|output| output.stdout).unwrap_or_default();
    let commit = String::from_utf8(said).unwrap_or_default().trim().to_owned();
    if is_word(&commit) { commit } else { String::new() }
}
