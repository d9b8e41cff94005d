//! The programs that the parts run, and how they run `poolbench`.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

/// Names of the copies.
pub(crate) const COPIES: [&str; 8] = ["copy-1", "copy-2", "copy-3", "copy-4", "copy-5", "copy-6", "copy-7", "copy-8"];

/// The programs, and the list that names those of the tests.
pub(crate) struct Programs {
    poolbench: PathBuf,
    pub(crate) serial: PathBuf,
    pub(crate) slower: PathBuf,
    list: PathBuf,
}

impl Programs {
    /// Finds them and writes the list, and names for the copies, into `scratch`.
    pub(crate) fn find(scratch: &Path) -> Result<Self> {
        let poolbench = PathBuf::from(env!("CARGO_BIN_EXE_poolbench"));
        let [serial, slower, copy] = ["pool-serial", "slower", "copy"].map(|name| poolbench.with_file_name(name));
        for program in [&serial, &slower, &copy] {
            ensure!(program.is_file(), "{} is not there; run `make build`", program.display());
        }
        let mut listed = vec![("slower", slower.clone())];
        for name in COPIES {
            let link = scratch.join(name);
            symlink(&copy, &link).with_context(|| format!("making {}", link.display()))?;
            listed.push((name, link));
        }
        let entry = |(name, path): (&str, PathBuf)| {
            format!("[[pool]]\nname = \"{name}\"\ncommand = [\"{}\"]\n", path.display())
        };
        let list = scratch.join("pools.toml");
        fs::write(&list, listed.into_iter().map(entry).collect::<String>()).context("writing the list of pools")?;
        Ok(Self { poolbench, serial, slower, list })
    }

    /// Runs one batch a trial of 5 us jobs, `jobs` of them in a cell, into `folder`.
    pub(crate) fn run(&self, pools: &str, twin: &str, jobs: &[u64], blocks: u64, folder: &Path) -> Result<()> {
        let sizes: Vec<String> = jobs.iter().map(u64::to_string).collect();
        let mut command = Command::new(&self.poolbench);
        command.args(["run", "--pools", pools, "--twin", twin, "--workload", "spin:5us", "--batches", "1"]);
        command.args(["--jobs", &sizes.join(","), "--blocks", &blocks.to_string(), "--pools-from"]).arg(&self.list);
        command.arg("--out").arg(folder).stdout(Stdio::null()).stderr(Stdio::null());
        let status = command.status().context("starting poolbench")?;
        ensure!(status.code().is_some_and(|code| code < 2), "poolbench run ended with {status}");
        Ok(())
    }
}

/// What the machine does beside this.
pub(crate) fn load_now() -> String {
    fs::read_to_string("/proc/loadavg").unwrap_or_default().split(' ').take(3).collect::<Vec<_>>().join(" ")
}
