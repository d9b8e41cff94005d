//! The gates: speaks the protocol as a pool whose jobs are `noop`, and calls a body for what happens between them.

use std::io::{self, BufRead as _, Write as _};
use std::process::exit;
use std::time::Instant;

use harness::protocol::{Done, Event, REPLY, Ready, VERSION};
use harness::{Workload, checksum};

/// What the body is called for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Before `ready` is said.
    Birth,
    /// Before `started` is said.
    Start,
    /// Each batch.
    Batch,
    /// Before `stopped` is said.
    Stop,
}

/// Runs the pool `name` with the pool's arguments in `words`; unknown ones are ignored.
pub fn speak(name: &str, words: &[String], mut body: impl FnMut(Phase)) {
    if words.iter().any(|word| word == "--describe") {
        return println!(
            "{{\"protocol\":1,\"name\":\"{name}\",\"title\":\"for tests\",\"kind\":\"processes\",\
             \"workloads\":[\"noop\"],\"chunk\":[\"own\"],\"window\":[\"all\"]}}"
        );
    }
    let (jobs, batches) = (number(words, "--jobs"), number(words, "--batches"));
    body(Phase::Birth);
    let ready = Ready { protocol: VERSION, pool: name.to_owned(), workers: 1, chunk: 0, window: 0 };
    pass(&Event::Ready(ready));
    let start_ns = timed(|| body(Phase::Start));
    pass(&Event::Started { start_ns });
    let batch_ns = (0..batches).map(|_| timed(|| body(Phase::Batch))).collect();
    let checksum = checksum::text(Workload::Noop.checksum(jobs));
    pass(&Event::Done(Done { batch_ns, jobs, checksum, ..Done::default() }));
    let stop_ns = timed(|| body(Phase::Stop));
    pass(&Event::Stopped { stop_ns });
}

fn number(words: &[String], option: &str) -> u64 {
    let value = words.iter().skip_while(|word| *word != option).nth(1);
    value.and_then(|value| value.parse().ok()).unwrap_or(1)
}

fn timed(step: impl FnOnce()) -> u64 {
    let clock = Instant::now();
    step();
    u64::try_from(clock.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

fn pass(event: &Event) {
    println!("{}", event.json());
    io::stdout().flush().expect("stdout takes a line");
    let mut reply = String::new();
    io::stdin().lock().read_line(&mut reply).expect("stdin can be read");
    if reply != REPLY {
        exit(0);
    }
}
