//! Which coroutines have been woken, in that order; the reactor's thread adds to it, the coroutines' thread takes.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Wake, Waker};

/// The queue, and whom to tell that it is not empty.
#[derive(Debug, Default)]
pub(crate) struct Wakes(Mutex<(VecDeque<usize>, Option<Waker>)>);

impl Wakes {
    fn lock(&self) -> MutexGuard<'_, (VecDeque<usize>, Option<Waker>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on tells `waker` of each place that is woken.
    pub(crate) fn tell(&self, waker: &Waker) {
        self.lock().1 = Some(waker.clone());
    }

    /// The place that was woken first.
    pub(crate) fn next(&self) -> Option<usize> {
        self.lock().0.pop_front()
    }

    /// The waker of the coroutine in `place`.
    pub(crate) fn waker(self: &Arc<Self>, place: usize) -> Waker {
        Arc::new(Bell { place, wakes: Arc::clone(self) }).into()
    }
}

struct Bell {
    place: usize,
    wakes: Arc<Wakes>,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let mut queue = self.wakes.lock();
        queue.0.push_back(self.place);
        let listener = queue.1.clone();
        drop(queue);
        listener.into_iter().for_each(Waker::wake);
    }
}
