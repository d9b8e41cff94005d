//! The vector file that every language reads: the harness must agree with it on every workload.

use harness::{Workload, checksum};

const VECTORS: &str = include_str!("../../../data/checksums.csv");

#[test]
fn every_workload_has_its_checksums() {
    let mut names: Vec<&str> = Vec::new();
    for line in VECTORS.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let [name, param, jobs, right] = cells[..] else { panic!("'{line}' has not four cells") };
        let spec = match name {
            // The parameter is the server's delay, which does not touch the result.
            "http" | "http-native" => format!("{name}:http://127.0.0.1:1/"),
            _ if param.is_empty() => name.to_owned(),
            _ => format!("{name}:{param}"),
        };
        let workload: Workload = spec.parse().expect(line);
        let jobs = jobs.parse().expect(line);
        assert_eq!(checksum::text(workload.checksum(jobs)), right, "{line}");
        names.push(name);
    }
    let known = |name: &str| names.contains(&name) || ["lib", "py"].contains(&name);
    assert!(harness::NAMES.into_iter().all(known), "a workload has no vectors");
}
