//! `http-native` in blocking pools: ureq, with a new agent a job as the originals take a new session.

use std::error::Error as _;
use std::io;

use ureq::Agent;

use super::exchange::{BODY, TIMEOUT};
use super::failure::{Failure, fault_of};
use super::target::Target;
use crate::slots::Fault;

/// ureq's buffers in bytes: its default of 128 KiB twice a connection would be measured as the pool's memory.
const BUFFER: usize = 4096;

/// One attempt.
pub(crate) fn get(target: &Target) -> Result<(), Failure> {
    // A timeout for each phase: a global one makes ureq start a thread a request to look up names.
    let agent: Agent = Agent::config_builder()
        .proxy(None)
        .http_status_as_error(false)
        .timeout_connect(Some(TIMEOUT))
        .timeout_recv_response(Some(TIMEOUT))
        .timeout_recv_body(Some(TIMEOUT))
        .input_buffer_size(BUFFER)
        .output_buffer_size(BUFFER)
        .max_idle_connections(0)
        .build()
        .into();
    let mut response =
        agent.get(target.url()).header("connection", "close").call().map_err(|cause| classify(&cause))?;
    if response.status() != 200 {
        return Err(Fault::Status.into());
    }
    let body = response.body_mut().read_to_vec().map_err(|cause| classify(&cause))?;
    if body == BODY { Ok(()) } else { Err(Fault::Body.into()) }
}

fn classify(error: &ureq::Error) -> Failure {
    match error {
        ureq::Error::Io(cause) => Failure { fault: fault_of(cause), sent: !fails_on_connect(cause) },
        ureq::Error::ConnectionFailed => Failure { fault: Fault::Refused, sent: false },
        ureq::Error::Timeout(which) => Failure { fault: Fault::Timeout, sent: *which != ureq::Timeout::Connect },
        other => match other.source().and_then(|source| source.downcast_ref::<io::Error>()) {
            Some(cause) => Failure::talking(cause),
            None => Fault::Body.into(),
        },
    }
}

/// Errors that only a connect or the opening of a socket gives.
fn fails_on_connect(cause: &io::Error) -> bool {
    matches!(fault_of(cause), Fault::Refused | Fault::Addr | Fault::Fd)
}
