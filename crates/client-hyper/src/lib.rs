//! `http-native` in async pools: one GET through hyper over the sockets of any runtime, inside the job's own task.

use std::error::Error as _;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::task::Poll;

use bytes::Bytes;
use harness::Fault;
use harness::http::{BODY, Failure, Target, fault_of};
use http_body_util::{BodyExt as _, Empty};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{CONNECTION, HOST};
use hyper::rt::{Read, Write};
use hyper::{Request, StatusCode};

/// One GET on `socket`, which is connected to `target`; the time limit is the caller's.
pub async fn get<S>(socket: S, target: &'static Target) -> Result<(), Failure>
where
    S: Read + Write + Unpin,
{
    let (sender, connection) = handshake(socket).await.map_err(|cause| classify(&cause))?;
    let (mut connection, mut exchange) = (pin!(connection), pin!(exchange(sender, target)));
    let mut ended = None;
    // hyper splits a connection into two futures. Both are polled here: a task for one of them would be a task more
    // than the pool has been asked for.
    poll_fn(|cx| {
        if ended.is_none() {
            ended = match connection.as_mut().poll(cx) {
                Poll::Ready(end) => Some(end.err()),
                Poll::Pending => None,
            };
        }
        exchange.as_mut().poll(cx).map_err(|failed| match (failed, &ended) {
            // The request only knows that its connection is gone; the connection knows why.
            (Failed::Gone, Some(Some(cause))) => classify(cause),
            (Failed::Gone, _) => Fault::Reset.into(),
            (Failed::Because(failure), _) => failure,
        })
    })
    .await
}

enum Failed {
    Gone,
    Because(Failure),
}

impl From<hyper::Error> for Failed {
    fn from(cause: hyper::Error) -> Self {
        if cause.is_canceled() || cause.is_closed() { Self::Gone } else { Self::Because(classify(&cause)) }
    }
}

impl From<Fault> for Failed {
    fn from(fault: Fault) -> Self {
        Self::Because(fault.into())
    }
}

async fn exchange(mut sender: SendRequest<Empty<Bytes>>, target: &Target) -> Result<(), Failed> {
    let request = Request::get(target.path()).header(HOST, target.host()).header(CONNECTION, "close");
    let request = request.body(Empty::new()).map_err(|_| Fault::Body)?;
    let response = sender.send_request(request).await?;
    if response.status() != StatusCode::OK {
        return Err(Fault::Status.into());
    }
    let (mut body, mut expected) = (response.into_body(), BODY);
    while let Some(frame) = body.frame().await {
        if let Some(data) = frame?.data_ref() {
            expected = expected.strip_prefix(&data[..]).ok_or(Fault::Body)?;
        }
    }
    // The end of the stream is the only mark of the body's end, so a cut body is an early end.
    if expected.is_empty() { Ok(()) } else { Err(Fault::Eof.into()) }
}

fn classify(error: &hyper::Error) -> Failure {
    match error.source().and_then(|source| source.downcast_ref::<io::Error>()) {
        Some(cause) => fault_of(cause).into(),
        None if error.is_incomplete_message() => Fault::Eof.into(),
        None => Fault::Body.into(),
    }
}
