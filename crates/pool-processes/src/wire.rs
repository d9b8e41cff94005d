//! What crosses the pipes: requests of 16 bytes, and reports of up to 4096 with the results of a dispatch. No I/O here.
//!
//! Both pipes are shared by all workers. The kernel takes up to `PIPE_BUF` bytes in one piece, so that reports never
//! tear; and it gives 16 bytes to each reader, since only multiples of 16 are ever written.

use std::ops::Range;

use harness::{Error, Fault, Outcome, Result};

/// `PIPE_BUF` on Linux, in bytes.
pub(crate) const PIPE_BUF: usize = 4096;
/// A request: the first job and the number of jobs.
pub(crate) const REQUEST: usize = 16;
/// A report's head: first job (8 bytes), number of results, kind, retries, attempts that sent nothing (4 each).
const HEAD: usize = 24;
/// Outcomes from here on are failures: this much and the class's number. No job's result is as large.
const FIRST_FAULT: u64 = u64::MAX - 255;

/// The request for `range`.
pub(crate) fn request(range: &Range<u64>) -> [u8; REQUEST] {
    let mut bytes = [0; REQUEST];
    bytes[..8].copy_from_slice(&range.start.to_le_bytes());
    bytes[8..].copy_from_slice(&(range.end - range.start).to_le_bytes());
    bytes
}

/// The jobs that a request asks for.
pub(crate) fn requested(bytes: &[u8; REQUEST]) -> Range<u64> {
    let (first, len) = (long(&bytes[..8]), long(&bytes[8..]));
    first..first.saturating_add(len)
}

/// What a report says beside its results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The worker is up.
    Ready,
    /// Results, and more of the same dispatch will follow.
    More,
    /// The last results of a dispatch.
    Last,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Ready, Self::More, Self::Last];
}

/// The reports of a dispatch as they grow in a worker, one behind the other, each but the last as long as a pipe takes
/// in one piece. The results in a report are those of jobs that follow each other.
pub(crate) struct Draft {
    bytes: Vec<u8>,
    /// Where the report that still grows begins.
    last: usize,
}

impl Draft {
    /// One without results, whose first job will be `first`.
    pub(crate) fn new(first: u64) -> Self {
        let mut draft = Self { bytes: Vec::with_capacity(PIPE_BUF), last: 0 };
        draft.clear(first);
        draft
    }

    /// Starts over, with `first` as the next job.
    pub(crate) fn clear(&mut self, first: u64) {
        self.bytes.clear();
        self.open(first);
    }

    /// The length so far, in bytes.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Adds the result of job `index`, the one after the last.
    #[inline]
    pub(crate) fn push(&mut self, index: u64, outcome: Outcome) {
        if self.bytes.len() == self.last + PIPE_BUF {
            self.close(Kind::More, (0, 0));
            self.open(index);
        }
        let value = outcome.unwrap_or_else(|fault| FIRST_FAULT + u64::from(fault.code()));
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    /// The finished reports, each to be written in one piece.
    pub(crate) fn finish(&mut self, kind: Kind, attempts: (u64, u64)) -> impl Iterator<Item = &[u8]> {
        self.close(kind, attempts);
        self.bytes.chunks(PIPE_BUF)
    }

    fn open(&mut self, first: u64) {
        self.last = self.bytes.len();
        self.bytes.extend_from_slice(&first.to_le_bytes());
        self.bytes.resize(self.last + HEAD, 0);
    }

    fn close(&mut self, kind: Kind, (retries, unsent): (u64, u64)) {
        let (head, results) = self.bytes[self.last..].split_at_mut(HEAD);
        let words = [results.len() as u64 / 8, kind as u64, retries, unsent];
        for (place, word) in head[8..].chunks_exact_mut(4).zip(words) {
            // A dispatch that needs 2^32 attempts would last years.
            place.copy_from_slice(&u32::try_from(word).unwrap_or(u32::MAX).to_le_bytes());
        }
    }
}

/// A report as it arrives.
#[derive(Debug)]
pub(crate) struct Report<'a> {
    /// What it says beside its results.
    pub(crate) kind: Kind,
    /// Further attempts that the dispatch needed.
    pub(crate) retries: u64,
    /// Attempts that sent nothing.
    pub(crate) unsent: u64,
    first: u64,
    results: &'a [u8],
}

