//! One trial: a fresh pool process through its gates, observed at each of them.

use std::ffi::OsString;
use std::time::{Duration, Instant};

use harness::ErrorKind;
use harness::protocol::{Done, Event, Ready, VERSION};

use crate::affinity::{self, Cpus};
use crate::child::{Child, Heard};
use crate::observe::{Disturbance, MachineLoad, Memory, Reading, Tree, Work, listen_overflows, sweep};
use crate::signals::Interrupt;
use crate::status::Status;
use crate::webserver::{Seen, WebServer};

/// What a trial is to do and what must come of it.
#[derive(Debug)]
pub struct Ask<'a> {
    /// The pool's command and its arguments.
    pub command: Vec<OsString>,
    /// Its whole environment.
    pub env: Vec<(OsString, OsString)>,
    /// The processors it may use.
    pub cpus: Option<&'a Cpus>,
    /// How long the trial may take.
    pub timeout: Duration,
    /// The pool's own name.
    pub pool: &'a str,
    /// The web server's process, which outlives the trial.
    pub spare: Option<i32>,
    /// Jobs in a batch.
    pub jobs: u64,
    /// Batches.
    pub batches: u64,
    /// The right checksum.
    pub checksum: String,
}

/// What came of a trial; what was not reached is not there.
#[derive(Debug, Default)]
pub struct Trial {
    /// How it ended; `None` while it runs.
    pub status: Option<Status>,
    /// What is to be said of that.
    pub message: String,
    /// The pool's last words on stderr.
    pub stderr: String,
    /// Time of `start`, ns.
    pub start_ns: Option<u64>,
    /// What the pool says of its batches.
    pub done: Option<Done>,
    /// Time of `stop`, ns.
    pub stop_ns: Option<u64>,
    /// From spawn to exit without the pauses at gates, ns.
    pub process_ns: Option<u64>,
    /// From the reply to `started` to the receipt of `done`, ns.
    pub window_ns: Option<u64>,
    /// Summed resident memory at `ready`, `started` and `stopped`, bytes.
    pub rss: [Option<u64>; 3],
    /// Everything read at `done`, or before a pool that hangs is killed.
    pub reading: Option<Reading>,
    /// Work over the window.
    pub work: Option<Work>,
    /// What else used the machine over the window.
    pub disturbance: Option<Disturbance>,
    /// What the web server saw over the window.
    pub seen: Option<Seen>,
    /// Connections dropped by the system over the window.
    pub overflows: Option<u64>,
}

/// Why a trial ends before it is through.
struct End(Status, String);

/// Runs one trial to its end, good or bad; nothing of it is left running.
pub fn run(ask: &Ask, server: Option<&mut WebServer>, interrupt: &Interrupt) -> Trial {
    let mut trial = match affinity::pinned(ask.cpus, || Child::spawn(&ask.command, ask.env.clone())) {
        Ok(Ok(child)) => Driver::new(ask, child, server, interrupt).drive(),
        Ok(Err(why)) | Err(why) => {
            Trial { status: Some(Status::Crashed), message: format!("{why:#}"), ..Trial::default() }
        }
    };
    let strays = sweep(ask.spare.as_slice());
    if strays > 0 {
        trial.message = [trial.message, format!("left {strays} processes behind, which were killed")].join("; ");
    }
    trial
}

struct Driver<'a> {
    ask: &'a Ask<'a>,
    child: Child,
    server: Option<&'a mut WebServer>,
    interrupt: &'a Interrupt,
    deadline: Instant,
    said_at: Instant,
    paused: Duration,
    trial: Trial,
}

impl<'a> Driver<'a> {
    fn new(ask: &'a Ask<'a>, child: Child, server: Option<&'a mut WebServer>, interrupt: &'a Interrupt) -> Self {
        let spawned = child.spawned();
        let deadline = spawned + ask.timeout;
        Self {
            ask,
            child,
            server,
            interrupt,
            deadline,
            said_at: spawned,
            paused: Duration::ZERO,
            trial: Trial::default(),
        }
    }

