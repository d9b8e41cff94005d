//! One batch: coroutines are made, resumed when they have been woken, and end; never more of them than places.

use std::collections::VecDeque;
use std::ops::Range;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use corosensei::{Coroutine, CoroutineResult, Yielder};
use harness::Jobs;
use runtime_smol::Smol;

use crate::stack::Boxed;
use crate::wakes::Wakes;

/// The input of the first resumption is the dispatch; later ones mean nothing. With the dispatch captured and a stack of
/// several words they were copied by wide loads right after narrow stores, for which a processor waits: 26 ns a coroutine.
type Worker = Coroutine<u64, (), (), Boxed>;

/// A batch as it runs. Ordered, as eventlet's `imap`: results are taken in order, and at most as many dispatches as
/// workers are under way or not taken yet. Unordered, as gevent's: whoever is done makes room at once.
pub(crate) struct Batch<'a, const ORDERED: bool> {
    jobs: &'static Jobs,
    smol: Option<Smol<()>>,
    stacks: &'a mut Vec<Boxed>,
    wakes: &'a Arc<Wakes>,
    ahead: Range<u64>,
    places: Vec<Option<Worker>>,
    free: Vec<usize>,
    /// Places of dispatches that are open, or done and behind such, in their order; where that matters.
    order: VecDeque<usize>,
}

impl<'a, const ORDERED: bool> Batch<'a, ORDERED> {
    pub(crate) fn new(
        jobs: &'static Jobs,
        smol: Option<Smol<()>>,
        stacks: &'a mut Vec<Boxed>,
        wakes: &'a Arc<Wakes>,
    ) -> Self {
        // Jobs that never wait are done when they are made: one place is enough for them.
        let room = if smol.is_some() { jobs.open_chunks().min(jobs.chunks().end) } else { 1 };
        let room = usize::try_from(room).unwrap_or(usize::MAX).min(stacks.len());
        let places = (0..room).map(|_| None).collect();
        Self {
            jobs,
            smol,
            stacks,
            wakes,
            ahead: jobs.chunks(),
            places,
            free: (0..room).rev().collect(),
            order: VecDeque::with_capacity(room),
        }
    }

    /// Goes on until every coroutine waits, or the batch is done.
    pub(crate) fn turn(&mut self, context: &mut Context<'_>) -> Poll<()> {
        self.wakes.tell(context.waker());
        loop {
            self.fill();
            // A timer that ended late wakes whoever has the place now, who then looks and waits on.
            match self.wakes.next() {
                Some(place) => self.resume(place),
                None if self.free.len() == self.places.len() && self.ahead.is_empty() => return Poll::Ready(()),
                None => return Poll::Pending,
            }
        }
    }

    /// Gives every free place a coroutine, as long as there are dispatches.
    fn fill(&mut self) {
        while let Some(place) = self.free.pop() {
            let Some(chunk) = self.ahead.next() else {
                self.free.push(place);
                return;
            };
            let stack = self.stacks.pop().expect("a stack for each place");
            let jobs = self.jobs;
            let worker = match self.smol {
                None => Coroutine::with_stack(stack, move |_, chunk| jobs.run_chunk(chunk)),
                Some(smol) => {
                    let waker = self.wakes.waker(place);
                    Coroutine::with_stack(stack, move |yielder, chunk| wait(jobs, smol, chunk, &waker, yielder))
                }
            };
            let has_ended = self.go_on(place, worker, chunk);
            // Unordered, nothing is ever in the order; ordered, nothing that began before is still open.
            if has_ended && self.order.is_empty() {
                self.free.push(place);
            } else if ORDERED {
                self.order.push_back(place);
            }
        }
    }

    fn resume(&mut self, place: usize) {
        let worker = self.places.get_mut(place).and_then(Option::take);
        let has_ended = worker.is_some_and(|worker| self.go_on(place, worker, 0));
        if has_ended && !ORDERED {
            self.free.push(place);
        }
        // Taken in order: whoever is done stays until all before it are done.
        while let Some(oldest) = self.order.pop_front_if(|oldest| self.places[*oldest].is_none()) {
            self.free.push(oldest);
        }
    }

    /// Lets a coroutine go on; whether it has ended.
    fn go_on(&mut self, place: usize, mut worker: Worker, input: u64) -> bool {
        match worker.resume(input) {
            CoroutineResult::Yield(()) => {
                self.places[place] = Some(worker);
                false
            }
            CoroutineResult::Return(()) => {
                self.stacks.push(worker.into_stack());
                true
            }
        }
    }
}

/// Runs a dispatch whose jobs wait: the coroutine gives way while they do.
fn wait(jobs: &'static Jobs, smol: Smol<()>, chunk: u64, waker: &Waker, yielder: &Yielder<u64, ()>) {
    let mut context = Context::from_waker(waker);
    let mut dispatch = pin!(jobs.run_chunk_async(smol, chunk));
    while dispatch.as_mut().poll(&mut context).is_pending() {
        yielder.suspend(());
    }
}
