//! Makes the row of a trial: what was asked, what came of it, and what was observed.

use harness::columns::{Row, SCHEMA};

use crate::plan::Plan;
use crate::plan::cell::Cell;
use crate::pools::wire::Description;
use crate::process::affinity::Cpus;
use crate::trial::Trial;

/// Where in the run a trial stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// Block, from 0.
    pub block: u64,
    /// Position in the block, from 1.
    pub position: u64,
    /// Attempt at this cell in this block, from 1.
    pub attempt: u64,
}

/// The row of one trial.
pub fn row(plan: &Plan, cell: &Cell, about: &Description, place: Place, trial: &Trial, started_at: String) -> Row {
    let status = trial.status.expect("a trial has ended when it is recorded");
    let job = plan.job(cell);
    let row = Row {
        schema: Some(SCHEMA),
        run: plan.run.clone(),
        host: plan.host.clone(),
        block: Some(place.block),
        position: Some(place.position),
        attempt: Some(place.attempt),
        // Which attempt is accepted is decided when all are there.
        accepted: Some(0),
        noisy: is_noisy(plan, trial).map(u64::from),
        status: status.word().to_owned(),
        pool: cell.pool.clone(),
        kind: about.kind.clone(),
        library: about.library.clone(),
        version: about.version.clone(),
        workload: cell.workload.name().to_owned(),
        param: cell.workload.param(),
        jobs: Some(cell.jobs),
        workers: Some(cell.workers.total()),
        chunk: cell.chunk.to_string(),
        window: cell.window.to_string(),
        cores: Some(cores(plan)),
        batches: Some(cell.batches),
        start_ns: trial.start_ns,
        stop_ns: trial.stop_ns.filter(|_| about.stop != "async"),
        process_ns: trial.process_ns,
        window_ns: trial.window_ns,
        rss_ready_bytes: trial.rss[0],
        rss_started_bytes: trial.rss[1],
        rss_stopped_bytes: trial.rss[2],
        listen_overflows: trial.overflows,
        started_at,
        quota_permille: trial.quota_permille,
        throttled_ns: trial.throttled_ns,
        core_alone_ps: trial.cores.map(|cores| cores.alone_ps),
        cores_together_ps: trial.cores.map(|cores| cores.together_ps),
        slow: trial.cores.map(|cores| u64::from(cores.slow)),
        unchecked: job.map(|job| u64::from(job.right.is_empty())),
        waits: job.map(|job| u64::from(job.waits)),
        node: plan.shard().map(|part| part.node.clone()).unwrap_or_default(),
        shard: plan.shard().map(|part| part.shard),
        ..Row::default()
    };
    observed(with_results(row, trial), trial)
}

/// Fills in what was read of the pool's processes.
pub fn observed(row: Row, trial: &Trial) -> Row {
    super::peak::describe(with_reading(with_work(row, trial), trial), trial)
}

/// Whether others disturbed the trial's window; nothing where that cannot be known.
pub fn is_noisy(plan: &Plan, trial: &Trial) -> Option<bool> {
    trial.disturbance?.is_noisy(trial.watched_ns?, cores(plan).max(allowed()))
}

/// The cores that pools of this run may use.
fn cores(plan: &Plan) -> u64 {
    plan.cpus.parse::<Cpus>().map_or_else(|_| allowed(), |cpus| cpus.count())
}

/// The cores that affinity leaves; a quota takes time and no core.
fn allowed() -> u64 {
    Cpus::allowed().map_or_else(|_| harness::cores(), |cpus| cpus.count())
}

fn with_results(row: Row, trial: &Trial) -> Row {
    let Some(done) = &trial.done else { return row };
    Row {
        batch_ns: done.cold_ns(),
        warm_batch_ns: done.warm_ns(),
        retries: Some(done.retries),
        errors: Some(done.failed()),
        checksum: done.checksum.clone(),
        requests: trial.seen.map(|seen| seen.requests),
        peak_concurrency: trial.seen.map(|seen| seen.max_open),
        ..row
    }
}

