//! The pool: the plain loop, from gate to gate.

use std::time::{Duration, Instant};

use crate::ask::Batch;
use crate::faults;
use crate::jobs::{self, Job, Tally};
use crate::mode::Mode;
use crate::staff::Staff;
use crate::wire::{End, fail, pass};

/// One trial through all gates.
pub(crate) fn trial(mode: Mode, batch: &Batch) -> Result<(), End> {
    faults::before_ready(mode);
    let mut results = vec![None; usize::try_from(batch.jobs).unwrap_or(usize::MAX)];
    let no_process = |cause| fail("io", &format!("starting a process: {cause}"));
    let early = if mode == Mode::EarlyWorker { faults::worker(mode).map_err(no_process)? } else { None };

    let at_ready = Instant::now();
    pass(mode, "ready", &ready(mode, batch))?;
    let clock = if mode == Mode::CountsPauses { at_ready } else { Instant::now() };
    faults::before_started(mode)?;
    let worker = if early.is_some() { early } else { faults::worker(mode).map_err(no_process)? };
    faults::leave(mode, batch.workers.max(2)).map_err(no_process)?;
    let start = if mode == Mode::HourToStart { Duration::from_hours(1) } else { clock.elapsed() };
    let staff = Staff::at_start(mode, batch.workers);
    if mode == Mode::WrongOrder {
        pass(mode, "stopped", "\"stop_ns\":1")?;
    }
    pass(mode, "started", &format!("\"start_ns\":{}", start.as_nanos()))?;

    faults::before_done(mode);
    let staff = staff.with_jobs(mode, batch.workers);
    let fields = run(mode, batch, &mut results)?;
    let staff = staff.after_jobs(mode);
    pass(mode, "done", &fields)?;

    let clock = Instant::now();
    drop(staff);
    faults::dismiss(worker);
    pass(mode, "stopped", &format!("\"stop_ns\":{}", clock.elapsed().as_nanos()))?;
    faults::at_end(mode);
    if mode == Mode::ExitAfterStoppedNonzero { Err(End(3)) } else { Ok(()) }
}

fn ready(mode: Mode, batch: &Batch) -> String {
    let protocol = if mode == Mode::WrongProtocol { 2 } else { 1 };
    let name = if mode == Mode::WrongName { "somebody-else" } else { mode.word() };
    let workers = if mode.has_workers() { batch.workers } else { 1 };
    let chunk = if mode == Mode::WrongEffective { 5 } else { 0 };
    format!("\"protocol\":{protocol},\"pool\":\"{name}\",\"workers\":{workers},\"chunk\":{chunk},\"window\":0")
}

/// Runs all batches; the fields of `done`.
fn run(mode: Mode, batch: &Batch, results: &mut [Option<u64>]) -> Result<String, End> {
    if matches!(batch.job, Job::Panic(_)) {
        jobs::hush();
    }
    let (mut times, mut failed, mut last) = (Vec::<String>::new(), 0, Tally::default());
    for number in 1..=batch.batches {
        let clock = Instant::now();
        match mode {
            Mode::NamesNoJob if matches!(batch.job, Job::Abort(_)) => return Err(fail("internal", "a worker died")),
            Mode::FirstBatchOnly | Mode::SameTimes if number > 1 => {
                times.push(if mode == Mode::SameTimes { times[0].clone() } else { "0".to_owned() });
                continue;
            }
            Mode::AllAtOnce => jobs::run_at_once(batch.job, results),
            _ => jobs::run(batch.job, results),
        }
        let took = if mode == Mode::Warms { jobs::compiled(number) } else { clock.elapsed() };
        times.push(took.as_nanos().to_string());
        last = jobs::tally(results);
        failed += last.failed;
        if mode == Mode::BatchesDiffer && number == 2 {
            return Err(fail("internal", "batch 2 gave another checksum than batch 1"));
        }
    }
    if mode == Mode::OneTime {
        times.truncate(1);
    }
    let class = batch.job.class();
    let counted = failed > 0 && mode != Mode::LosesErrors;
    let errors = if counted { format!("\"{class}\":{failed}") } else { String::new() };
    let check_ns = if mode == Mode::HourToCheck { ",\"check_ns\":3600000000000" } else { "" };
    Ok(format!(
        "\"batch_ns\":[{}],\"jobs\":{},\"checksum\":\"{:016x}\",\"errors\":{{{errors}}},\"retries\":0{check_ns}",
        times.join(","),
        last.back.saturating_sub(u64::from(mode == Mode::WrongCount)),
        checksum(mode, last),
    ))
}

fn checksum(mode: Mode, tally: Tally) -> u64 {
    match mode {
        Mode::WrongSum => tally.sum.wrapping_add(1),
        Mode::CountsFailed => tally.sum.wrapping_add(tally.failed_sum),
        _ => tally.sum,
    }
}
