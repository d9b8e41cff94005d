//! Runs' folders with made rows: a plan and a machine from a real run of one job, and trials with known effects.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use harness::columns::{COLUMNS, Row};
use rand::RngExt as _;
use rand_pcg::Pcg64;
use tempfile::TempDir;

/// A pool's trials at one size.
#[derive(Clone, Copy)]
pub(crate) struct Series {
    pub(crate) pool: &'static str,
    pub(crate) jobs: u64,
    /// Batch time, ms.
    pub(crate) ms: f64,
    /// Peak memory, MiB.
    pub(crate) mib: f64,
    /// How far a trial strays from its block, as a share.
    pub(crate) noise: f64,
}

/// A pool at 1000 jobs with 4 MiB and noise of 1 %.
pub(crate) const fn pool(pool: &'static str, ms: f64) -> Series {
    Series { pool, jobs: 1000, ms, mib: 4.0, noise: 0.01 }
}

/// Numbers that look random and are the same every time, in -1..1.
fn stray(seed: &str, block: u64) -> f64 {
    let bytes = seed.bytes().fold(0_u64, |sum, byte| sum.wrapping_mul(257).wrapping_add(u64::from(byte)));
    Pcg64::new(u128::from(bytes), u128::from(block)).random_range(-1.0..1.0)
}

/// The rows of a run of `blocks` blocks; every block has a mood of up to 20 % that all of its trials share.
pub(crate) fn rows(series: &[Series], blocks: u64) -> Vec<Row> {
    let places = (0..=blocks).flat_map(|block| (1..).zip(series).map(move |(position, one)| (block, position, one)));
    places.map(|(block, position, one)| row(one, block, position)).collect()
}

/// The nearest ns or byte.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "made values are below 2^53 and above 0")]
fn whole(value: f64) -> u64 {
    value.round() as u64
}

fn row(one: &Series, block: u64, position: u64) -> Row {
    let mood = 1.0 + 0.2 * stray("mood", block);
    let own = 1.0 + one.noise * stray(&format!("{}{}", one.pool, one.jobs), block);
    let word = str::to_owned;
    Row {
        schema: Some(harness::columns::SCHEMA),
        run: word("made"),
        host: word("here"),
        block: Some(block),
        position: Some(position),
        attempt: Some(1),
        accepted: Some(1),
        noisy: Some(0),
        status: word("ok"),
        pool: word(one.pool),
        kind: word("threads"),
        workload: word("noop"),
        jobs: Some(one.jobs),
        workers: Some(2),
        chunk: word("auto"),
        window: word("all"),
        cores: Some(2),
        batches: Some(1),
        batch_ns: Some(whole(1e6 * one.ms * mood * own)),
        cpu_user_ns: Some(whole(1e6 * one.ms * own)),
        cpu_sys_ns: Some(0),
        peak_rss_bytes: Some(whole(1_048_576.0 * one.mib * own)),
        mem_complete: Some(1),
        processes: Some(1),
        dead_children: Some(0),
        ..Row::default()
    }
}

/// `trials.csv` with these rows.
pub(crate) fn csv(rows: &[Row]) -> String {
    let mut text = COLUMNS.join(",") + "\n";
    for row in rows {
        text += &(row.cells().join(",") + "\n");
    }
    text
}

/// What a plan says of a pool.
#[derive(Clone, Copy)]
pub(crate) struct About {
    pub(crate) pool: &'static str,
    pub(crate) mirrors: &'static str,
    pub(crate) base: &'static str,
    pub(crate) title: &'static str,
}

/// A folder for one test, gone at its end.
pub(crate) struct Scratch(TempDir);

