//! The table at the end of a run: medians of accepted trials for each workload and size.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;
use comfy_table::{CellAlignment, Table, presets};
use harness::columns::Row;
use harness::human;

use crate::trials;

/// The values of one cell over the blocks.
#[derive(Debug, Default)]
struct Sample {
    cold_ns: Vec<u64>,
    warm_ns: Vec<u64>,
    peak_bytes: Vec<u64>,
    tree_bytes: Vec<u64>,
    incomplete: bool,
    not_ok: BTreeMap<String, u64>,
    peak_concurrency: u64,
}

/// Workload, parameter and jobs.
type Group = (String, String, u64);
/// Pool, workers, chunk and window.
type Setup = (String, u64, String, String);
type Samples = BTreeMap<Group, BTreeMap<Setup, Sample>>;

/// Renders the summary of a run's folder.
pub fn render(folder: &Path) -> Result<String> {
    let mut groups = Samples::new();
    let mut blocks = 0;
    for row in trials::read(folder)? {
        let row = row?;
        // Block 0 warms the machine.
        if row.block.unwrap_or(0) > 0 && row.accepted == Some(1) {
            blocks = blocks.max(row.block.unwrap_or(0));
            add(&mut groups, &row);
        }
    }
    let mut text = String::new();
    for ((workload, param, jobs), setups) in &groups {
        let name = if param.is_empty() { workload.clone() } else { format!("{workload}:{param}") };
        writeln!(text, "\n{name}, {jobs} jobs")?;
        // A server that answers at once has one request open at a time, whatever the pool does.
        let web = workload.starts_with("http") && param != "0ms";
        writeln!(text, "{}", table(*jobs, web, setups))?;
    }
    if groups.is_empty() {
        writeln!(text, "no finished block yet; `poolbench resume` goes on with the run")?;
    } else {
        writeln!(text, "Medians of {blocks} blocks; block 0 warms the machine and is left out.")?;
        writeln!(text, "peak RSS: VmHWM of the pool's own process; tree: summed over its processes, an upper bound.")?;
    }
    if (1..crate::plan::SMOKE_BLOCKS).contains(&blocks) {
        writeln!(
            text,
            "Smoke only: under {} blocks nothing can be said about differences.",
            crate::plan::SMOKE_BLOCKS
        )?;
    }
    Ok(text)
}

fn add(groups: &mut Samples, row: &Row) {
    let group = (row.workload.clone(), row.param.clone(), row.jobs.unwrap_or(0));
    let setup = (row.pool.clone(), row.workers.unwrap_or(0), row.chunk.clone(), row.window.clone());
    let sample = groups.entry(group).or_default().entry(setup).or_default();
    if row.status != "ok" {
        *sample.not_ok.entry(row.status.clone()).or_default() += 1;
        return;
    }
    sample.cold_ns.extend(row.batch_ns);
    sample.warm_ns.extend(row.warm_batch_ns);
    sample.peak_bytes.extend(row.peak_rss_bytes);
    sample.tree_bytes.extend(row.tree_hwm_bytes);
    sample.incomplete |= row.mem_complete == Some(0);
    sample.peak_concurrency = sample.peak_concurrency.max(row.peak_concurrency.unwrap_or(0));
}

fn table(jobs: u64, web: bool, setups: &BTreeMap<Setup, Sample>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let mut header =
        vec!["pool", "workers", "chunk", "window", "n", "first batch", "warm batch", "a job", "peak RSS", "tree"];
    header.extend(web.then_some("open at once"));
    header.push("not ok");
    table.set_header(header);
    let mut rows: Vec<_> = setups.iter().collect();
    rows.sort_by_key(|(_, sample)| headline(sample).unwrap_or(u64::MAX));
    for ((pool, workers, chunk, window), sample) in rows {
        let time = |ns: Option<u64>| ns.map_or(String::new(), human::time);
        let each = headline(sample).map_or(String::new(), |ns| human::time_each(ns, jobs));
        let mut cells =
            vec![pool.clone(), workers.to_string(), chunk.clone(), window.clone(), sample.cold_ns.len().to_string()];
        cells.extend([time(median(&sample.cold_ns)), time(median(&sample.warm_ns)), each]);
        cells.extend([&sample.peak_bytes, &sample.tree_bytes].map(|values| size(values, sample.incomplete)));
        cells.extend(web.then(|| sample.peak_concurrency.to_string()));
        cells.push(sample.not_ok.iter().map(|(status, n)| format!("{n} {status}")).collect::<Vec<_>>().join(", "));
        table.add_row(cells);
    }
    for column in 1..table.column_count() {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// What pools are sorted by: the warm batch where there is one.
fn headline(sample: &Sample) -> Option<u64> {
    median(&sample.warm_ns).or(median(&sample.cold_ns))
}

fn size(values: &[u64], incomplete: bool) -> String {
    let mark = if incomplete { "at least " } else { "" };
    median(values).map_or(String::new(), |bytes| format!("{mark}{}", human::size(bytes)))
}

/// The median, between the middle two where there is no middle one.
fn median(values: &[u64]) -> Option<u64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = sorted[(sorted.len() - 1) / 2];
    Some(lower.midpoint(upper))
}
