//! The columns of `trials.csv`: their names, their order and their types stand here and nowhere else.

/// A whole number in the unit of the column's name; `None` is "not measured" and an empty cell.
pub type Number = Option<u64>;
/// A word `[a-z0-9][a-z0-9._:-]*`; the empty word is an empty cell.
pub type Word = String;

/// The version of the columns, in `schema`. A later one only adds columns at the end.
pub const SCHEMA: u64 = 2;
/// How many of the columns every version has: those of the first.
pub const OF_FIRST_SCHEMA: usize = 59;

/// What a cell can hold.
trait Cell: Sized {
    const IS_NUMBER: bool;
    fn text(&self) -> String;
    fn parse(text: &str) -> Result<Self, String>;
}

impl Cell for Number {
    const IS_NUMBER: bool = true;

    fn text(&self) -> String {
        self.map_or(String::new(), |n| n.to_string())
    }

    fn parse(text: &str) -> Result<Self, String> {
        match text {
            "" => Ok(None),
            digits if digits.bytes().all(|b| b.is_ascii_digit()) => {
                digits.parse().map(Some).map_err(|_| format!("'{digits}' is larger than 2^64"))
            }
            other => Err(format!("'{other}' is not a whole number")),
        }
    }
}

impl Cell for Word {
    const IS_NUMBER: bool = false;

    fn text(&self) -> String {
        self.clone()
    }

    fn parse(text: &str) -> Result<Self, String> {
        if is_word(text) { Ok(text.to_owned()) } else { Err(format!("'{}' is not a word", text.escape_debug())) }
    }
}

/// Whether a cell may hold this text: such words cannot start a formula in a spreadsheet. Upper case is let through for
/// the `T` and `Z` of `started_at`.
pub fn is_word(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_none_or(|b| b.is_ascii_alphanumeric())
        && bytes.all(|b| b.is_ascii_alphanumeric() || b"._:-".contains(&b))
}

