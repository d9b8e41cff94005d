//! The loopback network, which the http workloads open a new connection on for every job.

use super::{Finding, System};

/// Share of the ports that may be waiting.
const WAITING: u64 = 4;

pub(super) fn findings(system: &System) -> Vec<Finding> {
    let waiting = system.field("proc/net/sockstat", "tw");
    vec![time_wait(waiting, ports(system)), reuse(system.number("proc/sys/net/ipv4/tcp_tw_reuse"))]
}

/// Ports that connections out can have.
fn ports(system: &System) -> Option<u64> {
    let range = system.text("proc/sys/net/ipv4/ip_local_port_range")?;
    let mut ends = range.split_whitespace().filter_map(|end| end.parse::<u64>().ok());
    match (ends.next(), ends.next()) {
        (Some(first), Some(last)) if first <= last => Some(last - first + 1),
        _ => None,
    }
}

fn time_wait(waiting: Option<u64>, ports: Option<u64>) -> Finding {
    const NAME: &str = "time-wait";
    let Some((waiting, ports)) = waiting.zip(ports) else {
        return Finding::note(
            NAME,
            "connections in TIME_WAIT, or the ports that there are, are not exposed by this system",
            "should most ports be in TIME_WAIT, jobs of http may find none",
            "leave a minute between large http batches: a connection leaves TIME_WAIT after 60 s",
        );
    };
    let found = format!("{waiting} connections in TIME_WAIT, {ports} ports");
    if waiting <= ports / WAITING {
        return Finding::ok(NAME, found);
    }
    Finding::warning(
        NAME,
        found,
        "connections look for a free port for longer, and jobs of http may find none",
        "wait a minute: a connection leaves TIME_WAIT after 60 s",
    )
}

fn reuse(setting: Option<u64>) -> Finding {
    const NAME: &str = "tcp_tw_reuse";
    match setting {
        Some(0) => Finding::warning(
            NAME,
            "0: ports in TIME_WAIT are not used again",
            "a client that closes first uses its port up for 60 s; a large http batch can run out of them",
            "sysctl net.ipv4.tcp_tw_reuse=2, which is the kernel's default and concerns loopback alone",
        ),
        Some(setting) => Finding::ok(NAME, setting.to_string()),
        None => Finding::note(
            NAME,
            "not exposed",
            "should ports in TIME_WAIT not be used again, a large http batch can run out of them",
            "nothing; such jobs are counted as failed for want of a port, not as the pool's fault",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;
    use std::fs;

    #[test]
    fn ports_in_time_wait_are_counted_against_those_there_are() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("proc/net")).unwrap();
        fs::create_dir_all(root.path().join("proc/sys/net/ipv4")).unwrap();
        let sockets =
            |waiting| format!("sockets: used 9\nTCP: inuse 5 orphan 0 tw {waiting} alloc 7 mem 1\nUDP: inuse 1\n");
        let unknown = &findings(&System::at(root.path()))[0];
        assert!(unknown.level == Level::Note && unknown.found.contains("not exposed"), "{unknown:?}");
        fs::write(root.path().join("proc/sys/net/ipv4/ip_local_port_range"), "1000\t1999\n").unwrap();
        for (waiting, level) in [(250, Level::Ok), (251, Level::Warning)] {
            fs::write(root.path().join("proc/net/sockstat"), sockets(waiting)).unwrap();
            let finding = &findings(&System::at(root.path()))[0];
            assert!(finding.level == level && finding.found.contains("1000 ports"), "{finding:?}");
        }
    }

    #[test]
    fn ports_that_are_never_used_again_are_warned_of() {
        let levels = [Some(0), Some(1), Some(2), None].map(|setting| reuse(setting).level);
        assert_eq!(levels, [Level::Warning, Level::Ok, Level::Ok, Level::Note]);
    }
}
