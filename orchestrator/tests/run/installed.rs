//! A `poolbench` of a test's own, with the pools beside it that the test wants.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use super::common::{Ended, Scratch, beside};

/// The pools that a scratch folder's own `poolbench` has beside it: two that work, and all kinds that do not.
pub(crate) struct Installed(pub(crate) Scratch);

impl Installed {
    pub(crate) fn new() -> Self {
        let scratch = Scratch::new();
        fs::create_dir(scratch.path("bin")).unwrap();
        let installed = Self(scratch);
        for name in ["poolbench", "pool-serial", "pool-crossbeam"] {
            installed.copy(name, name);
        }
        installed
    }

    pub(crate) fn copy(&self, program: &str, name: &str) {
        fs::copy(beside(program), self.0.path("bin").join(name)).unwrap();
    }

    /// A script that is called `name`.
    pub(crate) fn script(&self, name: &str, lines: &str) {
        let path = self.0.path("bin").join(name);
        fs::write(&path, format!("#!/bin/sh\n{lines}\n")).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
    }

    pub(crate) fn describing(&self, name: &str, protocol: u64, own: &str) {
        self.script(
            name,
            &format!(
                "echo '{{\"protocol\":{protocol},\"name\":\"{own}\",\"kind\":\"serial\",\"workloads\":[\"noop\"],\
                 \"chunk\":[\"own\"],\"window\":[\"all\"]}}'"
            ),
        );
    }

    pub(crate) fn poolbench(&self, arguments: &[&str]) -> Ended {
        let mut command = Command::new(self.0.path("bin/poolbench"));
        Ended(command.args(arguments).current_dir(self.0.path("")).output().expect("poolbench starts"))
    }

    /// The names that `list --json` has.
    pub(crate) fn listed(&self) -> (Vec<String>, String) {
        let ended = self.poolbench(&["list", "--json"]).expect(0);
        let list: serde_json::Value = serde_json::from_str(&ended.stdout()).unwrap();
        let pools = list["pools"].as_array().unwrap().iter().map(|pool| pool["name"].as_str().unwrap().to_owned());
        (pools.collect(), ended.stderr())
    }
}