macro_rules! columns {
    ($($(#[doc = $doc:literal])+ $name:ident: $type:ty,)+) => {
        /// One trial: one row.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct Row {
            $($(#[doc = $doc])+ pub $name: $type,)+
        }

        /// The header.
        pub const COLUMNS: &[&str] = &[$(stringify!($name)),+];

        /// Whether each column holds whole numbers (else words), in the header's order.
        pub const IS_NUMBER: &[bool] = &[$(<$type as Cell>::IS_NUMBER),+];

        /// What each column means, in the header's order.
        pub const MEANINGS: &[&str] = &[$(concat!($($doc),+)),+];

        impl Row {
            /// The cells in the header's order.
            pub fn cells(&self) -> Vec<String> {
                vec![$(self.$name.text()),+]
            }

            /// Reads cells in the header's order; says which column is wrong.
            pub fn from_cells<'a>(cells: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
                let mut cells = cells.into_iter();
                let mut next = || cells.next().ok_or("fewer cells than the header has columns".to_owned());
                let row = Self {
                    $($name: Cell::parse(next()?).map_err(|why| format!("{}: {why}", stringify!($name)))?,)+
                };
                if cells.next().is_some() { Err("more cells than the header has columns".to_owned()) } else { Ok(row) }
            }
        }
    };
}

columns! {
    /// Version of these columns.
    schema: Number,
    /// The run's name.
    run: Word,
    /// Short hash of CPU, kernel and memory, or what `--host` says.
    host: Word,
    /// Block, from 0; block 0 warms the machine and is never analysed.
    block: Number,
    /// Position of the trial in its block, from 1.
    position: Number,
    /// Attempt at this cell in this block, from 1, across resumes.
    attempt: Number,
    /// 1 in exactly one row of a finished cell and block, else 0.
    accepted: Number,
    /// 1 if other processes or the hypervisor disturbed the batch, 0 if not.
    noisy: Number,
    /// How the trial ended.
    status: Word,
    /// The pool.
    pool: Word,
    /// Its family.
    kind: Word,
    /// The library that schedules.
    library: Word,
    /// That library's version.
    version: Word,
    /// What the jobs do.
    workload: Word,
    /// The workload's parameter; for http the server's delay.
    param: Word,
    /// Jobs in a batch.
    jobs: Number,
    /// The most jobs running at once.
    workers: Number,
    /// Chunk policy as asked: jobs per dispatch.
    chunk: Word,
    /// Window policy as asked: the most jobs submitted and not yet back.
    window: Word,
    /// Cores that the pool could use, by affinity.
    cores: Number,
    /// Batches in the trial.
    batches: Number,
    /// Time to start the pool, ns.
    start_ns: Number,
    /// The first, cold batch, ns.
    batch_ns: Number,
    /// Lower median of the other batches, ns.
    warm_batch_ns: Number,
    /// Time to stop the pool, ns; empty where its library cannot join.
    stop_ns: Number,
    /// From spawn to exit without the pauses at gates, ns.
    process_ns: Number,
    /// From the reply to `started` to the receipt of `done`, without `check_ns` of `done`, ns.
    window_ns: Number,
    /// CPU time in user mode of the whole tree over the window, without `check_ns` of `done`, ns.
    cpu_user_ns: Number,
    /// CPU time in the kernel of the whole tree over the window, ns.
    cpu_sys_ns: Number,
    /// CPU time of the web server over the window, ns.
    server_cpu_ns: Number,
    /// CPU time of all other processes over the window, ns.
    foreign_cpu_ns: Number,
    /// Time that the hypervisor took over the window, ns.
    steal_ns: Number,
    /// Time that runnable threads of the tree waited for a core over the window, ns.
    run_delay_ns: Number,
    /// Resident memory of the tree at `ready`, bytes.
    rss_ready_bytes: Number,
    /// Resident memory of the tree at `started`, bytes.
    rss_started_bytes: Number,
    /// Resident memory of the tree at `done`, bytes.
    rss_done_bytes: Number,
    /// Resident memory of the tree at `stopped`, bytes.
    rss_stopped_bytes: Number,
    /// `VmHWM` of the pool's root process at `done`, bytes.
    peak_rss_bytes: Number,
    /// Sum of `VmHWM` over the tree at `done`, bytes: an upper bound that counts shared pages once a process.
    tree_hwm_bytes: Number,
    /// Sum of PSS over the tree at `done`, bytes: shared pages once.
    tree_pss_bytes: Number,
    /// The anonymous part of that, bytes.
    tree_pss_anon_bytes: Number,
    /// Exact peak of the tree from its memory cgroup, bytes, dead workers included.
    cgroup_peak_bytes: Number,
    /// Where the memory figures come from.
    mem_method: Word,
    /// How exact the peak is, bytes.
    mem_resolution_bytes: Number,
    /// 1 if the memory figures cover the whole tree, 0 if a worker was missed.
    mem_complete: Number,
    /// Processes of the tree at `done`.
    processes: Number,
    /// Threads of the tree at `done`.
    threads: Number,
    /// 1 if a child of the pool had ended before `done`, 0 if not.
    dead_children: Number,
    /// Voluntary context switches of the tree over the window.
    ctx_voluntary: Number,
    /// Involuntary context switches of the tree over the window.
    ctx_involuntary: Number,
    /// Page faults without a read over the window.
    minor_faults: Number,
    /// Page faults with a read over the window.
    major_faults: Number,
    /// Requests that the web server saw.
    requests: Number,
    /// The most requests that the web server had open at once.
    peak_concurrency: Number,
    /// Attempts of jobs beyond the first.
    retries: Number,
    /// Jobs that failed.
    errors: Number,
    /// Connections that the system dropped because the server's queue was full.
    listen_overflows: Number,
    /// The checksum that the pool reported.
    checksum: Word,
    /// When the trial began, UTC.
    started_at: Word,
    /// Which of several machines a merged run's trial was on: a salted hash, or what `--node` says.
    node: Word,
    /// Which shard of a run it was in, from 1.
    shard: Number,
    /// CPU time that a quota leaves the pool, thousandths of a core; empty where there is no quota.
    quota_permille: Number,
    /// Time for which a quota held back the tree over the window, ns, added up over cores; empty where that is not counted.
    throttled_ns: Number,
    /// What a job of `compute` took on one core alone just before the trial, ps.
    core_alone_ps: Number,
    /// What it took with all cores at once, ps: the mean over the cores.
    cores_together_ps: Number,
    /// 1 if the cores were slow just before the trial, 0 if not.
    slow: Number,
    /// 1 if there was no right result to hold the checksum against, 0 if there was.
    unchecked: Number,
    /// 1 if the user says that the jobs wait, 0 if not; empty where the workload says it.
    waits: Number,
    /// How jobs arrived; empty where a batch was there at once.
    arrival: Word,
    /// Jobs that arrived a second.
    rate_per_s: Number,
    /// The load that this was, thousandths of what the pool can take.
    load_permille: Number,
    /// Time from arrival to begin of a job, mean, ns.
    wait_mean_ns: Number,
    /// Of 50 % of the jobs at most, ns.
    wait_p50_ns: Number,
    /// Of 90 % of the jobs at most, ns.
    wait_p90_ns: Number,
    /// Of 99 % of the jobs at most, ns.
    wait_p99_ns: Number,
    /// Of 99.9 % of the jobs at most, ns.
    wait_p999_ns: Number,
    /// Of any job at most, ns.
    wait_max_ns: Number,
    /// Time from arrival to result of a job, mean, ns.
    latency_mean_ns: Number,
    /// Of 50 % of the jobs at most, ns.
    latency_p50_ns: Number,
    /// Of 90 % of the jobs at most, ns.
    latency_p90_ns: Number,
    /// Of 99 % of the jobs at most, ns.
    latency_p99_ns: Number,
    /// Of 99.9 % of the jobs at most, ns.
    latency_p999_ns: Number,
    /// Of any job at most, ns.
    latency_max_ns: Number,
    /// How late the feeder was with a job at most, ns.
    feeder_lag_ns: Number,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_row_reads_back(jobs in any::<Option<u64>>(), pool in "[a-z0-9][a-z0-9._:-]{0,20}") {
            let row = Row { pool, jobs, ..Row::default() };
            let cells = row.cells();
            prop_assert_eq!(Row::from_cells(cells.iter().map(String::as_str)), Ok(row));
        }

        #[test]
        fn no_cell_can_start_a_formula(text in "[=+@\t -].*") {
            prop_assert!(!is_word(&text));
        }
    }

    #[test]
    fn the_first_schema_ends_where_it_did() {
        assert_eq!(COLUMNS[OF_FIRST_SCHEMA - 1], "started_at");
    }

    #[test]
    fn a_wrong_cell_names_its_column() {
        let mut cells = Row::default().cells();
        cells[3] = "-1".to_owned();
        let error = Row::from_cells(cells.iter().map(String::as_str)).unwrap_err();
        assert_eq!(error, "block: '-1' is not a whole number");
        cells.pop();
        cells[3].clear();
        assert!(Row::from_cells(cells.iter().map(String::as_str)).unwrap_err().starts_with("fewer"));
    }
}
