//! Words in the order in which they were sent, from one process to another, through a ring in shared memory.

use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicU64, AtomicUsize};

/// The words that a ring holds, 8 KiB: of dispatches of 100 ns that is what a worker does while its pool wakes up.
pub const CAPACITY: usize = 1024;

/// A number with a cache line of its own.
#[derive(Debug, Default)]
#[repr(C, align(64))]
struct Line(AtomicUsize);

/// The ring itself; one side has its [`Sender`], the other its [`Receiver`].
#[derive(Debug)]
#[repr(C)]
pub struct Ring {
    /// Words sent since the start, by the sender.
    sent: Line,
    /// Words whose places may be used again, by the receiver.
    freed: Line,
    words: [AtomicU64; CAPACITY],
}

impl Default for Ring {
    fn default() -> Self {
        Self { sent: Line::default(), freed: Line::default(), words: [const { AtomicU64::new(0) }; CAPACITY] }
    }
}

impl Ring {
    fn word(&self, at: usize) -> &AtomicU64 {
        &self.words[at % CAPACITY]
    }
}

/// The only one who sends on a ring.
#[derive(Debug)]
pub struct Sender {
    ring: &'static Ring,
    sent: usize,
    /// Words freed when it last looked.
    freed: usize,
}

impl Sender {
    /// On a ring that nobody has sent on.
    pub fn new(ring: &'static Ring) -> Self {
        Self { ring, sent: 0, freed: 0 }
    }

    /// Whether there is room for one more word.
    #[inline]
    pub fn has_room(&mut self) -> bool {
        if self.sent.wrapping_sub(self.freed) >= CAPACITY {
            self.freed = self.ring.freed.0.load(Acquire);
        }
        self.sent.wrapping_sub(self.freed) < CAPACITY
    }

    /// Sends one more word; there must be room.
    #[inline]
    pub fn send(&mut self, word: u64) {
        self.ring.word(self.sent).store(word, Relaxed);
        self.sent += 1;
        self.ring.sent.0.store(self.sent, Release);
    }
}

/// The only one who receives from a ring.
#[derive(Debug)]
pub struct Receiver {
    ring: &'static Ring,
    taken: usize,
    /// Words sent when it last looked.
    sent: usize,
}

impl Receiver {
    /// On a ring that nobody has received from.
    pub fn new(ring: &'static Ring) -> Self {
        Self { ring, taken: 0, sent: 0 }
    }

    /// Looks for what has been sent since the last look; how many words are there to take now.
    #[inline]
    pub fn look(&mut self) -> usize {
        self.sent = self.ring.sent.0.load(Acquire);
        self.sent.wrapping_sub(self.taken)
    }

    /// Takes the next word that was there at the last look.
    #[inline]
    pub fn take(&mut self) -> Option<u64> {
        (self.taken != self.sent).then(|| {
            self.taken += 1;
            self.ring.word(self.taken - 1).load(Relaxed)
        })
    }

    /// Lets the sender use the places of all words taken so far again.
    #[inline]
    pub fn free(&self) {
        self.ring.freed.0.store(self.taken, Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn every_word_arrives_once_and_in_order_through_a_ring_that_is_often_full() {
        let ring: &'static Ring = Box::leak(Box::default());
        let words = 20 * CAPACITY as u64 + 7;
        thread::scope(|scope| {
            scope.spawn(move || {
                let mut sender = Sender::new(ring);
                for word in 0..words {
                    while !sender.has_room() {
                        thread::yield_now();
                    }
                    sender.send(word);
                }
            });
            let (mut receiver, mut next) = (Receiver::new(ring), 0);
            while next < words {
                assert!(receiver.look() <= CAPACITY);
                while let Some(word) = receiver.take() {
                    assert_eq!(word, next);
                    next += 1;
                }
                receiver.free();
                thread::yield_now();
            }
            assert_eq!(receiver.look(), 0);
        });
    }
}
