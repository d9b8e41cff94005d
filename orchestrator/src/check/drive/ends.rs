//! How a drive ends: in good order, at the end of file, or with an error that it is held against.

use std::process::ExitStatus;
use std::time::{Duration, Instant};

use harness::protocol::Event;

use super::super::finding::{Rule, Stop, Verdict, shortened};
use super::super::gate::Gate;
use super::super::judge::Breach;
use super::super::traces;
use super::{Drive, END_OF_FILE};
use crate::process::child::Heard;

impl Drive<'_> {
    /// After a job that has taken its worker with it: an error that says `named`, or a `done` that counts it as failed.
    pub(in super::super) fn outlive(mut self, named: &str, class: &str) -> Verdict {
        match self.hear("error")? {
            Event::Error { message, .. } if message.contains(named) => {
                let status = self.ended(self.subject.patience, true, "nothing more after the error event")?;
                self.exit_code(status, !status.success(), "an exit code other than 0 after an error event")
            }
            Event::Done(done) if done.errors == [(class.to_owned(), 1)] => {
                self.go()?;
                self.pass(Gate::Stopped)?;
                self.go()?;
                self.leave()
            }
            other => {
                let expected = format!("an error event that names {named}, or a done that counts it under '{class}'");
                let breach = Breach::new(Rule::Errors, expected, shortened(&other.json()));
                Err(self.broken(breach.advise("name the job, or leave `isolation` out of the abilities in --describe")))
            }
        }
    }

    /// A batch that cannot begin: an `error` event that says `words` in place of `ready`, an exit code other than 0, nobody is left.
    pub(in super::super) fn cannot_begin(mut self, words: &str) -> Verdict {
        match self.hear("error")? {
            Event::Error { message, .. } if message.contains(words) => {
                let status = self.ended(self.subject.patience, true, "nothing more after the error event")?;
                self.exit_code(status, !status.success(), "an exit code other than 0 after an error event")
            }
            other => {
                let expected = format!("an error event in place of 'ready' whose message says '{words}'");
                let breach = Breach::new(Rule::Errors, expected, shortened(&other.json()));
                Err(self.broken(
                    breach.advise(
                        "load the file before 'ready', and say in the error what the loader or the library says",
                    ),
                ))
            }
        }
    }

    /// After the last reply: nothing more is said, exit code 0, nobody is left.
    pub(in super::super) fn leave(mut self) -> Verdict {
        let status = self.ended(self.subject.patience, true, "nothing more after the last reply")?;
        self.exit_code(status, status.success(), "exit code 0")
    }

    /// After the end of file: nothing more is said, exit code 0 within a second, nobody is left.
    pub(in super::super) fn leave_at_end_of_file(mut self) -> Verdict {
        // This wait is short enough to be tried again at the next gate: it does not count as hanging.
        let status =
            self.ended(END_OF_FILE, false, "an end within a second of the end of file, and nothing more said")?;
        self.exit_code(status, status.success(), "exit code 0 after the end of file")
    }

    /// After a reply that is none: an `error` event, an exit code other than 0, nobody is left.
    pub(in super::super) fn leave_with_error(mut self) -> Verdict {
        let expected = "an error event, since that was no 'go'";
        match self.hear("error")? {
            Event::Error { .. } => {}
            other => return Err(self.broken(Breach::new(Rule::Gates, expected, shortened(&other.json())))),
        }
        let status = self.ended(self.subject.patience, true, "nothing more after the error event")?;
        let code = status.code();
        self.exit_code(status, code.is_some_and(|code| code != 0), "an exit code other than 0 after an error")
    }

    /// Waits for the end without another word.
    fn ended(&mut self, within: Duration, counts: bool, expected: &str) -> Result<ExitStatus, Stop> {
        let deadline = Instant::now() + within;
        let (got, hung) = match self.child.hear(deadline, self.subject.interrupt) {
            Heard::Line(line) => (format!("'{}'", shortened(&String::from_utf8_lossy(&line))), false),
            Heard::TooLong => ("an endless line".to_owned(), false),
            Heard::Interrupted => return Err(Stop::Interrupted),
            Heard::Closed | Heard::Exited if self.child.ended(deadline, self.subject.interrupt) => {
                return self.reaped().map_err(|breach| self.broken(breach));
            }
            _ => (format!("it still runs after {within:?}"), counts),
        };
        Err(self.stop(Breach::new(Rule::Ending, expected, got), hung))
    }

    /// Looks at what the ended process has left behind, then reaps it.
    fn reaped(&mut self) -> Result<ExitStatus, Breach> {
        traces::nobody_is_left(self.child.pid(), self.subject.spare)?;
        match self.child.exit(Instant::now(), None) {
            Ok(Some(status)) => Ok(status),
            other => Err(Breach::new(Rule::Ending, "a process that can be reaped", format!("{other:?}"))),
        }
    }

    fn exit_code(&self, status: ExitStatus, right: bool, expected: &str) -> Verdict {
        if right { Ok(()) } else { Err(self.broken(Breach::new(Rule::Ending, expected, status.to_string()))) }
    }
}
