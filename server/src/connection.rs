//! One connection: one request, one answer, and the server is the side that closes.

use std::cell::Cell;
use std::future::poll_fn;
use std::rc::Rc;
use std::time::Duration;

use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::answer::{Answer, NoAnswer, Text};
use crate::behaviour::{Behaviour, Fault, Kind};
use crate::counters::Counters;

/// A request head must be complete within this, from the accept on.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);

/// The longest request head, bytes, and with it the read buffer of a connection; the least hyper allows.
const MAX_HEAD: usize = 8192;

/// What is still read from a client that sent more than a request head, so that it gets its answer: at most so many
/// bytes, and for so long. Closing over unread bytes sends a reset, which can overtake the answer.
const LINGER_BYTES: usize = 1 << 20;
const LINGER_TIME: Duration = Duration::from_secs(1);

/// How often a server that ends looks whether requests are left.
const IDLE_STEP: Duration = Duration::from_millis(5);

/// What all connections share.
pub(crate) struct Server {
    pub(crate) counters: Counters,
    pub(crate) behaviour: Behaviour,
    /// For answers given at once.
    prompt: http1::Builder,
    /// For answers held back.
    patient: http1::Builder,
}

impl Server {
    pub(crate) fn new(delay: Duration, fault: Option<Fault>) -> Self {
        let mut patient = http1::Builder::new();
        patient
            .keep_alive(false)
            .max_buf_size(MAX_HEAD)
            .auto_date_header(false)
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT);
        // A client that closes its sending side still gets an answer that is ready. One that has to wait is taken for
        // gone: a request that nobody waits for must not count as open.
        let mut prompt = patient.clone();
        prompt.half_close(true);
        Self { counters: Counters::default(), behaviour: Behaviour::new(delay, fault), prompt, patient }
    }

    fn http(&self) -> &http1::Builder {
        if self.behaviour.is_prompt() { &self.prompt } else { &self.patient }
    }

    /// Returns when no request is in progress.
    pub(crate) async fn idle(&self) {
        while self.counters.open() > 0 {
            tokio::time::sleep(IDLE_STEP).await;
        }
    }
}

/// Serves one connection to its end.
pub(crate) async fn serve(stream: TcpStream, server: Rc<Server>) {
    let visit = Visit { server: Rc::clone(&server), seen: Cell::new(None) };
    let mut connection = server.http().serve_connection(TokioIo::new(stream), visit);
    // hyper's own shutdown would be a system call that the close right after makes superfluous.
    let result = poll_fn(|cx| connection.poll_without_shutdown(cx)).await;
    let parts = connection.into_parts();
    let seen = parts.service.seen.get();
    // Counted as over before the client can see its end and send the next one.
    drop(parts.service);
    let unread = !parts.read_buf.is_empty() || seen.is_some_and(|seen| seen.body);
    let stream = parts.io.into_inner();

    match result {
        Ok(()) => {
            if seen.is_some() {
                server.counters.responses.add();
            }
            if unread {
                Box::pin(linger(stream)).await;
            }
        }
        // The service's own refusal to answer.
        Err(error) if error.is_user() => {
            if seen.is_some_and(|seen| seen.fault == Some(Kind::Reset)) {
                // Fails only on a socket that is gone already.
                let _ = stream.set_zero_linger();
            }
        }
        Err(error) if seen.is_none() && (error.is_parse() || error.is_timeout() || error.is_incomplete_message()) => {
            server.counters.bad_requests.add();
            Box::pin(linger(stream)).await;
        }
        Err(_) => server.counters.io_errors.add(),
    }
}

/// Ends the own side, then reads what the client still sends, within bounds. Awaited in a box, since few connections
/// need it and all would carry its buffer.
async fn linger(mut stream: TcpStream) {
    let drain = async {
        stream.shutdown().await?;
        let mut left = LINGER_BYTES;
        let mut sink = [0; 2048];
        while left > 0 {
            match stream.read(&mut sink).await? {
                0 => break,
                got => left = left.saturating_sub(got),
            }
        }
        std::io::Result::Ok(())
    };
    // Its answer is on the way; whatever goes wrong now is the client's.
    let _ = tokio::time::timeout(LINGER_TIME, drain).await;
}

/// What a request was, as far as its connection's end depends on it.
#[derive(Clone, Copy)]
struct Seen {
    fault: Option<Kind>,
    body: bool,
}

/// The service of one connection. A request counts as open until this is dropped.
struct Visit {
    server: Rc<Server>,
    seen: Cell<Option<Seen>>,
}

impl Service<Request<Incoming>> for Visit {
    type Response = Response<Text>;
    type Error = NoAnswer;
    type Future = Answer;

    fn call(&self, request: Request<Incoming>) -> Answer {
        let counters = &self.server.counters;
        let treatment = self.server.behaviour.next();
        counters.enter();
        if treatment.fault.is_some() {
            counters.faults.add();
        }
        self.seen.set(Some(Seen { fault: treatment.fault, body: !request.body().is_end_stream() }));
        Answer::to(&request, treatment)
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        if self.seen.get().is_some() {
            self.server.counters.leave();
        }
    }
}
