//! A count that one side raises and the other waits for: by looking for a moment, then asleep in the kernel. It holds
//! nothing but atomics, so that it also works in memory that processes share.

use std::hint::spin_loop;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, Instant};

use rustix::thread::futex::{Flags, Timespec, wait, wake};

/// How long a waiter looks before it sleeps, where a core is free for it: a wake-up costs the waker 5 us and takes 50 us
/// to arrive, and between two batches of 1000 jobs pass 5 us.
const LOOK: Duration = Duration::from_micros(50);
/// Looks between two readings of the clock, about 1 us.
const LOOKS: u32 = 64;

/// Rung by anyone, waited for by anyone.
#[derive(Debug, Default)]
#[repr(C, align(64))]
pub struct Bell {
    rings: AtomicU32,
    asleep: AtomicU32,
}

impl Bell {
    /// How often it has been rung, modulo 2^32.
    pub fn rings(&self) -> u32 {
        self.rings.load(SeqCst)
    }

    /// Wakes everybody who waits.
    pub fn ring(&self) {
        self.rings.fetch_add(1, SeqCst);
        // Whoever goes to sleep says so before it looks a last time, so nobody is missed.
        if self.asleep.load(SeqCst) > 0 {
            // It fails for no valid address.
            let _ = wake(&self.rings, Flags::empty(), u32::MAX >> 1);
        }
    }

    /// Waits until it has been rung since it was `heard`, or `patience` is over; `looks` first without sleeping, which
    /// takes a core. How often it has been rung now.
    pub fn wait(&self, heard: u32, looks: bool, patience: Duration) -> u32 {
        if looks && self.look(heard) {
            return self.rings();
        }
        self.asleep.fetch_add(1, SeqCst);
        if self.rings() == heard {
            let patience =
                Timespec { tv_sec: patience.as_secs().cast_signed(), tv_nsec: patience.subsec_nanos().into() };
            // It ends for a ring, a signal or the time: the caller looks what has become of what it waits for.
            let _ = wait(&self.rings, Flags::empty(), heard, Some(&patience));
        }
        self.asleep.fetch_sub(1, SeqCst);
        self.rings()
    }

    fn look(&self, heard: u32) -> bool {
        let begun = Instant::now();
        loop {
            for _ in 0..LOOKS {
                if self.rings() != heard {
                    return true;
                }
                spin_loop();
            }
            if begun.elapsed() > LOOK {
                return false;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn a_ring_before_the_wait_is_heard_and_none_ends_with_patience() {
        let bell = Bell::default();
        bell.ring();
        assert_eq!(bell.wait(0, false, Duration::from_mins(1)), 1);
        assert_eq!(bell.wait(1, true, Duration::from_millis(1)), 1);
    }

    #[test]
    fn no_ring_is_lost_between_two_that_answer_each_other() {
        let (there, back) = (Bell::default(), Bell::default());
        thread::scope(|scope| {
            scope.spawn(|| {
                for turn in 0..2000 {
                    while there.wait(turn, turn % 2 == 0, Duration::from_mins(1)) == turn {}
                    back.ring();
                }
            });
            for turn in 0..2000 {
                there.ring();
                while back.wait(turn, turn % 3 == 0, Duration::from_mins(1)) == turn {}
            }
        });
        assert_eq!((there.rings(), back.rings()), (2000, 2000));
    }
}
