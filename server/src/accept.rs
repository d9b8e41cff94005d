//! The listening socket, and the loop that takes connections from it.

use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context, Result};
use socket2::{Domain, Protocol, Socket, Type};

use crate::connection::{self, Server};

/// Connections the kernel keeps until they are accepted (it caps this at `net.core.somaxconn`). With the customary 128
/// a burst of 1,000 overflows it unseen, and the losers wait 1, 2, 4 seconds for their next attempt.
const BACKLOG: i32 = 4096;

/// Pause after a failed accept. Out of descriptors, the next attempt would fail as well, and the loop would spin.
const RESPITE: Duration = Duration::from_millis(20);

/// Opens the listening socket; port 0 takes any free one.
pub(crate) fn listen(address: SocketAddr) -> Result<TcpListener> {
    open(address).with_context(|| {
        format!("cannot listen on {address} (stop what holds that port, or give --listen another one; port 0 takes any that is free)")
    })
}

fn open(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // Closing first leaves TIME_WAIT on this port, which must not keep the next server from it.
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

/// Accepts for ever. Each spell without success counts as one error; only the first is also said on stderr.
pub(crate) async fn accept(listener: tokio::net::TcpListener, server: Rc<Server>) {
    let mut failing = false;
    let mut said = false;
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                failing = false;
                server.counters.accepted.add();
                tokio::task::spawn_local(connection::serve(stream, Rc::clone(&server)));
            }
            Err(error) => {
                if !failing {
                    server.counters.io_errors.add();
                }
                if !said {
                    eprintln!("poolbench-server: cannot accept a connection, going on: {error}");
                }
                (failing, said) = (true, true);
                tokio::time::sleep(RESPITE).await;
            }
        }
    }
}
