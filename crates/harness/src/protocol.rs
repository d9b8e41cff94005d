//! The wire between a pool and whoever drives it, version 1: the events, and how they are written as JSON lines.
//!
//! The types stand here only. Writing is done by hand, since a serialisation library would sit in every measured
//! process; whoever drives a pool parses with a library of its own.

use std::fmt::Write as _;

use crate::error::ErrorKind;

/// The protocol's version, in `ready` and in `--describe`.
pub const VERSION: u64 = 1;
/// The longest line, in bytes, with its line feed.
pub const LONGEST_LINE: usize = 64 * 1024;
/// What is replied at each gate, exactly.
pub const REPLY: &str = "go\n";
/// The longest `message` of an error, in bytes, so that its line stays below [`LONGEST_LINE`] when escaped.
const LONGEST_MESSAGE: usize = 8 * 1024;

/// What a pool says at a gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The command line is read, the result slots are touched, no worker is up.
    Ready(Ready),
    /// The pool is up and idle.
    Started {
        /// Time of `start` in ns.
        start_ns: u64,
    },
    /// All batches are done, the pool is still alive.
    Done(Done),
    /// The workers are gone.
    Stopped {
        /// Time of `stop` in ns.
        stop_ns: u64,
    },
    /// Takes the place of any other event and ends the trial.
    Error {
        /// What kind of end it is.
        kind: ErrorKind,
        /// Operation, value, cause, next step.
        message: String,
    },
}

/// The first event, with the effective values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ready {
    /// The protocol's version that the pool speaks.
    pub protocol: u64,
    /// The pool's name.
    pub pool: String,
    /// The most jobs that run at once.
    pub workers: u64,
    /// Jobs per dispatch; 0 where the pool splits by itself.
    pub chunk: u64,
    /// The most jobs under way; 0 for no bound.
    pub window: u64,
}

/// What the batches came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Time of each batch in ns, the first one cold.
    pub batch_ns: Vec<u64>,
    /// Jobs that came back, in each batch.
    pub jobs: u64,
    /// The checksum, the same in each batch.
    pub checksum: String,
    /// Failed jobs by class, summed over the batches.
    pub errors: Vec<(String, u64)>,
    /// Attempts beyond the first, summed over the batches.
    pub retries: u64,
    /// Attempts that failed before a request was sent, summed over the batches.
    pub unsent: u64,
    /// What checking took on one thread between the reply to `started` and this event, ns: no part of any batch.
    pub check_ns: u64,
}

impl Done {
    /// The first, cold batch in ns.
    pub fn cold_ns(&self) -> Option<u64> {
        self.batch_ns.first().copied()
    }

    /// The lower median of all batches but the first, in ns; none if there was one batch.
    pub fn warm_ns(&self) -> Option<u64> {
        let mut warm = self.batch_ns.get(1..)?.to_vec();
        warm.sort_unstable();
        warm.get(warm.len().checked_sub(1)? / 2).copied()
    }

    /// Failed jobs of all classes.
    pub fn failed(&self) -> u64 {
        self.errors.iter().map(|(_, count)| count).sum()
    }
}

impl Event {
    /// The line without its line feed.
    pub fn json(&self) -> String {
        match self {
            Self::Ready(Ready { protocol, pool, workers, chunk, window }) => format!(
                "{{\"event\":\"ready\",\"protocol\":{protocol},\"pool\":{},\"workers\":{workers},\"chunk\":{chunk},\"window\":{window}}}",
                quoted(pool)
            ),
            Self::Started { start_ns } => format!("{{\"event\":\"started\",\"start_ns\":{start_ns}}}"),
            Self::Done(done) => format!(
                "{{\"event\":\"done\",\"batch_ns\":[{}],\"jobs\":{},\"checksum\":{},\"errors\":{{{}}},\"retries\":{},\"unsent\":{},\"check_ns\":{}}}",
                joined(done.batch_ns.iter().map(u64::to_string)),
                done.jobs,
                quoted(&done.checksum),
                joined(done.errors.iter().map(|(class, count)| format!("{}:{count}", quoted(class)))),
                done.retries,
                done.unsent,
                done.check_ns
            ),
            Self::Stopped { stop_ns } => format!("{{\"event\":\"stopped\",\"stop_ns\":{stop_ns}}}"),
            Self::Error { kind, message } => {
                let cut = message.floor_char_boundary(LONGEST_MESSAGE);
                let kind = quoted(kind.word());
                format!("{{\"event\":\"error\",\"kind\":{kind},\"message\":{}}}", quoted(&message[..cut]))
            }
        }
    }
}

fn joined(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(",")
}

/// A JSON string (RFC 8259, section 7).
pub(crate) fn quoted(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    json.push('"');
    for c in text.chars() {
        match c {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            c if c < ' ' => write!(json, "\\u{:04x}", u32::from(c)).expect("a String takes all"),
            c => json.push(c),
        }
    }
    json.push('"');
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_are_those_of_the_protocol() {
        let ready = Ready { protocol: 1, pool: "rayon".into(), workers: 2, chunk: 125, window: 0 };
        let done = Done {
            batch_ns: vec![30, 10, 20],
            jobs: 3,
            checksum: "277d3606972297de".into(),
            errors: vec![("reset".into(), 2)],
            retries: 5,
            unsent: 1,
            check_ns: 8,
        };
        assert_eq!(done.warm_ns(), Some(10), "the lower median of 10 and 20");
        let lines = [
            (
                Event::Ready(ready),
                r#"{"event":"ready","protocol":1,"pool":"rayon","workers":2,"chunk":125,"window":0}"#,
            ),
            (Event::Started { start_ns: 7 }, r#"{"event":"started","start_ns":7}"#),
            (
                Event::Done(done),
                r#"{"event":"done","batch_ns":[30,10,20],"jobs":3,"checksum":"277d3606972297de","errors":{"reset":2},"retries":5,"unsent":1,"check_ns":8}"#,
            ),
            (Event::Stopped { stop_ns: 9 }, r#"{"event":"stopped","stop_ns":9}"#),
            (
                Event::Error { kind: ErrorKind::Limit, message: "a \"b\"\n\\\u{1}".into() },
                r#"{"event":"error","kind":"limit","message":"a \"b\"\n\\\u0001"}"#,
            ),
        ];
        for (event, line) in lines {
            assert_eq!(event.json(), line);
        }
    }

    #[test]
    fn even_a_message_of_control_characters_fits_a_line() {
        let event = Event::Error { kind: ErrorKind::Io, message: "\u{1}".repeat(1_000_000) };
        assert!(event.json().len() < LONGEST_LINE);
    }
}
