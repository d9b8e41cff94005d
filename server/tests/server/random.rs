//! Requests with random damage: each connection ends, and the server goes on and counts on.

use std::io::Write;
use std::net::Shutdown;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::common::{Server, read_all};

const WHOLE: &[u8] =
    b"POST /a?b HTTP/1.1\r\nHost: localhost\r\nContent-Length: 12\r\nExpect: 100-continue\r\n\r\nhello, world";

/// A request with some bytes replaced, then cut, then followed by rubbish.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let replaced = prop::collection::vec((0..WHOLE.len(), any::<u8>()), 0..4);
    let rubbish = prop::collection::vec(any::<u8>(), 0..200);
    (replaced, 0..=WHOLE.len(), rubbish).prop_map(|(replaced, length, rubbish)| {
        let mut bytes = WHOLE.to_vec();
        for (at, byte) in replaced {
            bytes[at] = byte;
        }
        bytes.truncate(length);
        bytes.extend(rubbish);
        bytes
    })
}

#[test]
fn damaged_requests_end_and_harm_nobody() {
    let mut server = Server::start(&[]);
    let config = Config { cases: 500, failure_persistence: None, ..Config::default() };
    let sent = config.cases;
    TestRunner::new(config)
        .run(&damaged(), |bytes| {
            let mut stream = server.connect();
            // The server may have heard enough, and closed; the half-close spares both the wait for the time limit.
            let _ = stream.write_all(&bytes).and_then(|()| stream.shutdown(Shutdown::Write));
            let _ = read_all(&mut stream);
            prop_assert!(server.get().ends_with("OK"));
            Ok(())
        })
        .unwrap();
    let stats = server.ask("stats");
    let count = |name: &str| stats[name].as_u64().unwrap();
    assert_eq!(count("accepted"), 2 * u64::from(sent), "{stats}");
    assert_eq!(count("open"), 0, "{stats}");
    assert!(count("requests") + count("bad_requests") <= count("accepted"), "{stats}");
}
