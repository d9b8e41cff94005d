//! Panics of pools and their libraries: one line instead of a trace, none for those that the workload makes on
//! purpose, and a `limit` where the system has no more to give.

use std::any::Any;
use std::panic::set_hook;
use std::process;

use crate::error::{Error, ErrorKind};
use crate::stdio;
use crate::threads::threads_up;
use crate::workload::Workload;

/// Sets what any panic of this process does from now on. Libraries panic where the system gives no more threads, and
/// some of them wait for ever when they unwind from that (tokio for the threads it did get): such a panic gives its
/// error to `last_words` and ends the process.
pub(crate) fn report(workload: &Workload, last_words: impl Fn(Error) + Send + Sync + 'static) {
    let wanted = matches!(workload, Workload::Panic(_));
    set_hook(Box::new(move |info| {
        if let Some(error) = text(info.payload()).and_then(out_of_something) {
            last_words(error);
            process::exit(1);
        }
        if !wanted {
            stdio::complaint(&info.to_string());
        }
    }));
}

/// The error of a panic in a step of the pool.
pub(crate) fn error(step: &str, payload: &(dyn Any + Send)) -> Error {
    Error::internal(format!("the pool panicked in {step}: {}", text(payload).unwrap_or("no message")))
}

fn text(payload: &(dyn Any + Send)) -> Option<&str> {
    payload.downcast_ref::<String>().map(String::as_str).or(payload.downcast_ref::<&str>().copied())
}

fn out_of_something(text: &str) -> Option<Error> {
    // EAGAIN (threads, processes), ENOMEM, ENFILE, EMFILE, in the two ways in which an `io::Error` prints and in that of
    // ipc-channel's errors.
    let printed = |code: u8| [format!("os error {code})"), format!("code: {code},"), format!("Errno({code})")];
    let limit = [11, 12, 23, 24].into_iter().flat_map(printed).any(|error| text.contains(&error));
    limit.then(|| Error { kind: ErrorKind::Limit, message: format!("{text}; {}; ask for fewer --workers", reached()) })
}

/// How many threads there are beside the main one.
fn reached() -> String {
    match threads_up() {
        Ok(threads) => format!("{threads} threads were up"),
        Err(cause) => format!("the number of threads is unknown ({cause})"),
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn only_a_lack_of_something_is_a_limit() {
        let refused = io::Error::from_raw_os_error(11);
        let texts = [format!("OS can't spawn worker thread: {refused}"), format!("spawn: {refused:?}")];
        for text in texts.into_iter().chain(["no socket: Errno(24)".to_owned()]) {
            let error = out_of_something(&text).unwrap();
            assert_eq!(error.kind, ErrorKind::Limit);
            assert!(error.message.contains("threads were up"), "{}", error.message);
        }
        assert!(out_of_something("index out of bounds: the len is 11, but code 11").is_none());
    }
}
