//! `poolbench doctor`: is this machine fit to measure? It looks, says what it means and what to do, and changes nothing.

mod calls;
pub mod cli;
mod clock;
mod cores;
mod finding;
mod groups;
mod limits;
mod load;
mod measure;
mod network;
mod processor;
mod system;

pub use finding::{Finding, Level};
pub use system::System;

/// Everything there is to say without running a pool; takes two seconds.
pub fn examine(system: &System) -> Vec<Finding> {
    let mut findings = processor::findings(system);
    findings.push(cores::finding());
    findings.push(clock::finding(system));
    findings.push(groups::finding());
    findings.extend(calls::findings());
    findings.extend(load::findings(system));
    findings.extend(limits::findings(system));
    findings.extend(network::findings(system));
    findings
}
