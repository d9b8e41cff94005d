//! `gate --history`: a new run against the last good runs of a history. Each of those is one observation, so that what differs
//! from run to run is in the error.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use clap::ArgMatches;
use serde_json::json;

use super::courses::{Course, Courses};
use super::found::changes_of;
use super::kept::{History, MEASURES, Run};
use crate::analysis::cli::{Said, limits, said_of};
use crate::analysis::gate::{Answer, Limits, over};
use crate::analysis::heading::{is_for_people, paths};
use crate::analysis::table::{Style, item, table};
use crate::analysis::words::difference;
use crate::analysis::{Comparison, Measure, Names, RunLevel, load};
use crate::record::about::About;
use crate::record::{folder, identity, packed};
use crate::stats::{Alpha, Band, Beside, FEWEST_RUNS_BEFORE, Interval, against};

/// The most runs that may be asked for.
const MOST: usize = 10_000;

/// Runs it.
pub fn run(matches: &ArgMatches) -> Result<Said> {
    let new = folder::find(paths(matches, "base").next())?;
    let history = paths(matches, "history").next().context("no --history")?;
    let last = matches.get_one::<String>("last").map_or("10", String::as_str);
    let last = last.parse().ok().filter(|last| (FEWEST_RUNS_BEFORE..=MOST).contains(last));
    let last = last.with_context(|| {
        format!("--last: whole numbers from {FEWEST_RUNS_BEFORE} to {MOST} are accepted: fewer runs tell no spread")
    })?;
    let asked = Base { history, last, is_across: matches.get_flag("across-machines") };
    let style = if matches.get_flag("markdown") { Style::Markdown } else { Style::of_stdout() };
    let mut gate = Gate::new(&new, &asked)?;
    let mut answer = gate.judge(limits(matches)?, style)?;
    if matches.get_flag("json") {
        let about = About::read(&new)?;
        let unchecked: Vec<&str> = about.plan.unchecked().collect();
        answer.text = answer.as_json(&json!(gate.names()), &gate.newest().entry.run, &gate.differs, &unchecked)?;
    } else if is_for_people(matches) && style != Style::Markdown {
        answer.text = format!("{}\n{}", About::read(&new)?.heading(), answer.text);
    }
    let name = gate.newest().entry.run.clone();
    Ok(said_of(answer, &name, matches))
}

/// What the new run is held against.
struct Base<'a> {
    history: &'a Path,
    last: usize,
    is_across: bool,
}

/// The runs of a history and the new one behind them.
struct Gate {
    runs: Vec<Run>,
    /// Which of them are the base, rising.
    base: Vec<usize>,
    /// Why others are not, a sentence each.
    aside: Vec<String>,
    /// What differs between the last of the base and the new one.
    differs: Vec<String>,
    /// Whether all machines are taken for one.
    is_across: bool,
}

impl Gate {
    fn new(new: &Path, asked: &Base) -> Result<Self> {
        let History { runs, passed_over } = History::read(asked.history)?;
        let rows = packed::hash_of_rows(new)?;
        // A run that was kept before it was judged is no base of its own.
        let mut runs: Vec<Run> = runs.into_iter().filter(|run| run.entry.rows_sha256 != rows).collect();
        runs.push(Run::outside(new)?);
        let mut gate =
            Self { base: Vec::new(), aside: passed_over, differs: Vec::new(), runs, is_across: asked.is_across };
        gate.choose(asked)?;
        Ok(gate)
    }

    fn new_run(&self) -> usize {
        self.runs.len() - 1
    }

    fn newest(&self) -> &Run {
        &self.runs[self.new_run()]
    }

