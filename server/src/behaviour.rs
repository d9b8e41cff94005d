//! How the server treats a request: how long it holds the answer back, and which requests get a fault instead.

use std::cell::Cell;
use std::num::NonZeroU64;
use std::time::Duration;

/// The longest delay accepted; clients give up long before.
pub(crate) const MAX_DELAY: Duration = Duration::from_mins(1);

/// What a request gets in place of its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The connection is reset (RST).
    Reset,
    /// The connection is closed without an answer (FIN).
    Eof,
    /// Status 503.
    Unavailable,
    /// The right answer, its body a byte at a time.
    Slow,
    /// Nothing for half a minute, then a close.
    Hang,
}

/// The words for [`Kind`] on the command line and on stdin.
pub(crate) const KINDS: [(&str, Kind); 5] = [
    ("reset", Kind::Reset),
    ("eof", Kind::Eof),
    ("503", Kind::Unavailable),
    ("slow", Kind::Slow),
    ("hang", Kind::Hang),
];

/// Every `every`-th request, counted over all arrivals, gets a fault of this kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) every: NonZeroU64,
    pub(crate) kind: Kind,
}

/// What happens to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Treatment {
    pub(crate) delay: Duration,
    pub(crate) fault: Option<Kind>,
}

/// The settings in force, and the position in the row of faults.
#[derive(Debug)]
pub(crate) struct Behaviour {
    delay: Cell<Duration>,
    fault: Cell<Option<Fault>>,
    arrivals: Cell<u64>,
}

impl Behaviour {
    pub(crate) fn new(delay: Duration, fault: Option<Fault>) -> Self {
        Self { delay: Cell::new(delay), fault: Cell::new(fault), arrivals: Cell::new(0) }
    }

    /// Counts an arrival and says what happens to it.
    pub(crate) fn next(&self) -> Treatment {
        let arrival = self.arrivals.get() + 1;
        self.arrivals.set(arrival);
        let fault = self.fault.get().filter(|fault| arrival % fault.every == 0).map(|fault| fault.kind);
        Treatment { delay: self.delay.get(), fault }
    }

    /// Whether every answer is given at once.
    pub(crate) fn is_prompt(&self) -> bool {
        self.delay.get().is_zero() && self.fault.get().is_none()
    }

    /// Changes the faults; the next arrival counts as the first.
    pub(crate) fn set_fault(&self, fault: Option<Fault>) {
        self.fault.set(fault);
        self.restart();
    }

    /// Changes the delay of the requests to come.
    pub(crate) fn set_delay(&self, delay: Duration) {
        self.delay.set(delay);
    }

    /// Lets the next arrival count as the first.
    pub(crate) fn restart(&self) {
        self.arrivals.set(0);
    }
}

/// Reads `20ms`, `500us`, `1s`; at most [`MAX_DELAY`].
pub(crate) fn parse_delay(text: &str) -> Result<Duration, String> {
    let delay = humantime::parse_duration(text)
        .map_err(|_| format!("{text:?} is no delay; write it like 20ms, 500us or 0ms"))?;
    if delay > MAX_DELAY {
        return Err(format!("a delay of {text} is too long; accepted are 0ms to {}s", MAX_DELAY.as_secs()));
    }
    Ok(delay)
}

/// Reads how often a fault comes: a whole number from 1.
pub(crate) fn parse_every(text: &str) -> Result<NonZeroU64, String> {
    text.parse()
        .map_err(|_| format!("{text:?} is no distance between faults; write a whole number from 1 (1 = every request)"))
}

/// Reads the kind of a fault.
pub(crate) fn parse_kind(text: &str) -> Result<Kind, String> {
    KINDS.iter().find(|(word, _)| *word == text).map(|&(_, kind)| kind).ok_or_else(|| {
        let words: Vec<&str> = KINDS.iter().map(|&(word, _)| word).collect();
        format!("{text:?} is no fault; there are {}", words.join(", "))
    })
}
