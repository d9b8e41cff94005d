//! One trial: a fresh pool process through its gates, observed at each of them.

mod ask;
mod gates;
mod outcome;
pub mod status;
mod verdict;
pub mod webserver;

pub use ask::Ask;
pub use outcome::Trial;

use anyhow::Result;

use crate::guard::cgroup::Group;
use crate::observe::sweep;
use crate::process::affinity;
use crate::process::child::Child;
use crate::process::signals::Interrupt;
use crate::process::standstill::Stretch;
use verdict::End;
use webserver::WebServer;

/// Runs one trial to its end, good or bad; nothing of it is left running.
pub fn run(ask: &Ask, server: Option<&mut WebServer>, interrupt: &Interrupt) -> Trial {
    let keep: Vec<i32> = ask.server.into_iter().chain([ask.guard.watcher()]).collect();
    let mut trial = go(ask, server, interrupt, &keep).unwrap_or_else(|why| {
        let End(status, message) = verdict::not_started(&why);
        Trial { status: Some(status), message, ..Trial::default() }
    });
    let strays = sweep(&keep);
    if strays > 0 {
        trial.add(&format!("it left {strays} processes behind, which were killed"));
    }
    trial
}

fn go(ask: &Ask, server: Option<&mut WebServer>, interrupt: &Interrupt, keep: &[i32]) -> Result<Trial> {
    let mut group = ask.guard.groups().trial()?;
    let stretch = Stretch::begin();
    let child = affinity::pinned(ask.cpus, || Child::spawn(&ask.command, ask.env.clone()))??;
    let mut trial = gates::Driver::new(ask, child, group.as_ref(), keep, server, interrupt).drive(stretch);
    match group.as_mut().map_or(Ok(0), Group::end) {
        Ok(0) => {}
        Ok(left) => trial.add(&format!("it left {left} processes in its control group, which were killed")),
        Err(why) => trial.add(&format!("it left something behind: {why:#}")),
    }
    Ok(trial)
}