    /// Takes the last runs that are good: of this machine, with twins that are in order.
    fn choose(&mut self, asked: &Base) -> Result<()> {
        let mut others = 0;
        for at in (0..self.new_run()).rev() {
            if self.base.len() == asked.last {
                break;
            }
            let run = &self.runs[at];
            if !asked.is_across && !identity::differences(&run.machine, &self.newest().machine).is_empty() {
                others += 1;
                continue;
            }
            if is_out_of_order(&asked.history.join(&run.entry.folder))? {
                self.aside.push(format!("{}: its twins are out of order", run.entry.run));
                continue;
            }
            self.base.push(at);
        }
        self.base.reverse();
        if others > 0 {
            self.aside.push(format!("{others} runs of another machine or setting (--across-machines takes them)"));
        }
        ensure!(
            !self.base.is_empty(),
            "{} has no run that {} could be held against: {}",
            asked.history.display(),
            self.newest().entry.run,
            if self.aside.is_empty() { "it holds that run alone".to_owned() } else { self.aside.join("; ") }
        );
        let differences =
            identity::differences(&self.runs[self.base[self.base.len() - 1]].machine, &self.newest().machine);
        self.differs = differences.iter().map(|one| format!("{}: {} | {}", one.what, one.then, one.now)).collect();
        Ok(())
    }

    fn names(&self) -> Vec<&str> {
        self.base.iter().map(|at| self.runs[*at].entry.run.as_str()).collect()
    }

    fn judge(&mut self, limits: Limits, style: Style) -> Result<Answer> {
        let courses = Courses::of(&self.runs, self.is_across);
        let mut answer = Answer::new(style);
        answer.text.push_str(&self.preamble(style));
        let judged = self.cells(&courses)?;
        answer.unable = self.lost(&courses);
        for (measure, limit) in [(Measure::Time, limits.time), (memory(&courses), limits.memory)] {
            let found = self.family(&judged, measure)?;
            let tables = found.chunk_by(|one, other| one.group == other.group);
            let tables: Vec<String> = tables
                .map(|of| format!("{}\n{}", over(&of[0].group, style), rows(of, limit, &courses.names, style)))
                .collect();
            answer.add(&found, measure, limit, &tables.join("\n"));
        }
        answer.close(&format!(
            "no cell has {FEWEST_RUNS_BEFORE} runs before it beside builds that did not change: archive more runs, and keep one \
             build of a pool in all of them (--pools-from)"
        ));
        Ok(answer)
    }

    fn preamble(&self, style: Style) -> String {
        let names = self.names();
        let mut said = vec![
            format!("base: {} runs, {} to {}", names.len(), names[0], names[names.len() - 1]),
            format!("new: {}", self.newest().entry.run),
        ];
        said.extend(self.aside.iter().map(|why| format!("not in the base: {why}")));
        said.extend(self.differs.iter().map(|one| format!("differs: {one}")));
        said.iter().map(|line| item(style, line)).collect()
    }

