//! What it means that no event comes, and what to do about it.

use std::time::Duration;

use super::finding::shortened;
use super::gate::Gate;

/// Of a pool whose event `due` has not come within `patience`, and of whose line so much is there.
pub(super) fn means(begun: &[u8], due: &str, patience: Duration) -> (String, &'static str) {
    if !begun.is_empty() {
        let begun = shortened(&String::from_utf8_lossy(begun));
        let got = format!("within {patience:?} only a line without its line feed: '{begun}'");
        return (got, "end each event with a line feed, and flush stdout after it");
    }
    let nothing = format!("nothing within {patience:?}");
    if due == Gate::Ready.word() {
        let got = format!("{nothing}: stdout is probably not flushed");
        return (got, "flush stdout after each event: print(..., flush=True), fflush(stdout), System.out.flush()");
    }
    (nothing, "look where its main thread waits; where it is only slow, give it more with --patience")
}
