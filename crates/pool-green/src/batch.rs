//! One batch: coroutines are made, resumed when they have been woken, and end; never more of them than places.

use std::collections::VecDeque;
use std::ops::Range;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use corosensei::stack::DefaultStack;
use corosensei::{Coroutine, CoroutineResult, Yielder};
use harness::Jobs;
use runtime_smol::Smol;

use crate::wakes::Wakes;

type Worker = Coroutine<(), (), (), DefaultStack>;

/// A batch as it runs. Ordered, as eventlet's `imap`: results are taken in order, and at most as many dispatches as
/// workers are under way or not taken yet. Unordered, as gevent's: whoever is done makes room at once.
pub(crate) struct Batch<'a, const ORDERED: bool> {
    jobs: &'static Jobs,
    smol: Option<Smol<()>>,
    stacks: &'a mut Vec<DefaultStack>,
    wakes: &'a Arc<Wakes>,
    ahead: Range<u64>,
    places: Vec<Option<Worker>>,
    free: Vec<usize>,
    /// Places in the order of their dispatches, where that matters.
    order: VecDeque<usize>,
}

impl<'a, const ORDERED: bool> Batch<'a, ORDERED> {
    pub(crate) fn new(
        jobs: &'static Jobs,
        smol: Option<Smol<()>>,
        stacks: &'a mut Vec<DefaultStack>,
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
            let (jobs, waits) = (self.jobs, self.smol.map(|smol| (smol, self.wakes.waker(place))));
            let worker = Coroutine::with_stack(stack, move |yielder: &Yielder<(), ()>, ()| match waits {
                None => jobs.run_chunk(chunk),
                Some((smol, waker)) => wait(jobs, smol, chunk, &waker, yielder),
            });
            if ORDERED {
                self.order.push_back(place);
            }
            self.go_on(place, worker);
        }
    }

    fn resume(&mut self, place: usize) {
        if let Some(worker) = self.places.get_mut(place).and_then(Option::take) {
            self.go_on(place, worker);
        }
    }

    fn go_on(&mut self, place: usize, mut worker: Worker) {
        match worker.resume(()) {
            CoroutineResult::Yield(()) => self.places[place] = Some(worker),
            CoroutineResult::Return(()) => {
                self.stacks.push(worker.into_stack());
                self.ended(place);
            }
        }
    }

    fn ended(&mut self, place: usize) {
        // The usual case of jobs that never wait, without a look at the places.
        if !ORDERED || self.order.len() == 1 {
            self.order.clear();
            self.free.push(place);
            return;
        }
        // Taken in order: whoever is done stays until all before it are done.
        while let Some(oldest) = self.order.pop_front_if(|oldest| self.places[*oldest].is_none()) {
            self.free.push(oldest);
        }
    }
}

/// Runs a dispatch whose jobs wait: the coroutine gives way while they do.
fn wait(jobs: &'static Jobs, smol: Smol<()>, chunk: u64, waker: &Waker, yielder: &Yielder<(), ()>) {
    let mut context = Context::from_waker(waker);
    let mut dispatch = pin!(jobs.run_chunk_async(smol, chunk));
    while dispatch.as_mut().poll(&mut context).is_pending() {
        yielder.suspend(());
    }
}
