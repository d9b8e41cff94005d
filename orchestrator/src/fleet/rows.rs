//! Which rows of a folder are of which shard, and whether they are all that the shard should have: in one pass, without keeping
//! a row.

use std::collections::HashMap;
use std::io::{BufReader, Read};
use std::ops::Range;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use csv::ByteRecord;
use harness::columns::{COLUMNS, SCHEMA};
use sha2::{Digest as _, Sha256};

use crate::plan::Plan;
use crate::plan::shards::Part;
use crate::pools::build::hex;
use crate::record::{file, trials};
use crate::trial::status::{MOST_TIMEOUTS, Status};

/// The rows of one shard as they lie in a file.
#[derive(Debug)]
pub(super) struct Own {
    pub(super) shard: u64,
    /// Where they are, bytes.
    pub(super) at: Range<u64>,
    pub(super) rows: u64,
    pub(super) sha256: String,
    /// The first thing that is wrong with a row, with its line.
    wrong: Option<String>,
    /// Cells and blocks that should have a row and have none.
    lacking: u64,
}

impl Own {
    /// Why these rows are not all of that attempt; nothing if they are.
    pub(super) fn fault(&self, part: &Part) -> Option<String> {
        let hash = (self.sha256 != part.sha256).then(|| {
            let rows = if self.rows == part.rows {
                "its rows were changed".to_owned()
            } else {
                format!("it has {} of its {} rows", self.rows, part.rows)
            };
            format!("{rows} after it was finished")
        });
        let lacking = (self.lacking > 0).then(|| format!("{} of its trials have no accepted row", self.lacking));
        hash.or_else(|| self.wrong.clone()).or(lacking)
    }
}

/// The rows of each shard in a folder, in the order of the file.
pub(super) fn index(folder: &Path, plan: &Plan) -> Result<Vec<Own>> {
    let path = folder.join(trials::NAME);
    let lines = file::open(&path).with_context(|| format!("opening {}", path.display()))?;
    index_of(BufReader::with_capacity(1 << 16, lines), plan).with_context(|| format!("reading {}", path.display()))
}

fn index_of(lines: impl Read, plan: &Plan) -> Result<Vec<Own>> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(lines);
    let header = reader.byte_headers()?;
    ensure!(
        header.iter().eq(COLUMNS.iter().map(|name| name.as_bytes())),
        "it does not have exactly the columns of schema {SCHEMA}, which this version writes"
    );
    let mut reading = Reading::new(plan);
    let mut row = ByteRecord::new();
    let mut end = reader.position().byte();
    while reader.read_byte_record(&mut row)? {
        let (begin, line) = (end, row.position().map_or(0, csv::Position::line));
        end = reader.position().byte();
        reading.row(&row, begin..end, line)?;
    }
    Ok(reading.done())
}

/// Where the columns stand that are looked at.
struct At {
    schema: usize,
    run: usize,
    host: usize,
    block: usize,
    position: usize,
    accepted: usize,
    status: usize,
    node: usize,
    shard: usize,
    key: [usize; 7],
}

impl At {
    fn new() -> Self {
        let at = |name: &str| COLUMNS.iter().position(|column| *column == name).expect("it is a column");
        Self {
            schema: at("schema"),
            run: at("run"),
            host: at("host"),
            block: at("block"),
            position: at("position"),
            accepted: at("accepted"),
            status: at("status"),
            node: at("node"),
            shard: at("shard"),
            key: ["pool", "workload", "param", "jobs", "workers", "chunk", "window"].map(at),
        }
    }
}

struct Reading<'a> {
    plan: &'a Plan,
    at: At,
    /// The number of each cell by the cells of its rows.
    cells: HashMap<Vec<u8>, usize>,
    /// The block that was read last, and where each of its cells stands in it, from 1.
    order: Option<(u64, Vec<u64>)>,
    done: Vec<Own>,
    open: Option<Open>,
    key: Vec<u8>,
}

/// A shard whose rows are being read.
struct Open {
    own: Own,
    hash: Sha256,
    /// Blocks that it has, block 0 first, by their place among them.
    blocks: usize,
    /// Whether a cell has its row in a block: cell after cell.
    accepted: Vec<bool>,
    timeouts: Vec<usize>,
}

impl<'a> Reading<'a> {
    fn new(plan: &'a Plan) -> Self {
        let key = |cell: &crate::plan::cell::Cell| {
            cell.key().into_iter().flat_map(|word| (word + ",").into_bytes()).collect()
        };
        let cells = plan.cells.iter().enumerate().map(|(number, cell)| (key(cell), number)).collect();
        Self { plan, at: At::new(), cells, order: None, done: Vec::new(), open: None, key: Vec::new() }
    }

