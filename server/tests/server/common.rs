//! A server under test: started on a free port, spoken to, and gone at the end of the test.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_poolbench-server");
pub(crate) const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// So long may anything take before it counts as hanging; far beyond all bounds of the server.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A running server.
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) address: SocketAddr,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
}

impl Server {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::of(Command::new(BINARY).args(arguments))
    }

    pub(crate) fn of(command: &mut Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let stdin = child.stdin.take();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let address = line.strip_prefix("listening ").unwrap().trim_end();
        let address = address.parse().unwrap();
        Self { child, address, stdin, stdout }
    }

    /// Writes to stdin as it is.
    pub(crate) fn tell(&mut self, bytes: &[u8]) {
        self.stdin.as_mut().unwrap().write_all(bytes).unwrap();
    }

    /// The next line of stdout.
    pub(crate) fn hear(&mut self) -> Value {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }

    pub(crate) fn ask(&mut self, line: &str) -> Value {
        self.tell(format!("{line}\n").as_bytes());
        self.hear()
    }

    /// One counter.
    pub(crate) fn count(&mut self, name: &str) -> u64 {
        self.ask("stats")[name].as_u64().unwrap()
    }

    /// Waits until a counter has a value.
    pub(crate) fn wait_for(&mut self, name: &str, value: u64) {
        let end = Instant::now() + PATIENCE;
        while self.count(name) != value {
            let stats = self.ask("stats");
            assert!(Instant::now() < end, "{name} never became {value}: {stats}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Sends bytes on a new connection; it stays open.
    pub(crate) fn send(&self, bytes: &[u8]) -> TcpStream {
        let mut stream = self.connect();
        stream.write_all(bytes).unwrap();
        stream
    }

    /// Sends bytes and reads up to the end; neither side of this may hang, anything else may happen.
    pub(crate) fn exchange(&self, bytes: &[u8]) -> std::io::Result<String> {
        let mut stream = self.connect();
        // A server that has heard enough stops listening, and its answer can still be read.
        let _ = stream.write_all(bytes);
        read_all(&mut stream)
    }

    /// A good request, which must succeed.
    pub(crate) fn get(&self) -> String {
        self.exchange(GET).unwrap()
    }

    /// Closes stdin.
    pub(crate) fn hang_up(&mut self) {
        self.stdin = None;
    }

    /// Waits for the end; gives the exit code and what was left on stdout. Stdin stays open unless it was closed.
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        let limit = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < limit, "it does not end");
            std::thread::sleep(Duration::from_millis(5));
        };
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        (status.code(), rest)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Everything up to the close. Bytes before a reset are lost; a timeout fails the test.
pub(crate) fn read_all(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => panic!("the server hangs"),
        other => other.map(|_| String::from_utf8(answer).unwrap()),
    }
}

/// Runs the binary to its end with an empty stdin.
pub(crate) fn run(arguments: &[&str]) -> Output {
    Command::new(BINARY).args(arguments).stdin(Stdio::null()).output().unwrap()
}

/// A figure of `/proc/PID/status`, kB.
pub(crate) fn status_kb(process: u32, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_ascii_whitespace().nth(1).unwrap().parse().unwrap()
}
