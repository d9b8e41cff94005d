//! Drives a pool through its gates and reads its process tree at each of them.

use std::time::{Duration, Instant};

use harness::protocol::{Event, Ready, VERSION};

use super::ask::Ask;
use super::outcome::Trial;
use super::status::Status;
use super::verdict::{End, broken, crashed, judge, out_of_turn, status_of};
use super::webserver::WebServer;
use crate::guard::cgroup::{Group, charge_resolution};
use crate::observe::{Account, MachineLoad, Memory, Proc, QUOTA, Reading, Scope, Tree, Work, listen_overflows};
use crate::process::child::{Child, Heard};
use crate::process::signals::Interrupt;
use crate::process::standstill::Stretch;

/// What the limit of a race is.
const CUT_OFF: &str = "five times what the leader's took";

/// One pool on its way through the gates.
pub(super) struct Driver<'a> {
    ask: &'a Ask<'a>,
    pub(super) child: Child,
    pub(super) group: Option<Group>,
    /// Since before the pool was started.
    pub(super) stretch: Stretch,
    /// Memory of no file that the pool brought into its group: charged elsewhere, and part of the peak all the same.
    brought: Option<u64>,
    account: Option<Account>,
    pub(super) keep: &'a [i32],
    proc: Proc,
    server: Option<&'a mut WebServer>,
    pub(super) interrupt: &'a Interrupt,
    deadline: Instant,
    said_at: Instant,
    went_at: Instant,
    paused: Duration,
    pub(super) trial: Trial,
}

/// What was counted when the window began.
struct Before {
    work: Work,
    overflows: Option<u64>,
    throttled_ns: Option<u64>,
    load: MachineLoad,
}

impl<'a> Driver<'a> {
    /// For a pool that was just started; `group` is still empty.
    pub(super) fn new(
        ask: &'a Ask<'a>,
        stretch: Stretch,
        child: Child,
        group: Option<Group>,
        keep: &'a [i32],
        server: Option<&'a mut WebServer>,
        interrupt: &'a Interrupt,
    ) -> Self {
        let spawned = child.spawned();
        let deadline = spawned + ask.timeout;
        Self {
            ask,
            proc: Proc::of(child.pid()),
            child,
            group,
            stretch,
            brought: None,
            account: None,
            keep,
            server,
            interrupt,
            deadline,
            said_at: spawned,
            went_at: spawned,
            paused: Duration::ZERO,
            trial: Trial { quota_permille: QUOTA.permille(), ..Trial::default() },
        }
    }

    /// Takes the pool through all of them, or says what it came to before.
    pub(super) fn pass_gates(&mut self) -> Result<(), End> {
        self.ready()?;
        let before = self.started()?;
        self.done(&before)?;
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
        self.enter_group()?;
        self.reply();
        Ok(())
    }

    /// Reads what the pool is before it has workers, and moves it into its group: from here on no child of it is outside.
    fn enter_group(&mut self) -> Result<(), End> {
        let tree = Tree::of(Scope { group: None, ..self.scope() });
        let memory = Memory::of(&tree);
        self.trial.rss[0] = memory.rss;
        let Some(group) = &self.group else { return Ok(()) };
        self.brought = memory.rss_own;
        self.account = Account::open(tree.pids(), group);
        tree.pids().into_iter().try_for_each(|pid| group.add(pid)).map_err(|why| crashed(&format!("{why:#}")))
    }

    fn started(&mut self) -> Result<Before, End> {
        match self.next()? {
            Event::Started { start_ns } => self.trial.start_ns = Some(self.passed("start", start_ns)?),
            other => return Err(out_of_turn("started", &other)),
        }
        let tree = Tree::of(self.scope());
        self.trial.rss[1] = Memory::of(&tree).rss;
        if let Some(server) = &mut self.server {
            server.reset().map_err(|why| End(Status::Failed, format!("{why:#}")))?;
        }
        let overflows = self.server.is_some().then(listen_overflows).flatten();
        let throttled_ns = self.throttled_ns();
        let work = Work::of(&tree, self.scope());
        // Read last, so that little of the orchestrator's own reading lies in the window.
        let load = MachineLoad::read(self.ask.server);
        self.reply();
        self.deadline = self.ask.batches_within.map_or(self.deadline, |span| self.deadline.min(self.went_at + span));
        Ok(Before { work, overflows, throttled_ns, load })
    }

