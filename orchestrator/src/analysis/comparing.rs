//! `compare`: all pools against one, two of them, two runs, or originals beside their counterparts.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail, ensure};
use clap::ArgMatches;
use serde_json::json;

use super::asked::{measures, named_pool, pretty, style, word};
use super::claims::{Claim, claim, claims, heading, records, rows};
use super::compare::{Doubt, Family, family, pairs_of, setups_of};
use super::condition::condition;
use super::data::Data;
use super::equals::{Equals, Record};
use super::heading::paths;
use super::level::RunLevel;
use super::measure::Measure;
use super::names::Names;
use super::runs::{Run, caution, check_batches, check_machines, differences, equals, pairs};
use super::table::{Style, headline, item};
use super::{load, mirrors, runs};
use crate::record::folder;

/// What `compare` says.
pub(super) fn compare(matches: &ArgMatches) -> Result<String> {
    let dirs: Vec<PathBuf> = paths(matches, "dirs").map(|dir| folder::find(Some(dir))).collect::<Result<_>>()?;
    if dirs.len() < 2 {
        folder::claimable(&dirs_or_latest(&dirs)?)?;
    }
    if matches.get_flag("mirrors") {
        ensure!(
            dirs.len() < 2,
            "--mirrors is of one run, whose blocks have both; name one folder, or none for the latest"
        );
        let run = dirs_or_latest(&dirs)?;
        return if matches.get_flag("json") { mirrors::as_json(&run) } else { mirrors::text(&run, style(matches)) };
    }
    let pools: Vec<&str> = word(matches, "pools").map(|text| text.split(',').collect()).unwrap_or_default();
    let plain = dirs.len() < 2 && pools.is_empty();
    ensure!(
        plain || word(matches, "reference").is_none(),
        "--reference is for the pools of one run; two pools or two runs have the first as theirs"
    );
    match (dirs.as_slice(), pools.as_slice()) {
        ([base, new], [] | [_]) => two_runs(&Run::read(base)?, &Run::read(new)?, pools.first().copied(), matches),
        ([] | [_], [a, b]) => two_pools(&dirs_or_latest(&dirs)?, a, b, matches),
        ([] | [_], []) => {
            let data = load(&dirs_or_latest(&dirs)?)?;
            let reference = named_pool(&data, word(matches, "reference"))?;
            let (measures, level, style) = (measures(matches, data.memory()), RunLevel::of(&data)?, style(matches));
            if matches.get_flag("json") {
                let claims = records(&data, &level, reference, &measures)?;
                return of_run(&dirs_or_latest(&dirs)?, &data, &level, &claims);
            }
            Ok(claims(&data, &level, reference, &measures, style)? + &condition(&data, &level, style)?)
        }
        ([_, _], _) => bail!("two runs are compared pool by pool: name one pool, or none for all"),
        _ => bail!("--pools takes two pools of one run, or one pool and two runs"),
    }
}

/// The one run that is meant.
fn dirs_or_latest(dirs: &[PathBuf]) -> Result<PathBuf> {
    dirs.first().map_or_else(|| folder::find(None), |dir| Ok(dir.clone()))
}

/// What is claimed of one run, for programs.
fn of_run(path: &Path, data: &Data, level: &RunLevel, claims: &[Claim]) -> Result<String> {
    let condition = condition(data, level, Style::Markdown)?;
    pretty(&json!({
        "run": folder::read_plan(path)?.run, "claims": claims, "level": level.record(), "unchecked": data.unchecked,
        "condition": condition.lines().collect::<Vec<_>>(),
    }))
}

fn two_pools(path: &Path, a: &str, b: &str, matches: &ArgMatches) -> Result<String> {
    let data = &load(path)?;
    named_pool(data, Some(a))?;
    named_pool(data, Some(b))?;
    let pairs = pairs_of(data, a, b);
    ensure!(
        !pairs.is_empty(),
        "{a} and {b} have no cell in common\n  {a}: {}\n  {b}: {}",
        setups_of(data, a),
        setups_of(data, b)
    );
    let (mut said, level) = (Compared::new(Names::of(data), style(matches)), RunLevel::of(data)?);
    for measure in measures(matches, data.memory()) {
        let found = family(&pairs, measure, Doubt::Widened(level.widening(measure), data.nodes.drawn()), data.alpha)?;
        let title = format!("{}: {b} against {a}, {} comparisons claimed together", measure.word(), found.len());
        said.add(&title, &found)?;
    }
    if matches.get_flag("json") {
        return of_run(path, data, &level, &said.claims);
    }
    Ok(said.text + &condition(data, &level, style(matches))?)
}

fn two_runs(base: &Run, new: &Run, pool: Option<&str>, matches: &ArgMatches) -> Result<String> {
    check_machines(base, new, matches.get_flag("across-machines"))?;
    let mut text = String::new();
    let style = style(matches);
    for difference in differences(base, new) {
        text.push_str(&item(style, &format!("differs: {difference}")));
    }
    text.push_str(&caution(base, new, style)?);
    let pairs = pairs(&base.data, &new.data, pool);
    ensure!(!pairs.is_empty(), "the two runs have no cell in common");
    check_batches(&pairs)?;
    let mut said = Compared::new(Names::of(&base.data), style);
    for measure in measures(matches, runs::memory(base, new)) {
        let equals = equals(base, new, measure)?;
        let found = family(&pairs, measure, Doubt::Beyond(&equals), runs::strictest(base, new))?;
        said.add(&format!("{}: B against A", measure.word()), &found)?;
        said.equals(&equals, measure);
    }
    if matches.get_flag("json") {
        return pretty(&json!({
            "base": base.name, "new": new.name, "differs": differences(base, new), "claims": said.claims,
            "equal_builds": said.equals, "unchecked": runs::unchecked(base, new),
        }));
    }
    Ok(text + &said.text)
}

/// What was compared, for people and for programs.
struct Compared {
    names: Names,
    style: Style,
    text: String,
    claims: Vec<Claim>,
    equals: Vec<Record>,
}

impl Compared {
    fn new(names: Names, style: Style) -> Self {
        Self { names, style, text: String::new(), claims: Vec::new(), equals: Vec::new() }
    }

    /// One measure: a table for each workload and size.
    fn add(&mut self, title: &str, found: &Family) -> Result<()> {
        let style = self.style;
        self.text.push_str(&headline(style, title));
        for one in found.chunk_by(|x, y| x.group == y.group) {
            let heading = heading(&one[0].group.to_string(), one, style);
            writeln!(self.text, "{heading}\n{}", rows(one, &self.names, style))?;
        }
        self.claims.extend(found.iter().map(claim));
        Ok(())
    }

    /// What equal builds differ by between two runs.
    fn equals(&mut self, equals: &Equals, measure: Measure) {
        self.equals.extend(equals.record(measure));
        self.text.push_str(&item(self.style, &equals.sentence(measure)));
    }
}
