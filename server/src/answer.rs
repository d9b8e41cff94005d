//! The answers: one word, sent so that its end is the end of the connection.

use std::convert::Infallible;
use std::future::{Future, ready};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming};
use hyper::header::{ALLOW, HeaderValue};
use hyper::{Method, Request, Response, StatusCode, Version};
use tokio::time::Sleep;

use crate::behaviour::{Kind, Treatment};

/// Pause before each byte of a slow answer.
const SLOW_STEP: Duration = Duration::from_millis(50);

/// How long a hanging request is held; longer than any client waits.
const HANG: Duration = Duration::from_secs(30);

/// A request that gets no answer on purpose.
#[derive(Debug)]
pub(crate) struct NoAnswer;

impl std::fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("no answer, as configured")
    }
}

impl std::error::Error for NoAnswer {}

/// What a request gets.
pub(crate) type Outcome = Result<Response<Text>, NoAnswer>;

/// An outcome at once, or later. At once is the common case and takes neither timer nor box.
pub(crate) enum Answer {
    Now(std::future::Ready<Outcome>),
    Later(Pin<Box<dyn Future<Output = Outcome>>>),
}

impl Answer {
    /// Decides what this request gets.
    pub(crate) fn to(request: &Request<Incoming>, treatment: Treatment) -> Self {
        let (status, text) = status_of(request);
        let Treatment { delay, fault } = treatment;
        if delay.is_zero() && fault.is_none() {
            return Self::Now(ready(Ok(response(status, Text::whole(text)))));
        }
        Self::Later(Box::pin(async move {
            if !delay.is_zero() {
                tokio::time::sleep(delay).await;
            }
            match fault {
                None => Ok(response(status, Text::whole(text))),
                Some(Kind::Unavailable) => {
                    Ok(response(StatusCode::SERVICE_UNAVAILABLE, Text::whole("unavailable, as configured\n")))
                }
                Some(Kind::Slow) => Ok(response(status, Text::slow(text))),
                Some(Kind::Reset | Kind::Eof) => Err(NoAnswer),
                Some(Kind::Hang) => {
                    tokio::time::sleep(HANG).await;
                    Err(NoAnswer)
                }
            }
        }))
    }
}

impl Future for Answer {
    type Output = Outcome;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Outcome> {
        match self.get_mut() {
            Self::Now(outcome) => Pin::new(outcome).poll(cx),
            Self::Later(outcome) => outcome.as_mut().poll(cx),
        }
    }
}

fn status_of(request: &Request<Incoming>) -> (StatusCode, &'static str) {
    if request.uri().path() != "/" {
        (StatusCode::NOT_FOUND, "there is only /\n")
    } else if request.method() != Method::GET {
        (StatusCode::METHOD_NOT_ALLOWED, "there is only GET\n")
    } else {
        (StatusCode::OK, "OK")
    }
}

/// HTTP/1.0 and a body of unknown length: the only end left is the close, so every client reads up to it, the server
/// closes first, and `TIME_WAIT` never takes one of the clients' ports.
fn response(status: StatusCode, text: Text) -> Response<Text> {
    let mut response = Response::new(text);
    *response.version_mut() = Version::HTTP_10;
    *response.status_mut() = status;
    if status == StatusCode::METHOD_NOT_ALLOWED {
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET"));
    }
    response
}

/// A body of a few fixed bytes that does not tell its length.
pub(crate) struct Text {
    rest: &'static [u8],
    pause: Option<Pin<Box<Sleep>>>,
}

impl Text {
    fn whole(text: &'static str) -> Self {
        Self { rest: text.as_bytes(), pause: None }
    }

    fn slow(text: &'static str) -> Self {
        Self { rest: text.as_bytes(), pause: Some(Box::pin(tokio::time::sleep(SLOW_STEP))) }
    }
}

impl Body for Text {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let this = self.get_mut();
        let mut now = this.rest.len();
        if let Some(pause) = &mut this.pause {
            std::task::ready!(pause.as_mut().poll(cx));
            pause.set(tokio::time::sleep(SLOW_STEP));
            now = now.min(1);
        }
        let (part, rest) = this.rest.split_at(now);
        this.rest = rest;
        Poll::Ready((now > 0).then(|| Ok(Frame::data(Bytes::from_static(part)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }
}
