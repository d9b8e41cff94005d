//! The driver of every async pool: a task a dispatch, no more of them open than the window, no more jobs waiting at
//! once than there are workers.

use std::future::Future;

use crate::jobs::Jobs;
use crate::runtime::Runtime;

/// An async runtime that runs tasks, and its own way to bound how many go on at once.
pub trait Tasks: Runtime {
    /// A task under way; ready when the task has ended.
    type Task: Future<Output: Send> + Send;
    /// A shared semaphore; its clones are the same one.
    type Semaphore: Clone + Send + Sync + 'static;
    /// One permit of it, given back when dropped.
    type Permit: Send + 'static;

    /// Starts a task.
    fn spawn(self, task: impl Future<Output = ()> + Send + 'static) -> Self::Task;

    /// Lets a task go on by itself.
    fn detach(task: Self::Task);

    /// A semaphore with that many permits.
    fn semaphore(permits: usize) -> Self::Semaphore;

    /// Waits for a permit.
    fn acquire(semaphore: Self::Semaphore) -> impl Future<Output = Self::Permit> + Send;
}

/// Runs one batch; spawn it as a task itself, since a spawn from outside of a runtime costs more than one from inside.
pub async fn drive<T: Tasks>(tasks: T, jobs: &'static Jobs) {
    if jobs.waits() {
        let turns = T::semaphore(jobs.workers());
        let work = |chunk| {
            let turn = T::acquire(turns.clone());
            async move {
                let _turn = turn.await;
                jobs.run_chunk_async(tasks, chunk).await;
            }
        };
        dispatch(tasks, jobs, work).await;
    } else {
        dispatch(tasks, jobs, |chunk| async move { jobs.run_chunk(chunk) }).await;
    }
}

async fn dispatch<T: Tasks, F>(tasks: T, jobs: &'static Jobs, work: impl Fn(u64) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    if jobs.window().is_none() {
        let open: Vec<T::Task> = jobs.chunks().map(|chunk| tasks.spawn(work(chunk))).collect();
        for task in open {
            task.await;
        }
        return;
    }
    let room = usize::try_from(jobs.open_chunks().min(jobs.chunks().end)).unwrap_or(usize::MAX);
    let places = T::semaphore(room);
    for chunk in jobs.chunks() {
        let (place, work) = (T::acquire(places.clone()).await, work(chunk));
        T::detach(tasks.spawn(async move {
            work.await;
            drop(place);
        }));
    }
    // When every place has been taken once more, nothing is open.
    let mut taken = Vec::with_capacity(room);
    while taken.len() < room {
        taken.push(T::acquire(places.clone()).await);
    }
}
