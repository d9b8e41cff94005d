//! The groups of a run: one in each hierarchy that is of use, held by a lock for as long as the run lives.

use std::cell::Cell;
use std::fs::{self, OpenOptions};
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use rustix::fs::{FlockOperation, Mode, OFlags, flock, open};

use super::abilities::Abilities;
use super::end;
use super::hierarchy::{Hierarchy, Version, has_word};
use super::trial::{Group, Home};
use crate::process::tell;

/// What the name of a run's group begins with; the run's id follows.
const PREFIX: &str = "poolbench-run-";
/// Digits of a run's id.
const ID_DIGITS: usize = 16;
/// Makes of a group of one run: another start may take the first for a leftover before it is locked.
const MAKES: usize = 3;

/// The groups of a run.
#[derive(Debug, Default)]
pub struct Groups {
    unified: Option<RunGroup>,
    /// Only where the unified hierarchy has no memory controller.
    memory: Option<RunGroup>,
    trials: Cell<u64>,
}

#[derive(Debug)]
struct RunGroup {
    path: PathBuf,
    /// Whether the groups below count memory.
    gives_memory: bool,
    _lock: OwnedFd,
}

impl Groups {
    /// Makes the groups of the run `id` wherever that is possible, and says where it is not.
    pub fn make(hierarchies: &[Hierarchy], id: &str) -> (Self, Vec<String>) {
        let (mut groups, mut refusals) = (Self::default(), Vec::new());
        for hierarchy in hierarchies {
            let slot = match hierarchy.version {
                Version::Two => &mut groups.unified,
                Version::One if groups.unified.as_ref().is_some_and(|run| run.gives_memory) => continue,
                Version::One => &mut groups.memory,
            };
            for place in by_use(hierarchy.places()) {
                match RunGroup::make(&place, id) {
                    Ok(group) => {
                        *slot = Some(group);
                        break;
                    }
                    Err(why) => refusals.push(format!("{why:#}")),
                }
            }
        }
        (groups, refusals)
    }

    /// Where the groups are.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        [&self.unified, &self.memory].into_iter().flatten().map(|group| group.path.as_path())
    }

    /// What they can do, found out with a group for no trial.
    pub fn abilities(&self) -> Result<Abilities> {
        let Some(mut group) = self.trial()? else { return Ok(Abilities::default()) };
        let abilities = group.abilities();
        group.end().map(|_| abilities)
    }

    /// Makes the groups of the next trial; none where the run has none. A memory peak needs a new group. One without that
    /// is the run's own, trial after trial, since making and removing another costs a tenth of a millisecond.
    pub fn trial(&self) -> Result<Option<Group>> {
        let number = self.trials.replace(self.trials.get() + 1);
        let make = |run: &RunGroup| {
            let path = run.path.join(format!("trial-{number}"));
            fs::create_dir(&path).with_context(|| format!("making {}", path.display())).map(|()| path)
        };
        let memory = self.memory.as_ref().map(make).transpose()?.map(Home::Own);
        let unified = match &self.unified {
            Some(run) if run.gives_memory => Some(Home::Own(make(run)?)),
            run => run.as_ref().map(|run| Home::Shared(run.path.clone())),
        };
        Ok((unified.is_some() || memory.is_some()).then(|| Group::new(unified, memory)))
    }
}

impl Drop for Groups {
    fn drop(&mut self) {
        for path in self.paths() {
            end::kill(path);
            if let Err(cause) = end::remove(path) {
                tell(format_args!("poolbench: removing {}: {cause}; the next run tries again", path.display()));
            }
        }
    }
}

/// Groups that hand a memory controller to their children first.
fn by_use(mut places: Vec<PathBuf>) -> Vec<PathBuf> {
    places.sort_by_key(|place| !has_word(&place.join("cgroup.subtree_control"), "memory"));
    places
}

impl RunGroup {
    fn make(place: &Path, id: &str) -> Result<Self> {
        let writable = |group: &Path| OpenOptions::new().write(true).open(group.join("cgroup.procs")).map(drop);
        let moving = || format!("moving processes into {}", place.display());
        // Moving a process takes the right to write in the groups' common ancestor as well.
        writable(place).with_context(moving)?;
        for make in 0..MAKES {
            let path = place.join(format!("{PREFIX}{id}{}", "-".repeat(make)));
            fs::create_dir(&path).with_context(|| format!("making {}", path.display()))?;
            let lock = match lock(&path) {
                // Another start holds it, to remove it, or has done so.
                Err(cause) if is_held(&cause) || !path.exists() => continue,
                Ok(_) if !path.exists() => continue,
                // Without a lock the next start would take it for a leftover.
                lock => lock.with_context(|| format!("locking {}", path.display())),
            };
            let usable = lock.and_then(|lock| {
                writable(&path).with_context(moving)?;
                Ok((pass_on_memory(&path)?, lock))
            });
            return match usable {
                Ok((gives_memory, lock)) => Ok(Self { path, gives_memory, _lock: lock }),
                Err(why) => {
                    end::remove(&path).with_context(|| format!("removing {}", path.display()))?;
                    Err(why)
                }
            };
        }
        bail!("{} is taken for a leftover again and again", place.display())
    }
}

