//! The decision table as people read it.

use std::collections::BTreeMap;

use harness::human;

use super::decision::Line;
use super::fields::Bottleneck;
use crate::analysis::passage::Cells;
use crate::analysis::table::{Style, fitted, table};

/// Names of pools in one line of the table.
const NAMES: usize = 3;
/// From this width on the worst is named as well.
const ROOMY: usize = 100;

/// A line for each field, in this width.
pub(crate) fn text(lines: &[&Line], columns: usize) -> String {
    let header = ["", "a job", "jobs", "best", "workers", "median", "worst"];
    let with = |room| lines.iter().map(|line| row(line, room, columns >= ROOMY)).collect::<Vec<_>>();
    // The names of those that tie take what the others leave.
    let bare = table(Style::Terminal(usize::MAX), &header, &with(0));
    let taken = bare.lines().map(|line| line.chars().count()).max().unwrap_or(0);
    let room = with(0).iter().map(|row| row[3].chars().count()).max().unwrap_or(0).max(header[3].len());
    table(Style::Terminal(usize::MAX), &header, &with((columns + room).saturating_sub(taken)))
}

/// The same for a page, which has room for every word.
pub(crate) fn cells(lines: &[Line]) -> Cells {
    let header = ["bottleneck", "a job", "jobs", "best", "workers", "median", "worst"];
    Cells::new(&header, lines.iter().map(|line| row(line, usize::MAX, true)).collect())
}

fn row(line: &Line, room: usize, names_worst: bool) -> Vec<String> {
    let worst = line.worst_pool.as_ref().filter(|_| names_worst);
    let worst = worst.map_or(String::new(), |name| format!(" {name}"));
    vec![
        line.bottleneck.word().to_owned(),
        line.length(),
        line.jobs(),
        line.best(room),
        line.workers().map_or(String::new(), |workers| workers.to_string()),
        line.median.map_or(String::new(), times),
        line.worst.map_or(String::new(), |ratio| times(ratio) + &worst),
    ]
}

fn times(ratio: f64) -> String {
    format!("x {}", human::factor(ratio))
}

/// The pool that ties for best in most fields of each kind of jobs, as a sentence; nothing where none is told from another.
pub(crate) fn answer(lines: &[Line]) -> Option<String> {
    let mut said = Vec::new();
    for bottleneck in [Bottleneck::Computing, Bottleneck::Waiting, Bottleneck::Web] {
        let told: Vec<&Line> = lines.iter().filter(|line| line.bottleneck == bottleneck && line.is_told()).collect();
        // How often it ties, and how much it takes there beside the first: the product, so that no field outweighs another.
        let mut counts: BTreeMap<&str, (usize, f64)> = BTreeMap::new();
        for line in &told {
            let least = line.take.first().map_or(1.0, |one| one.score);
            for one in &line.take {
                let (count, product) = counts.entry(one.pool.as_str()).or_insert((0, 1.0));
                (*count, *product) = (*count + 1, *product * one.score / least);
            }
        }
        let most =
            counts.into_iter().max_by(|(_, one), (_, other)| one.0.cmp(&other.0).then(other.1.total_cmp(&one.1)));
        if let Some((pool, (count, _))) = most {
            let fields = match (told.len(), said.is_empty()) {
                (1, true) => " field",
                (_, true) => " fields",
                _ => "",
            };
            said.push(format!("{pool} for {} ({count} of {}{fields})", bottleneck.jobs(), told.len()));
        }
    }
    (!said.is_empty()).then(|| format!("Best, or not told from the best: {}.", said.join(", ")))
}

/// All pools that tie, a line for each field that names but some of them in the table.
pub(crate) fn ties(lines: &[Line], columns: usize) -> Vec<(String, String)> {
    let names = |line: &Line| line.take.iter().map(|one| one.pool.as_str()).collect::<Vec<_>>().join(", ");
    let is_cut = |line: &&Line| line.told && (line.take.len() > NAMES || names(line).chars().count() + 50 > columns);
    lines.iter().filter(is_cut).map(|line| (line.name(), names(line))).collect()
}

impl Line {
    /// The field in words.
    pub(crate) fn name(&self) -> String {
        format!("{}, {} x {}", self.bottleneck.word(), self.jobs(), self.length())
    }

    /// Whether some pool is put before another here, or there is but one.
    pub(crate) fn is_told(&self) -> bool {
        self.told && !self.take.is_empty()
    }

    /// How long a job lasts.
    fn length(&self) -> String {
        let (low, high) = (self.job_low_ns, self.job_high_ns);
        let least = if self.job_is_bound { "<" } else { "" };
        // A dozen more or less is no other length.
        if high < 1.5 * low {
            format!("{least}{}", brief((low * high).sqrt()))
        } else {
            range(&brief(low), &brief(high))
        }
    }

    fn jobs(&self) -> String {
        range(&count(self.jobs_low), &count(self.jobs_high))
    }

    /// The fewest workers with which the first pool ties.
    fn workers(&self) -> Option<u64> {
        let first = self.take.first()?;
        self.take.iter().filter(|one| one.real == first.real).map(|one| one.workers_low).min()
    }

    /// The pools that tie, as far as there is room.
    fn best(&self, room: usize) -> String {
        if self.fill.is_some() {
            return "no data".to_owned();
        }
        let names: Vec<String> = self.take.iter().map(|one| one.pool.clone()).collect();
        match names.as_slice() {
            [] => "no trial was ok".to_owned(),
            [one] if !self.told => format!("{one} ?"),
            all if all.len() > 1 && all.len() == self.pools => format!("all {} alike", self.pools),
            all => fitted(all, NAMES, room),
        }
    }
}

/// `a`, or `a-b`; a unit that both have stands once.
fn range(low: &str, high: &str) -> String {
    let unit = |text: &str| text.split_once(' ').map(|(_, unit)| unit.to_owned());
    let first = if unit(low) == unit(high) { low.split(' ').next().unwrap_or(low) } else { low };
    if low == high { low.to_owned() } else { format!("{first}-{high}") }
}

/// A time in two digits.
fn brief(ns: f64) -> String {
    let units = [("ns", 1.0), ("us", 1e3), ("ms", 1e6), ("s", 1e9)];
    let (unit, scale) = units.into_iter().rev().find(|(_, scale)| ns >= 0.995 * scale).unwrap_or(units[0]);
    let value = ns / scale;
    let rounded = if value < 9.95 { (10.0 * value).round() / 10.0 } else { value.round() };
    format!("{rounded} {unit}")
}

/// A number with k and M for thousands and millions.
fn count(number: u64) -> String {
    match number {
        1_000_000.. if number.is_multiple_of(1_000_000) => format!("{}M", number / 1_000_000),
        10_000.. if number.is_multiple_of(1000) => format!("{}k", number / 1000),
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_numbers_are_brief() {
        assert_eq!(
            [0.4, 62.4, 1000.0, 1340.0, 2e7, 1e9].map(brief),
            ["0.4 ns", "62 ns", "1 us", "1.3 us", "20 ms", "1 s"]
        );
        assert_eq!(
            [50, 1000, 6667, 10_000, 999_900, 1_000_000].map(count),
            ["50", "1000", "6667", "10k", "999900", "1M"]
        );
        assert_eq!(
            [("1", "1"), ("1", "2"), ("4 ns", "9 ns"), ("4 ns", "1 us")].map(|(low, high)| range(low, high)),
            ["1", "1-2", "4-9 ns", "4 ns-1 us"]
        );
    }
}
