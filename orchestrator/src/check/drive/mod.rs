//! Drives one pool process through its gates, with whatever timing and replies a check wants.

mod ends;

use std::time::{Duration, Instant};

use harness::protocol::{Done, Event, LONGEST_LINE, REPLY, VERSION};

use super::case::Case;
use super::finding::{Finding, Rule, Stop, Verdict, shortened};
use super::gate::{Gate, Pace};
use super::judge::{self, Breach};
use super::silence;
use super::subject::Subject;
use super::traces;
use crate::process::child::{Child, Heard};

/// End of file is to end a pool within a second; a busy machine gets four more.
const END_OF_FILE: Duration = Duration::from_secs(5);

/// A pool process on its way through the gates.
pub(super) struct Drive<'a> {
    subject: &'a Subject<'a>,
    case: &'a Case,
    pace: Pace,
    child: Child,
    asked: Instant,
    threads: u64,
    /// The replies were given before they were asked for: the pool waits nowhere, so what it looks like from outside is of
    /// no certain phase.
    ahead: bool,
    /// The `done` event, once it has come.
    pub(super) done: Option<Done>,
    /// It has said no first event that can be used.
    mute: bool,
}

/// Passes all gates and leaves.
pub(super) fn through(subject: &Subject, case: &Case, pace: Pace) -> Verdict {
    let mut drive = Drive::start(subject, case, pace)?;
    drive.pass_to(Gate::Stopped)?;
    drive.go()?;
    drive.leave()
}

impl<'a> Drive<'a> {
    /// Starts the pool for `case`.
    pub(super) fn start(subject: &'a Subject<'a>, case: &'a Case, pace: Pace) -> Result<Self, Stop> {
        let child = subject.spawn(&case.arguments())?;
        Ok(Self {
            subject,
            case,
            pace,
            asked: child.spawned(),
            child,
            threads: 0,
            ahead: false,
            done: None,
            mute: false,
        })
    }

    /// Gives all replies at once, before any event.
    pub(super) fn go_ahead(&mut self) {
        self.ahead = true;
        self.send(REPLY.repeat(Gate::ALL.len()).as_bytes());
    }

    /// Replies at all gates before `last` and stays there.
    pub(super) fn pass_to(&mut self, last: Gate) -> Verdict {
        for (gate, _) in Gate::ALL {
            self.pass(gate)?;
            if gate == last {
                break;
            }
            self.go()?;
        }
        Ok(())
    }

    /// Hears the event of `gate` and holds it, and what the pool looks like from outside, against the contract.
    pub(super) fn pass(&mut self, gate: Gate) -> Verdict {
        let event = self.hear(gate.word())?;
        let elapsed = self.asked.elapsed();
        self.judge(gate, event, elapsed).map_err(|breach| self.broken(breach))
    }

    fn judge(&mut self, gate: Gate, event: Event, elapsed: Duration) -> Result<(), Breach> {
        let (about, case, pid) = (&self.subject.about, self.case, self.child.pid());
        match (gate, event) {
            (Gate::Ready, Event::Ready(ready)) => {
                self.mute = ready.protocol != VERSION;
                judge::ready(about, case, &ready)?;
                self.threads = if self.ahead { 0 } else { traces::alone(pid)? };
                Ok(())
            }
            (Gate::Started, Event::Started { start_ns }) => {
                judge::time("a start time", start_ns, elapsed)?;
                if self.ahead { Ok(()) } else { traces::gate_is_private(pid, self.child.gate()) }
            }
            (Gate::Done, Event::Done(done)) => {
                judge::done(about, case, &done, elapsed)?;
                self.done = Some(done);
                if self.ahead { Ok(()) } else { traces::gate_is_private(pid, self.child.gate()) }
            }
            (Gate::Stopped, Event::Stopped { stop_ns }) => {
                judge::time("a stop time", stop_ns, elapsed)?;
                let joined = about.stop != "async";
                if joined && !self.ahead {
                    traces::workers_are_gone(pid, self.threads, case.workers.total())
                } else {
                    Ok(())
                }
            }
            (gate, Event::Error { kind, message }) => {
                let got = format!("an error of the kind '{}': {}", kind.word(), shortened(&message));
                let breach = Breach::new(Rule::Errors, format!("the event '{}'", gate.word()), got);
                Err(breach.advise("mend what it says; jobs that fail are counted in done, and are no error"))
            }
            (gate, other) => {
                let breach =
                    Breach::new(Rule::Events, format!("the event '{}'", gate.word()), shortened(&other.json()));
                Err(breach
                    .advise("say ready, started, done and stopped once each, in this order, each after the last reply"))
            }
        }
    }

