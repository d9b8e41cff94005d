//! One pool process from spawn to reaping: its gate pipes, its lines, its last words, and its end.

use std::ffi::OsString;
use std::io::{self, PipeWriter, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use harness::protocol::{LONGEST_LINE, REPLY};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, kill_process_group};

use super::exit::Exit;
use super::interpreter;
use super::signals::Interrupt;
use super::stream::{LastWords, Stream, inode};

/// A wait that lasts longer than asked by this has found this process standing still: stopped, or frozen with its container, of
/// which nothing else tells.
const STILL: Duration = Duration::from_secs(2);

/// What came next from a pool.
#[derive(Debug, PartialEq, Eq)]
pub enum Heard {
    /// A line, without its line feed.
    Line(Vec<u8>),
    /// More than the longest line without a line feed.
    TooLong,
    /// The end of its stdout, while the process may live on.
    Closed,
    /// The process has ended and said nothing more.
    Exited,
    /// Nothing until the deadline.
    Silence,
    /// The user wants to stop.
    Interrupted,
}

/// What ended a wait.
enum News {
    Output,
    Exit,
    Silence,
    Interrupted,
}

/// A running pool.
#[derive(Debug)]
pub struct Child {
    handle: duct::Handle,
    pid: Pid,
    exit: Exit,
    stdin: Option<PipeWriter>,
    stdout: Stream,
    stderr: Stream,
    heard: Vec<u8>,
    babbled: bool,
    last_words: LastWords,
    spawned: Instant,
    /// Time in which this process stood still while it waited: no deadline counts it.
    lost: Duration,
    reaped: bool,
}

impl Child {
    /// Starts `command` in a process group of its own, with exactly the environment `env`.
    pub fn spawn(command: &[OsString], env: Vec<(OsString, OsString)>) -> Result<Self> {
        let (program, args) = command.split_first().context("an empty command cannot be started")?;
        let pipe = || io::pipe().context("making a pipe for the gate");
        let ((gate, stdin), (stdout, out), (stderr, err)) = (pipe()?, pipe()?, pipe()?);
        let expression = duct::cmd(program, args)
            .full_env(env)
            .stdin_file(gate)
            .stdout_file(out)
            .stderr_file(err)
            .unchecked()
            .before_spawn(|command| {
                command.process_group(0);
                Ok(())
            });
        let spawned = Instant::now();
        let handle = expression.start().with_context(|| interpreter::starting(program))?;
        let pid = handle.pids().first().and_then(|pid| Pid::from_raw((*pid).cast_signed())).context("no pid")?;
        let exit = Exit::of(pid).inspect_err(|_| drop(handle.kill())).context("opening the pool's pidfd")?;
        Ok(Self {
            handle,
            pid,
            exit,
            stdin: Some(stdin),
            stdout: Stream::new(stdout)?,
            stderr: Stream::new(stderr)?,
            heard: Vec::new(),
            babbled: false,
            last_words: LastWords::default(),
            spawned,
            lost: Duration::ZERO,
            reaped: false,
        })
    }

    /// The process's id.
    pub fn pid(&self) -> i32 {
        self.pid.as_raw_nonzero().get()
    }

    /// The pipes that its gate is made of, by their inodes, which both ends share.
    pub fn gate(&self) -> [Option<u64>; 2] {
        [self.stdin.as_ref().and_then(inode), inode(&self.stdout.pipe)]
    }

    /// When it was started.
    pub fn spawned(&self) -> Instant {
        self.spawned
    }

    /// Waits until `deadline` for the next line, or for whatever comes instead.
    pub fn hear(&mut self, deadline: Instant, interrupt: Option<&Interrupt>) -> Heard {
        let mut looked = false;
        loop {
            if let Some(end) = self.heard.iter().position(|byte| *byte == b'\n') {
                let mut line: Vec<u8> = self.heard.drain(..=end).collect();
                line.pop();
                return if line.len() < LONGEST_LINE { Heard::Line(line) } else { Heard::TooLong };
            }
            if self.heard.len() >= LONGEST_LINE {
                return Heard::TooLong;
            }
            if self.stdout.ended {
                return Heard::Closed;
            }
            // A pool that never stops writing to stderr, or never ends a line, gets no further than the deadline.
            if looked && self.left(deadline).is_zero() {
                return Heard::Silence;
            }
            looked = true;
            match self.wait_for_news(deadline, interrupt) {
                News::Output => self.take_output(),
                News::Exit => {
                    let before = self.heard.len();
                    self.take_output();
                    if self.heard.len() == before {
                        return Heard::Exited;
                    }
                }
                News::Silence => return Heard::Silence,
                News::Interrupted => return Heard::Interrupted,
            }
        }
    }

    /// Whether this process stood still for a while in which it waited for the pool.
    pub fn stood_still(&self) -> bool {
        !self.lost.is_zero()
    }

