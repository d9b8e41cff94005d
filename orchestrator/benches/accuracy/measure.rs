//! Takes the rows: every shape with its payload and with none, interleaved, in a process of its own for each setting.

use std::fmt;
use std::io::{Write as _, stdout};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use harness::columns::Row;
use harness::{Workload, checksum};
use orchestrator::guard::{Grouping, Guard};
use orchestrator::process::environment;
use orchestrator::process::signals::Interrupt;
use orchestrator::record;
use orchestrator::trial::{self, Ask, Right};

use crate::cases::{CASES, Case};

/// Trials of each case with its payload, and as many with none.
pub(crate) const ROUNDS: usize = 9;
/// What the orchestrator holds in the setting of that name, in bytes.
const BALLAST: usize = 200 << 20;
/// `nobody` on every Linux: an ordinary user without any right.
const NOBODY: u32 = 65534;

/// Who measures, and with what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setting {
    /// With control groups.
    Groups,
    /// With control groups, and 200 MiB in the orchestrator.
    Ballast,
    /// From `/proc` alone.
    Proc,
    /// As a user who may make no group.
    Nobody,
}

impl Setting {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [Self::Groups, Self::Ballast, Self::Proc, Self::Nobody];

    fn word(self) -> &'static str {
        match self {
            Self::Groups => "groups",
            Self::Ballast => "ballast",
            Self::Proc => "proc",
            Self::Nobody => "nobody",
        }
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Setting {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|setting| setting.word() == text).ok_or_else(|| format!("no setting '{text}'"))
    }
}

/// The rows of a setting: for each case those with its payload, and those with none. `None` if this user cannot.
pub(crate) fn rows_of(setting: Setting) -> Result<Option<Vec<[Vec<Row>; 2]>>> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["--setting", setting.word()]).stderr(Stdio::inherit()).current_dir("/");
    if setting == Setting::Nobody {
        if !rustix::process::geteuid().is_root() {
            return Ok(None);
        }
        command.uid(NOBODY).gid(NOBODY);
    }
    let output = command.output().context("measuring in a process of its own")?;
    ensure!(output.status.success(), "measuring with {setting} failed");
    let text = String::from_utf8(output.stdout)?;
    let rows = text.lines().map(|line| Row::from_cells(line.split(',')).map_err(anyhow::Error::msg));
    let rows: Vec<Row> = rows.collect::<Result<_>>()?;
    ensure!(rows.len() == 2 * ROUNDS * CASES.len(), "{} rows came back", rows.len());
    let of = |case, payload| rows.iter().skip(2 * case + payload).step_by(2 * CASES.len()).cloned().collect();
    Ok(Some((0..CASES.len()).map(|case| [of(case, 0), of(case, 1)]).collect()))
}

/// Measures and prints a row a line.
pub(crate) fn print_rows(setting: Setting) -> Result<()> {
    let ballast = vec![1_u8; if setting == Setting::Ballast { BALLAST } else { 0 }];
    let poolbench = Path::new(env!("CARGO_BIN_EXE_poolbench"));
    let grouping = if setting == Setting::Proc { Grouping::Never } else { Grouping::WherePossible };
    let guard = Guard::new(poolbench, grouping)?;
    let interrupt = Interrupt::install()?;
    let payload = poolbench.with_file_name("payload");
    ensure!(payload.is_file(), "{} does not exist; build it with `make build`", payload.display());
    for _ in 0..ROUNDS {
        for case in CASES {
            for mib in [case.mib, 0] {
                let row = row(&guard, &interrupt, &payload, case, mib)?;
                writeln!(stdout(), "{}", row.cells().join(","))?;
            }
        }
    }
    std::hint::black_box(ballast);
    Ok(())
}

fn row(guard: &Guard, interrupt: &Interrupt, payload: &PathBuf, case: Case, mib: u64) -> Result<Row> {
    let name = format!("{}-{}x{mib}", case.shape, case.workers);
    let words = [case.shape.to_owned(), case.workers.to_string(), mib.to_string()];
    let ask = Ask {
        command: [payload.into()].into_iter().chain(words.map(Into::into)).collect(),
        env: environment::minimal(),
        cpus: None,
        timeout: Duration::from_mins(1),
        batches_within: None,
        pool: &name,
        guard,
        server: None,
        jobs: 1,
        batches: 1,
        shortest_ns: 0,
        right: Right::Sum(checksum::text(Workload::Noop.checksum(1))),
    };
    let trial = trial::run(&ask, None, interrupt);
    ensure!(trial.status.is_some_and(|status| status.word() == "ok"), "{name}: {}", trial.message);
    Ok(record::observed(Row::default(), &trial))
}
