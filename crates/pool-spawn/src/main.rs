//! `pool-spawn`: a thread of the standard library a dispatch; a worker is a place for a thread, free when it has ended.

use std::process::ExitCode;
use std::sync::mpsc::channel;
use std::thread::JoinHandle;

use harness::{Error, Info, Jobs, Pool, Result, named_thread};

struct Spawn(&'static Jobs);

impl Pool for Spawn {
    const INFO: Info =
        Info { name: "spawn", title: "std::thread::spawn, a thread a dispatch", chunk: &["1", "n"], ..Info::DEFAULT };

    /// Nothing to start: spawning is what this pool does.
    fn start(jobs: &'static Jobs) -> Result<Self> {
        Ok(Self(jobs))
    }

    fn run(&mut self) -> Result<()> {
        let jobs = self.0;
        let room = (jobs.workers() as u64).min(jobs.open_chunks());
        let (ending, endings) = channel();
        let mut places: Vec<Option<JoinHandle<()>>> = Vec::new();
        for chunk in jobs.chunks() {
            let place = if (places.len() as u64) < room {
                places.push(None);
                places.len() - 1
            } else {
                let place = endings.recv().map_err(|_| Error::internal("no thread is left to wait for"))?;
                join(&mut places[place])?;
                place
            };
            let ending = ending.clone();
            let body = move || {
                jobs.run_chunk(chunk);
                // The receiver is gone only when the batch has failed, and then nobody waits.
                let _ = ending.send(place);
            };
            let alive = || places.iter().flatten().count() as u64;
            let spawned = named_thread(place).spawn(body);
            places[place] = Some(spawned.map_err(|cause| Error::too_few("threads", alive(), room, &cause))?);
        }
        places.iter_mut().try_for_each(join)
    }

    /// Nothing to stop: every batch joins its threads.
    fn stop(self) -> Result<()> {
        Ok(())
    }
}

/// Waits until the thread in `place` is gone and not only about to be.
fn join(place: &mut Option<JoinHandle<()>>) -> Result<()> {
    place.take().map_or(Ok(()), JoinHandle::join).map_err(|_| Error::internal("a thread panicked"))
}

fn main() -> ExitCode {
    harness::main::<Spawn>()
}
