//! What `history` says: which cells changed and since when, how sure that is, and the course of those that were asked about.

use std::fmt::Write as _;
use std::path::Path;
use std::time::SystemTime;

use anyhow::{Context as _, Result};
use harness::human;
use serde_json::{Value, json};

use super::courses::Course;
use super::found::{ERROR, Found, error};
use crate::analysis::Measure;
use crate::analysis::passage::{Cells, Passage};
use crate::analysis::table::{Style, prose};
use crate::analysis::words::difference;
use crate::process::plain;
use crate::stats::{Change, Sample, fewest_runs};

/// Which cells are asked about.
pub(super) struct Asked<'a> {
    pub(super) pool: Option<&'a str>,
    pub(super) workload: Option<&'a str>,
}

impl Asked<'_> {
    fn is_narrow(&self) -> bool {
        self.pool.is_some() || self.workload.is_some()
    }

    /// Whether a course is meant.
    pub(super) fn means(&self, course: &Course) -> bool {
        let of_workload =
            |name: &str| [course.group.workload.clone(), course.group.workload_and_param()].contains(&name.to_owned());
        self.pool.is_none_or(|pool| course.setup.pool == pool) && self.workload.is_none_or(of_workload)
    }
}

/// The answer for people.
pub(super) fn text(found: &Found, path: &Path, asked: &Asked, style: Style) -> Result<String> {
    let mut text = String::new();
    let mut say = |said: &str| {
        let said = if style == Style::Markdown { format!("{}\n", plain::markdown(said)) } else { prose(style, said) };
        writeln!(text, "{said}")
    };
    if style == Style::Markdown {
        say(&format!("{}\n", heading(found, path)))?;
    } else {
        say(&heading(found, path))?;
    }
    let asked_for: Vec<(&Course, &[Change])> = found
        .courses
        .all
        .iter()
        .zip(&found.changes)
        .filter(|(course, _)| asked.means(course))
        .map(|(course, changes)| (course, changes.as_slice()))
        .collect();
    say(&answer(found, &asked_for))?;
    let rows: Vec<Vec<String>> = asked_for
        .iter()
        .flat_map(|(course, changes)| changes.iter().map(|change| row(found, course, change)))
        .collect();
    if !rows.is_empty() {
        let cells = Cells::new(&["pool", "at", "change (interval)", "since"], escaped(rows, style));
        writeln!(text, "\n{}", cells.text(style))?;
    }
    if asked.is_narrow() {
        for (course, changes) in &asked_for {
            writeln!(text, "\n{}", of_course(found, course, changes, style))?;
        }
    }
    for said in notes(found) {
        let said = if style == Style::Markdown { format!("\n{}", plain::markdown(&said)) } else { prose(style, &said) };
        writeln!(text, "{said}")?;
    }
    Ok(text.trim_end().to_owned())
}

/// Cells of a table as the style has them.
fn escaped(mut rows: Vec<Vec<String>>, style: Style) -> Vec<Vec<String>> {
    if style == Style::Markdown {
        rows.iter_mut().flatten().for_each(|cell| *cell = plain::markdown(cell));
    }
    rows
}

fn heading(found: &Found, path: &Path) -> String {
    let runs = &found.history.runs;
    let times: Vec<&str> = runs.iter().map(|run| run.entry.begun.as_str()).filter(|begun| !begun.is_empty()).collect();
    let times = match (times.first(), times.last()) {
        (Some(first), Some(last)) if first != last => format!(", begun {first} to {last} UTC"),
        (Some(first), _) => format!(", begun {first} UTC"),
        _ => String::new(),
    };
    let name = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
    format!("history {name}: {} runs{times}", runs.len())
}

