//! One trial: a fresh pool process through its gates, observed at each of them.

mod ask;
mod end;
mod gates;
mod outcome;
pub mod status;
mod verdict;
pub mod webserver;

pub use ask::{Ask, Right};
pub use outcome::Trial;

use anyhow::Result;

use crate::process::affinity;
use crate::process::child::Child;
use crate::process::signals::Interrupt;
use crate::process::standstill::Stretch;
use gates::Driver;
use status::Status;
use verdict::End;
use webserver::WebServer;

/// Runs one trial to its end, good or bad; nothing of it is left running.
pub fn run(ask: &Ask, server: Option<&mut WebServer>, interrupt: &Interrupt) -> Trial {
    let keep: Vec<i32> = ask.server.into_iter().chain([ask.guard.watcher()]).collect();
    match begin(ask, &keep, server, interrupt) {
        Ok(mut driver) => {
            let end = driver.pass_gates().err().unwrap_or(End(Status::Ok, String::new()));
            end::of(driver, end)
        }
        Err(why) => end::of_none(&why, &keep),
    }
}

fn begin<'a>(
    ask: &'a Ask,
    keep: &'a [i32],
    server: Option<&'a mut WebServer>,
    interrupt: &'a Interrupt,
) -> Result<Driver<'a>> {
    let group = ask.guard.groups().trial()?;
    let stretch = Stretch::begin();
    let child = affinity::pinned(ask.cpus, || Child::spawn(&ask.command, ask.env.clone()))??;
    Ok(Driver::new(ask, stretch, child, group, keep, server, interrupt))
}
