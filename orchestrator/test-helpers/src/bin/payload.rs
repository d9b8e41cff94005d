//! `payload SHAPE WORKERS MIB [pool arguments...]`: a pool that needs a known amount of memory, in one of many shapes.

use std::cell::Cell;
use std::hint::black_box;
use std::process::ExitCode;
use std::sync::Barrier;
use std::thread;

use rustix::process::{Pid, WaitOptions, waitpid};
use test_helpers::crew::{Crew, reap};
use test_helpers::gates::{Phase, speak};
use test_helpers::system::{Ended, give_back, private, set_ended, shared};

/// Shapes and what each does in its batch with K workers and M MiB; its simultaneous payload in MiB after the colon.
const SHAPES: &str = "\
  hold            one process holds it at the gate: M
  spike           takes it and frees it: M
  given-back      takes it and gives its pages back: M
  brought         takes it before 'ready', frees it in its batch and takes it again: M
  sawtooth        takes it and frees it, K times: M
  threads         K threads hold M each together and free it: K M
  together        K workers hold M each at the gate: K M
  freed           K workers hold M each together, free it and live: K M
  in-turn         K workers take and free M one after another and live: M
  dead-together   K workers hold M each together and end: K M
  dead-in-turn    K workers take M and end one after another: M
  one-dead        K workers hold M at the gate, one that had 4 M has ended: (K + 4) M
  unreaped        K workers hold M each together and end; they are reaped when the pool stops: K M
  ignored         the same; the kernel reaps them, since SIGCHLD is ignored from then on: K M
  ignored-once    the same; SIGCHLD is ignored until they have ended: K M
  no-wait         the same; the kernel reaps them because of SA_NOCLDWAIT: K M
  killed          a worker holds M and dies of SIGKILL: M
  orphans         K workers of a dead parent hold M each at the gate: K M
  dead-orphans    K workers of a dead parent held M each together and have ended: K M
  shared          M is shared with K workers that read and write it: M
  copied-not      M of the root is read by K forked workers: M
  copied          M of the root is written by K forked workers: (K + 1) M
";

/// Whatever must stay until the end.
#[derive(Default)]
struct Held {
    blocks: Vec<Vec<u8>>,
    pages: Vec<&'static mut [u8]>,
    crews: Vec<Crew>,
    unreaped: Vec<Pid>,
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [shape, workers, mib, rest @ ..] = words.as_slice() else { return usage() };
    let (Ok(count), Ok(mib)) = (workers.parse(), mib.parse::<usize>()) else { return usage() };
    if !SHAPES.lines().any(|line| line.split_whitespace().next() == Some(shape)) {
        return usage();
    }
    let mut held = Held::default();
    speak(&format!("{shape}-{workers}x{mib}"), rest, |phase| match phase {
        Phase::Batch => held.take(shape, count, mib << 20),
        Phase::Stop => held = Held::default(),
        Phase::Birth if shape == "brought" => held.take("hold", count, mib << 20),
        Phase::Birth | Phase::Start => {}
    });
    ExitCode::SUCCESS
}

fn usage() -> ExitCode {
    eprint!("payload SHAPE WORKERS MIB [pool arguments...], where SHAPE is one of\n{SHAPES}");
    ExitCode::from(2)
}

impl Held {
    fn take(&mut self, shape: &str, count: usize, bytes: usize) {
        let block = || black_box(vec![1_u8; bytes]);
        match shape {
            "brought" => {
                self.blocks.clear();
                self.blocks.push(block());
            }
            "hold" => self.blocks.push(block()),
            "spike" => drop(block()),
            "given-back" => {
                let pages = private(bytes);
                pages.fill(1);
                give_back(pages);
                self.pages.push(pages);
            }
            "sawtooth" => (0..count).for_each(|_| drop(block())),
            "threads" => threads(count, &block),
            "together" => self.crews.push(Crew::start(count, block)),
            "freed" => self.crews.extend(released(Crew::start(count, block))),
            "in-turn" => self.crews.extend((0..count).flat_map(|_| released(Crew::start(1, block)))),
            "dead-together" => drop(Crew::start(count, block)),
            "dead-in-turn" => (0..count).for_each(|_| drop(Crew::start(1, block))),
            "one-dead" => {
                self.crews.push(Crew::start(count, block));
                drop(Crew::start(1, || black_box(vec![1_u8; 4 * bytes])));
            }
            "unreaped" => self.unreaped.extend(Crew::start(count, block).end()),
            "ignored" => reaped_by_the_kernel(Ended::Ignored, Crew::start(count, block)),
            "no-wait" => reaped_by_the_kernel(Ended::NotWaitedFor, Crew::start(count, block)),
            "ignored-once" => {
                reaped_by_the_kernel(Ended::Ignored, Crew::start(count, block));
                set_ended(Ended::Wait);
            }
            "killed" => Crew::start(1, block).kill_one(),
            "orphans" => self.crews.push(Crew::start_orphans(count, block)),
            "dead-orphans" => drop(Crew::start_orphans(count, block)),
            other => self.inherit(other, count, bytes),
        }
    }

    /// Shapes in which the workers have what the root took.
    fn inherit(&mut self, shape: &str, count: usize, bytes: usize) {
        let pages = if shape == "shared" { shared(bytes) } else { private(bytes) };
        pages.fill(1);
        let cells = Cell::from_mut(&mut *pages).as_slice_of_cells();
        self.crews.push(Crew::start(count, || {
            for cell in cells {
                // A write makes a copy of a page that is not shared, a look at it does not.
                let seen = black_box(cell.get());
                if shape != "copied-not" {
                    cell.set(seen + 1);
                }
            }
        }));
        self.pages.push(pages);
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // The youngest first: its workers have copies of what keeps the older ones alive.
        while self.crews.pop().is_some() {}
        self.unreaped.drain(..).for_each(reap);
    }
}

fn reaped_by_the_kernel(ended: Ended, crew: Crew) {
    set_ended(ended);
    for child in crew.end() {
        // Waits for its end all the same, and says that there is none to reap.
        let reaped = waitpid(Some(child), WaitOptions::empty());
        assert!(reaped.is_err(), "the kernel has not reaped {child:?}");
    }
}

fn released(mut crew: Crew) -> [Crew; 1] {
    crew.release();
    [crew]
}

fn threads(count: usize, block: &(impl Fn() -> Vec<u8> + Sync)) {
    let all_have_it = Barrier::new(count);
    thread::scope(|scope| {
        for _ in 0..count {
            scope.spawn(|| {
                let taken = block();
                all_have_it.wait();
                drop(taken);
            });
        }
    });
}
