//! How parent and workers get their channels: each worker calls at a one-shot server whose name it finds in its environment,
//! and is sent its ends. Nobody waits for a worker that has died on its way.

use std::io::{self, ErrorKind};
use std::os::unix::net::UnixListener;
use std::process::Stdio;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread::Builder;
use std::time::Duration;
use std::{env, mem};

use harness::{Error, Jobs, Processes, Result, worker_command};
use ipc_channel::IpcError;
use ipc_channel::ipc::{self, IpcOneShotServer, IpcReceiver, IpcSender};

use crate::wire::{Report, Request, died, failed, is_closed};

/// What a worker is sent: its number, where requests come from, where reports go.
pub(crate) type Setup = (u64, IpcReceiver<Request>, IpcSender<Report>);
/// What a worker sends when it calls: where it waits for its setup.
type Call = IpcSender<Setup>;

/// The environment variable with the server's name.
const SERVER: &str = "POOL_IPC_CHANNEL_SERVER";
/// How often is looked whether a worker has died before it called.
const WATCH: Duration = Duration::from_millis(50);

/// Starts all workers and hands each its channels: their processes, the senders of requests, the receiver of reports.
pub(crate) fn meet(jobs: &Jobs) -> Result<(Processes, Vec<IpcSender<Request>>, IpcReceiver<Report>)> {
    let count = jobs.workers() as u64;
    socket_can_be_made()?;
    let (report, reports) = first_channel().map_err(|cause| too_few(0, count, &cause))?;
    let mut command = worker_command(jobs)?;
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let (mut servers, mut names) = (Vec::new(), Vec::new());
    // Dropped before the servers, should this loop fail: a worker that finds no server complains.
    let mut processes = Processes::default();
    for number in 0..count {
        // Without descriptors the library goes on with descriptor -1, and cannot remove the folder that it has made.
        io::pipe().map(drop).map_err(|cause| too_few(number, count, &cause))?;
        let server = IpcOneShotServer::<Call>::new();
        let (server, name) = server.map_err(|cause| too_few(number, count, &cause))?;
        processes.spawn(command.env(SERVER, &name), count)?;
        servers.push(server);
        names.push(name);
    }
    let mut requests = Vec::new();
    calls(servers, names, &mut processes, |number, call| {
        let (request, setup) = ipc::channel()?;
        requests.push(request);
        call.send((number, setup, report.clone()))
    })?;
    Ok((processes, requests, reports))
}

/// Makes a socket where the library will make its own: it panics where it cannot.
fn socket_can_be_made() -> Result<()> {
    let made = tempfile::tempdir().and_then(|folder| {
        let path = folder.path().join("socket");
        path.to_str().ok_or(io::Error::new(ErrorKind::InvalidFilename, "the folder's name is not UTF-8"))?;
        UnixListener::bind(path).map(drop)
    });
    made.map_err(|cause| {
        let folder = env::temp_dir();
        Error::io(format!("making a socket in {}, which TMPDIR can change", folder.display()), &cause)
    })
}

/// The channel of reports, made when the library has what it needs for its first message: it panics where the system gives
/// it no descriptors for that.
fn first_channel() -> io::Result<(IpcSender<Report>, IpcReceiver<Report>)> {
    let channel = ipc::channel()?;
    drop((io::pipe()?, io::pipe()?));
    let (send, _receive) = ipc::channel()?;
    send.send(()).map_err(io::Error::other)?;
    Ok(channel)
}

/// Waits for the call of every worker. Accepting cannot be given up, so a thread does it, and a server whose worker has
/// died gets a call from here.
fn calls(
    servers: Vec<IpcOneShotServer<Call>>,
    names: Vec<String>,
    processes: &mut Processes,
    mut answer: impl FnMut(u64, Call) -> std::result::Result<(), IpcError>,
) -> Result<()> {
    let count = servers.len() as u64;
    let (accepted, calls) = channel();
    let accept = move || {
        for server in servers {
            if accepted.send(server.accept().map(|(_, call)| call)).is_err() {
                break;
            }
        }
    };
    let thread = Builder::new().name("accepting".to_owned()).spawn(accept);
    let thread = thread.map_err(|cause| Error::too_few("threads beside the processes", 0, 1, &cause))?;
    let mut answer_all = || {
        for number in 0..count {
            let call = loop {
                match calls.recv_timeout(WATCH) {
                    Ok(call) => break call,
                    Err(RecvTimeoutError::Timeout) => processes.watch()?,
                    Err(RecvTimeoutError::Disconnected) => {
                        return Err(Error::internal("the accepting thread has died"));
                    }
                }
            };
            call.and_then(|call| answer(number, call)).map_err(|cause| refused(number, count, cause, processes))?;
        }
        Ok(())
    };
    let answered = answer_all();
    if answered.is_err() {
        // Before anything closes that the living ones wait for: they would complain of it.
        drop(mem::take(processes));
    }
    drop(calls);
    // A call in place of that of a dead worker wakes the thread, which then finds nobody to tell. A server that is gone
    // already refuses it; a thread that cannot be woken ends with the process.
    let woken = |name| match IpcSender::<Call>::connect(name).map_err(|cause| cause.kind()) {
        Ok(_) | Err(io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => true,
        Err(_) => false,
    };
    if answered.is_ok() || names.into_iter().all(woken) {
        let joined = thread.join().map_err(|_| Error::internal("the accepting thread panicked"));
        return answered.and(joined);
    }
    answered
}

/// Why a worker has no channels: it is gone itself, or the system has no more of what they take.
fn refused(number: u64, wanted: u64, cause: IpcError, processes: &mut Processes) -> Error {
    match cause {
        IpcError::Io(cause) if !is_closed(&cause) => too_few(number, wanted, &cause),
        cause => failed("meeting a worker", cause).unwrap_or_else(|| died(processes)),
    }
}

fn too_few(reached: u64, wanted: u64, cause: &io::Error) -> Error {
    Error::too_few("processes", reached, wanted, cause)
}

/// The worker's side: calls at the server and waits for the channels; none where the parent is gone.
pub(crate) fn introduce() -> Result<Option<Setup>> {
    let name = env::var(SERVER).map_err(|_| Error::unsupported("a worker is started by its pool, not by hand"))?;
    let call = || {
        let server = IpcSender::<Call>::connect(name)?;
        let (setup, own) = ipc::channel()?;
        server.send(setup)?;
        own.recv()
    };
    match call() {
        Ok(setup) => Ok(Some(setup)),
        Err(cause) => failed("calling the parent process", cause).map_or(Ok(None), Err),
    }
}
