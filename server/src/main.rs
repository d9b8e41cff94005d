//! `poolbench-server`: a small local web server for the http workloads, which counts exactly and fails on demand.

mod accept;
mod answer;
mod behaviour;
mod cli;
mod connection;
mod control;
mod counters;
mod limits;

use std::io::Write;
use std::net::TcpListener;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::runtime::{Builder, LocalOptions};

use crate::connection::Server;

/// How long requests in progress may go on once the server was told to end.
const DRAIN: Duration = Duration::from_secs(2);

/// How long the last line may wait for a reader of stdout that does not read.
const LAST_WORD: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    match run(&cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("poolbench-server: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(options: &cli::Options) -> Result<()> {
    limits::raise_descriptors();
    let listener = accept::listen(options.listen)?;
    let server = Rc::new(Server::new(options.delay, options.fault));
    // One thread: a second one costs 60 to 75 % more CPU a request in wake-ups across cores.
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build_local(LocalOptions::default())
        .context("cannot start the event loop")?;
    runtime.block_on(serve(listener, &server))?;
    say_last(server.counters.json());
    Ok(())
}

/// Serves until a signal or the end of stdin, then lets the requests in progress finish.
async fn serve(listener: TcpListener, server: &Rc<Server>) -> Result<()> {
    let address = listener.local_addr().context("cannot read the own address")?;
    let listener = tokio::net::TcpListener::from_std(listener).context("cannot watch the listening socket")?;
    let mut events = control::events().context("cannot watch stdin and signals")?;
    let accepting = tokio::task::spawn_local(accept::accept(listener, Rc::clone(server)));

    let mut out = std::io::stdout();
    writeln!(out, "listening {address}").and_then(|()| out.flush()).context("cannot write the address to stdout")?;

    control::obey(&mut events, server).await;
    accepting.abort();
    // Cancelled is what was asked for; nothing else can come back from an endless loop.
    let _ = accepting.await;
    // What is left after that is told as `open`.
    let _ = tokio::time::timeout(DRAIN, server.idle()).await;
    Ok(())
}

/// Prints the final counters, but never waits longer than [`LAST_WORD`] for somebody to read them.
fn say_last(line: String) {
    let (done, printed) = std::sync::mpsc::channel();
    let talk = move || {
        let mut out = std::io::stdout();
        // Nobody may be left to read it, and then it does not matter.
        let _ = writeln!(out, "{line}").and_then(|()| out.flush());
        let _ = done.send(());
    };
    if std::thread::Builder::new().spawn(talk).is_ok() {
        let _ = printed.recv_timeout(LAST_WORD);
    }
}
