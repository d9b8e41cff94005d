//! Good requests: what they get, what is counted, and who closes.

use std::net::Shutdown;

use crate::common::{GET, PATIENCE, Server, read_all};

#[test]
fn get_is_answered_ok_and_ends_with_the_connection() {
    let server = Server::start(&[]);
    for request in [
        "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n",
        "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "GET /?a=b HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ] {
        let answer = server.exchange(request.as_bytes()).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.0 200 OK"), "{request}: {head}");
        let head = head.to_ascii_lowercase();
        assert!(!head.contains("content-length"), "{head}");
        assert!(!head.contains("transfer-encoding"), "{head}");
        assert_eq!(body, "OK", "{request}");
    }
}

#[test]
fn other_paths_and_methods_are_told_so() {
    let mut server = Server::start(&[]);
    for (line, status) in [
        ("GET /x", "404 Not Found"),
        ("POST /x", "404 Not Found"),
        ("OPTIONS *", "404 Not Found"),
        ("POST /", "405 Method Not Allowed"),
        ("HEAD /", "405 Method Not Allowed"),
        ("DELETE /", "405 Method Not Allowed"),
    ] {
        let answer = server.exchange(format!("{line} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes()).unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.0 {status}\r\n")), "{line}: {answer}");
    }
    assert_eq!(server.count("requests"), 6);
    assert_eq!(server.count("responses"), 6);
}

#[test]
fn fifty_clients_at_once_are_counted_exactly() {
    let mut server = Server::start(&[]);
    std::thread::scope(|scope| {
        for _ in 0..50 {
            scope.spawn(|| (0..20).for_each(|_| assert!(server.get().ends_with("\r\n\r\nOK"))));
        }
    });
    let stats = server.ask("stats");
    for (name, value) in [
        ("accepted", 1000),
        ("requests", 1000),
        ("responses", 1000),
        ("faults", 0),
        ("bad_requests", 0),
        ("io_errors", 0),
        ("open", 0),
    ] {
        assert_eq!(stats[name], value, "{name} in {stats}");
    }
    let most = stats["max_open"].as_u64().unwrap();
    assert!((1..=50).contains(&most), "{stats}");
    assert!(stats["cpu_ns"].as_u64().unwrap() > 0, "{stats}");
}

#[test]
fn the_most_open_at_once_is_exact() {
    let mut server = Server::start(&["--delay", "1ms"]);
    for _ in 0..5 {
        server.get();
    }
    assert_eq!(server.count("max_open"), 1, "one after another");

    assert_eq!(server.ask("delay 60s")["ok"], true);
    let waiting: Vec<_> = (0..30).map(|_| server.send(GET)).collect();
    server.wait_for("requests", 35);
    assert_eq!(server.count("open"), 30);
    assert_eq!(server.count("max_open"), 30);

    // The next batch's maximum starts from what is still open, then clients that leave are seen to leave.
    server.ask("reset");
    assert_eq!(server.count("max_open"), 30);
    drop(waiting);
    server.wait_for("open", 0);
    assert_eq!(server.count("responses"), 0, "nobody was answered");
    assert_eq!(server.count("io_errors"), 30, "all left before their answer");
}

#[test]
fn the_delay_holds_the_answer_back() {
    let server = Server::start(&["--delay", "50ms"]);
    let start = std::time::Instant::now();
    assert!(server.get().ends_with("\r\n\r\nOK"));
    assert!(start.elapsed().as_millis() >= 50);
}

#[test]
fn the_server_closes_first() {
    let server = Server::start(&[]);
    // The ports of the clients, as `/proc/net/tcp` writes them.
    let port = |address: std::net::SocketAddr| format!(":{:04X}", address.port());
    let get = |_| {
        let mut stream = server.send(GET);
        let own = port(stream.local_addr().unwrap());
        read_all(&mut stream).unwrap();
        own
    };
    let clients: Vec<String> = (0..20).map(get).collect();
    // sl, local address, remote address, state; 06 is TIME_WAIT, which falls to the side that closed first. A table that changes
    // while it is read gives some rows twice and may lack others, so it is read until all are seen.
    let servers = port(server.address);
    let waiting = |client: usize, of_server: usize| {
        let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
        let rows = table.lines().map(|row| row.split_ascii_whitespace().collect::<Vec<_>>());
        let rows: Vec<_> = rows.filter(|row| row[3] == "06" && row[of_server].ends_with(&servers)).collect();
        clients.iter().filter(|own| rows.iter().any(|row| row[client].ends_with(*own))).count()
    };
    let end = std::time::Instant::now() + PATIENCE;
    let mut seen = waiting(2, 1);
    while seen < clients.len() && std::time::Instant::now() < end {
        seen = seen.max(waiting(2, 1));
    }
    assert_eq!(seen, clients.len(), "TIME_WAIT on the server's port");
    assert_eq!(waiting(1, 2), 0, "TIME_WAIT on the clients' ports");
}

#[test]
fn a_client_that_closes_its_sending_side_is_answered() {
    let server = Server::start(&[]);
    for _ in 0..20 {
        let mut stream = server.send(GET);
        stream.shutdown(Shutdown::Write).unwrap();
        assert!(read_all(&mut stream).unwrap().ends_with("\r\n\r\nOK"));
    }
}

#[test]
fn a_second_request_on_the_connection_is_not_served() {
    let mut server = Server::start(&[]);
    let answer = server.exchange(&GET.repeat(3)).unwrap();
    assert_eq!(answer.matches("HTTP/1.0 200").count(), 1, "{answer}");
    assert_eq!(server.count("requests"), 1);
}
