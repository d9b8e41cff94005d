//! Where results arrive: one 64-bit slot a job, written by any thread, folded into the checksum after the clock.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::checksum;
use crate::error::{Error, ErrorKind, Result};

/// Why a job failed; its word is the class in `errors` of the `done` event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Fault {
    /// `fail:K` asked for it.
    Fail,
    /// The job panicked.
    Panic,
    /// The connection was refused.
    Refused,
    /// The connection was reset.
    Reset,
    /// The other side ended before the answer was whole.
    Eof,
    /// No answer in time.
    Timeout,
    /// No local port left: a fault of the machine, not of the pool.
    Addr,
    /// No file descriptor left: a fault of the machine, not of the pool.
    Fd,
    /// The answer's status was not 200.
    Status,
    /// The answer was not what the server sends.
    Body,
    /// Any other failure of a file or socket.
    Io,
}

impl Fault {
    /// Every class with its word.
    pub const ALL: [(Self, &'static str); 11] = [
        (Self::Fail, "fail"),
        (Self::Panic, "panic"),
        (Self::Refused, "refused"),
        (Self::Reset, "reset"),
        (Self::Eof, "eof"),
        (Self::Timeout, "timeout"),
        (Self::Addr, "addr"),
        (Self::Fd, "fd"),
        (Self::Status, "status"),
        (Self::Body, "body"),
        (Self::Io, "io"),
    ];

    /// The class with this number, as it crosses a pipe between processes.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).map(|(fault, _)| *fault)
    }

    /// The number that [`Fault::from_code`] takes back.
    pub fn code(self) -> u8 {
        self as u8
    }
}

/// What became of a job.
pub type Outcome = std::result::Result<u64, Fault>;

/// A slot that no result has reached; no job's result takes this value.
pub const EMPTY: u64 = u64::MAX;
/// Slots from here on, but for [`EMPTY`], are those of failed jobs: this much and the class's number. No job's result is
/// as large.
pub const FIRST_FAULT: u64 = u64::MAX - 255;

/// An outcome as one word: as a slot holds it, and as it crosses to another process.
#[inline]
pub fn pack(outcome: Outcome) -> u64 {
    outcome.unwrap_or_else(|fault| FIRST_FAULT + u64::from(fault.code()))
}

/// The outcome that [`pack`] made a word of; `None` for a word that it never makes, as [`EMPTY`] is.
#[inline]
pub fn unpack(word: u64) -> Option<Outcome> {
    match word.checked_sub(FIRST_FAULT) {
        None => Some(Ok(word)),
        Some(code) => u8::try_from(code).ok().and_then(Fault::from_code).map(Err),
    }
}

/// Touched memory of this process for `jobs` slots of 8 bytes, all empty, for as long as the process lives; a `limit`
/// error if it is not to be had.
pub fn own_memory(jobs: u64) -> Result<&'static [AtomicU64]> {
    let count = usize::try_from(jobs).map_err(|_| Error::unsupported("more jobs than this machine can address"))?;
    let mut cells = Vec::new();
    cells.try_reserve_exact(count).map_err(|cause| Error {
        kind: ErrorKind::Limit,
        message: format!("allocating {jobs} result slots of 8 bytes: {cause}; ask for fewer --jobs"),
    })?;
    cells.resize_with(count, || AtomicU64::new(EMPTY));
    Ok(cells.leak())
}

/// The slots of a batch and the counts beside them. All accesses are relaxed: the pool's own hand-over (a channel, a
/// join) orders them before the harness reads.
#[derive(Debug)]
pub struct Slots {
    cells: &'static [AtomicU64],
    doubled: AtomicU64,
    retries: AtomicU64,
    unsent: AtomicU64,
}

/// Takes a count out. Most are 0, and a look is all that costs then: a worker may take counts for each of its jobs.
#[inline]
fn taken(count: &AtomicU64) -> u64 {
    if count.load(Relaxed) == 0 { 0 } else { count.swap(0, Relaxed) }
}

/// What a batch came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Deliveries: the number of jobs if none was lost or doubled.
    pub delivered: u64,
    /// The checksum of all results that are not failures.
    pub checksum: u64,
    /// Failed jobs by class; classes without any are left out.
    pub errors: Vec<(&'static str, u64)>,
    /// Attempts beyond the first.
    pub retries: u64,
    /// Attempts that failed before a request was sent.
    pub unsent: u64,
}

impl Slots {
    /// Slots in this memory, all of which is [`EMPTY`].
    pub fn over(cells: &'static [AtomicU64]) -> Self {
        Self { cells, doubled: AtomicU64::new(0), retries: AtomicU64::new(0), unsent: AtomicU64::new(0) }
    }

