//! Reads a run's rows for analysis: only the columns that are needed, one row at a time, and never past a row that
//! cannot be trusted.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher as _, RandomState};
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use csv::ByteRecord;
use harness::columns;

use super::bases::Bases;
use super::cells::{Cells, Column, Header};
use super::data::{Data, Group, Series, Setup};
use super::late_notes::LateNotes;
use super::nodes::Nodes;
use super::points::Point;
use super::seen::{Row, Seen};
use crate::plan::Plan;
use crate::record::trials::{self, WholeLines};
use crate::record::{Place, folder, peak};
use crate::trial::status::{MOST_TIMEOUTS, Status};

const SCHEMA: Column = Column::named("schema");
const HOST: Column = Column::named("host");
const POSITION: Column = Column::named("position");
const ATTEMPT: Column = Column::named("attempt");
const RUN: Column = Column::named("run");
const BLOCK: Column = Column::named("block");
const ACCEPTED: Column = Column::named("accepted");
const NOISY: Column = Column::named("noisy");
const SLOW: Column = Column::named("slow");
const STATUS: Column = Column::named("status");
const POOL: Column = Column::named("pool");
const KIND: Column = Column::named("kind");
const WORKLOAD: Column = Column::named("workload");
const PARAM: Column = Column::named("param");
const JOBS: Column = Column::named("jobs");
const WORKERS: Column = Column::named("workers");
const CHUNK: Column = Column::named("chunk");
const WINDOW: Column = Column::named("window");
const CORES: Column = Column::named("cores");
const BATCHES: Column = Column::named("batches");
const START_NS: Column = Column::named("start_ns");
const STOP_NS: Column = Column::named("stop_ns");
const RSS_READY_BYTES: Column = Column::named("rss_ready_bytes");
const RSS_STARTED_BYTES: Column = Column::named("rss_started_bytes");
const RSS_DONE_BYTES: Column = Column::named("rss_done_bytes");
const RSS_STOPPED_BYTES: Column = Column::named("rss_stopped_bytes");
const BATCH_NS: Column = Column::named("batch_ns");
const WARM_BATCH_NS: Column = Column::named("warm_batch_ns");
const CPU_USER_NS: Column = Column::named("cpu_user_ns");
const CPU_SYS_NS: Column = Column::named("cpu_sys_ns");
const PEAK_RSS_BYTES: Column = Column::named("peak_rss_bytes");
const TREE_HWM_BYTES: Column = Column::named("tree_hwm_bytes");
const TREE_PSS_BYTES: Column = Column::named("tree_pss_bytes");
const MEM_RESOLUTION_BYTES: Column = Column::named("mem_resolution_bytes");
const CGROUP_PEAK_BYTES: Column = Column::named("cgroup_peak_bytes");
const MEM_COMPLETE: Column = Column::named("mem_complete");
const PROCESSES: Column = Column::named("processes");
const DEAD_CHILDREN: Column = Column::named("dead_children");
const PEAK_CONCURRENCY: Column = Column::named("peak_concurrency");
const THROTTLED_NS: Column = Column::named("throttled_ns");
const WAITS: Column = Column::named("waits");

/// Rows that are counted and not read.
const FOREIGN: &str = "of another run";

/// What names a setup and its group.
const KEY: [Column; 7] = [WORKLOAD, PARAM, JOBS, POOL, WORKERS, CHUNK, WINDOW];

/// Reads all accepted trials of a run's folder. A last line that was not written to its end, rows of another run and
/// rows that stand there twice are left aside and counted; any other row that is wrong is an error with its line.
pub fn load(run: &Path) -> Result<Data> {
    let WholeLines { reader, path } = trials::whole_lines(&run.join(trials::NAME))?;
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(reader);
    let header = reader.byte_headers().map_err(anyhow::Error::from).and_then(Header::read);
    let header = header.with_context(|| format!("reading the header of {}", path.display()))?;
    let plan = folder::read_plan(run)?;
    let mut rows = Loading::new(Data::new(plan.alpha(0), plan.seed_number()), &plan);
    rows.data.bases = Bases::of(&plan);
    rows.data.unchecked = plan.unchecked().map(str::to_owned).collect();
    rows.data.nodes = Nodes::read(run, &plan)?;
    rows.late = Some(LateNotes::open(run, &plan.run)?);
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record).with_context(|| format!("reading {}", path.display()))? {
        let line = record.position().map_or(0, csv::Position::line);
        rows.row(&header, &record, line).with_context(|| format!("{} line {line}", path.display()))?;
    }
    if reader.get_ref().get_ref().is_torn() {
        rows.data.skipped.insert("not written to its end", 1);
    }
    let (own, foreign) = (rows.own, rows.data.skipped.get(FOREIGN).copied().unwrap_or(0));
    ensure!(own > 0 || foreign == 0, "{} has no row of {}: all {foreign} are {FOREIGN}", path.display(), plan.run);
    rows.data.alpha = plan.alpha(rows.finished());
    Ok(rows.done())
}