    /// Every cell that the new run has beside builds that did not change, with its runs before: the last of the base, back to its
    /// last change.
    fn cells<'a>(&self, courses: &'a Courses) -> Result<Vec<Cell<'a>>> {
        let new = self.new_run();
        let here: Vec<&Course> = courses.all.iter().filter(|course| course.values[new].is_some()).collect();
        let before: Vec<Course> =
            here.iter().map(|course| Course { values: course.values[..new].to_vec(), ..(*course).clone() }).collect();
        let changes = changes_of(&before, &self.runs[..new])?;
        let cells = here.into_iter().zip(changes).map(|(course, changes)| {
            let begin = changes.last().map_or(0, |change| change.at);
            let base: Vec<usize> =
                self.base.iter().copied().filter(|run| *run >= begin && course.values[*run].is_some()).collect();
            Cell { course, before: base.iter().filter_map(|run| course.values[*run]).collect(), base }
        });
        Ok(cells.collect())
    }

    /// The cells of one measure as comparisons, claimed together.
    fn family(&self, cells: &[Cell], measure: Measure) -> Result<Vec<Comparison>> {
        let new = self.new_run();
        let of_measure: Vec<&Cell> = cells.iter().filter(|cell| cell.course.measure == measure).collect();
        let members: Vec<Beside> = of_measure
            .iter()
            .map(|cell| Beside {
                before: &cell.before,
                now: cell.course.values[new],
                equals: self.equals(&of_measure, cell),
            })
            .collect();
        let findings = against(&members, Alpha::FIVE_PERCENT, Band::default()).context("comparing runs")?;
        let one = |((cell, member), finding): ((&&Cell, &Beside), _)| Comparison {
            group: cell.course.group.clone(),
            reference: cell.course.setup.clone(),
            candidate: cell.course.setup.clone(),
            measure,
            medians: (self.typical(cell), self.value(cell, new)),
            finding,
            twin: member.equals,
            warming: (false, false),
        };
        Ok(of_measure.iter().zip(&members).zip(findings).map(one).collect())
    }

    /// What builds that did not change differ by in this workload and size, other pools alone: a claim must go beyond it.
    fn equals(&self, cells: &[&Cell], own: &Cell) -> Option<Interval> {
        let (new, last) = (self.new_run(), *self.base.last()?);
        let is_equal = |pool: &str| {
            let builds = [last, new].map(|run| self.runs[run].build(pool).map(|build| &build.sha256));
            builds[0].is_some_and(|hash| !hash.is_empty()) && builds[0] == builds[1]
        };
        let others = cells.iter().filter(|other| {
            other.course.group == own.course.group
                && other.course.setup.pool != own.course.setup.pool
                && is_equal(other.course.setup.real_pool())
                && other.before.len() >= FEWEST_RUNS_BEFORE
        });
        let shifts = others.filter_map(|other| {
            let mean = other.before.iter().sum::<f64>() / crate::analysis::float(other.before.len() as u64);
            Some(other.course.values[new]? - mean)
        });
        shifts.map(|shift| Interval::between(shift, shift)).reduce(Interval::hull)
    }

    /// What a cell takes in a run, ns or bytes.
    fn value(&self, cell: &Cell, run: usize) -> f64 {
        let number = MEASURES.iter().position(|measure| *measure == cell.course.measure);
        let levels = number.and_then(|number| self.runs[run].levels[number].get(&cell.course.group));
        levels.and_then(|levels| levels.get(&cell.course.setup)).map_or(f64::NAN, |level| level.value.exp())
    }

    /// The same in the middle of its base.
    fn typical(&self, cell: &Cell) -> f64 {
        let mut values: Vec<f64> = cell.base.iter().map(|run| self.value(cell, *run)).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
    }

    /// Cells that the last run of the base has and the new one lacks, a sentence each; and where all builds changed at once.
    fn lost(&self, courses: &Courses) -> Vec<String> {
        let (new, last) = (self.new_run(), self.base[self.base.len() - 1]);
        let times = &self.runs[last].levels[0];
        let mut lacking = Vec::new();
        for (group, setups) in times {
            let has_course = |run: usize| {
                courses.all.iter().any(|course| {
                    course.measure == Measure::Time && course.group == *group && course.values[run].is_some()
                })
            };
            let there = self.runs[new].levels[0].get(group);
            for setup in setups.keys().filter(|setup| there.is_none_or(|there| !there.contains_key(*setup))) {
                lacking.push(format!("{setup} at {group}: not in {}, or with too few trials", self.newest().entry.run));
            }
            if there.is_some() && courses.breaks.contains_key(&new) && !has_course(new) {
                lacking.push(format!(
                    "{group}: no build is the same as in any run before, so nothing can be held against them"
                ));
            }
        }
        lacking
    }
}

/// A cell of the new run.
struct Cell<'a> {
    course: &'a Course,
    before: Vec<f64>,
    base: Vec<usize>,
}

fn memory(courses: &Courses) -> Measure {
    courses.all.iter().map(|course| course.measure).find(|measure| measure.is_memory()).unwrap_or(Measure::Resident)
}

/// Whether equal pools differ more often in a run than by chance.
fn is_out_of_order(run: &Path) -> Result<bool> {
    let level = RunLevel::of(&load(run)?)?;
    Ok(level.widening(Measure::Time) > 1.0)
}

fn rows(found: &[Comparison], limit: f64, names: &Names, style: Style) -> String {
    let rows: Vec<Vec<String>> = found
        .iter()
        .map(|one| {
            let mark = match one.finding.interval {
                _ if one.is_beyond(limit) => "REGRESSION",
                Some(_) => "open",
                None => "too few runs",
            };
            vec![
                names.short(&one.candidate),
                one.finding.blocks.to_string(),
                difference(one.finding.estimate, one.finding.interval),
                mark.to_owned(),
            ]
        })
        .collect();
    table(style, &["pool", "runs", "change (interval)", "verdict"], &rows)
}