    /// What is left until a deadline, to which the time is added in which this process stood still.
    fn left(&self, deadline: Instant) -> Duration {
        (deadline + self.lost).saturating_duration_since(Instant::now())
    }

    /// Blocks until there is output to take, the process has ended, or the wait is over.
    fn wait_for_news(&mut self, deadline: Instant, interrupt: Option<&Interrupt>) -> News {
        loop {
            let (began, wait) = (Instant::now(), self.left(deadline).min(self.exit.look(self.stdout.ended)));
            let news = self.news_within(wait, interrupt);
            let late = began.elapsed().saturating_sub(wait);
            if late > STILL {
                self.lost += late;
            }
            if !matches!(news, News::Silence) || self.left(deadline).is_zero() {
                return news;
            }
        }
    }

    fn news_within(&self, wait: Duration, interrupt: Option<&Interrupt>) -> News {
        let wake = interrupt.map(Interrupt::fd);
        let outputs = [&self.stdout, &self.stderr].into_iter().filter(|stream| !stream.ended);
        let mut fds: Vec<PollFd> = self.exit.news().into_iter().collect();
        fds.extend(outputs.map(|stream| PollFd::new(&stream.pipe, PollFlags::IN)));
        fds.extend(wake.as_ref().map(|fd| PollFd::new(fd, PollFlags::IN)));
        let ready = poll(&mut fds, Timespec::try_from(wait).ok().as_ref());
        let exited = match self.exit.news() {
            Some(_) => !fds[0].revents().is_empty(),
            None => self.exit.has_come(),
        };
        match ready {
            _ if interrupt.is_some_and(Interrupt::raised) => News::Interrupted,
            _ if exited => News::Exit,
            Ok(0) => News::Silence,
            _ => News::Output,
        }
    }

    /// Takes what is there: of stdout about a line's worth at the most, of stderr the end.
    fn take_output(&mut self) {
        let mut buffer = [0; 4096];
        while self.heard.len() < LONGEST_LINE {
            match self.stdout.read(&mut buffer) {
                0 => break,
                count => self.heard.extend_from_slice(&buffer[..count]),
            }
        }
        self.last_words.take(&mut self.stderr);
    }

    /// Replies at a gate. A pool that has gone away shows at the next [`Child::hear`].
    pub fn reply(&mut self) {
        self.send(REPLY.as_bytes());
    }

    /// Writes bytes to the pool's stdin.
    pub fn send(&mut self, bytes: &[u8]) {
        if let Some(stdin) = &mut self.stdin {
            let _ = stdin.write_all(bytes);
        }
    }

    /// Ends the pool's stdin.
    pub fn close_stdin(&mut self) {
        self.stdin = None;
    }

    /// Waits until `deadline` for the process to end, then kills what is left of its group and reaps it; `None` if it
    /// has not ended.
    pub fn exit(&mut self, deadline: Instant, interrupt: Option<&Interrupt>) -> io::Result<Option<ExitStatus>> {
        if self.ended(deadline, interrupt) { self.reap().map(Some) } else { Ok(None) }
    }

    /// Waits until `deadline` for the process to end; whether it has. It is not reaped, so that what it has left behind
    /// can be looked at.
    pub fn ended(&mut self, deadline: Instant, interrupt: Option<&Interrupt>) -> bool {
        loop {
            match self.wait_for_news(deadline, interrupt) {
                News::Exit => {
                    self.take_output();
                    return true;
                }
                News::Output => {
                    self.take_output();
                    // Nobody reads what comes after `stopped`: a flood of it must not fill memory or the pipe.
                    self.babbled |= !self.heard.is_empty();
                    self.heard.clear();
                    if self.left(deadline).is_zero() {
                        return false;
                    }
                }
                News::Silence | News::Interrupted => return false,
            }
        }
    }

    /// Reaps the ended process. Its group is killed first: until then no other process can have taken its number.
    fn reap(&mut self) -> io::Result<ExitStatus> {
        if !self.reaped {
            let _ = kill_process_group(self.pid, Signal::KILL);
        }
        self.reaped = true;
        Ok(self.handle.wait()?.status)
    }

    /// What it has printed of a line that has no end yet.
    pub fn unfinished(&self) -> &[u8] {
        &self.heard
    }

    /// Whether it has printed anything that nobody has asked for.
    pub fn babbled(&self) -> bool {
        self.babbled || !self.heard.is_empty()
    }

    /// Kills the process group and reaps the process.
    pub fn kill(&mut self) {
        if self.reaped {
            return;
        }
        let _ = kill_process_group(self.pid, Signal::KILL);
        let _ = self.handle.kill();
        self.take_output();
        // Left unreaped, it would be counted among what the pool has left behind. A second is much for a kill to act.
        if self.ended(Instant::now() + Duration::from_secs(1), None) {
            let _ = self.reap();
        }
    }

    /// The last of its stderr, as text that may be shown.
    pub fn last_words(&self) -> String {
        self.last_words.text()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // A pool must never outlive its trial, whatever ended that.
        self.kill();
    }
}