/// One setup's trials as they come in.
struct Incoming {
    group: Group,
    setup: Setup,
    series: Series,
    seen: Seen,
}

struct Loading<'a> {
    data: Data,
    run: String,
    /// Rows of this run.
    own: u64,
    /// The number of each setup in `incoming`, by the cells that name it: rows are millions, setups are few.
    numbers: HashMap<Vec<u8>, usize>,
    incoming: Vec<Incoming>,
    /// Blocks, block 0 among them, in which each setup has timed out, by the cells that name it: as many as give it up.
    timeouts: HashMap<Vec<u8>, HashSet<u64>>,
    /// Asked of trials that have enough batches to tell.
    late: Option<LateNotes<'a>>,
    hasher: RandomState,
    key: Vec<u8>,
}

impl Loading<'_> {
    fn new(data: Data, plan: &Plan) -> Self {
        Self {
            data,
            run: plan.run.clone(),
            own: 0,
            numbers: HashMap::new(),
            incoming: Vec::new(),
            timeouts: HashMap::new(),
            late: None,
            hasher: RandomState::new(),
            key: Vec::new(),
        }
    }

    fn row(&mut self, header: &Header, record: &ByteRecord, line: u64) -> Result<()> {
        let cells = Cells::of(header, record)?;
        if cells.text(RUN)? != self.run {
            *self.data.skipped.entry(FOREIGN).or_default() += 1;
            return Ok(());
        }
        self.own += 1;
        let (schema, host) = (cells.required(SCHEMA)?, cells.text(HOST)?);
        ensure!(
            (1..=columns::SCHEMA).contains(&schema),
            "schema {schema}: this version reads 1 to {}; a newer poolbench reads it",
            columns::SCHEMA
        );
        self.data.nodes.check(host)?;
        ensure!(!cells.bytes(POOL).is_empty(), "pool is empty");
        let block = cells.required(BLOCK)?;
        let counted = self.data.nodes.block(block)?;
        ensure!(cells.required(ATTEMPT)? > 0, "attempt: they count from 1");
        let accepted = cells.required(ACCEPTED)?;
        check_flag("accepted", Some(accepted))?;
        check_flag("noisy", cells.number(NOISY)?)?;
        check_flag("slow", cells.number(SLOW)?)?;
        check_flag("mem_complete", cells.number(MEM_COMPLETE)?)?;
        self.read_key(&cells);
        if accepted == 1 && cells.text(STATUS)? == Status::Timeout.word() {
            let blocks = self.timeouts.entry(self.key.clone()).or_default();
            if blocks.len() < MOST_TIMEOUTS {
                blocks.insert(block);
            }
        }
        if block == 0 || accepted == 0 {
            return Ok(());
        }
        let number = self.number(&cells)?;
        let incoming = &mut self.incoming[number];
        let row = Row::new(line, self.hasher.hash_one(record.as_slice()));
        match incoming.seen.insert(block, row) {
            None => {}
            Some(other) if other.is_same(row) => {
                *self.data.skipped.entry("there twice").or_default() += 1;
                return Ok(());
            }
            Some(other) => {
                bail!("a second accepted row for {} in block {block}, as line {}", incoming.setup, other.line())
            }
        }
        self.data.blocks = self.data.blocks.max(counted);
        let place = Place { block, position: cells.number(POSITION)?.unwrap_or(0), attempt: cells.required(ATTEMPT)? };
        add(&mut incoming.series, &cells, counted, || self.late.as_mut()?.of(place))
    }

    /// Reads the cells that name the setup that a row is of.
    fn read_key(&mut self, cells: &Cells) {
        self.key.clear();
        for column in KEY {
            let cell = cells.bytes(column);
            self.key.extend_from_slice(&cell.len().to_le_bytes());
            self.key.extend_from_slice(cell);
        }
    }

    /// The number of the setup whose cells were read last.
    fn number(&mut self, cells: &Cells) -> Result<usize> {
        if let Some(number) = self.numbers.get(&self.key) {
            return Ok(*number);
        }
        let (group, setup) = keys(cells)?;
        // `7` and `07` are one number of jobs.
        let known = self.incoming.iter().position(|one| one.group == group && one.setup == setup);
        let number = known.unwrap_or(self.incoming.len());
        if known.is_none() {
            self.incoming.push(Incoming { group, setup, series: Series::default(), seen: Seen::default() });
        }
        self.numbers.insert(self.key.clone(), number);
        Ok(number)
    }

    /// How many blocks every setup has finished. Those that the run has given up lack the others and hold nobody up, unless
    /// there are no others.
    fn finished(&self) -> usize {
        let given_up = |number| {
            let mut keys = self.numbers.iter().filter(|(_, of)| **of == number);
            keys.any(|(key, _)| self.timeouts.get(key).is_some_and(|blocks| blocks.len() >= MOST_TIMEOUTS))
        };
        let blocks = || self.incoming.iter().map(|one| one.seen.len()).enumerate();
        let tried = blocks().filter(|(number, _)| self.timeouts.is_empty() || !given_up(*number));
        tried.map(|(_, count)| count).min().or_else(|| blocks().map(|(_, count)| count).min()).unwrap_or(0)
    }

    fn done(mut self) -> Data {
        for Incoming { group, setup, series, .. } in self.incoming {
            self.data.groups.entry(group).or_default().insert(setup, series);
        }
        self.data
    }
}