impl Scratch {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().expect("a temporary folder can be made"))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Makes the run `name` on machine `host`, with these bytes as its rows.
    pub(crate) fn run_of(&self, name: &str, host: &str, trials: impl AsRef<[u8]>) {
        let run = ["run", "--pools", "serial", "--workload", "noop", "--jobs", "1", "--batches", "1", "--blocks", "1"];
        self.expect(0, &[&run[..], &["--twin", "none", "--host", host, "--out", name]].concat());
        let plan = self.path(name).join("plan.toml");
        let text = fs::read_to_string(&plan).expect("the run has a plan");
        let (before, after) = text.split_once("run = \"").expect("it has a name");
        let (_, after) = after.split_once('"').expect("the name ends");
        fs::write(plan, format!("{before}run = \"made\"{after}")).expect("the folder is there");
        self.rewrite(name, trials);
    }

    /// Changes a word of a run's `machine.json`.
    pub(crate) fn change_machine(&self, name: &str, change: impl Fn(&mut serde_json::Value)) {
        let path = self.path(name).join("machine.json");
        let text = fs::read_to_string(&path).expect("the run has a machine");
        let mut machine = serde_json::from_str(&text).expect("it is JSON");
        change(&mut machine);
        fs::write(path, machine.to_string()).expect("the folder is there");
    }

    /// Writes into a run's plan what pools say of themselves.
    pub(crate) fn tell(&self, name: &str, pools: &[About]) {
        let path = self.path(name).join("plan.toml");
        let plan = fs::read_to_string(&path).expect("the run has a plan");
        let entry = |About { pool, mirrors, base, title }: &About| {
            format!(
                "\n[pools.{pool}]\nlibrary = \"made\"\nversion = \"1\"\nsha256 = \"\"\nmirrors = \"{mirrors}\"\n\
                 title = \"{title}\"\nbase = \"{base}\"\n"
            )
        };
        let entries: Vec<String> = pools.iter().map(entry).collect();
        let plan = plan + &entries.concat();
        fs::write(path, plan).expect("the folder is there");
    }

    /// Writes the notes of rows that have so many batches.
    pub(crate) fn note(&self, name: &str, notes: &[(Row, Vec<u64>)]) {
        let note = |(row, batch_ns): &(Row, Vec<u64>)| {
            let (block, position, attempt) = (row.block, row.position, row.attempt);
            let note = serde_json::json!({
                "run": row.run, "block": block, "position": position, "attempt": attempt, "pool": row.pool,
                "status": row.status, "batch_ns": batch_ns,
            });
            format!("{note}\n")
        };
        let lines: Vec<String> = notes.iter().map(note).collect();
        fs::write(self.path(name).join("notes.jsonl"), lines.concat()).expect("the folder is there");
    }

    /// Puts other rows into a run.
    pub(crate) fn rewrite(&self, name: &str, trials: impl AsRef<[u8]>) {
        fs::write(self.path(name).join("trials.csv"), trials).expect("the folder is there");
    }

    /// Makes the run `r` with these pools.
    pub(crate) fn with(series: &[Series], blocks: u64) -> Self {
        let scratch = Self::new();
        scratch.run_of("r", "here", csv(&rows(series, blocks)));
        scratch
    }

    /// Runs `poolbench`, which must end with this code; both of its outputs.
    #[track_caller]
    pub(crate) fn expect(&self, code: i32, arguments: &[&str]) -> Said {
        let said = self.poolbench(arguments);
        assert_eq!(said.code, Some(code), "{arguments:?}: {}\n{}", said.out, said.err);
        said
    }

    /// Runs `poolbench` to its end, however that is.
    pub(crate) fn poolbench(&self, arguments: &[&str]) -> Said {
        let output = Command::new(env!("CARGO_BIN_EXE_poolbench")).args(arguments).current_dir(self.0.path()).output();
        let output = output.expect("poolbench starts");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Said { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }
}

/// What an ended `poolbench` said.
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    /// All of stdout in one line, since sentences are wrapped.
    pub(crate) fn flat(&self) -> String {
        self.out.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Stdout as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|why| panic!("{why}: {}", self.out))
    }

    /// The same with the lines below it that go on with its last cell.
    #[track_caller]
    pub(crate) fn entry(&self, pool: &str) -> String {
        let first = self.line(pool);
        let rest =
            self.out.lines().skip_while(|line| *line != first).skip(1).take_while(|line| line.starts_with("     "));
        std::iter::once(first).chain(rest).flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
    }

    /// The first line of stdout that begins with `pool`.
    #[track_caller]
    pub(crate) fn line(&self, pool: &str) -> &str {
        let of_pool = |line: &&str| line.trim_start().strip_prefix(pool).is_some_and(|rest| rest.starts_with(' '));
        self.out.lines().find(of_pool).unwrap_or_else(|| panic!("no line of {pool} in {}", self.out))
    }
}