/// In version 2 a group decides which controllers its children have; a run's has no processes of its own then. Whether
/// they have memory.
fn pass_on_memory(group: &Path) -> Result<bool> {
    if !has_word(&group.join("cgroup.controllers"), "memory") {
        return Ok(false);
    }
    let path = group.join("cgroup.subtree_control");
    fs::write(&path, "+memory").with_context(|| format!("writing to {}", path.display()))?;
    Ok(true)
}

/// Locks a group.
fn lock(group: &Path) -> io::Result<OwnedFd> {
    let folder = open(group, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    flock(&folder, FlockOperation::NonBlockingLockExclusive)?;
    Ok(folder)
}

/// Whether a lock was not given since another process has it.
fn is_held(cause: &io::Error) -> bool {
    cause.kind() == io::ErrorKind::WouldBlock
}

/// Whether a group's name is that of a run's.
fn is_ours(name: &str) -> bool {
    let id = name.strip_prefix(PREFIX).map(|id| id.trim_end_matches('-'));
    id.is_some_and(|id| id.len() == ID_DIGITS && id.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Kills and removes the groups of runs that died together with their watcher, wherever in the hierarchies they are; how
/// many there were. A run that lives holds its lock.
pub fn collect(hierarchies: &[Hierarchy]) -> Result<usize> {
    let mut collected = 0;
    for path in hierarchies.iter().flat_map(|hierarchy| hierarchy.search(is_ours)) {
        // Held until it is gone: a run that has just made it would lock it else, and lose it afterwards.
        let Ok(_held) = lock(&path) else { continue };
        if !path.exists() {
            continue;
        }
        end::kill(&path);
        end::remove(&path).with_context(|| format!("removing {}, which a dead run left", path.display()))?;
        collected += 1;
    }
    Ok(collected)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0000002a0000002a";

    /// A group with the files that `RunGroup::make` looks at.
    fn place(folder: &Path, subtree: &str) -> PathBuf {
        fs::create_dir_all(folder).unwrap();
        fs::write(folder.join("cgroup.subtree_control"), subtree).unwrap();
        folder.to_owned()
    }

    #[test]
    fn a_group_that_hands_on_memory_comes_first() {
        let folder = tempfile::tempdir().unwrap();
        let own = place(&folder.path().join("slice/own"), "\n");
        let slice = place(&folder.path().join("slice"), "cpu memory pids\n");
        assert_eq!(by_use(vec![own.clone(), slice.clone()]), [slice, own]);
    }

    #[test]
    fn a_run_passes_memory_on_where_it_has_it() {
        let folder = tempfile::tempdir().unwrap();
        let run = place(folder.path(), "");
        assert!(!pass_on_memory(&run).unwrap());
        fs::write(run.join("cgroup.controllers"), "cpu memory\n").unwrap();
        assert!(pass_on_memory(&run).unwrap());
        assert_eq!(fs::read_to_string(run.join("cgroup.subtree_control")).unwrap(), "+memory");
    }

    #[test]
    fn a_place_that_cannot_be_used_is_named_and_left_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let (mount, own) = (folder.path().to_owned(), place(&folder.path().join("own"), ""));
        let (groups, refusals) = Groups::make(&[Hierarchy { version: Version::Two, mount, own: own.clone() }], ID);
        assert_eq!(groups.paths().count(), 0);
        assert!(groups.trial().unwrap().is_none());
        assert_eq!(groups.abilities().unwrap(), Abilities::default());
        assert!(refusals[0].contains(own.to_str().unwrap()), "{refusals:?}");
        assert_eq!(fs::read_dir(&own).unwrap().count(), 1);
    }

    #[test]
    fn leftovers_are_removed_wherever_they_are_but_not_what_lives_or_is_not_ours() {
        let folder = tempfile::tempdir().unwrap();
        let name = |id: &str| format!("{PREFIX}{id}");
        let (dead, alive) = (folder.path().join("a/b").join(name(ID)), folder.path().join(name("00000000000000ff")));
        let other = folder.path().join("poolbench-run-mine");
        for path in [&dead, &alive, &other] {
            fs::create_dir_all(path).unwrap();
        }
        let _held = lock(&alive).unwrap();
        let mount = folder.path().to_owned();
        assert_eq!(collect(&[Hierarchy { version: Version::Two, own: mount.clone(), mount }]).unwrap(), 1);
        assert_eq!([dead.exists(), alive.exists(), other.exists()], [false, true, true]);
    }

    #[test]
    fn a_group_is_made_used_and_gone_on_this_machine_or_the_reason_is_given() {
        let hierarchies = Hierarchy::here();
        let (groups, refusals) = Groups::make(&hierarchies, &format!("{:016x}", std::process::id()));
        let paths: Vec<PathBuf> = groups.paths().map(Path::to_owned).collect();
        assert!(paths.len() + refusals.len() >= hierarchies.len(), "{hierarchies:?} {refusals:?}");
        if let Some(mut group) = groups.trial().unwrap() {
            let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
            let pid = i32::try_from(child.id()).unwrap();
            group.add(pid).unwrap();
            assert_eq!(group.members().unwrap(), [pid]);
            assert_eq!(group.end().unwrap(), 1);
            assert!(!child.wait().unwrap().success());
        }
        drop(groups);
        assert!(paths.iter().all(|path| !path.exists()));
    }
}