/// How it stands: of each cell the last change.
fn answer(found: &Found, asked: &[(&Course, &[Change])]) -> String {
    let mut counts = [0; 4];
    for (course, changes) in asked {
        if let Some(last) = changes.last() {
            counts[usize::from(course.measure.is_memory()) * 2 + usize::from(last.shift < 0.0)] += 1;
        }
    }
    let words = ["slower", "faster", "taking more memory", "taking less memory"];
    let told: Vec<String> = counts
        .iter()
        .zip(words)
        .filter(|(count, _)| **count > 0)
        .map(|(count, word)| format!("{count} {} {word}", if *count == 1 { "is" } else { "are" }))
        .collect();
    let runs = found.history.runs.len();
    let fewest = fewest_runs(error());
    match (told.is_empty(), asked.len()) {
        (_, 0) => {
            "Nothing to follow: no cell is in two runs of one machine beside a build that did not change.".to_owned()
        }
        (true, _) if runs < fewest => {
            format!("Too few runs to say since when anything changed: {runs}, and it takes {fewest} of one machine.")
        }
        (true, count) => format!("No change in any of {count} courses of cells."),
        (false, count) => format!("Of {count} courses of cells {} than before.", told.join(", ")),
    }
}

fn row(found: &Found, course: &Course, change: &Change) -> Vec<String> {
    vec![
        found.courses.names.short(&course.setup),
        at(course),
        difference(Some(change.shift), Some(change.interval)),
        since(found, course, change),
    ]
}

/// Workload and size, and what was measured if it is not time.
fn at(course: &Course) -> String {
    let group = &course.group;
    let of = if course.measure == Measure::Time { String::new() } else { format!(", {}", course.measure.word()) };
    format!("{} x {}{of}", group.workload_and_param(), group.jobs)
}

/// From which run on, and what else is another one there.
fn since(found: &Found, course: &Course, change: &Change) -> String {
    let run = &found.history.runs[change.at];
    let mut words = vec![run.called()];
    words.extend(Some(run.entry.begun.clone()).filter(|begun| !begun.is_empty()));
    words.extend(found.beside(course, change.at));
    words.join(", ")
}

/// The level before the first change, which the others are shown against.
fn first_level(course: &Course, changes: &[Change]) -> f64 {
    let end = changes.first().map_or(course.values.len(), |change| change.at);
    let first: Vec<f64> = course.values[..end].iter().copied().flatten().collect();
    Sample::new(&first).map_or(0.0, |first| first.median())
}

/// A course, run by run.
fn of_course(found: &Found, course: &Course, changes: &[Change], style: Style) -> String {
    let level = first_level(course, changes);
    let mut before: Option<&str> = None;
    let mut rows = Vec::new();
    for (at, value) in course.values.iter().enumerate() {
        let Some(value) = value else { continue };
        let run = &found.history.runs[at];
        let build = run.build(course.setup.real_pool());
        let hash = build.map_or("", |build| build.sha256.as_str());
        let is_new = before.is_some_and(|before| before != hash);
        before = Some(hash);
        let change = changes.iter().find(|change| change.at == at);
        rows.push(vec![
            if run.entry.begun.is_empty() { run.entry.run.clone() } else { run.entry.begun.clone() },
            run.entry.commit.clone(),
            format!("{hash:.8}{}", if is_new { " new" } else { "" }),
            human::change((value - level).exp_m1()),
            change.map_or(String::new(), |change| {
                format!("from here on {}", difference(Some(change.shift), Some(change.interval)))
            }),
        ]);
    }
    let header = ["run", "commit", "build", "level", ""];
    let heading = format!("{} at {}: {}", course.setup, course.group, course.measure.word());
    let heading = if style == Style::Markdown { format!("**{}**\n", plain::markdown(&heading)) } else { heading };
    Passage { heading, table: Cells::new(&header, escaped(rows, style)), below: vec![] }.text(style)
}

