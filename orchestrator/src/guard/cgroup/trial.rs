//! The groups of one trial: what they tell of the tree in them, and their end.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::abilities::Abilities;
use super::end;
use super::hierarchy::{Version, has_word};

/// CPU time of a tree, in ns, dead processes included. The kernel counts it in us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CpuTime {
    /// User and kernel together: exact.
    pub all_ns: u64,
    /// The part in the kernel; on most kernels the exact sum is split in proportion to sampled ticks.
    pub sys_ns: u64,
}

/// The groups of one trial: in the unified hierarchy, in that of version 1's memory controller, or in both.
#[derive(Debug)]
pub struct Group {
    unified: Option<Home>,
    memory: Option<Home>,
}

/// Where a trial is in one hierarchy.
#[derive(Debug)]
pub(super) enum Home {
    /// A group that the trial alone has; it is removed with it.
    Own(PathBuf),
    /// The run's group, which the next trial gets empty.
    Shared(PathBuf),
}

impl Home {
    fn path(&self) -> &Path {
        let (Self::Own(path) | Self::Shared(path)) = self;
        path
    }

    /// Kills what is still there and makes room; how many processes there were.
    fn end(&self) -> Result<usize> {
        match self {
            // Where nothing is left, which is every good trial, this is one call.
            Self::Own(path) if fs::remove_dir(path).is_ok() => Ok(0),
            Self::Own(path) => {
                let left = end::members(path).map_or(0, |left| left.len());
                end::kill(path);
                end::remove(path).with_context(|| format!("removing {}", path.display())).map(|()| left)
            }
            Self::Shared(path) => {
                let left = end::members(path).with_context(|| format!("reading {}", path.display()))?;
                if !left.is_empty() {
                    end::empty(path).with_context(|| format!("killing what is in {}", path.display()))?;
                }
                Ok(left.len())
            }
        }
    }
}

impl Group {
    /// For directories that are there.
    pub(super) fn new(unified: Option<Home>, memory: Option<Home>) -> Self {
        Self { unified, memory }
    }

    fn paths(&self) -> impl Iterator<Item = &Path> {
        [&self.unified, &self.memory].into_iter().flatten().map(Home::path)
    }

    /// Moves a process with all its threads in. Memory that it has stays charged to where it was.
    pub fn add(&self, pid: i32) -> Result<()> {
        self.paths().try_for_each(|path| {
            let moved = fs::write(path.join("cgroup.procs"), pid.to_string());
            moved.with_context(|| format!("moving process {pid} into {}", path.display()))
        })
    }

    /// The processes in it, reparented ones among them, zombies not; an error if they cannot be read.
    pub fn members(&self) -> io::Result<Vec<i32>> {
        self.paths().next().map_or(Ok(Vec::new()), end::members)
    }

    /// The most memory that was charged to the tree at once, in bytes, with kernel stacks, page tables and page cache.
    pub fn peak_bytes(&self) -> Option<u64> {
        let (path, name) = self.peak_file()?;
        fs::read_to_string(path.join(name)).ok()?.trim().parse().ok()
    }

    /// Memory of no file, anonymous or shared between processes, that is charged now, in bytes.
    pub fn own_bytes(&self) -> Option<u64> {
        let (home, name) = match &self.memory {
            Some(home) => (home, "rss"),
            None => (self.unified.as_ref()?, "anon"),
        };
        let text = fs::read_to_string(home.path().join("memory.stat")).ok()?;
        Some(numbered(&text, name)? + numbered(&text, "shmem")?)
    }

    fn peak_file(&self) -> Option<(&Path, &'static str)> {
        let unified = self.unified.iter().map(|home| (home.path(), "memory.peak"));
        let memory = self.memory.iter().map(|home| (home.path(), "memory.max_usage_in_bytes"));
        memory.chain(unified).next()
    }

    /// The version whose memory controller gives the peak.
    pub fn peak_version(&self) -> Option<Version> {
        let version = if self.memory.is_some() { Version::One } else { Version::Two };
        self.peak_file().filter(|(path, name)| path.join(name).exists()).map(|_| version)
    }

    /// CPU time since the group was made; two readings are subtracted.
    pub fn cpu(&self) -> Option<CpuTime> {
        let text = fs::read_to_string(self.unified.as_ref()?.path().join("cpu.stat")).ok()?;
        let value = |name| numbered(&text, name).map(|us| us * 1000);
        Some(CpuTime { all_ns: value("usage_usec")?, sys_ns: value("system_usec")? })
    }

