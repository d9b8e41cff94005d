//! Every pool that speaks http against a web server that fails: what is retried is right in the end, what is final is
//! counted, and no pool hangs.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use orchestrator::pools::wire::Description;
use serde_json::Value;

use super::common::{beside, described};

const JOBS: u64 = 20;
/// Pools at the same time.
const TOGETHER: usize = 10;

/// A fault of the server, how often it comes, how many jobs fail of it, and whether jobs are tried again.
const FAULTS: [(&str, u64, u64, bool); 5] = [
    // Two faults in all: a job has four attempts, and so cannot fail even if it gets every one.
    ("reset", 8, 0, true),
    ("eof", 8, 0, true),
    ("503", 5, JOBS / 5, false),
    ("slow", 5, 0, false),
    // The last request gets no answer: one attempt's 5 s, and then the job has failed.
    ("hang", JOBS, 1, false),
];

/// A web server with a fault; it ends with its stdin.
struct Server(Child, String);

impl Server {
    fn start(fault: &str, every: u64) -> Self {
        let mut command = Command::new(beside("poolbench-server"));
        command.args(["--fault-every", &every.to_string(), "--fault", fault]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the server starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening ").expect(&line).to_owned();
        Self(child, address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The pools that list `http`.
fn web_pools() -> Vec<String> {
    let speaks = |about: &Description| about.workloads.iter().any(|name| name == "http");
    described().into_iter().filter(speaks).map(|about| about.name).collect()
}

/// Runs all jobs once on `pool` by hand, with a server of its own.
fn begin(pool: &str, (fault, every, ..): (&str, u64, u64, bool)) -> (Server, Child) {
    let server = Server::start(fault, every);
    let mut command = Command::new(beside(&format!("pool-{pool}")));
    let workload = format!("http:http://{}/", server.1);
    command.args(["--workload", &workload, "--workers", "4", "--format", "json", "--jobs", &JOBS.to_string()]);
    (server, command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the pool starts"))
}

#[test]
fn every_pool_survives_every_fault_of_the_server() {
    let pools = web_pools();
    assert!(pools.len() >= 3, "{pools:?}");
    // Some at a time, since they wait most of the time; with all of them at once no attempt would be in time.
    for (fault, pools) in FAULTS.iter().flat_map(|fault| pools.chunks(TOGETHER).map(move |pools| (*fault, pools))) {
        let begun: Vec<_> = pools.iter().map(|pool| (pool, begin(pool, fault))).collect();
        for (pool, (_server, child)) in begun {
            let output = child.wait_with_output().unwrap();
            let said: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
            let about = format!("{pool} with {fault:?}: {said} {}", String::from_utf8_lossy(&output.stderr));
            let (_, _, failed, is_retried) = fault;
            assert_eq!(said["errors"].as_u64(), Some(failed), "{about}");
            assert_eq!(said["retries"].as_u64().is_some_and(|retries| retries > 0), is_retried, "{about}");
            assert_eq!(output.status.code(), Some(i32::from(failed > 0)), "{about}");
        }
    }
}