/// What is to be known before it is believed.
fn notes(found: &Found) -> Vec<String> {
    let mut notes = Vec::new();
    let runs = &found.history.runs;
    let machines = found.courses.machines.iter().max().map_or(1, |last| last + 1);
    if machines > 1 {
        let each: Vec<String> = (0..machines)
            .map(|machine| {
                let of: Vec<_> = runs.iter().zip(&found.courses.machines).filter(|(_, of)| **of == machine).collect();
                format!("{} ({} runs)", of.first().map_or("", |(run, _)| run.entry.host.as_str()), of.len())
            })
            .collect();
        notes.push(format!("The runs are of {machines} machines, each followed by itself: {}.", each.join(", ")));
    }
    for (at, count) in &found.courses.breaks {
        notes.push(format!(
            "All builds of {count} workloads and sizes changed at once with {} ({}): nothing holds what was before against what came \
             after, so nothing is said across it. Keep one build of a pool in both (--pools-from).",
            runs[*at].called(),
            runs[*at].entry.begun
        ));
    }
    let now = humantime::format_rfc3339_seconds(SystemTime::now()).to_string().replace('T', " ");
    for run in runs.iter().filter(|run| run.entry.begun.as_str() > now.trim_end_matches('Z')) {
        notes.push(format!(
            "{} begins in the future ({}): the clock of {} was wrong, and the order of the runs with it.",
            run.entry.run, run.entry.begun, run.entry.host
        ));
    }
    let timeless = runs.iter().filter(|run| run.entry.begun.is_empty()).count();
    if timeless > 0 {
        notes.push(format!("{timeless} runs do not say when they began, and stand first, by name."));
    }
    notes.extend(found.history.passed_over.iter().map(|why| format!("Passed over: {why}.")));
    notes.push(format!(
        "Every figure is a ratio to builds that other runs have too, within its run. Changes are claimed over all {} courses \
         together: while nothing changes, at most one run in {:.0} says that something did. What surely lies within 3 %, or of memory \
         within 1 MiB, is no change.",
        found.courses.all.len(),
        1.0 / ERROR
    ));
    notes
}

/// The answer for programs.
pub(super) fn as_json(found: &Found, path: &Path, asked: &Asked) -> Result<String> {
    let runs: Vec<Value> = found
        .history
        .runs
        .iter()
        .zip(&found.courses.machines)
        .map(|(run, machine)| {
            let entry = &run.entry;
            json!({
                "folder": entry.folder, "run": entry.run, "begun": entry.begun, "preset": entry.preset, "host": entry.host,
                "commit": entry.commit, "blocks": entry.blocks, "machine": machine,
            })
        })
        .collect();
    let course = |(course, changes): (&Course, &Vec<Change>)| {
        let level = first_level(course, changes);
        let values: Vec<Value> = course
            .values
            .iter()
            .enumerate()
            .filter_map(|(run, value)| {
                let run_of = &found.history.runs[run];
                let build = run_of.build(course.setup.real_pool()).map(|build| build.sha256.as_str());
                Some(json!({"run": run, "ratio": ((*value)? - level).exp(), "build": build}))
            })
            .collect();
        let changes: Vec<Value> = changes.iter().map(|change| changed(found, course, change)).collect();
        json!({
            "measure": course.measure.key(), "group": course.group.to_string(), "pool": course.setup.to_string(),
            "machine": course.machine, "era": course.era, "values": values, "changes": changes,
        })
    };
    let all = found.courses.all.iter().zip(&found.changes).filter(|(course, _)| asked.means(course));
    let all = json!({
        "history": path.display().to_string(), "runs": runs, "passed_over": found.history.passed_over,
        "error": ERROR, "courses": all.map(course).collect::<Vec<_>>(),
    });
    serde_json::to_string_pretty(&all).context("writing the history as JSON")
}

fn changed(found: &Found, course: &Course, change: &Change) -> Value {
    let ratio = change.interval.to_ratio();
    json!({
        "run": change.at, "found": change.found, "ratio": change.shift.exp(), "low": ratio.low(), "high": ratio.high(),
        "p": change.p_value, "beside": found.beside(course, change.at),
    })
}