fn with_work(row: Row, trial: &Trial) -> Row {
    let Some(work) = &trial.work else { return row };
    let disturbance = trial.disturbance.unwrap_or_default();
    Row {
        server_cpu_ns: trial.seen.and(disturbance.server_ns),
        foreign_cpu_ns: disturbance.foreign_ns,
        steal_ns: disturbance.steal_ns,
        cpu_user_ns: Some(work.cpu_ns - work.sys_ns),
        cpu_sys_ns: Some(work.sys_ns),
        run_delay_ns: work.threads.map(|threads| threads.run_delay_ns),
        ctx_voluntary: work.threads.map(|threads| threads.voluntary),
        ctx_involuntary: work.threads.map(|threads| threads.involuntary),
        minor_faults: Some(work.minor_faults),
        major_faults: Some(work.major_faults),
        ..row
    }
}

fn with_reading(row: Row, trial: &Trial) -> Row {
    let Some(reading) = &trial.reading else { return row };
    let memory = &reading.memory;
    let dead = reading.dead.map(u64::from);
    if reading.changed {
        // Sums over processes that were not there together are none.
        return Row { peak_rss_bytes: memory.root_peak, dead_children: dead.filter(|dead| *dead > 0), ..row };
    }
    Row {
        rss_done_bytes: memory.rss,
        peak_rss_bytes: memory.root_peak,
        tree_hwm_bytes: memory.summed_peak,
        tree_pss_bytes: memory.pss,
        tree_pss_anon_bytes: memory.pss_anon,
        processes: Some(reading.processes),
        threads: memory.threads,
        dead_children: dead,
        ..row
    }
}

#[cfg(test)]
mod tests {
    use super::super::peak::Cells;
    use super::*;
    use crate::guard::cgroup::Version;
    use crate::observe::{Memory, Reading};

    #[test]
    fn a_tree_that_changed_has_no_sums_and_only_a_charge_makes_it_complete() {
        let memory = Memory {
            rss: Some(1),
            root_peak: Some(2),
            summed_peak: Some(3),
            pss: Some(4),
            pss_anon: Some(5),
            threads: Some(6),
            ..Memory::default()
        };
        let row = |changed, charged_peak| {
            let reading =
                Reading { memory: memory.clone(), processes: 1, dead: Some(false), changed, ..Reading::default() };
            let peak_version = Some(Version::Two);
            observed(Row::default(), &Trial { reading: Some(reading), charged_peak, peak_version, ..Trial::default() })
        };
        let sums = |row: &Row| {
            [
                row.rss_done_bytes,
                row.tree_hwm_bytes,
                row.tree_pss_bytes,
                row.tree_pss_anon_bytes,
                row.processes,
                row.threads,
            ]
        };
        let [still, moving, counted] = [row(false, None), row(true, None), row(true, Some(9))];
        assert_eq!(sums(&still), [1, 3, 4, 5, 1, 6].map(Some));
        assert_eq!([sums(&moving), sums(&counted)], [[None; 6]; 2]);
        assert_eq!([&still, &moving, &counted].map(|row| row.peak_rss_bytes), [Some(2); 3]);
        assert_eq!([&still, &moving, &counted].map(|row| row.mem_complete), [Some(1), Some(0), Some(1)]);
        assert_eq!([&still, &moving, &counted].map(|row| row.dead_children), [Some(0), None, None]);
        let peaks = |row: &Row| [Cells::from(row).resident(), Cells::from(row).charged()];
        let exact = |row: &Row| peaks(row).map(|peak| peak.map(|peak| (peak.low, peak.high)));
        assert_eq!(exact(&counted), [None, Some((9, 9))], "what one process was at first may be a tree");
        assert_eq!(exact(&moving), [None, None]);
    }
}