    fn drive(mut self) -> Trial {
        let End(status, message) = self.pass_gates().err().unwrap_or(End(Status::Ok, String::new()));
        if status == Status::Timeout {
            // The last look at a pool that hangs.
            self.trial.reading = self.trial.reading.or_else(|| Some(Reading::take(self.child.pid())));
        }
        self.child.kill();
        self.trial.status = Some(status);
        self.trial.message = message;
        self.trial.stderr = self.child.last_words();
        self.trial
    }

    fn pass_gates(&mut self) -> Result<(), End> {
        self.ready()?;
        let (before, overflows, load) = self.started()?;
        self.done(&before, overflows, &load)?;
        self.stopped()
    }

    fn ready(&mut self) -> Result<(), End> {
        match self.next()? {
            Event::Ready(Ready { protocol: VERSION, pool, .. }) if pool == self.ask.pool => {}
            Event::Ready(Ready { protocol: VERSION, pool, .. }) => {
                return Err(broken(&format!("'{}' calls itself '{pool}' in ready", self.ask.pool)));
            }
            Event::Ready(Ready { protocol, .. }) => {
                return Err(broken(&format!("it speaks protocol {protocol}, not {VERSION}")));
            }
            other => return Err(out_of_turn("ready", &other)),
        }
        self.trial.rss[0] = self.rss();
        self.reply();
        Ok(())
    }

    fn started(&mut self) -> Result<(Work, Option<u64>, MachineLoad), End> {
        match self.next()? {
            Event::Started { start_ns } => self.trial.start_ns = Some(start_ns),
            other => return Err(out_of_turn("started", &other)),
        }
        let tree = Tree::walk(self.child.pid());
        self.trial.rss[1] = Memory::of(&tree).rss;
        if let Some(server) = &mut self.server {
            server.reset().map_err(|why| End(Status::Failed, format!("{why:#}")))?;
        }
        let overflows = self.server.is_some().then(listen_overflows).flatten();
        let work = Work::of(&tree);
        // Read last, so that little of the orchestrator's own reading lies in the window.
        let load = MachineLoad::read(self.ask.spare);
        self.reply();
        Ok((work, overflows, load))
    }

    fn done(&mut self, before: &Work, overflows: Option<u64>, load: &MachineLoad) -> Result<(), End> {
        let since = Instant::now();
        let done = match self.next()? {
            Event::Done(done) => done,
            other => return Err(out_of_turn("done", &other)),
        };
        self.trial.window_ns = Some(nanos(self.said_at.saturating_duration_since(since)));
        let now = MachineLoad::read(self.ask.spare);
        let reading = Reading::take(self.child.pid());
        let work = reading.work.since(before);
        self.trial.disturbance = Some(now.since(load, work.cpu_ns));
        self.trial.work = Some(work);
        self.trial.reading = Some(reading);
        if let Some(server) = &mut self.server {
            self.trial.overflows = listen_overflows().zip(overflows).map(|(now, then)| now.saturating_sub(then));
            self.trial.seen = Some(server.seen().map_err(|why| End(Status::Failed, format!("{why:#}")))?);
        }
        let verdict = self.judge(&done);
        self.trial.done = Some(done);
        verdict?;
        self.reply();
        Ok(())
    }

    fn stopped(&mut self) -> Result<(), End> {
        match self.next()? {
            Event::Stopped { stop_ns } => self.trial.stop_ns = Some(stop_ns),
            other => return Err(out_of_turn("stopped", &other)),
        }
        self.trial.rss[2] = self.rss();
        self.reply();
        let status = self
            .child
            .exit(self.deadline, Some(self.interrupt))
            .map_err(|why| crashed(&format!("reaping it: {why}")))?;
        let lived = self.child.spawned().elapsed();
        match status {
            None if self.interrupt.raised() => Err(End(Status::Interrupted, "stopped by the user".to_owned())),
            None => Err(End(Status::Timeout, "it did not exit after 'stopped'".to_owned())),
            Some(status) if !status.success() => Err(broken(&format!("it ended with {status} after 'stopped'"))),
            Some(_) if self.child.babbled() => Err(broken("it printed something after 'stopped'")),
            Some(_) => {
                self.trial.process_ns = Some(nanos(lived.saturating_sub(self.paused)));
                Ok(())
            }
        }
    }

