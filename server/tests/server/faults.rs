//! Faults on demand: each kind as a client sees it, and how often.

use std::io::ErrorKind;

use crate::common::{GET, Server};

#[test]
fn every_third_request_meets_the_fault() {
    let mut server = Server::start(&["--fault-every", "3", "--fault", "503"]);
    let failed: Vec<bool> = (0..9).map(|_| server.get().starts_with("HTTP/1.0 503 Service Unavailable\r\n")).collect();
    assert_eq!(failed, [false, false, true].repeat(3));
    let stats = server.ask("stats");
    assert_eq!(stats["faults"], 3, "{stats}");
    assert_eq!(stats["responses"], 9, "a status is an answer: {stats}");
}

#[test]
fn faults_are_exact_among_many_clients() {
    let mut server = Server::start(&["--fault-every", "10", "--fault", "eof"]);
    let answered = std::thread::scope(|scope| {
        let clients: Vec<_> =
            (0..20).map(|_| scope.spawn(|| (0..20).filter(|_| server.get().ends_with("\r\n\r\nOK")).count())).collect();
        clients.into_iter().map(|client| client.join().unwrap()).sum::<usize>()
    });
    assert_eq!(answered, 360);
    let stats = server.ask("stats");
    assert_eq!(stats["requests"], 400, "{stats}");
    assert_eq!(stats["faults"], 40, "{stats}");
    assert_eq!(stats["responses"], 360, "{stats}");
    assert_eq!(stats["io_errors"], 0, "{stats}");
}

#[test]
fn reset_is_a_reset() {
    let mut server = Server::start(&["--fault-every", "1", "--fault", "reset"]);
    for _ in 0..5 {
        assert_eq!(server.exchange(GET).unwrap_err().kind(), ErrorKind::ConnectionReset);
    }
    assert_eq!(server.count("faults"), 5);
    assert_eq!(server.count("responses"), 0);
}

#[test]
fn eof_is_a_close_without_an_answer() {
    let mut server = Server::start(&["--fault-every", "1", "--fault", "eof"]);
    for _ in 0..5 {
        assert_eq!(server.exchange(GET).unwrap(), "");
    }
    assert_eq!(server.count("faults"), 5);
    assert_eq!(server.count("responses"), 0);
}

#[test]
fn slow_is_right_but_slow() {
    let mut server = Server::start(&["--fault-every", "1", "--fault", "slow"]);
    let start = std::time::Instant::now();
    assert!(server.get().ends_with("\r\n\r\nOK"));
    assert!(start.elapsed().as_millis() >= 100, "two bytes, 50 ms before each");
    assert_eq!(server.count("responses"), 1);
}

#[test]
fn hang_holds_on_and_hurts_nobody_else() {
    let mut server = Server::start(&["--fault-every", "2", "--fault", "hang"]);
    assert!(server.get().ends_with("OK"));
    let stuck = server.send(GET);
    server.wait_for("open", 1);
    assert!(server.get().ends_with("OK"));
    assert_eq!(server.count("open"), 1);
    drop(stuck);
    server.wait_for("open", 0);
    assert_eq!(server.count("faults"), 1);
}

#[test]
fn a_fault_waits_for_the_delay() {
    let server = Server::start(&["--delay", "50ms", "--fault-every", "1", "--fault", "503"]);
    let start = std::time::Instant::now();
    assert!(server.get().starts_with("HTTP/1.0 503"));
    assert!(start.elapsed().as_millis() >= 50);
}
