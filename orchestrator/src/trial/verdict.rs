//! What a trial comes to: right or wrong results, or why it ended before it was through.

use harness::ErrorKind;
use harness::protocol::{Done, Event};

use super::ask::{Ask, Right};
use super::status::Status;
use super::webserver::Seen;
use crate::process::limit;

/// Classes of failed jobs that are the machine's fault: out of local ports, out of descriptors.
const LIMITS: [&str; 2] = ["addr", "fd"];

/// What to do about a pool that is wrong.
const CHECK_IT: &str = "`poolbench check-pool` with its command says what is wrong";

/// Why a trial ends before it is through.
pub(super) struct End(pub(super) Status, pub(super) String);

/// Holds what came back against what is right.
pub(super) fn judge(ask: &Ask, done: &Done, seen: Option<Seen>) -> Result<(), End> {
    let batches = done.batch_ns.len() as u64;
    if batches != ask.batches {
        return Err(broken(&format!("it ran {batches} batches of {}", ask.batches)));
    }
    if done.failed() > 0 {
        let classes: Vec<String> = done.errors.iter().map(|(class, count)| format!("{count} {class}")).collect();
        let limited = done.errors.iter().all(|(class, _)| LIMITS.contains(&class.as_str()));
        let status = if limited { Status::Limit } else { Status::Failed };
        return Err(End(status, format!("failed jobs: {}", classes.join(", "))));
    }
    let (is_right, right) = match &ask.right {
        Right::Sum(sum) => (done.checksum == *sum, format!(", {sum}")),
        Right::Unchecked | Right::None => (true, String::new()),
    };
    if done.jobs != ask.jobs || !is_right {
        let message =
            format!("{} jobs, checksum {}; right is {}{right}; {CHECK_IT}", done.jobs, done.checksum, ask.jobs);
        return Err(End(Status::Mismatch, message));
    }
    if ask.right == Right::None {
        let message = format!("checksum {}; there is no right one to hold it against", done.checksum);
        return Err(End(Status::Failed, message));
    }
    if let Some(short) = done.batch_ns.iter().find(|ns| **ns < ask.shortest_ns) {
        let least = ask.shortest_ns;
        return Err(broken(&format!(
            "it reports a batch of {short} ns, which cannot take less than {least} ns with these sleeps and workers"
        )));
    }
    let Some(seen) = seen else { return Ok(()) };
    let sent = (ask.jobs * batches + done.retries).saturating_sub(done.unsent);
    if seen.requests == sent {
        return Ok(());
    }
    Err(End(Status::Mismatch, format!("the web server saw {} requests, the pool sent {sent}", seen.requests)))
}

/// The pool's process could not be made: by its own fault, or because this one has reached a limit of the system.
pub(super) fn not_started(why: &anyhow::Error) -> End {
    match limit::reached(why) {
        Some(limit) => End(Status::Limit, format!("{why:#}; poolbench itself, not the pool, has reached {limit}")),
        None => End(Status::Crashed, format!("{why:#}")),
    }
}

/// The status for a kind of error that a pool reports.
pub(super) fn status_of(kind: ErrorKind) -> Status {
    match kind {
        ErrorKind::Limit => Status::Limit,
        ErrorKind::Unsupported => Status::Unsupported,
        ErrorKind::Io => Status::Failed,
        ErrorKind::Internal => Status::Crashed,
    }
}

/// The orchestrator stood still meanwhile; whatever came of the trial.
pub(super) fn stood_still(End(status, message): &End) -> End {
    let so_far = if message.is_empty() { status.to_string() } else { format!("{status}, {message}") };
    End(
        Status::Interrupted,
        format!("poolbench itself was stopped, frozen or suspended meanwhile, so this is no measurement ({so_far})"),
    )
}

/// The pool did not keep to the protocol.
pub(super) fn broken(what: &str) -> End {
    End(Status::Failed, format!("the pool broke the protocol: {what}; {CHECK_IT}"))
}

/// Another event came than was due.
pub(super) fn out_of_turn(wanted: &str, got: &Event) -> End {
    broken(&format!("'{wanted}' was due, it said {}", got.json()))
}

/// The pool's process is gone.
pub(super) fn crashed(what: &str) -> End {
    End(Status::Crashed, what.to_owned())
}
