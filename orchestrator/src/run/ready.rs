//! What is got ready before the first trial, so that nothing of it shares the cores with one.

use std::collections::HashMap;
use std::time::Duration;

use harness::checksum;

use crate::observe::Cores;
use crate::plan::Plan;
use crate::plan::budget::Expected;
use crate::plan::own::Job;
use crate::plan::spec::Spec;
use crate::process::affinity::Cpus;
use crate::process::tell;
use crate::trial::Right;

/// Gets ready to read the cores that pools may use. The fastest readings are looked for during a second, or a twentieth of a
/// shorter run.
pub(super) fn watch_cores(plan: &Plan) -> Option<Cores> {
    let calibration = (Expected::guessed(plan).undisturbed / 20).min(Duration::from_secs(1));
    let cpus = plan.cpus.parse().map_or_else(|_| Cpus::allowed(), Ok);
    let cores = cpus.and_then(|cpus| Cores::watch(&cpus, calibration));
    cores.inspect_err(|why| tell(format_args!("the state of the cores is not read: {why:#}"))).ok()
}

/// What every workload and size is held against, computed before the first trial so that no trial shares the cores with it.
pub(super) fn checksums(plan: &Plan) -> HashMap<(Spec, u64), Right> {
    let mut right = HashMap::new();
    for cell in &plan.cells {
        let checksum = || match plan.job(cell) {
            Some(Job { unchecked: true, .. }) => Right::Unchecked,
            Some(job) => job.right.get(&cell.jobs.to_string()).cloned().map_or(Right::None, Right::Sum),
            None => Right::Sum(checksum::text(cell.workload.workload().checksum(cell.jobs))),
        };
        right.entry((cell.workload.clone(), cell.jobs)).or_insert_with(checksum);
    }
    right
}