    /// How many processes of the tree the kernel has killed for want of memory.
    pub fn oom_kills(&self) -> u64 {
        let read = |home: &Option<Home>, name| {
            let text = fs::read_to_string(home.as_ref()?.path().join(name)).ok()?;
            numbered(&text, "oom_kill")
        };
        read(&self.memory, "memory.oom_control").or(read(&self.unified, "memory.events")).unwrap_or(0)
    }

    /// What the groups can do.
    pub(super) fn abilities(&self) -> Abilities {
        let has = |name: &str| self.unified.as_ref().is_some_and(|home| home.path().join(name).exists());
        Abilities {
            peak: self.peak_version(),
            cpu: self.unified.as_ref().is_some_and(|home| has_word(&home.path().join("cpu.stat"), "usage_usec")),
            kill: has("cgroup.kill"),
        }
    }

    /// Kills what is still in the groups and gives them up; how many processes there were.
    pub fn end(&mut self) -> Result<usize> {
        let homes = [self.unified.take(), self.memory.take()];
        homes.iter().flatten().try_fold(0, |left, home| Ok(home.end()?.max(left)))
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // For a trial that did not come to its end; what cannot be removed now, the end of the run removes.
        let _ = self.end();
    }
}

/// The number in the line that begins with `name`.
fn numbered(text: &str, name: &str) -> Option<u64> {
    let mut words = text.lines().map(|line| line.split_once(' '));
    words.find_map(|line| line.filter(|(found, _)| *found == name))?.1.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A trial's group as a machine with version 2 alone has it.
    fn unified() -> (tempfile::TempDir, Group) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trial-0");
        fs::create_dir(&path).unwrap();
        for (name, text) in [
            ("memory.peak", "3145728\n"),
            ("memory.events", "low 0\nhigh 0\nmax 3\noom 1\noom_kill 1\noom_group_kill 0\n"),
            ("cpu.stat", "usage_usec 15\nuser_usec 10\nsystem_usec 5\nnice_usec 0\n"),
            ("memory.stat", "anon 4096\nfile 9\nshmem 8192\n"),
            ("cgroup.procs", "17\n4711\n"),
            ("cgroup.kill", ""),
        ] {
            fs::write(path.join(name), text).unwrap();
        }
        (folder, Group::new(Some(Home::Own(path)), None))
    }

    #[test]
    fn version_two_alone_tells_all() {
        let (folder, group) = unified();
        assert_eq!((group.peak_bytes(), group.peak_version()), (Some(3 << 20), Some(Version::Two)));
        assert_eq!(group.own_bytes(), Some(12288));
        assert_eq!(group.cpu(), Some(CpuTime { all_ns: 15_000, sys_ns: 5_000 }));
        assert_eq!((group.members().unwrap(), group.oom_kills()), (vec![17, 4711], 1));
        let abilities = Abilities { peak: Some(Version::Two), cpu: true, kill: true };
        assert_eq!(group.abilities(), abilities);
        group.add(23).unwrap();
        assert_eq!(fs::read_to_string(folder.path().join("trial-0/cgroup.procs")).unwrap(), "23");
    }

    #[test]
    fn version_one_gives_the_peak_where_version_two_has_none() {
        let (folder, unified) = unified();
        fs::remove_file(folder.path().join("trial-0/memory.peak")).unwrap();
        assert_eq!((unified.peak_bytes(), unified.peak_version()), (None, None));
        let memory = folder.path().join("memory");
        fs::create_dir(&memory).unwrap();
        fs::write(memory.join("memory.max_usage_in_bytes"), "262144\n").unwrap();
        fs::write(memory.join("memory.oom_control"), "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n").unwrap();
        let shared = Home::Shared(folder.path().join("trial-0"));
        let both = Group::new(Some(shared), Some(Home::Own(memory)));
        assert_eq!((both.peak_bytes(), both.peak_version()), (Some(256 << 10), Some(Version::One)));
        assert_eq!((both.oom_kills(), both.members().unwrap()), (2, vec![17, 4711]));
    }

    #[test]
    fn a_group_without_files_tells_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut group = Group::new(Some(Home::Own(folder.path().join("gone"))), None);
        assert_eq!((group.peak_bytes(), group.cpu(), group.oom_kills()), (None, None, 0));
        assert!(group.members().is_err());
        assert!(group.add(1).unwrap_err().to_string().contains("gone"));
        assert_eq!(group.end().unwrap(), 0);
    }
}