    fn done(&mut self, before: &Before) -> Result<(), End> {
        let done = match self.next()? {
            Event::Done(done) => done,
            other => return Err(out_of_turn("done", &other)),
        };
        self.deadline = self.child.spawned() + self.ask.timeout;
        let batches_ns = done.batch_ns.iter().fold(0, |sum, ns| u64::saturating_add(sum, *ns));
        self.passed("its batches", batches_ns)?;
        self.passed("its batches and checking them", batches_ns.saturating_add(done.check_ns))?;
        let watched_ns = nanos(self.said_at - self.went_at);
        self.trial.watched_ns = Some(watched_ns);
        self.trial.window_ns = Some(watched_ns - done.check_ns);
        let load = MachineLoad::read(self.ask.server);
        let throttled_ns = self.throttled_ns();
        self.trial.throttled_ns = throttled_ns.zip(before.throttled_ns).map(|(now, then)| now.saturating_sub(then));
        let work = self.read().since(&before.work);
        self.trial.disturbance = Some(load.since(&before.load, work.cpu_ns));
        self.trial.work = Some(work.without(done.check_ns));
        if let Some(server) = &mut self.server {
            self.trial.overflows = listen_overflows().zip(before.overflows).map(|(now, then)| now.saturating_sub(then));
            self.trial.seen = Some(server.seen().map_err(|why| End(Status::Failed, format!("{why:#}")))?);
        }
        let verdict = judge(self.ask, &done, self.trial.seen);
        self.trial.done = Some(done);
        verdict?;
        self.reply();
        Ok(())
    }

    fn stopped(&mut self) -> Result<(), End> {
        match self.next()? {
            Event::Stopped { stop_ns } => self.trial.stop_ns = Some(self.passed("stop", stop_ns)?),
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
            Heard::Silence => return Err(self.silence()),
            Heard::Interrupted => return Err(End(Status::Interrupted, "stopped by the user".to_owned())),
            Heard::Closed | Heard::Exited => return Err(self.gone()),
        };
        match crate::pools::wire::event(&line).map_err(|why| broken(&format!("it printed {why}")))? {
            Event::Error { kind, message } => Err(End(status_of(kind), message)),
            event => Ok(event),
        }
    }

    /// What the lack of an event means.
    fn silence(&self) -> End {
        let begun = String::from_utf8_lossy(self.child.unfinished()).escape_debug().take(80).collect::<String>();
        let why = match self.trial.rss[0] {
            _ if !begun.is_empty() => format!(", but for a line without its line feed: '{begun}'"),
            // Which is read at the first event.
            None => ", not even its first event: is its stdout flushed?".to_owned(),
            Some(_) => String::new(),
        };
        if let Some(span) = self.ask.batches_within.filter(|_| self.deadline < self.child.spawned() + self.ask.timeout)
        {
            return End(Status::Timeout, format!("cut off: its batches took more than {span:?}, {CUT_OFF}{why}"));
        }
        End(Status::Timeout, format!("nothing within {:?}{why}", self.ask.timeout))
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
        self.went_at = Instant::now();
        self.paused += self.went_at - self.said_at;
        self.child.reply();
    }

    /// A time that the pool reports, unless more than there was between the reply and the event.
    fn passed(&self, what: &str, ns: u64) -> Result<u64, End> {
        let most = nanos(self.said_at - self.went_at);
        if ns <= most {
            return Ok(ns);
        }
        Err(broken(&format!("it reports {ns} ns for {what}, and only {most} ns passed between reply and event")))
    }

    /// Reads all there is to read; the work up to now.
    pub(super) fn read(&mut self) -> Work {
        let reading = Reading::take(self.scope());
        self.trial.charged_peak = self.with_brought(reading.charged_peak);
        self.trial.given_back = self.given_back(&reading.memory).unwrap_or(0);
        let work = reading.work;
        self.trial.reading = Some(reading);
        work
    }

    /// What the pool brought and no longer has: what its processes have and the group did not charge is what is left of it.
    fn given_back(&self, memory: &Memory) -> Option<u64> {
        // As little as the peak is exact to is not worth a look, which costs as much as all the rest of the group.
        let brought = self.brought.filter(|brought| *brought > charge_resolution())?;
        let left = memory.rss_own?.saturating_sub(self.group.as_ref()?.own_bytes()?);
        Some(brought.saturating_sub(left)).filter(|bytes| *bytes > charge_resolution())
    }

    pub(super) fn with_brought(&self, charged: Option<u64>) -> Option<u64> {
        Some(charged? + self.brought?)
    }

    /// For how long a quota has held back the pool's groups so far; nothing where there is none, which is looked at once.
    fn throttled_ns(&self) -> Option<u64> {
        self.trial.quota_permille.and_then(|_| QUOTA.throttled_ns())
    }

    fn rss(&self) -> Option<u64> {
        Memory::of(&Tree::of(self.scope())).rss
    }

    /// Before `ready` the group is empty.
    fn scope(&self) -> Scope<'_> {
        Scope {
            root: self.child.pid(),
            proc: &self.proc,
            group: self.group.as_ref().filter(|_| self.brought.is_some()),
            account: self.account,
            keep: self.keep,
        }
    }
}

fn nanos(length: Duration) -> u64 {
    u64::try_from(length.as_nanos()).unwrap_or(u64::MAX)
}
