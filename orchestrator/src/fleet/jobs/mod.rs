//! Job files: what starts the shards of a plan on the engines that people run already.

mod kubernetes;
mod parallel;
pub mod quote;
mod slurm;

use anyhow::{Result, bail};

/// What a job file is made of. Any text may stand in each of them.
#[derive(Clone, Debug)]
pub struct Values {
    /// How many shards there are.
    pub shards: u64,
    /// The folder of the plan.
    pub plan: String,
    /// `poolbench`, as each machine calls it.
    pub poolbench: String,
    /// The folder of the merged run.
    pub out: String,
    /// Machines with ssh.
    pub hosts: Vec<String>,
    /// A container image that has poolbench and the pools.
    pub image: String,
    /// A claim on a volume that has the plan and takes the rows.
    pub claim: String,
    /// Cores that a pod gets for itself.
    pub cores: u64,
}

/// The engines.
pub const ENGINES: [&str; 3] = ["slurm", "parallel", "kubernetes"];

/// The job file for an engine.
pub fn file(engine: &str, values: &Values) -> Result<String> {
    Ok(match engine {
        "slurm" => slurm::file(values),
        "parallel" => parallel::file(values),
        "kubernetes" => kubernetes::file(values),
        other => bail!("there is no job file for {other}, only for {}", ENGINES.join(", ")),
    })
}