    /// Delivers the outcome of job `index`; a second delivery for the same job is counted.
    #[inline]
    pub fn put(&self, index: u64, outcome: Outcome) {
        self.sink()(index, outcome);
    }

    /// [`Slots::put`] for loops: it holds on to where the slots are, which is 3 % of an empty job's CPU time.
    #[inline]
    pub fn sink(&self) -> impl Fn(u64, Outcome) + Copy + Send + Sync {
        let cells = self.cells;
        move |index, outcome| {
            let value = pack(outcome);
            match usize::try_from(index).ok().and_then(|at| cells.get(at)) {
                Some(cell) if cell.load(Relaxed) == EMPTY => cell.store(value, Relaxed),
                _ => self.count_stray(),
            }
        }
    }

    #[cold]
    fn count_stray(&self) {
        self.count_strays(1);
    }

    /// Counts deliveries that were doubled or of no job of the batch.
    pub fn count_strays(&self, strays: u64) {
        self.doubled.fetch_add(strays, Relaxed);
    }

    /// Takes their number out, for a worker process that passes it on.
    pub fn take_strays(&self) -> u64 {
        taken(&self.doubled)
    }

    /// Counts `retries` further attempts and `unsent` attempts that sent nothing.
    #[cold]
    pub fn count_attempts(&self, retries: u64, unsent: u64) {
        self.retries.fetch_add(retries, Relaxed);
        self.unsent.fetch_add(unsent, Relaxed);
    }

    /// Takes (retries, unsent) out, for a worker process that passes them on.
    pub fn take_attempts(&self) -> (u64, u64) {
        (taken(&self.retries), taken(&self.unsent))
    }

    /// Those jobs of a batch that was broken off of which nothing has come: their number, the first and the last.
    pub(crate) fn missing(&self) -> Option<(u64, u64, u64)> {
        let empty = (0..).zip(self.cells).filter(|(_, cell)| cell.load(Relaxed) == EMPTY).map(|(index, _)| index);
        empty.fold(None, |sum, index| match sum {
            None => Some((1, index, index)),
            Some((count, first, _)) => Some((count + 1, first, index)),
        })
    }

    /// Takes what the batch came to and empties all slots and counts for the next one; call it after the pool's
    /// hand-over.
    pub fn take(&self) -> Tally {
        let (mut missing, mut checksum, mut faults) = (0, 0u64, [0; Fault::ALL.len()]);
        for (index, cell) in (0..).zip(self.cells) {
            let value = cell.load(Relaxed);
            cell.store(EMPTY, Relaxed);
            // One test on the common path: this loop is most of what an empty job costs beside its batch.
            if value < FIRST_FAULT {
                checksum = checksum.wrapping_add(checksum::term(index, value));
            } else if let Some(Err(fault)) = unpack(value) {
                faults[usize::from(fault.code())] += 1;
            } else {
                missing += 1;
            }
        }
        let errors = Fault::ALL.iter().zip(faults).filter(|(_, n)| *n > 0).map(|((_, word), n)| (*word, n)).collect();
        let delivered = self.cells.len() as u64 - missing + self.take_strays();
        let (retries, unsent) = self.take_attempts();
        Tally { delivered, checksum, errors, retries, unsent }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_classes_go_both_ways() {
        for (fault, word) in Fault::ALL {
            assert_eq!(Fault::from_code(fault.code()), Some(fault), "{word}");
        }
        assert_eq!(Fault::from_code(200), None);
    }

    #[test]
    fn outcomes_and_words_go_both_ways() {
        for outcome in [Ok(0), Ok(FIRST_FAULT - 1)].into_iter().chain(Fault::ALL.map(|(fault, _)| Err(fault))) {
            assert_eq!(unpack(pack(outcome)), Some(outcome));
        }
        assert_eq!(unpack(EMPTY), None);
    }

    #[test]
    fn lost_doubled_and_stray_deliveries_show_in_the_count_of_every_batch() {
        let slots = Slots::over(own_memory(3).unwrap());
        for batch in 0..3 {
            slots.put(0, Ok(0));
            slots.put(0, Ok(0));
            slots.put(7, Ok(7));
            slots.put(2, Err(Fault::Fail));
            let tally = slots.take();
            assert_eq!(tally.delivered, 4, "one doubled, one stray, one lost, one failed in batch {batch}");
            assert_eq!((tally.checksum, tally.errors), (checksum::fold([(0, 0)]), vec![("fail", 1)]));
        }
        assert_eq!(slots.take(), Tally::default(), "nothing is left of the last batch");
    }
}
