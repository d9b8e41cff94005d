//! What crosses the pipes: requests of 16 bytes, and reports of up to 4096 with the results of a dispatch. No I/O here.
//!
//! Both pipes are shared by all workers. The kernel takes up to `PIPE_BUF` bytes in one piece, and it cuts what is longer
//! only where a page of it ends; so reports never tear, since those in a longer write are a page each. It gives 16 bytes
//! to each reader of requests, since only multiples of 16 are ever written.

use std::ops::Range;

use harness::{Error, ErrorKind, Fault, Outcome, Result, Slots, pack, unpack};

/// `PIPE_BUF` on Linux, in bytes; every page is that long or a multiple of it.
pub(crate) const PIPE_BUF: usize = 4096;
/// A request: the first job and the number of jobs.
pub(crate) const REQUEST: usize = 16;
/// A report's head: first job (8 bytes), number of results, kind, retries, attempts that sent nothing (4 each).
const HEAD: usize = 24;
/// The results that a report has room for.
pub(crate) const MOST: u64 = (PIPE_BUF as u64 - HEAD as u64) / 8;

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
    /// The worker process cannot go on; in place of results the words of its error, in place of a job the error's kind.
    Failed,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Ready, Self::More, Self::Last, Self::Failed];
}

/// Reports as they are written in a worker, one behind the other, each but the last a page long. The results in a report
/// are those of jobs that follow each other.
pub(crate) struct Draft {
    bytes: Box<[u8]>,
    /// The length so far, in bytes.
    len: usize,
}

impl Draft {
    /// With room for `pages` full reports.
    pub(crate) fn new(pages: usize) -> Self {
        Self { bytes: vec![0; pages * PIPE_BUF].into_boxed_slice(), len: 0 }
    }

    /// Whether there is no room for another report.
    pub(crate) fn is_full(&self) -> bool {
        self.len == self.bytes.len()
    }

    /// Adds a report whose results `write` puts in their places: up to [`MOST`], beginning with that of job `first`; it
    /// returns the further attempts of those jobs and the attempts that sent nothing. Only the last report before a
    /// [`Draft::take`] may have fewer.
    pub(crate) fn add(&mut self, kind: Kind, first: u64, write: impl FnOnce(&mut Places) -> (u64, u64)) {
        let (head, results) = self.bytes[self.len..self.len + PIPE_BUF].split_at_mut(HEAD);
        let mut places = Places(results.chunks_exact_mut(8));
        let (retries, unsent) = write(&mut places);
        let count = MOST - places.0.len() as u64;
        head[..8].copy_from_slice(&first.to_le_bytes());
        for (place, word) in head[8..].chunks_exact_mut(4).zip([count, kind as u64, retries, unsent]) {
            // A dispatch that needs 2^32 attempts would last years.
            place.copy_from_slice(&u32::try_from(word).unwrap_or(u32::MAX).to_le_bytes());
        }
        self.len += PIPE_BUF - places.0.len() * 8;
    }

    /// Adds the report that ends a worker process.
    pub(crate) fn add_failure(&mut self, error: &Error) {
        let kind = ErrorKind::ALL.iter().position(|(kind, _)| *kind == error.kind).unwrap_or_default();
        let message = &error.message[..error.message.floor_char_boundary(PIPE_BUF - HEAD)];
        self.add(Kind::Failed, kind as u64, |places| {
            for (letters, place) in message.as_bytes().chunks(8).zip(places.0.by_ref()) {
                place.fill(b' ');
                place[..letters.len()].copy_from_slice(letters);
            }
            (0, 0)
        });
    }

    /// Takes the reports out: the full ones, and the last one if it is shorter; each part to be written in one call.
    pub(crate) fn take(&mut self) -> impl Iterator<Item = &[u8]> {
        let len = std::mem::take(&mut self.len);
        let (full, last) = self.bytes[..len].split_at(len - len % PIPE_BUF);
        [full, last].into_iter().filter(|part| !part.is_empty())
    }
}

/// Where the results of a report go.
pub(crate) struct Places<'a>(std::slice::ChunksExactMut<'a, u8>);

impl Places<'_> {
    /// Writes the next result; one too many is dropped, and the jobs that are then missing show in the count.
    #[inline]
    pub(crate) fn put(&mut self, outcome: Outcome) {
        if let Some(place) = self.0.next() {
            place.copy_from_slice(&pack(outcome).to_le_bytes());
        }
    }
}

/// A report as it arrives.
#[derive(Debug)]
pub struct Report<'a> {
    kind: Kind,
    attempts: (u64, u64),
    first: u64,
    results: &'a [u8],
}

