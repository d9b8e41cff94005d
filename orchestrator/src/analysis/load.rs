//! Reads a run's rows for analysis: only the columns that are needed, one row at a time, and never past a row that
//! cannot be trusted.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use csv::ByteRecord;
use harness::columns::COLUMNS;

use super::data::{Data, Group, Point, Setup};
use crate::{folder, trials};

/// The columns that the analysis needs, found once.
struct Columns {
    at: HashMap<&'static str, usize>,
}

/// One row's cells, by name.
struct Cells<'a> {
    record: &'a ByteRecord,
    columns: &'a Columns,
}

impl Cells<'_> {
    fn text(&self, name: &'static str) -> Result<&str> {
        let cell = self.record.get(self.columns.at[name]).unwrap_or(b"");
        let text = std::str::from_utf8(cell).ok().filter(|text| harness::columns::is_word(text));
        text.with_context(|| format!("{name}: '{}' is not a word", cell.escape_ascii()))
    }

    fn number(&self, name: &'static str) -> Result<Option<u64>> {
        let text = self.text(name)?;
        if text.is_empty() {
            return Ok(None);
        }
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits.then(|| text.parse().ok()).flatten();
        Ok(Some(number.with_context(|| format!("{name}: '{text}' is not a whole number below 2^64"))?))
    }

    fn required(&self, name: &'static str) -> Result<u64> {
        self.number(name)?.with_context(|| format!("{name} is empty"))
    }
}

/// Reads all accepted trials of a run's folder. A last line that was not written to its end, rows of another run and
/// rows that stand there twice are left aside and counted; any other row that is wrong is an error with its line.
pub fn load(run: &Path) -> Result<Data> {
    let path = run.join(trials::NAME);
    let bytes = trials::whole_lines(&path)?;
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes.reader);
    let header = reader.byte_headers().with_context(|| format!("reading the header of {}", path.display()))?;
    ensure!(
        header.iter().eq(COLUMNS.iter().map(|name| name.as_bytes())),
        "{} does not have the columns of this version; see docs/CSV.md",
        path.display()
    );
    let columns = Columns { at: COLUMNS.iter().enumerate().map(|(at, name)| (*name, at)).collect() };
    let alpha = folder::read_plan(run)?.alpha();
    let mut sums = Loading { data: Data::new(alpha), run: String::new(), seen: HashMap::new() };
    if bytes.torn {
        sums.data.skipped.insert("not written to its end", 1);
    }
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record).with_context(|| format!("reading {}", path.display()))? {
        let line = record.position().map_or(0, csv::Position::line);
        sums.row(&columns, &record, line).with_context(|| format!("{} line {line}", path.display()))?;
    }
    Ok(sums.data)
}

struct Loading {
    data: Data,
    run: String,
    /// The line of the accepted row of each setup and block.
    seen: HashMap<(Group, Setup, u64), (u64, u64)>,
}

impl Loading {
    fn row(&mut self, columns: &Columns, record: &ByteRecord, line: u64) -> Result<()> {
        ensure!(record.len() == COLUMNS.len(), "{} cells, the header has {} columns", record.len(), COLUMNS.len());
        let cells = Cells { record, columns };
        if self.run.is_empty() {
            cells.text("run")?.clone_into(&mut self.run);
        } else if cells.text("run")? != self.run {
            *self.data.skipped.entry("of another run").or_default() += 1;
            return Ok(());
        }
        let (block, attempt) = (cells.required("block")?, cells.required("attempt")?);
        ensure!(block <= 1_000_000, "block {block}: no run has so many");
        if block == 0 || cells.required("accepted")? != 1 {
            return Ok(());
        }
        let (group, setup) = keys(&cells)?;
        match self.seen.insert((group.clone(), setup.clone(), block), (line, attempt)) {
            None => {}
            Some((_, same)) if same == attempt => {
                *self.data.skipped.entry("there twice").or_default() += 1;
                return Ok(());
            }
            Some((other, _)) => bail!("a second accepted row for {setup} in block {block}, as line {other}"),
        }
        self.data.blocks = self.data.blocks.max(block);
        self.add(&cells, group, setup, block)
    }

    fn add(&mut self, cells: &Cells, group: Group, setup: Setup, block: u64) -> Result<()> {
        let series = self.data.groups.entry(group).or_default().entry(setup).or_default();
        if series.kind.is_empty() {
            cells.text("kind")?.clone_into(&mut series.kind);
            series.cores = cells.number("cores")?.unwrap_or(1);
        }
        let status = cells.text("status")?;
        if status != "ok" {
            *series.not_ok.entry(status.to_owned()).or_default() += 1;
            return Ok(());
        }
        let complete = cells.number("mem_complete")? == Some(1);
        series.noisy += u64::from(cells.number("noisy")? == Some(1));
        series.incomplete += u64::from(!complete);
        series.most_open = series.most_open.max(cells.number("peak_concurrency")?.unwrap_or(0));
        let is_tree = cells.number("processes")?.unwrap_or(1) > 1;
        let (resident_bytes, charged_bytes) = (cells.number("peak_rss_bytes")?, cells.number("cgroup_peak_bytes")?);
        let headline = if is_tree { charged_bytes } else { resident_bytes };
        let cpu_ns = cells.number("cpu_user_ns")?.zip(cells.number("cpu_sys_ns")?);
        series.points.push(Point {
            block,
            cold_ns: cells.number("batch_ns")?,
            warm_ns: cells.number("warm_batch_ns")?,
            cpu_ns: cpu_ns.map(|(user, sys)| user.saturating_add(sys)),
            memory_bytes: headline.filter(|_| complete),
            resident_bytes,
            charged_bytes,
        });
        Ok(())
    }
}

fn keys(cells: &Cells) -> Result<(Group, Setup)> {
    let word = |name| cells.text(name).map(str::to_owned);
    let group = Group { workload: word("workload")?, param: word("param")?, jobs: cells.required("jobs")? };
    let setup = Setup {
        pool: word("pool")?,
        workers: cells.required("workers")?,
        chunk: word("chunk")?,
        window: word("window")?,
    };
    Ok((group, setup))
}