    /// The next event.
    fn hear(&mut self, due: &str) -> Result<Event, Stop> {
        let expected = format!("the event '{due}'");
        let heard = self.child.hear(self.subject.deadline(), self.subject.interrupt);
        let ((got, hung), advice) = match heard {
            Heard::Line(line) => match crate::pools::wire::event(&line) {
                Ok(event) => return Ok(event),
                Err(why) => {
                    ((why, false), "print events and nothing else to stdout, a JSON object a line; all else to stderr")
                }
            },
            Heard::TooLong => {
                let got = format!("a line of more than {LONGEST_LINE} bytes");
                (
                    (got, false),
                    "end each event with a line feed; message and batch_ns fit, so nothing else is to be in it",
                )
            }
            Heard::Silence => {
                let (got, advice) = silence::means(self.child.unfinished(), due, self.subject.patience);
                ((got, true), advice)
            }
            Heard::Interrupted => return Err(Stop::Interrupted),
            Heard::Closed | Heard::Exited => {
                (self.gone(), "run `printf 'go\\ngo\\ngo\\ngo\\n' |` and the command below, and see why it ends")
            }
        };
        self.mute = due == Gate::Ready.word();
        Err(self.stop(Breach::new(Rule::Events, expected, got).advise(advice), hung))
    }

    /// What became of a pool whose stdout has ended, and whether it hangs.
    fn gone(&mut self) -> (String, bool) {
        match self.child.exit(Instant::now() + END_OF_FILE, self.subject.interrupt) {
            Ok(Some(status)) => (format!("it ended: {status}"), false),
            Ok(None) => ("it closed its stdout and went on running".to_owned(), true),
            Err(why) => (format!("it could not be reaped: {why}"), false),
        }
    }

    /// Holds the reply back for the pause, in which the pool must keep still, and gives it.
    pub(super) fn go(&mut self) -> Verdict {
        let whole = [REPLY.as_bytes()];
        let bytes = REPLY.as_bytes().chunks(1);
        let parts: Vec<&[u8]> = if self.pace.split { bytes.collect() } else { whole.to_vec() };
        for part in parts {
            self.still()?;
            self.asked = Instant::now();
            self.child.send(part);
        }
        Ok(())
    }

    fn still(&mut self) -> Verdict {
        let (got, hung) = match self.child.hear(Instant::now() + self.pace.pause, self.subject.interrupt) {
            Heard::Silence => return Ok(()),
            Heard::Interrupted => return Err(Stop::Interrupted),
            Heard::Line(line) => (format!("'{}'", shortened(&String::from_utf8_lossy(&line))), false),
            Heard::TooLong => ("an endless line".to_owned(), false),
            Heard::Closed | Heard::Exited => self.gone(),
        };
        let breach = Breach::new(Rule::Gates, "a pool that waits at the gate until it is told to go", got);
        Err(self.stop(
            breach.advise("read three bytes from stdin after each event, and do nothing until they are there"),
            hung,
        ))
    }

    /// The pool's process.
    pub(super) fn pid(&self) -> i32 {
        self.child.pid()
    }

    /// The `done` event, whatever it says.
    pub(super) fn hear_done(&mut self) -> Result<Done, Stop> {
        match self.hear(Gate::Done.word())? {
            Event::Done(done) => Ok(done),
            other => {
                let breach = Breach::new(Rule::Events, "the event 'done'", shortened(&other.json()));
                Err(self.broken(breach))
            }
        }
    }

    /// Sends bytes that are no reply of the protocol's making.
    pub(super) fn send(&mut self, bytes: &[u8]) {
        self.asked = Instant::now();
        self.child.send(bytes);
    }

    /// Closes the pool's stdin.
    pub(super) fn close(&mut self) {
        self.child.close_stdin();
    }

    /// A finding about this process.
    pub(super) fn broken(&self, breach: Breach) -> Stop {
        self.stop(breach, false)
    }

    fn stop(&self, Breach { rule, expected, got, advice }: Breach, hung: bool) -> Stop {
        let command = self.subject.call(&self.case.arguments());
        let (stderr, at_once) = (self.child.last_words(), self.mute);
        Stop::Broken(Box::new(Finding { rule, expected, got, advice, command, stderr, hung, at_once }))
    }
}
