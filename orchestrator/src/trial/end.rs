//! The end of a trial, good or bad, in its order: the last look, the verdict, the kill and the reaping, the end of its group,
//! and the sweep of whatever got away. Nothing of it is left running.

use std::time::Instant;

use super::gates::Driver;
use super::outcome::Trial;
use super::status::Status;
use super::verdict::{self, End};
use crate::guard::cgroup::Group;
use crate::guard::sweep::sweep;

/// Ends the trial of a pool that came to `end` at its gates.
pub(super) fn of(mut driver: Driver, end: End) -> Trial {
    last_look(&mut driver, end.0);
    verdict(&mut driver, end);
    // Of a pool that is killed here the workers are killed with it, and nobody has left them behind.
    let is_left = driver.child.ended(Instant::now(), None);
    kill_and_reap(&mut driver);
    let Driver { mut trial, group, keep, .. } = driver;
    end_group(&mut trial, group, is_left);
    sweep_strays(&mut trial, keep, is_left);
    trial
}

/// Ends the trial of a pool that could not be started.
pub(super) fn of_none(why: &anyhow::Error, keep: &[i32]) -> Trial {
    let End(status, message) = verdict::not_started(why);
    let mut trial = Trial { status: Some(status), message, ..Trial::default() };
    sweep_strays(&mut trial, keep, true);
    trial
}

/// A pool that hangs is read before it is killed; of one that has ended its group still tells the peak.
fn last_look(driver: &mut Driver, status: Status) {
    if status == Status::Timeout && driver.trial.reading.is_none() {
        driver.read();
    }
    if driver.trial.reading.is_none() {
        driver.trial.charged_peak = driver.with_brought(driver.group.as_ref().and_then(Group::peak_bytes));
    }
    driver.trial.peak_version = driver.group.as_ref().and_then(Group::peak_version);
}

fn verdict(driver: &mut Driver, mut end: End) {
    driver.trial.stood_still = driver.stretch.was_broken() || driver.child.stood_still();
    if driver.trial.stood_still && !driver.interrupt.raised() {
        end = verdict::stood_still(&end);
    }
    driver.trial.status = Some(end.0);
    driver.trial.message = end.1;
}

fn kill_and_reap(driver: &mut Driver) {
    driver.child.kill();
    let starved = driver.group.as_ref().map_or(0, Group::oom_kills);
    if starved > 0 {
        driver.trial.add(&format!("the kernel killed {starved} of its processes for want of memory"));
    }
    driver.trial.stderr = driver.child.last_words();
}

fn end_group(trial: &mut Trial, group: Option<Group>, is_left: bool) {
    match group.map_or(Ok(0), |mut group| group.end()) {
        Ok(left) if left == 0 || !is_left => {}
        Ok(left) => trial.add(&format!("it left {left} processes in its control group, which were killed")),
        Err(why) => trial.add(&format!("it left something behind: {why:#}")),
    }
}

fn sweep_strays(trial: &mut Trial, keep: &[i32], is_left: bool) {
    let strays = sweep(keep);
    if strays > 0 && is_left {
        trial.add(&format!("it left {strays} processes behind, which were killed"));
    }
}