impl Report<'_> {
    /// The first of its jobs.
    pub fn first(&self) -> u64 {
        self.first
    }

    /// Whether it is the last one of its dispatch.
    pub fn is_last(&self) -> bool {
        self.kind == Kind::Last
    }

    /// Index and outcome of each job.
    pub fn outcomes(&self) -> impl ExactSizeIterator<Item = (u64, Outcome)> {
        let mut index = self.first;
        self.results.chunks_exact(8).map(move |bytes| {
            index += 1;
            (index - 1, outcome(long(bytes)))
        })
    }

    /// Counts the further attempts of its jobs, and those that sent nothing.
    pub fn count_attempts(&self, slots: &Slots) {
        if self.attempts != (0, 0) {
            slots.count_attempts(self.attempts.0, self.attempts.1);
        }
    }

    /// What it is.
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// The error of a worker process that cannot go on.
    pub(crate) fn error(&self) -> Error {
        let kind = usize::try_from(self.first).ok().and_then(|at| ErrorKind::ALL.get(at));
        let message = String::from_utf8_lossy(self.results);
        Error { kind: kind.map_or(ErrorKind::Internal, |(kind, _)| *kind), message: message.trim_end().to_owned() }
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
    Ok(Some(Report { kind, attempts: (retries, unsent), first: long(head), results }))
}

/// A word that no worker sends reads as a failure.
#[inline]
fn outcome(word: u64) -> Outcome {
    unpack(word).unwrap_or(Err(Fault::Io))
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
        proptest::collection::vec(prop_oneof![9 => (0..1u64 << 62).prop_map(Ok), 1 => faults], 0..3 * PIPE_BUF / 8)
    }

    /// The reports of a dispatch, as a worker makes them.
    fn drafted(first: u64, sent: &[Outcome]) -> Vec<Vec<u8>> {
        let mut draft = Draft::new(4);
        let mut pages = (first..).step_by((PIPE_BUF - HEAD) / 8).zip(sent.chunks((PIPE_BUF - HEAD) / 8)).peekable();
        while let Some((first, page)) = pages.next() {
            let (kind, attempts) = if pages.peek().is_none() { (Kind::Last, (3, 2)) } else { (Kind::More, (0, 0)) };
            draft.add(kind, first, |places| {
                page.iter().copied().for_each(|outcome| places.put(outcome));
                attempts
            });
        }
        draft.take().map(<[u8]>::to_vec).collect()
    }

    proptest! {
        #[test]
        fn a_request_comes_back(first in 0..1u64 << 62, len in 0..1u64 << 62) {
            prop_assert_eq!(requested(&request(&(first..first + len))), first..first + len);
        }

        #[test]
        fn reports_come_back_wherever_the_stream_is_cut(first in 0..1u64 << 62, sent in outcomes(), step in 1..3 * PIPE_BUF) {
            let parts = drafted(first, &sent);
            prop_assert!(parts.iter().all(|part| part.len() < PIPE_BUF || part.len() % PIPE_BUF == 0));
            let (mut inbox, mut back, mut ends) = (Vec::new(), Vec::new(), Vec::new());
            for arrived in parts.concat().chunks(step) {
                inbox.extend_from_slice(arrived);
                let mut rest = inbox.as_slice();
                while let Some(report) = report(&mut rest).unwrap() {
                    back.extend(report.outcomes());
                    ends.push((report.kind, report.attempts));
                }
                // What is not whole yet stays, for the bytes that follow to complete.
                inbox = rest.to_vec();
            }
            prop_assert!(inbox.is_empty() && back.into_iter().eq((first..).zip(sent.clone())));
            prop_assert_eq!(ends.pop(), (!sent.is_empty()).then_some((Kind::Last, (3, 2))));
            prop_assert!(ends.iter().all(|end| *end == (Kind::More, (0, 0))));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let mut rest = bytes.as_slice();
            if let Ok(Some(report)) = report(&mut rest) {
                prop_assert!(report.outcomes().count() <= 9 && report.error().message.len() <= 300);
            }
        }

        #[test]
        fn an_error_comes_back_in_a_page(message in ".{0,3000}") {
            let mut draft = Draft::new(1);
            draft.add_failure(&Error { kind: ErrorKind::Limit, message: message.clone() });
            let bytes = draft.take().collect::<Vec<_>>().concat();
            prop_assert!(bytes.len() <= PIPE_BUF);
            let error = report(&mut bytes.as_slice()).unwrap().unwrap().error();
            prop_assert_eq!(error.kind, ErrorKind::Limit);
            let is_start = message.starts_with(&error.message);
            prop_assert!(is_start, "'{}'", error.message);
        }
    }
}