impl Report<'_> {
    /// Index and outcome of each job.
    pub(crate) fn outcomes(&self) -> impl Iterator<Item = (u64, Outcome)> {
        (self.first..).zip(self.results.chunks_exact(8).map(|bytes| outcome(long(bytes))))
    }
}

/// Cuts the first report off `bytes`; none if it is not whole yet, an error if it is no report of ours.
pub(crate) fn report<'a>(bytes: &mut &'a [u8]) -> Result<Option<Report<'a>>> {
    let Some((head, rest)) = bytes.split_at_checked(HEAD) else { return Ok(None) };
    let [count, kind, retries, unsent] = [8, 12, 16, 20].map(|at| u64::from(short(&head[at..at + 4])));
    let kind = usize::try_from(kind).ok().and_then(|kind| Kind::ALL.get(kind)).copied();
    let len = usize::try_from(count).unwrap_or(usize::MAX).saturating_mul(8);
    let (Some(kind), true) = (kind, len <= PIPE_BUF - HEAD) else {
        return Err(Error::internal(format!("a worker sent what is no report: {head:?}")));
    };
    let Some((results, rest)) = rest.split_at_checked(len) else { return Ok(None) };
    *bytes = rest;
    Ok(Some(Report { kind, retries, unsent, first: long(head), results }))
}

#[inline]
fn outcome(value: u64) -> Outcome {
    match value.checked_sub(FIRST_FAULT) {
        None => Ok(value),
        Some(code) => Err(u8::try_from(code).ok().and_then(Fault::from_code).unwrap_or(Fault::Io)),
    }
}

#[inline]
fn long(bytes: &[u8]) -> u64 {
    bytes.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

fn short(bytes: &[u8]) -> u32 {
    bytes.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn outcomes() -> impl Strategy<Value = Vec<Outcome>> {
        let faults = (0..Fault::ALL.len()).prop_map(|at| Err(Fault::ALL[at].0));
        // A report has room for 509.
        proptest::collection::vec(prop_oneof![9 => (0..1u64 << 62).prop_map(Ok), 1 => faults], 0..1200)
    }

    proptest! {
        #[test]
        fn a_request_comes_back(first in 0..1u64 << 62, len in 0..1u64 << 62) {
            prop_assert_eq!(requested(&request(&(first..first + len))), first..first + len);
        }

        #[test]
        fn reports_come_back_wherever_the_stream_is_cut(first in 0..1u64 << 62, sent in outcomes(), step in 1..3 * PIPE_BUF) {
            let mut draft = Draft::new(first);
            for (index, outcome) in (first..).zip(&sent) {
                draft.push(index, *outcome);
            }
            let pieces: Vec<&[u8]> = draft.finish(Kind::Last, (3, 2)).collect();
            prop_assert!(pieces.iter().all(|piece| piece.len() <= PIPE_BUF));
            let (mut inbox, mut back, mut ends) = (Vec::new(), Vec::new(), Vec::new());
            for arrived in pieces.concat().chunks(step) {
                inbox.extend_from_slice(arrived);
                let mut rest = inbox.as_slice();
                while let Some(report) = report(&mut rest).unwrap() {
                    back.extend(report.outcomes());
                    ends.push((report.kind, report.retries, report.unsent));
                }
                // What is not whole yet stays, for the bytes that follow to complete.
                inbox = rest.to_vec();
            }
            prop_assert!(inbox.is_empty() && back.into_iter().eq((first..).zip(sent)));
            prop_assert_eq!(ends.pop(), Some((Kind::Last, 3, 2)));
            prop_assert!(ends.iter().all(|end| *end == (Kind::More, 0, 0)));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let mut rest = bytes.as_slice();
            if let Ok(Some(report)) = report(&mut rest) {
                prop_assert!(report.outcomes().count() <= 9);
            }
        }
    }
}
