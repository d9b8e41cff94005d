//! CPU a request costs here and in nginx, in alternating rounds of the same load: a new connection for each request.
//!
//! `cargo bench -p server --bench nginx`, with `-- --help` for the size of the load. Needs `nginx` on the PATH.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use clap::{Arg, ArgAction, value_parser};
use rustix::process::{Pid, Signal, kill_process};

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";

/// The size of the measurement.
struct Plan {
    rounds: usize,
    requests: usize,
    clients: usize,
}

fn main() -> ExitCode {
    let plan = parse();
    let version = match Command::new("nginx").arg("-v").output() {
        // nginx tells its version on stderr.
        Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        Err(cause) => {
            eprintln!("cannot run nginx ({cause}); install it (Debian: apt-get install nginx-light), then try again");
            return ExitCode::from(2);
        }
    };
    match measure(&plan, &version) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the measurement failed: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn parse() -> Plan {
    let number = |name: &'static str, default: &'static str, help: &'static str| {
        let range = value_parser!(u32).range(1..=10_000_000);
        Arg::new(name).long(name).value_name("N").default_value(default).value_parser(range).help(help)
    };
    let matches = clap::Command::new("nginx")
        .about("CPU per request of poolbench-server against nginx")
        .arg(number("rounds", "11", "Rounds of each server, after one to warm up"))
        .arg(number("requests", "20000", "Requests in a round, each on a new connection"))
        .arg(number("clients", "50", "Threads that send them"))
        .arg(Arg::new("bench").long("bench").hide(true).action(ArgAction::SetTrue))
        .get_matches();
    let read = |name| *matches.get_one::<u32>(name).expect("it has a default") as usize;
    Plan { rounds: read("rounds"), requests: read("requests"), clients: read("clients") }
}

fn measure(plan: &Plan, version: &str) -> Result<()> {
    let directory = tempfile::tempdir().context("cannot make a directory for nginx")?;
    let servers = [Server::ours()?, Server::nginx(directory.path())?];
    println!(
        "{} requests a round, a new connection each, {} client threads; {version}, 1 worker, return 200",
        plan.requests, plan.clients
    );
    println!("us of server CPU a request (user and system)\nround     ours    nginx    ratio");
    let mut costs = [Vec::new(), Vec::new()];
    let mut ratios = Vec::new();
    for round in 0..=plan.rounds {
        let mut cost = [0.0; 2];
        // Who goes first changes from round to round, so that a drift of the machine hits both.
        for turn in 0..2 {
            let which = (round + turn) % 2;
            cost[which] = servers[which].cost(plan)?;
        }
        let ratio = cost[0] / cost[1];
        let label = if round == 0 { "warm-up".to_owned() } else { round.to_string() };
        println!("{label:<7} {:6.2}   {:6.2}   {ratio:6.3}", cost[0], cost[1]);
        if round > 0 {
            costs[0].push(cost[0]);
            costs[1].push(cost[1]);
            ratios.push(ratio);
        }
    }
    let [ours, nginx] = costs.map(median);
    println!("median  {ours:6.2}   {nginx:6.2}   {:6.3}", median(ratios));
    Ok(())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    f64::midpoint(values[(values.len() - 1) / 2], values[values.len() / 2])
}

/// A running server, ended when this is dropped.
struct Server {
    child: Child,
    /// The process that does the work.
    worker: u32,
    address: SocketAddr,
}

impl Server {
    fn ours() -> Result<Self> {
        let mut child = Command::new(env!("CARGO_BIN_EXE_poolbench-server"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start poolbench-server")?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("no stdout")?).read_line(&mut line)?;
        let worker = child.id();
        let address =
            line.trim().strip_prefix("listening ").context("poolbench-server did not say where it listens")?;
        Ok(Self { child, worker, address: address.parse()? })
    }

    fn nginx(directory: &Path) -> Result<Self> {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let at = directory.display();
        let config = format!(
            "daemon off; worker_processes 1; pid {at}/pid; error_log stderr;\n\
             events {{ worker_connections 4096; }}\n\
             http {{ access_log off; client_body_temp_path {at}/body;\n\
             server {{ listen {address} backlog=4096; return 200 OK; }} }}\n"
        );
        let file = directory.join("nginx.conf");
        fs::write(&file, config).context("cannot write nginx's configuration")?;
        let child =
            Command::new("nginx").arg("-c").arg(&file).stdin(Stdio::null()).spawn().context("cannot start nginx")?;
        // Its end is the master's: the worker follows.
        let mut server = Self { worker: child.id(), child, address };
        let deadline = Instant::now() + Duration::from_secs(10);
        while get(address).is_err() {
            ensure!(Instant::now() < deadline, "nginx does not answer at {address}");
            thread::sleep(Duration::from_millis(20));
        }
        let master = server.child.id();
        let children = fs::read_to_string(format!("/proc/{master}/task/{master}/children"))?;
        server.worker =
            children.trim().parse().with_context(|| format!("nginx has not one worker but {children:?}"))?;
        Ok(server)
    }

    /// Server CPU of one round, us a request.
    fn cost(&self, plan: &Plan) -> Result<f64> {
        let before = cpu_ns(self.worker)?;
        let next = AtomicUsize::new(0);
        let client = || -> Result<()> {
            while next.fetch_add(1, Ordering::Relaxed) < plan.requests {
                get(self.address)?;
            }
            Ok(())
        };
        thread::scope(|scope| {
            let clients: Vec<_> = (0..plan.clients).map(|_| scope.spawn(client)).collect();
            clients.into_iter().try_for_each(|client| client.join().expect("a client panicked"))
        })?;
        let spent = Duration::from_nanos(cpu_ns(self.worker)? - before);
        #[expect(clippy::cast_precision_loss, reason = "at most 10^7")]
        Ok(spent.as_secs_f64() * 1e6 / plan.requests as f64)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Either end is a failure to end, or the end.
        let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
        let _ = self.child.wait();
    }
}

/// One GET on a new connection, read to its end.
fn get(address: SocketAddr) -> Result<()> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(REQUEST)?;
    let mut answer = [0; 1024];
    let mut length = 0;
    loop {
        match stream.read(&mut answer[length..])? {
            0 => break,
            got => length += got,
        }
    }
    let answer = &answer[..length];
    if !(answer.starts_with(b"HTTP/1.") && answer[8..].starts_with(b" 200 OK\r\n") && answer.ends_with(b"\r\n\r\nOK")) {
        bail!("a wrong answer: {:?}", String::from_utf8_lossy(answer));
    }
    Ok(())
}

/// CPU time of all threads of a process, ns. The kernel's utime and stime have the same sum, but steps of 10 ms.
fn cpu_ns(process: u32) -> Result<u64> {
    let mut sum = 0;
    for task in fs::read_dir(format!("/proc/{process}/task"))? {
        let text = fs::read_to_string(task?.path().join("schedstat"))?;
        sum +=
            text.split(' ').next().unwrap_or_default().parse::<u64>().with_context(|| format!("schedstat {text:?}"))?;
    }
    Ok(sum)
}
