//! What the server is told: command line, lines on stdin, signals, and the end.

use std::net::TcpListener;

use crate::common::{GET, Server, read_all, run};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

const FIELDS: [&str; 9] =
    ["accepted", "bad_requests", "cpu_ns", "faults", "io_errors", "max_open", "open", "requests", "responses"];

#[test]
fn stats_and_reset_give_all_counters() {
    let mut server = Server::start(&[]);
    server.get();
    for line in ["stats", "  reset "] {
        let stats = server.ask(line);
        let names: Vec<&str> = stats.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, FIELDS);
        assert_eq!(stats["requests"], 1, "{line}: {stats}");
        assert_eq!(stats["max_open"], 1, "{line}: {stats}");
    }
    let stats = server.ask("stats");
    for name in FIELDS.iter().filter(|name| **name != "cpu_ns") {
        assert_eq!(stats[name], 0, "{name} after a reset: {stats}");
    }
    let since = stats["cpu_ns"].as_u64().unwrap();
    server.get();
    assert!(server.count("cpu_ns") > since, "CPU counts on from the reset");
}

#[test]
fn faults_and_delay_change_while_it_runs() {
    let mut server = Server::start(&[]);
    server.get();
    assert_eq!(server.ask("fault 2 503"), serde_json::json!({"ok": true}));
    let statuses = |server: &Server| -> Vec<String> {
        (0..4).map(|_| server.get().split(' ').nth(1).unwrap().to_owned()).collect()
    };
    assert_eq!(statuses(&server), ["200", "503", "200", "503"]);
    server.get();
    server.ask("reset");
    assert_eq!(statuses(&server), ["200", "503", "200", "503"], "a reset starts the row anew");
    assert_eq!(server.ask("fault off")["ok"], true);
    assert_eq!(statuses(&server), ["200"; 4]);
    assert_eq!(server.ask("delay 30ms")["ok"], true);
    let start = std::time::Instant::now();
    server.get();
    assert!(start.elapsed().as_millis() >= 30);
}

#[test]
fn lines_that_mean_nothing_are_answered_and_change_nothing() {
    let mut server = Server::start(&[]);
    for line in [
        "",
        "hello",
        "stats now",
        "STATS",
        "fault",
        "fault 3",
        "fault 0 reset",
        "fault -1 reset",
        "fault 99999999999999999999 reset",
        "fault 3 nonsense",
        "fault 3 reset now",
        "delay",
        "delay 5",
        "delay -5ms",
        "delay 61s",
        "delay 99999999999999999999s",
        "say \"quotes\" \\ and \u{e4}",
    ] {
        let answer = server.ask(line);
        let message = answer["error"].as_str().unwrap_or_else(|| panic!("{line:?}: {answer}"));
        assert!(!message.is_empty());
    }
    server.tell(b"\xff\xfe\x00\n");
    assert!(server.hear()["error"].is_string());
    server.tell(&[b"x".repeat(5000), b"\nstats\n".to_vec()].concat());
    assert!(server.hear()["error"].as_str().unwrap().contains("1024"));
    assert_eq!(server.hear()["requests"], 0);
    assert!(server.get().ends_with("OK"));
}

#[test]
fn the_end_of_stdin_ends_it_with_the_counters_last() {
    let mut server = Server::start(&[]);
    server.get();
    server.tell(b"stats");
    server.hang_up();
    let (code, rest) = server.end();
    assert_eq!(code, Some(0));
    let lines: Vec<Value> = rest.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2, "a last line without its end counts: {rest}");
    assert_eq!(lines[1]["responses"], 1);
}

#[test]
fn signals_end_it_with_the_counters_last() {
    for signal in [Signal::TERM, Signal::INT] {
        let server = Server::start(&[]);
        server.get();
        kill_process(Pid::from_child(&server.child), signal).unwrap();
        let (code, rest) = server.end();
        assert_eq!(code, Some(0), "{signal:?}");
        assert_eq!(serde_json::from_str::<Value>(&rest).unwrap()["responses"], 1, "{signal:?}");
    }
}

#[test]
fn requests_in_progress_may_finish() {
    let mut server = Server::start(&["--delay", "300ms"]);
    let mut waiting = server.send(GET);
    // On a busy machine it may have its answer by the next look, and is open no more.
    server.wait_for("requests", 1);
    server.hang_up();
    assert!(read_all(&mut waiting).unwrap().ends_with("\r\n\r\nOK"));
    let (code, rest) = server.end();
    assert_eq!(code, Some(0));
    assert_eq!(serde_json::from_str::<Value>(&rest).unwrap()["responses"], 1);
}

#[test]
fn requests_that_hang_do_not_keep_it() {
    let mut server = Server::start(&["--fault-every", "1", "--fault", "hang"]);
    let hanging = server.send(GET);
    server.wait_for("open", 1);
    kill_process(Pid::from_child(&server.child), Signal::TERM).unwrap();
    let (code, rest) = server.end();
    assert_eq!(code, Some(0));
    assert_eq!(serde_json::from_str::<Value>(&rest).unwrap()["open"], 1, "says what it left");
    drop(hanging);
}

#[test]
fn nobody_reading_stdout_keeps_it_neither_from_serving_nor_from_ending() {
    let mut server = Server::start(&[]);
    // Far more answers than a pipe holds, none of them read; 64 KiB of questions fit.
    server.tell(&b"stats\n".repeat(5000));
    assert!(server.get().ends_with("OK"));
    kill_process(Pid::from_child(&server.child), Signal::TERM).unwrap();
    assert_eq!(server.end().0, Some(0));
}

#[test]
fn a_taken_port_is_named() {
    let holder = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = holder.local_addr().unwrap().to_string();
    let output = run(&["--listen", &address]);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(message.contains(&address) && message.contains("--listen"), "{message}");
    assert!(output.stdout.is_empty());
}

#[test]
fn a_port_is_free_again_after_a_server_that_closed_first() {
    let server = Server::start(&[]);
    server.get();
    let address = server.address.to_string();
    drop(server);
    assert_eq!(Server::start(&["--listen", &address]).address.to_string(), address);
}

#[test]
fn wrong_options_are_refused() {
    for arguments in [
        &["--listen", "0.0.0.0:0"][..],
        &["--listen", "[::]:0"],
        &["--listen", "localhost"],
        &["--listen", "127.0.0.1:99999"],
        &["--delay", "5"],
        &["--delay", "61s"],
        &["--fault", "reset"],
        &["--fault-every", "3"],
        &["--fault-every", "0", "--fault", "reset"],
        &["--fault-every", "3", "--fault", "nonsense"],
        &["--nonsense"],
        &["nonsense"],
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(!output.stderr.is_empty() && output.stdout.is_empty(), "{arguments:?}");
    }
    let server = Server::start(&["--listen", "0.0.0.0:0", "--allow-remote"]);
    assert!(server.address.ip().is_unspecified());
}

#[test]
fn help_shows_examples() {
    let output = run(&["--help"]);
    let help = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(help.contains("Examples:") && help.contains("fault EVERY KIND"), "{help}");
}
