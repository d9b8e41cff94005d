//! What the server is told while it runs: lines on stdin, each answered by one line of JSON on stdout, and signals.

use std::io::{BufRead, Read, Write};
use std::rc::Rc;
use std::time::Duration;

use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, oneshot};

use crate::behaviour::{Fault, parse_delay, parse_every, parse_kind};
use crate::connection::Server;

/// The longest line accepted, bytes.
const MAX_LINE: u64 = 1024;

/// Something the event loop is told.
pub(crate) enum Event {
    /// A line of stdin, understood or not, and where its answer goes.
    Line(Result<Command, String>, oneshot::Sender<String>),
    /// End: a signal, or nobody left at the other end of stdin or stdout.
    Stop,
}

/// A line of stdin.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Stats,
    Reset,
    Fault(Option<Fault>),
    Delay(Duration),
}

impl Command {
    fn parse(line: &str) -> Result<Self, String> {
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        match words[..] {
            ["stats"] => Ok(Self::Stats),
            ["reset"] => Ok(Self::Reset),
            ["fault", "off"] => Ok(Self::Fault(None)),
            ["fault", every, kind] => {
                Ok(Self::Fault(Some(Fault { every: parse_every(every)?, kind: parse_kind(kind)? })))
            }
            ["delay", delay] => Ok(Self::Delay(parse_delay(delay)?)),
            _ => Err(format!(
                "{line:?} is not understood; say one of: stats, reset, fault EVERY KIND, fault off, delay 5ms"
            )),
        }
    }

    /// Does what the line says and gives the answer.
    fn obey(self, server: &Server) -> String {
        match self {
            Self::Stats => return server.counters.json(),
            Self::Reset => {
                let before = server.counters.json();
                server.counters.reset();
                server.behaviour.restart();
                return before;
            }
            Self::Fault(fault) => server.behaviour.set_fault(fault),
            Self::Delay(delay) => server.behaviour.set_delay(delay),
        }
        json!({ "ok": true }).to_string()
    }
}

/// Starts to listen to stdin, SIGTERM and SIGINT. Must be called inside the runtime.
pub(crate) fn events() -> std::io::Result<mpsc::Receiver<Event>> {
    let (tell, events) = mpsc::channel(1);
    for kind in [SignalKind::terminate(), SignalKind::interrupt()] {
        let mut signals = signal(kind)?;
        let tell = tell.clone();
        tokio::task::spawn_local(async move {
            signals.recv().await;
            // Refused only if the loop has ended, as it should.
            let _ = tell.send(Event::Stop).await;
        });
    }
    // A thread that sleeps in read(2): it costs nothing while nobody speaks, and a reader of stdout that does not read
    // blocks this thread and not the event loop.
    std::thread::Builder::new().name("control".into()).spawn(move || {
        // An error of stdin or stdout means the same as its end: nobody is there any more.
        let _ = converse(&tell);
        let _ = tell.blocking_send(Event::Stop);
    })?;
    Ok(events)
}

/// Obeys until told to stop.
pub(crate) async fn obey(events: &mut mpsc::Receiver<Event>, server: &Rc<Server>) {
    while let Some(Event::Line(command, reply)) = events.recv().await {
        let answer = match command {
            Ok(command) => command.obey(server),
            Err(message) => json!({ "error": message }).to_string(),
        };
        // Nobody waits for it only when the process is about to end.
        let _ = reply.send(answer);
    }
}

/// Passes on line after line of stdin until it ends.
fn converse(tell: &mpsc::Sender<Event>) -> std::io::Result<()> {
    let mut input = std::io::stdin().lock();
    let mut line = Vec::new();
    loop {
        line.clear();
        (&mut input).take(MAX_LINE).read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return Ok(());
        }
        let command = if line.len() as u64 == MAX_LINE && !line.ends_with(b"\n") {
            input.skip_until(b'\n')?;
            Err(format!("a line of more than {MAX_LINE} bytes is not understood"))
        } else {
            Command::parse(String::from_utf8_lossy(&line).trim())
        };
        let (reply, answer) = oneshot::channel();
        if tell.blocking_send(Event::Line(command, reply)).is_err() {
            return Ok(());
        }
        let Ok(answer) = answer.blocking_recv() else {
            return Ok(());
        };
        let mut out = std::io::stdout();
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
}
