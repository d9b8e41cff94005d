//! Clients that are wrong, slow, endless or too many: each gets an answer or a close, and the others are served.

use std::io::Write;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use crate::common::{BINARY, GET, Server, read_all, status_kb};

fn request(head: &str, more: &[u8]) -> Vec<u8> {
    [head.as_bytes(), b"\r\n\r\n", more].concat()
}

#[test]
fn what_is_no_request_gets_an_error_or_a_close() {
    let mut server = Server::start(&[]);
    let many = "GET / HTTP/1.1".to_owned() + &"\r\na: b".repeat(500);
    let cases = [
        ("words", "400", b"good morning\r\n\r\n".to_vec()),
        ("binary", "400", vec![0xff; 3000]),
        ("zeros", "400", vec![0; 100_000]),
        ("tls", "400", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec()),
        ("http/2", "", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec()),
        ("version", "400", request("GET / HTTP/9.9", b"")),
        ("no version", "400", request("GET /", b"")),
        ("header", "400", request("GET / HTTP/1.1\r\nno colon", b"")),
        ("length", "400", request("GET / HTTP/1.1\r\nContent-Length: -1", b"")),
        ("lengths", "400", request("GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2", b"")),
        ("long header", "431", request(&format!("GET / HTTP/1.1\r\na: {}", "b".repeat(20_000)), b"")),
        ("many headers", "431", request(&many, b"")),
        ("long target", "431", request(&format!("GET /{} HTTP/1.1", "a".repeat(100_000)), b"")),
    ];
    for (name, status, bytes) in &cases {
        let answer = server.exchange(bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        let got = answer.split(' ').nth(1).unwrap_or_default();
        assert_eq!(got, *status, "{name}: {answer:?}");
        assert!(server.get().ends_with("OK"), "after {name}");
    }
    assert_eq!(server.count("bad_requests"), cases.len() as u64);
    assert_eq!(server.count("requests"), cases.len() as u64, "the good ones only");
}

#[test]
fn a_body_however_large_does_not_keep_the_answer_back() {
    let mut server = Server::start(&[]);
    let megabyte = vec![b'x'; 1 << 20];
    for (head, status) in [
        ("GET / HTTP/1.1\r\nContent-Length: 1000000", "200"),
        ("POST / HTTP/1.1\r\nContent-Length: 1000000", "405"),
        ("POST / HTTP/1.1\r\nContent-Length: 900000000000000000", "405"),
        ("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1000000", "405"),
        ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked", "405"),
    ] {
        let body = &megabyte[..1_000_000];
        let answer = server.exchange(&request(head, body)).unwrap_or_else(|error| panic!("{head}: {error}"));
        assert!(answer.starts_with(&format!("HTTP/1.0 {status} ")), "{head}: {answer}");
    }
    assert_eq!(server.count("responses"), 5);

    // Beyond the bound on what is read for politeness there is a close, or a reset; but an end.
    let mut endless = server.send(b"POST / HTTP/1.1\r\nContent-Length: 900000000000000000\r\n\r\n");
    while endless.write_all(&megabyte).is_ok() {}
    assert!(server.get().ends_with("OK"));
}

/// The only tests that wait out the 5 s for a request head; they wait together.
#[test]
fn silent_and_dripping_clients_are_shown_the_door() {
    let mut server = Server::start(&[]);
    thread::scope(|scope| {
        let ends = |start: &'static [u8], drip: &'static [u8]| {
            let mut stream = server.send(start);
            move || {
                let mut sender = stream.try_clone().unwrap();
                let dripping = thread::spawn(move || {
                    while !drip.is_empty() && sender.write_all(drip).is_ok() {
                        thread::sleep(Duration::from_millis(100));
                    }
                });
                // A close or a reset; a hang panics.
                let _ = read_all(&mut stream);
                drop(stream);
                dripping.join().unwrap();
            }
        };
        scope.spawn(ends(b"", b""));
        scope.spawn(ends(b"GET / HT", b""));
        scope.spawn(ends(b"GET / HTTP/1.1\r\n", b"a: b\r\n"));
        scope.spawn(ends(b"GET /", b"a"));
        for _ in 0..20 {
            assert!(server.get().ends_with("OK"), "others are served meanwhile");
        }
    });
    server.wait_for("bad_requests", 4);
}

#[test]
fn clients_that_leave_early_are_no_harm() {
    let mut server = Server::start(&[]);
    for start in [&b""[..], b"GET / HT", b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab"] {
        drop(server.send(start));
    }
    server.wait_for("accepted", 3);
    assert!(server.get().ends_with("OK"));
    server.wait_for("bad_requests", 1);
    server.wait_for("open", 0);
}

#[test]
fn endless_heads_take_little_memory() {
    let mut server = Server::start(&[]);
    let flood = b"a: b\r\n".repeat(200_000);
    let kept: Vec<_> = (0..100)
        .map(|_| {
            let mut stream = server.connect();
            // The server stops to read in the middle.
            let _ = stream.write_all(b"GET / HTTP/1.1\r\n").and_then(|()| stream.write_all(&flood));
            stream
        })
        .collect();
    assert!(server.get().ends_with("OK"));
    server.wait_for("bad_requests", 100);
    let peak = status_kb(server.child.id(), "VmHWM");
    assert!(peak < 30_000, "{peak} kB after 100 heads of 1.2 MB");
    drop(kept);
}

#[test]
fn out_of_descriptors_it_waits_and_recovers() {
    // Soft and hard limit: the server cannot raise it.
    let mut server = Server::of(Command::new("sh").args(["-c", "ulimit -n 24; exec \"$0\"", BINARY]));
    let silent: Vec<_> = (0..60).map(|_| server.connect()).collect();
    server.wait_for("io_errors", 1);
    let (begun, before) = (Instant::now(), server.count("cpu_ns"));
    thread::sleep(Duration::from_secs(1));
    let (spent, waited) = (server.count("cpu_ns") - before, begun.elapsed());
    assert!(u128::from(spent) < waited.as_nanos() / 2, "{spent} ns of CPU in {waited:?} of waiting");
    drop(silent);
    assert!(server.get().ends_with("OK"));
    assert_eq!(server.send(GET).peer_addr().unwrap(), server.address);
}
