//! One GET on a new connection: the target, the shared exchange, the clients of blocking pools, and the retry rule.

mod blocking;
mod exchange;
mod failure;
mod native;
mod target;

pub use exchange::{BODY, Exchange, TIMEOUT};
pub use failure::{Failure, fault_of};
pub use target::Target;

use crate::slots::{Fault, Slots};

/// 1 + 3 attempts without back-off, as the originals' `max_retries=3` does.
const ATTEMPTS: u32 = 4;

/// Which client speaks: the shared exchange over the pool's own sockets, or the ecosystem's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Client {
    /// The shared exchange.
    Shared,
    /// ureq in blocking pools, hyper in async ones.
    Native,
}

/// The attempts of one job. The rule stands here once, for blocking and async loops alike.
#[derive(Debug, Default)]
pub struct Attempts {
    failed: u32,
    unsent: u32,
}

impl Attempts {
    /// Whether to try again after `failure`: after a failed connect, a reset or an early end, never after an answer, a
    /// timeout, or when the machine is out of ports or descriptors.
    pub fn again(&mut self, failure: Failure) -> bool {
        self.failed += 1;
        self.unsent += u32::from(!failure.sent);
        let passing = matches!(failure.fault, Fault::Refused | Fault::Reset | Fault::Eof);
        passing && self.failed < ATTEMPTS
    }

    /// Books what this job needed beyond one good attempt.
    pub fn book(&self, gave_up: bool, slots: &Slots) {
        if self.failed > 0 {
            let retries = self.failed - u32::from(gave_up);
            slots.count_attempts(u64::from(retries), u64::from(self.unsent));
        }
    }
}

/// One job of a blocking pool.
pub(crate) fn get_blocking(target: &Target, client: Client, slots: &Slots) -> Result<(), Fault> {
    let attempt = match client {
        Client::Shared => blocking::get,
        Client::Native => native::get,
    };
    let mut attempts = Attempts::default();
    loop {
        match attempt(target) {
            Err(failure) if attempts.again(failure) => {}
            result => {
                attempts.book(result.is_err(), slots);
                return result.map_err(|failure| failure.fault);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_attempts_then_the_job_fails_and_all_is_booked() {
        let slots = Slots::over(&[]);
        let mut attempts = Attempts::default();
        let reset = Failure::from(Fault::Reset);
        let refused = Failure { fault: Fault::Refused, sent: false };
        assert!(attempts.again(reset) && attempts.again(refused) && attempts.again(reset));
        assert!(!attempts.again(reset));
        attempts.book(true, &slots);
        assert_eq!(slots.take_attempts(), (3, 1));
    }

    #[test]
    fn an_answer_a_timeout_and_a_full_machine_are_final() {
        for fault in [Fault::Status, Fault::Body, Fault::Timeout, Fault::Addr, Fault::Fd] {
            assert!(!Attempts::default().again(fault.into()), "{fault:?}");
        }
    }
}
