//! The feed of pools that give a handle for each dispatch: the oldest one is waited for first.

use std::cell::RefCell;
use std::collections::VecDeque;

use crate::error::Result;
use crate::jobs::Jobs;

impl Jobs {
    /// [`Jobs::feed`] for pools whose `submit` gives a handle: while no more than the window are open, `wait` gets the
    /// oldest handle and returns when its dispatch is back. The first error ends the feed and drops what is open.
    pub fn feed_handles<H>(
        &self,
        mut submit: impl FnMut(u64) -> Result<H>,
        mut wait: impl FnMut(H) -> Result<()>,
    ) -> Result<()> {
        // Its final size at once, so that it never grows while the clock runs.
        let room = usize::try_from(self.open_chunks().min(self.chunks().end)).unwrap_or(0);
        let open = RefCell::new(VecDeque::with_capacity(room));
        self.feed(
            |chunk| {
                open.borrow_mut().push_back(submit(chunk)?);
                Ok(())
            },
            || {
                let oldest = open.borrow_mut().pop_front();
                wait(oldest.expect("what is open has a handle"))
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::RefCell;
    use crate::{Chunk, Error, Jobs, Shape, Staff, Window, Workload};

    fn jobs(jobs: u64, window: Window) -> Jobs {
        let (workers, chunk) = (Staff::Workers(1), Chunk::Jobs(1));
        Jobs::new(Shape { workload: Workload::Noop, jobs, workers, chunk, window, spin_rate: 0 }, &[]).unwrap()
    }

    /// `+` for a dispatch, `-` for one waited for.
    fn order(count: u64, window: Window) -> String {
        let log = RefCell::new(String::new());
        let book = |sign: char, chunk: u64| log.borrow_mut().extend([sign.to_string(), chunk.to_string()]);
        let submit = |chunk| {
            book('+', chunk);
            Ok(chunk)
        };
        let wait = |chunk| {
            book('-', chunk);
            Ok(())
        };
        jobs(count, window).feed_handles(submit, wait).unwrap();
        log.into_inner()
    }

    #[test]
    fn the_oldest_is_waited_for_when_the_window_is_full() {
        assert_eq!(order(4, Window::Jobs(2)), "+0+1-0+2-1+3-2-3");
        assert_eq!(order(3, Window::All), "+0+1+2-0-1-2");
        assert_eq!(order(0, Window::All), "");
    }

    #[test]
    fn the_first_error_ends_the_feed() {
        let full = || Error::unsupported("full");
        let result = jobs(3, Window::All).feed_handles(|chunk| if chunk == 1 { Err(full()) } else { Ok(()) }, Ok);
        assert_eq!(result.unwrap_err().message, "full");
    }
}