    fn row(&mut self, row: &ByteRecord, at: Range<u64>, line: u64) -> Result<()> {
        ensure!(row.len() == COLUMNS.len(), "line {line} has {} cells, the header has {}", row.len(), COLUMNS.len());
        let shard = number(&row[self.at.shard]).with_context(|| format!("line {line} is of no shard"))?;
        if self.open.as_ref().is_none_or(|open| open.own.shard != shard) {
            self.close();
            let is_new = self.done.iter().all(|own| own.shard < shard);
            ensure!(is_new, "line {line} is of shard {shard}, whose rows or later ones stand further up");
            self.open = Some(Open::new(self.plan, shard, at.start));
        }
        let fault = self.placed(row, shard).err();
        let Some(open) = self.open.as_mut() else { return Ok(()) };
        open.own.at.end = at.end;
        open.own.rows += 1;
        let mut first = true;
        for cell in row {
            if !first {
                open.hash.update(b",");
            }
            open.hash.update(cell);
            first = false;
        }
        open.hash.update(b"\n");
        open.own.wrong = open.own.wrong.take().or(fault.map(|why| format!("line {line}: {why:#}")));
        Ok(())
    }

    /// Looks whether a row is one that the plan has, and notes that it is there.
    fn placed(&mut self, row: &ByteRecord, shard: u64) -> Result<()> {
        let At { schema, run, host, block, position, accepted, status, node, .. } = self.at;
        ensure!(row[schema] == *SCHEMA.to_string().as_bytes(), "it is of another schema");
        ensure!(row[run] == *self.plan.run.as_bytes(), "it is of another run");
        let shards = self.plan.shards.as_ref().context("the plan has no shards")?;
        let part = shards.part(shard).with_context(|| format!("the plan says nothing of shard {shard}"))?;
        ensure!(row[node] == *part.node.as_bytes() && row[host] == *part.host.as_bytes(), "it is of another machine");
        let block = number(&row[block]).context("it has no block")?;
        ensure!(
            block == 0 || block <= self.plan.blocks && shards.of_block(block) == shard,
            "block {block} is not of shard {shard}"
        );
        self.key.clear();
        for column in self.at.key {
            self.key.extend_from_slice(&row[column]);
            self.key.push(b',');
        }
        let cell = *self.cells.get(&self.key).context("it is of a cell that the plan does not have")?;
        let position = number(&row[position]).context("it has no position")?;
        ensure!(self.position(block, cell) == position, "position {position} is not that of its cell in block {block}");
        if row[accepted] != *b"1" {
            return Ok(());
        }
        let place = if block == 0 { 0 } else { usize::try_from((block - shard) / shards.count + 1)? };
        let open = self.open.as_mut().context("no shard is open")?;
        let slot = open.accepted.get_mut(cell * open.blocks + place).context("a block beyond the last")?;
        ensure!(!std::mem::replace(slot, true), "its cell has another accepted row in block {block}");
        open.timeouts[cell] += usize::from(row[status] == *Status::Timeout.word().as_bytes());
        Ok(())
    }

    fn position(&mut self, block: u64, cell: usize) -> u64 {
        if self.order.as_ref().is_none_or(|(known, _)| *known != block) {
            let mut places = vec![0; self.plan.cells.len()];
            (1..).zip(self.plan.order(block)).for_each(|(position, cell)| places[cell] = position);
            self.order = Some((block, places));
        }
        self.order.as_ref().map_or(0, |(_, places)| places[cell])
    }

    fn close(&mut self) {
        self.done.extend(self.open.take().map(Open::close));
    }

    fn done(mut self) -> Vec<Own> {
        self.close();
        self.done
    }
}

impl Open {
    fn new(plan: &Plan, shard: u64, begin: u64) -> Self {
        let dealt = plan.shards.as_ref().map_or(0, |shards| shards.dealt(shard, plan.blocks));
        let blocks = usize::try_from(dealt).unwrap_or(0) + 1;
        let own = Own { shard, at: begin..begin, rows: 0, sha256: String::new(), wrong: None, lacking: 0 };
        let cells = plan.cells.len();
        Self { own, hash: Sha256::new(), blocks, accepted: vec![false; cells * blocks], timeouts: vec![0; cells] }
    }

    /// A cell that was given up lacks the blocks behind that.
    fn close(self) -> Own {
        let Self { own, hash, blocks, accepted, timeouts } = self;
        let waited_for = accepted.chunks(blocks).zip(timeouts).filter(|(_, timeouts)| *timeouts < MOST_TIMEOUTS);
        let lacking = waited_for.flat_map(|(blocks, _)| blocks).filter(|there| !**there).count() as u64;
        Own { lacking, sha256: hex(&hash.finalize()), ..own }
    }
}

fn number(cell: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(cell).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
    text.parse().ok()
}
