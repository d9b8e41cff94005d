//! The machine and its settings, recorded once a run: figures of different machines must not be mixed up.

use std::collections::BTreeMap;
use std::fs;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::observe::Setting;
use crate::pools::build::hex;
use crate::process::affinity::Cpus;
use crate::process::plain;

/// What is known of the machine. Its file is `machine.json`; what is not exposed is not there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// Short hash of CPU, kernel and memory, or the name given by the user.
    pub host: String,
    /// The processor's name.
    pub cpu: String,
    /// Cores that this process may use, by affinity.
    pub cores: u64,
    /// What of the machine this process may have.
    #[serde(flatten)]
    pub setting: Setting,
    /// Memory in bytes.
    pub memory_bytes: u64,
    /// The kernel's release.
    pub kernel: String,
    /// The compiler of `poolbench` and its pools.
    pub rustc: String,
    /// Versions of `poolbench` and of its lock file's contents.
    pub poolbench: String,
    /// Settings that change figures, as the system exposes them.
    pub settings: BTreeMap<String, String>,
}

/// Settings and where they are.
const SETTINGS: [(&str, &str); 10] = [
    ("clocksource", "/sys/devices/system/clocksource/clocksource0/current_clocksource"),
    ("governor", "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
    ("no_turbo", "/sys/devices/system/cpu/intel_pstate/no_turbo"),
    ("boost", "/sys/devices/system/cpu/cpufreq/boost"),
    ("smt", "/sys/devices/system/cpu/smt/active"),
    ("transparent_hugepage", "/sys/kernel/mm/transparent_hugepage/enabled"),
    ("randomize_va_space", "/proc/sys/kernel/randomize_va_space"),
    ("load", "/proc/loadavg"),
    ("tcp_tw_reuse", "/proc/sys/net/ipv4/tcp_tw_reuse"),
    ("somaxconn", "/proc/sys/net/core/somaxconn"),
];

impl Machine {
    /// Reads it all; `host` overrides the hash.
    pub fn read(host: Option<&str>) -> Self {
        let line = |path: &str| fs::read_to_string(path).map(|text| text.trim().to_owned());
        let cpu = field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown".to_owned());
        let kernel = line("/proc/sys/kernel/osrelease").unwrap_or_default();
        let memory_bytes = memory_bytes().unwrap_or(0);
        let settings = SETTINGS.iter().filter_map(|(name, path)| Some(((*name).to_owned(), line(path).ok()?)));
        let own = hex(&Sha256::digest(format!("{cpu}\n{kernel}\n{memory_bytes}")))[..8].to_owned();
        Self {
            host: host.map_or(own, str::to_owned),
            cores: Cpus::allowed().map_or_else(|_| harness::cores(), |cpus| cpus.count()),
            setting: Setting::read(),
            rustc: harness::library_version("std").to_owned(),
            poolbench: env!("CARGO_PKG_VERSION").to_owned(),
            settings: settings.collect(),
            cpu,
            memory_bytes,
            kernel,
        }
    }

    /// With texts that may be shown: a machine may be read from anybody's file.
    #[must_use]
    pub fn shown(mut self) -> Self {
        let own = [&mut self.host, &mut self.cpu, &mut self.kernel, &mut self.rustc, &mut self.poolbench];
        let shown = |text: &mut String| *text = plain::line(text).into_owned();
        own.into_iter().for_each(shown);
        let settings =
            self.settings.iter().map(|(name, value)| [name, value].map(|text| plain::line(text).into_owned()));
        self.settings = settings.map(|[name, value]| (name, value)).collect();
        self
    }

    /// One line for people.
    pub fn sentence(&self) -> String {
        let memory = harness::human::size(self.memory_bytes);
        let quota = self.setting.quota().filter(|quota| quota != "none");
        let quota = quota.map_or(String::new(), |quota| format!(" under a quota of {quota}"));
        format!(
            "{}: {}, {} cores{quota}, {memory}, Linux {}, rustc {}",
            self.host, self.cpu, self.cores, self.kernel, self.rustc
        )
    }

    /// Workers for jobs that compute, where nobody names a number: one a core of `cores`, and no more than the quota keeps
    /// busy, of which a part of a core is one more.
    pub fn workers(&self, cores: u64) -> u64 {
        let quota = self.setting.quota_permille.filter(|permille| *permille > 0);
        quota.map_or(cores, |permille| cores.min(permille.div_ceil(1000))).max(1)
    }
}

fn field(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.trim_start().strip_prefix(':'))?;
    Some(line.trim().to_owned())
}

fn memory_bytes() -> Option<u64> {
    Some(field("/proc/meminfo", "MemTotal")?.strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}
