//! Makes one run of shards: the last whole attempt at each, in the order of their numbers, copied as it is. The same shards give
//! the same files, in whatever order and in however many steps they are merged.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use harness::columns::COLUMNS;

use super::notes as noted;
use super::place::{beside, hold, put, sweep};
use super::sources::{Chosen, Sources};
use crate::plan::Plan;
use crate::plan::shards::Part;
use crate::record::{file, folder, latest, machines, notes, trials};

/// Tells the folder that a merge writes from those of shards.
const MERGE: &str = "merge";
/// What a merged run calls its machine where it has several.
const SEVERAL: &str = "several";

/// What came of a merge.
#[derive(Debug)]
pub struct Merged {
    /// The plan of the merged run, with what each shard gave.
    pub plan: Plan,
    /// What was left aside and why, a sentence each.
    pub aside: Vec<String>,
}

/// Merges what the folders hold into `out`, which may be a former merge of the same plan. An error leaves `out` as it was.
pub fn merge(folders: &[PathBuf], out: &Path) -> Result<Merged> {
    let sources = Sources::read(folders)?;
    let (chosen, twice) = sources.chosen(out);
    let aside: Vec<String> = sources.aside.iter().cloned().chain(twice).collect();
    ensure!(!chosen.is_empty(), "there is no whole shard: {}", aside.join("; "));
    let first = sources.plan.clone().context("there is no plan")?;
    let plan = plan_of(first, &chosen);
    may_replace(out, &plan)?;
    let work = beside(out, MERGE);
    // Left by a process of this number that was killed here.
    let _ = fs::remove_dir_all(&work);
    fs::create_dir_all(&work).with_context(|| format!("making {}", work.display()))?;
    let _held = hold(&work);
    let wrote = write(&work, &plan, &chosen).and_then(|()| put(&work, out));
    if wrote.is_err() {
        let _ = fs::remove_dir_all(&work);
    }
    wrote?;
    sweep(out, MERGE);
    latest::point_to(out);
    Ok(Merged { plan, aside })
}

fn plan_of(mut plan: Plan, chosen: &BTreeMap<u64, Chosen>) -> Plan {
    let first = chosen.values().next().expect("there is one");
    let parts: Vec<Part> = chosen.values().map(|one| one.part.clone()).collect();
    plan.host = if parts.iter().all(|part| part.host == first.part.host) {
        first.part.host.clone()
    } else {
        SEVERAL.to_owned()
    };
    plan.spin_rate = first.part.spin_rate;
    plan.shards.as_mut().expect("it is one of shards").parts = parts;
    plan
}

/// Fails where `out` holds anything but a merge of the same plan, or a shard that the new one would lack.
fn may_replace(out: &Path, plan: &Plan) -> Result<()> {
    if fs::symlink_metadata(out).is_err() || fs::read_dir(out).is_ok_and(|mut inside| inside.next().is_none()) {
        return Ok(());
    }
    let former = folder::read_plan(out).ok().and_then(|plan| plan.shards);
    let is_former = former.as_ref().zip(plan.shards.as_ref()).is_some_and(|(one, other)| one.plan == other.plan);
    let (former, new) = (former.unwrap_or_else(|| plan.shards.clone().expect("it has")), plan.shards.as_ref());
    ensure!(
        is_former && out.join(machines::NAME).is_file(),
        "{} holds something other than a merge of this plan; name another --out",
        out.display()
    );
    let lost: Vec<String> = former
        .parts
        .iter()
        .filter(|part| new.and_then(|new| new.part(part.shard)).is_none())
        .map(|part| part.shard.to_string())
        .collect();
    ensure!(
        lost.is_empty(),
        "{0} has shards that none of the folders has ({1}), and they would be lost: name {0} among the folders as well",
        out.display(),
        lost.join(", ")
    );
    Ok(())
}

fn write(work: &Path, plan: &Plan, chosen: &BTreeMap<u64, Chosen>) -> Result<()> {
    write_rows(&work.join(trials::NAME), chosen)?;
    write_notes(&work.join(notes::NAME), chosen)?;
    let mut all = machines::Machines::new();
    for (shard, one) in chosen {
        let machine = machines::read(&one.source.folder, &one.source.plan)?.remove(shard);
        all.insert(
            *shard,
            machine.with_context(|| format!("{} lacks the machine of shard {shard}", one.source.folder.display()))?,
        );
    }
    machines::write(work, &all)?;
    all.values().next().map_or(Ok(()), |first| folder::write_machine(work, first))?;
    folder::write_plan(work, plan)
}

fn write_rows(path: &Path, chosen: &BTreeMap<u64, Chosen>) -> Result<()> {
    let mut into = create(path)?;
    writeln!(into, "{}", COLUMNS.join(",")).with_context(|| format!("writing {}", path.display()))?;
    for one in chosen.values() {
        copy(&one.source.folder.join(trials::NAME), std::slice::from_ref(&one.rows.at), &mut into, path)?;
    }
    finish(into, path)
}

fn write_notes(path: &Path, chosen: &BTreeMap<u64, Chosen>) -> Result<()> {
    let mut into = create(path)?;
    let mut known: BTreeMap<&Path, BTreeMap<u64, Vec<Range<u64>>>> = BTreeMap::new();
    for (shard, one) in chosen {
        let folder = one.source.folder.as_path();
        if !known.contains_key(folder) {
            known.insert(folder, noted::index(folder)?);
        }
        if let Some(ranges) = known[folder].get(shard) {
            copy(&folder.join(notes::NAME), ranges, &mut into, path)?;
        }
    }
    finish(into, path)
}

fn create(path: &Path) -> Result<BufWriter<File>> {
    let file = File::create_new(path).with_context(|| format!("making {}", path.display()))?;
    Ok(BufWriter::with_capacity(1 << 18, file))
}

fn copy(from: &Path, ranges: &[Range<u64>], into: &mut impl io::Write, path: &Path) -> Result<()> {
    let mut source = file::open(from).with_context(|| format!("opening {}", from.display()))?;
    for Range { start, end } in ranges {
        source.seek(SeekFrom::Start(*start)).with_context(|| format!("reading {}", from.display()))?;
        let copied = io::copy(&mut (&mut source).take(end - start), into);
        let copied = copied.with_context(|| format!("copying {} to {}", from.display(), path.display()))?;
        ensure!(copied == end - start, "{} was changed while it was merged", from.display());
    }
    Ok(())
}

fn finish(into: BufWriter<File>, path: &Path) -> Result<()> {
    let end = || {
        let file = into.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_data()
    };
    end().with_context(|| format!("writing {}", path.display()))
}
