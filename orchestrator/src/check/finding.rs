//! What a check comes to: kept, broken with what was expected and what came instead, or not tried.

use std::ffi::OsString;
use std::fmt;

use crate::process::plain;
use crate::process::reason::reason;
use crate::process::shell::quoted;

/// A section of docs/PROTOCOL.md that a finding points to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The command line.
    Calling,
    /// `--describe`.
    Describing,
    /// Replies, and what happens between them.
    Gates,
    /// The events and their fields.
    Events,
    /// The `error` event.
    Errors,
    /// What a job returns, and what is counted.
    Jobs,
    /// Workers, chunks and windows.
    Workers,
    /// How a pool ends.
    Ending,
}

impl Rule {
    /// Every rule with its heading.
    pub const ALL: [(Self, &'static str); 8] = [
        (Self::Calling, "Calling a pool"),
        (Self::Describing, "Describing itself"),
        (Self::Gates, "Gates"),
        (Self::Events, "Events"),
        (Self::Errors, "Errors"),
        (Self::Jobs, "Jobs and results"),
        (Self::Workers, "Workers, chunks and windows"),
        (Self::Ending, "Ending"),
    ];

    /// The heading in docs/PROTOCOL.md.
    pub fn heading(self) -> &'static str {
        Self::ALL.iter().find(|(rule, _)| *rule == self).expect("ALL names every rule").1
    }
}

/// A breach of the contract.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Where the contract says so.
    pub rule: Rule,
    /// What it asks for.
    pub expected: String,
    /// What was seen instead.
    pub got: String,
    /// What to do about it; empty where what is expected says that.
    pub advice: &'static str,
    /// The command that was run.
    pub command: Vec<OsString>,
    /// The pool's last words on stderr.
    pub stderr: String,
    /// Whether the pool was still silent at the deadline.
    pub hung: bool,
    /// Whether it came no further than its first event, if so far.
    pub at_once: bool,
}

impl Finding {
    /// Whether `other` has the same cause: the same is to be done about it, or it says the same of another command.
    pub(super) fn says(&self, other: &Self) -> bool {
        let same_text = (&self.expected, &self.got) == (&other.expected, &other.got);
        self.rule == other.rule && self.advice == other.advice && (!self.advice.is_empty() || same_text)
    }
}

/// Why a check did not pass.
#[derive(Debug)]
pub(super) enum Stop {
    /// The pool breaks the contract.
    Broken(Box<Finding>),
    /// It cannot be checked here, and why.
    Skipped(String),
    /// The user wants to stop.
    Interrupted,
}

/// What came of one check.
pub(super) type Verdict = Result<(), Stop>;

/// One line of the report.
#[derive(Clone, Debug)]
pub struct Check {
    /// What was checked, in plain words.
    pub what: String,
    /// How it went.
    pub outcome: Outcome,
}

/// How a check went.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// As the contract says.
    Kept,
    /// Not so.
    Broken(Finding),
    /// Not so, and it is what that check has found already.
    Again(String),
    /// Not tried, and why.
    Skipped(String),
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.outcome {
            Outcome::Kept => write!(f, "ok     {}", self.what),
            Outcome::Skipped(why) => write!(f, "skip   {}: {why}", self.what),
            Outcome::Broken(finding) => write!(f, "WRONG  {}\n{finding}", self.what),
            Outcome::Again(earlier) => write!(f, "WRONG  {}: the same cause as with \"{earlier}\"", self.what),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "         expected  {}", self.expected)?;
        writeln!(f, "         got       {}", self.got)?;
        if !self.advice.is_empty() {
            writeln!(f, "         do        {}", self.advice)?;
        }
        writeln!(f, "         see       docs/PROTOCOL.md, \"{}\"", self.rule.heading())?;
        write!(f, "         ran       {}", shell(&self.command))?;
        match reason(&self.stderr) {
            "" => Ok(()),
            why => write!(f, "\n         stderr    {}", shortened(why)),
        }
    }
}

/// A command as it can be pasted into a shell.
pub fn shell(command: &[OsString]) -> String {
    command.iter().map(|word| quoted(&word.to_string_lossy())).collect::<Vec<_>>().join(" ")
}

/// Text of a pool for one line of the report: what steers is written out, and at most 200 bytes are kept.
pub(super) fn shortened(text: &str) -> String {
    let cut = text.floor_char_boundary(200);
    let dots = if cut < text.len() { "..." } else { "" };
    plain::line(&text[..cut]).into_owned() + dots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_a_heading_of_the_protocol() {
        let protocol = include_str!("../../../docs/PROTOCOL.md");
        for (_, heading) in Rule::ALL {
            assert!(protocol.contains(&format!("\n## {heading}\n")), "{heading}");
        }
    }

    #[test]
    fn a_command_can_be_pasted_into_a_shell() {
        let words = ["python3", "my pool.py", "it's", "", "--jobs"].map(OsString::from);
        assert_eq!(shell(&words), r"python3 'my pool.py' 'it'\''s' '' --jobs");
    }
}