    /// The next event, or why there is none.
    fn next(&mut self) -> Result<Event, End> {
        let heard = self.child.hear(self.deadline, Some(self.interrupt));
        self.said_at = Instant::now();
        let line = match heard {
            Heard::Line(line) => line,
            Heard::TooLong => return Err(broken("it printed a line of more than 64 KiB")),
            Heard::Silence => return Err(End(Status::Timeout, format!("nothing within {:?}", self.ask.timeout))),
            Heard::Interrupted => return Err(End(Status::Interrupted, "stopped by the user".to_owned())),
            Heard::Closed | Heard::Exited => return Err(self.gone()),
        };
        match crate::wire::event(&line).map_err(|why| broken(&format!("it printed {why}")))? {
            Event::Error { kind, message } => Err(End(status_of(kind), message)),
            event => Ok(event),
        }
    }

    /// How a pool ended that said nothing more; one that only closed its stdout has a second to go.
    fn gone(&mut self) -> End {
        let patience = Instant::now() + Duration::from_secs(1);
        match self.child.exit(patience.min(self.deadline), Some(self.interrupt)) {
            Ok(Some(status)) => crashed(&format!("it ended with {status} before 'stopped'")),
            Ok(None) if self.interrupt.raised() => End(Status::Interrupted, "stopped by the user".to_owned()),
            Ok(None) => broken("it closed its stdout and went on running"),
            Err(why) => crashed(&format!("reaping it: {why}")),
        }
    }

    fn reply(&mut self) {
        self.paused += self.said_at.elapsed();
        self.child.reply();
    }

    fn rss(&self) -> Option<u64> {
        Memory::of(&Tree::walk(self.child.pid())).rss
    }

    /// Holds what came back against what is right.
    fn judge(&self, done: &Done) -> Result<(), End> {
        let (ask, batches) = (self.ask, done.batch_ns.len() as u64);
        if batches != ask.batches {
            return Err(broken(&format!("it ran {batches} batches of {}", ask.batches)));
        }
        if done.failed() > 0 {
            let classes: Vec<String> = done.errors.iter().map(|(class, count)| format!("{count} {class}")).collect();
            return Err(End(Status::Failed, format!("failed jobs: {}", classes.join(", "))));
        }
        if (done.jobs, done.checksum.as_str()) != (ask.jobs, ask.checksum.as_str()) {
            let message =
                format!("{} jobs, checksum {}; right is {}, {}", done.jobs, done.checksum, ask.jobs, ask.checksum);
            return Err(End(Status::Mismatch, message));
        }
        let Some(seen) = self.trial.seen else { return Ok(()) };
        let sent = (ask.jobs * batches + done.retries).saturating_sub(done.unsent);
        if seen.requests == sent {
            return Ok(());
        }
        Err(End(Status::Mismatch, format!("the web server saw {} requests, the pool sent {sent}", seen.requests)))
    }
}

fn status_of(kind: ErrorKind) -> Status {
    match kind {
        ErrorKind::Limit => Status::Limit,
        ErrorKind::Unsupported => Status::Unsupported,
        ErrorKind::Io => Status::Failed,
        ErrorKind::Internal => Status::Crashed,
    }
}

fn broken(what: &str) -> End {
    End(Status::Failed, format!("the pool broke the protocol: {what}"))
}

fn out_of_turn(wanted: &str, got: &Event) -> End {
    broken(&format!("'{wanted}' was due, it said {}", got.json()))
}

fn crashed(what: &str) -> End {
    End(Status::Crashed, what.to_owned())
}

fn nanos(length: Duration) -> u64 {
    u64::try_from(length.as_nanos()).unwrap_or(u64::MAX)
}