fn check_flag(name: &str, value: Option<u64>) -> Result<()> {
    let value = value.unwrap_or(0);
    ensure!(value <= 1, "{name}: {value} is neither 0 nor 1");
    Ok(())
}

/// Adds an accepted row to its series. `late` is asked of trials that can tell how their last batches compare.
fn add(series: &mut Series, cells: &Cells, block: u64, late: impl FnOnce() -> Option<f64>) -> Result<()> {
    if series.kind.is_empty() {
        cells.text(KIND)?.clone_into(&mut series.kind);
        series.cores = cells.number(CORES)?.unwrap_or(1);
    }
    let status = cells.text(STATUS)?;
    if status != "ok" {
        *series.not_ok.entry(status.to_owned()).or_default() += 1;
        return Ok(());
    }
    let batches = cells.number(BATCHES)?.unwrap_or(1).max(1);
    series.late_changes.add(if batches > 2 { late() } else { None });
    series.noisy += u64::from(cells.number(NOISY)? == Some(1));
    let slow = cells.number(SLOW)?;
    series.slow += u64::from(slow == Some(1));
    series.cores_read += u64::from(slow.is_some());
    series.most_open = series.most_open.max(cells.number(PEAK_CONCURRENCY)?.unwrap_or(0));
    let memory = peak::Cells {
        root: cells.number(PEAK_RSS_BYTES)?,
        summed: cells.number(TREE_HWM_BYTES)?,
        shared_once: cells.number(TREE_PSS_BYTES)?,
        charged: cells.number(CGROUP_PEAK_BYTES)?,
        complete: cells.number(MEM_COMPLETE)? == Some(1),
        processes: cells.number(PROCESSES)?,
        dead: cells.number(DEAD_CHILDREN)?,
    };
    let cpu_ns = cells.number(CPU_USER_NS)?.zip(cells.number(CPU_SYS_NS)?);
    series.points.push(Point {
        block,
        is_throttled: cells.number(THROTTLED_NS)?.is_some_and(|ns| ns > 0),
        cold_ns: cells.number(BATCH_NS)?,
        warm_ns: cells.number(WARM_BATCH_NS)?,
        start_ns: cells.number(START_NS)?,
        stop_ns: cells.number(STOP_NS)?,
        ready_bytes: cells.number(RSS_READY_BYTES)?,
        started_bytes: cells.number(RSS_STARTED_BYTES)?,
        done_bytes: cells.number(RSS_DONE_BYTES)?,
        stopped_bytes: cells.number(RSS_STOPPED_BYTES)?,
        cpu_ns: cpu_ns.map(|(user, sys)| user.saturating_add(sys) / batches),
        resident: memory.resident().filter(|peak| peak.complete).map(|peak| (peak.low, peak.high)),
        charged_bytes: memory.charged().filter(|peak| peak.complete).map(|peak| peak.low),
        resolution_bytes: cells.number(MEM_RESOLUTION_BYTES)?,
    });
    Ok(())
}

fn keys(cells: &Cells) -> Result<(Group, Setup)> {
    let word = |column| cells.text(column).map(str::to_owned);
    let said_to_wait = cells.number(WAITS)? == Some(1);
    let group = Group { workload: word(WORKLOAD)?, param: word(PARAM)?, jobs: cells.required(JOBS)?, said_to_wait };
    let setup =
        Setup { pool: word(POOL)?, workers: cells.required(WORKERS)?, chunk: word(CHUNK)?, window: word(WINDOW)? };
    Ok((group, setup))
}
