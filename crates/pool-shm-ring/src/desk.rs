//! The pool's end of one worker's lane: how many dispatches it has at once, and where its replies belong.

use std::collections::VecDeque;
use std::ops::Range;

use harness::{Jobs, unpack};
use shared_memory::{CAPACITY, Lane, Receiver, Sender};

/// The work in ns that a worker should have before it: several wake-ups long, which take up to 100 us, and little enough
/// that long jobs are dealt out one by one.
const AHEAD: u64 = 250_000;

pub(crate) struct Desk {
    lane: &'static Lane,
    requests: Sender,
    replies: Receiver,
    /// Dispatches of which nothing has come back, in order.
    open: VecDeque<u64>,
    /// Jobs of the dispatch that is coming back.
    rest: Range<u64>,
    /// Dispatches sent and not yet back as a whole.
    busy: u64,
    /// The most that are under way at once: it begins at 1, since nobody knows how long a job takes, and it stays from batch
    /// to batch.
    credit: u64,
}

impl Desk {
    pub(crate) fn new(lane: &'static Lane) -> Self {
        Self {
            lane,
            requests: Sender::new(&lane.requests),
            replies: Receiver::new(&lane.replies),
            open: VecDeque::new(),
            rest: 0..0,
            busy: 0,
            credit: 1,
        }
    }

    /// Dispatches sent and not yet back.
    pub(crate) fn busy(&self) -> u64 {
        self.busy
    }

    /// Delivers all replies that are there.
    pub(crate) fn collect(&mut self, jobs: &Jobs) {
        if self.replies.look() == 0 {
            return;
        }
        let (deliver, mut back) = (jobs.slots().sink(), 0);
        while let Some(word) = self.replies.take() {
            if self.rest.is_empty() {
                self.rest = self.open.pop_front().map_or(0..0, |chunk| jobs.range(chunk));
            }
            match self.rest.next().zip(unpack(word)) {
                Some((index, outcome)) => deliver(index, outcome),
                None => jobs.slots().count_strays(1),
            }
            back += u64::from(self.rest.is_empty());
        }
        self.replies.free();
        self.busy -= back.min(self.busy);
        if self.busy > 0 {
            // It may have been waiting for room.
            self.lane.bell.ring();
        }
        let most = AHEAD.checked_div(self.lane.pace()).unwrap_or(1).min(CAPACITY as u64);
        self.credit = most.clamp(1, self.credit.saturating_mul(4));
    }

    /// Sends dispatches off `chunks`, at most `room` of them, until the worker has its `share` of those that are left or
    /// `most`.
    pub(crate) fn top_up(&mut self, chunks: &mut Range<u64>, share: u64, most: u64, room: u64) {
        // A sixteenth of what it could have is worth a wake-up even where little is left.
        let wanted = share.max(self.credit / 16).min(self.credit).min(most);
        let count = wanted.saturating_sub(self.busy).min(room);
        let before = self.busy;
        for chunk in chunks.by_ref().take(usize::try_from(count).unwrap_or(usize::MAX)) {
            self.requests.send(chunk);
            self.open.push_back(chunk);
            self.busy += 1;
        }
        if self.busy > before {
            self.lane.bell.ring();
        }
    }
}
