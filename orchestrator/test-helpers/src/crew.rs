//! Forked workers that hold something together: all take it, all wait, all let go of it, all wait again, all end.

use std::cell::Cell;
use std::io::{self, PipeReader, PipeWriter, Read as _, Write as _};

use rustix::process::{Pid, Signal, WaitOptions, kill_process, set_parent_process_death_signal, waitpid};

use crate::system::forked;

/// Workers that are alive. They end when their crew is dropped, or with the process that has it.
#[derive(Debug)]
pub struct Crew {
    count: usize,
    /// Of the workers that are children of this process.
    children: Vec<Pid>,
    told: PipeReader,
    let_go: Option<PipeWriter>,
    end: Option<PipeWriter>,
}

impl Crew {
    /// Forks `count` workers; returns when each of them has done `take`. Each holds what that returns until it is told.
    pub fn start<T>(count: usize, take: impl Fn() -> T) -> Self {
        let fork_all = |worker: &dyn Fn()| {
            let child = || forked(|| die_with_parent_and(worker)).expect("the system gives a process");
            (0..count).map(|_| child()).collect()
        };
        Self::made_by(fork_all, count, take)
    }

    /// The same with workers whose parent is already dead.
    pub fn start_orphans<T>(count: usize, take: impl Fn() -> T) -> Self {
        let fork_all = |worker: &dyn Fn()| {
            let parent = forked(|| {
                for _ in 0..count {
                    forked(worker).expect("the system gives a process");
                }
            });
            reap(parent.expect("the system gives a process"));
            Vec::new()
        };
        Self::made_by(fork_all, count, take)
    }

    fn made_by<T>(fork_all: impl FnOnce(&dyn Fn()) -> Vec<Pid>, count: usize, take: impl Fn() -> T) -> Self {
        let ((told, tell), (stay, let_go), (live, end)) = (pipe(), pipe(), pipe());
        let (let_go, end) = (Cell::new(Some(let_go)), Cell::new(Some(end)));
        let worker = || {
            // A worker that has these open itself waits for ever.
            drop((let_go.take(), end.take()));
            let taken = take();
            say_and_wait(&tell, &stay);
            drop(taken);
            say_and_wait(&tell, &live);
        };
        let children = fork_all(&worker);
        let crew = Self { count, children, told, let_go: let_go.take(), end: end.take() };
        crew.hear_all();
        crew
    }

    /// All let go of what they hold, and stay.
    pub fn release(&mut self) {
        self.let_go = None;
        self.hear_all();
    }

    /// The first worker dies of SIGKILL.
    pub fn kill_one(&mut self) {
        let pid = self.children.pop().expect("a worker is left");
        kill_process(pid, Signal::KILL).expect("a worker can be killed");
        reap(pid);
    }

    /// All end; what is still to be reaped of them.
    pub fn end(mut self) -> Vec<Pid> {
        self.wait_for_the_end();
        std::mem::take(&mut self.children)
    }

    fn wait_for_the_end(&mut self) {
        drop((self.let_go.take(), self.end.take()));
        // The end of what they could say is the end of the last of them, orphans as well.
        let _ = self.told.read_to_end(&mut Vec::new());
    }

    fn hear_all(&self) {
        (&self.told).read_exact(&mut vec![0; self.count]).expect("every worker says a byte");
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        self.wait_for_the_end();
        self.children.iter().copied().for_each(reap);
    }
}

fn pipe() -> (PipeReader, PipeWriter) {
    io::pipe().expect("the system gives a pipe")
}

/// Waits for the end of a child of this process.
pub fn reap(child: Pid) {
    waitpid(Some(child), WaitOptions::empty()).expect("a child can be reaped");
}

fn die_with_parent_and(body: &dyn Fn()) {
    set_parent_process_death_signal(Some(Signal::KILL)).expect("the kernel takes the signal");
    body();
}

fn say_and_wait(mut tell: &PipeWriter, mut until: &PipeReader) {
    // Both fail only when everybody else is gone, and then it is time to go.
    let _ = tell.write_all(b".");
    let _ = until.read(&mut [0]);
}
