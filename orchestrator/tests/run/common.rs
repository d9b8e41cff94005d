//! A scratch folder in which `poolbench` runs, and readers of what it leaves there.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread::sleep;
use std::time::{Duration, Instant};

use harness::columns::Row;
use orchestrator::pools;
use orchestrator::pools::wire::Description;
use tempfile::TempDir;
use test_helpers::stoppable::make_children_stoppable;

/// A folder of its own for one test, gone at the test's end.
pub(crate) struct Scratch(TempDir);

impl Scratch {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().expect("a temporary folder can be made"))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// `poolbench` with these arguments, ready to start in this folder.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        make_children_stoppable();
        let mut command = Command::new(env!("CARGO_BIN_EXE_poolbench"));
        command.args(arguments).current_dir(self.0.path());
        command
    }

    /// Writes `pools.toml`: pools of the helper `program` by their names, with the words that each puts first.
    pub(crate) fn list_helpers<const N: usize>(&self, program: &str, pools: &[(String, [String; N])]) {
        let path = beside(program);
        let entry = |(name, words): &(String, [String; N])| {
            let words: Vec<String> = words.iter().map(|word| format!(", \"{word}\"")).collect();
            format!("[[pool]]\nname = \"{name}\"\ncommand = [\"{}\"{}]\n", path.display(), words.concat())
        };
        let list: Vec<String> = pools.iter().map(entry).collect();
        fs::write(self.path("pools.toml"), list.concat()).expect("the list can be written");
    }

    /// Lets every user write to the folder.
    pub(crate) fn open_to_all(&self) {
        fs::set_permissions(self.path(""), Permissions::from_mode(0o777)).expect("the folder is ours");
    }

    /// Waits until the run in `r` has `count` rows.
    pub(crate) fn wait_for_rows(&self, count: usize) {
        let (began, path) = (Instant::now(), self.path("r/trials.csv"));
        while fs::read_to_string(&path).map_or(0, |text| text.lines().count()) <= count {
            assert!(began.elapsed() < Duration::from_mins(2), "no {count} rows came");
            sleep(Duration::from_millis(5));
        }
    }

    /// Runs `poolbench` to its end.
    pub(crate) fn poolbench(&self, arguments: &[&str]) -> Ended {
        Ended(self.command(arguments).output().expect("poolbench starts"))
    }
}

/// Looks until there is something to be seen.
#[track_caller]
pub(crate) fn wait_for<T>(what: &str, look: impl Fn() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        assert!(began.elapsed() < Duration::from_secs(40), "there is no {what}");
        match look() {
            Some(seen) => return seen,
            None => sleep(Duration::from_millis(5)),
        }
    }
}

/// What every pool beside `poolbench` says of itself.
pub(crate) fn described() -> Vec<Description> {
    let folder = Path::new(env!("CARGO_BIN_EXE_poolbench")).parent().expect("an executable is in a folder");
    let pools = pools::find_in(folder, None).expect("pools lie beside poolbench; `make test` builds them");
    pools.pools.into_values().map(|pool| pool.description).collect()
}

/// A program that is built beside `poolbench`.
pub(crate) fn beside(program: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_BIN_EXE_poolbench")).with_file_name(program);
    assert!(path.is_file(), "{} does not exist; `make test` builds it", path.display());
    path
}

/// An ended `poolbench`.
pub(crate) struct Ended(pub(crate) Output);

impl Ended {
    pub(crate) fn code(&self) -> Option<i32> {
        self.0.status.code()
    }

    pub(crate) fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.0.stdout).into_owned()
    }

    pub(crate) fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.0.stderr).into_owned()
    }

    /// Asserts the exit code and shows what was printed if it is another.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code(), Some(code), "stdout: {}\nstderr: {}", self.stdout(), self.stderr());
        self
    }
}

/// The rows of a run as (column, cell) lookups, read by the csv crate alone.
pub(crate) struct Rows {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Rows {
    pub(crate) fn read(run: &Path) -> Self {
        let text = fs::read_to_string(run.join("trials.csv")).expect("the run has rows");
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let header = reader.headers().expect("there is a header").iter().map(str::to_owned).collect();
        let rows = reader.records().map(|r| r.expect("a row is whole").iter().map(str::to_owned).collect()).collect();
        Self { header, rows }
    }

    pub(crate) fn header(&self) -> String {
        self.header.join(",")
    }

    /// The rows as the orchestrator's own type.
    pub(crate) fn whole(&self) -> Vec<Row> {
        let row = |cells: &Vec<String>| Row::from_cells(cells.iter().map(String::as_str)).expect("a row reads back");
        self.rows.iter().map(row).collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Only the accepted ones: on a busy machine a trial may be tried again.
    pub(crate) fn accepted(mut self) -> Self {
        let accepted = self.select(["accepted"]);
        let mut each = accepted.iter();
        self.rows.retain(|_| each.next().is_some_and(|[accepted]| accepted == "1"));
        self
    }

    /// The cells of the named columns, a row each.
    pub(crate) fn select<const N: usize>(&self, names: [&str; N]) -> Vec<[String; N]> {
        let at = names.map(|name| self.header.iter().position(|column| column == name).expect(name));
        self.rows.iter().map(|row| at.map(|column| row[column].clone())).collect()
    }
}
