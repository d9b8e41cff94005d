//! Where the hierarchies of control groups are mounted, and which group of each this process is in.

use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};

use procfs::process::{MountInfo, Process};
use procfs::{ProcessCGroup, ProcessCGroups};

/// The two designs of control groups: version 1 has a hierarchy for each controller, version 2 one for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// Of interest here for its memory controller only.
    One,
    /// The unified hierarchy, with or without controllers.
    Two,
}

/// One mounted hierarchy as this process sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hierarchy {
    /// Its version.
    pub version: Version,
    /// Where it is mounted.
    pub mount: PathBuf,
    /// This process's own group in it, the mount or below.
    pub own: PathBuf,
}

impl Hierarchy {
    /// The unified hierarchy, and that of the memory controller of version 1; what is not mounted is not there.
    pub fn here() -> Vec<Self> {
        Self::with("memory")
    }

    /// The least of the numbers in the files `file` of this process's group and of those above, where `controller` is.
    pub fn least_of(controller: &str, file: &str) -> Option<u64> {
        let groups = Self::groups_above(controller).into_iter();
        groups.filter_map(|group| fs::read_to_string(group.join(file)).ok()?.trim().parse().ok()).min()
    }

    /// This process's groups where `controller` is, and all those above that it can see.
    pub fn groups_above(controller: &str) -> Vec<PathBuf> {
        let above = |one: Self| {
            let Self { mount, own, .. } = one;
            own.ancestors().take_while(|group| group.starts_with(&mount)).map(Path::to_owned).collect::<Vec<_>>()
        };
        Self::with(controller).into_iter().flat_map(above).collect()
    }

    /// The unified hierarchy, and that of a controller of version 1.
    fn with(controller: &str) -> Vec<Self> {
        let read = || {
            let myself = Process::myself()?;
            Ok::<_, procfs::ProcError>((myself.mountinfo()?.0, myself.cgroups()?))
        };
        read().map_or_else(|_| Vec::new(), |(mounts, ProcessCGroups(groups))| Self::find(controller, &mounts, &groups))
    }

    fn find(controller: &str, mounts: &[MountInfo], groups: &[ProcessCGroup]) -> Vec<Self> {
        let of = |version, group: &ProcessCGroup| {
            let fits = |mount: &&MountInfo| match version {
                Version::Two => mount.fs_type == "cgroup2",
                Version::One => mount.fs_type == "cgroup" && mount.super_options.contains_key(controller),
            };
            mounts.iter().filter(fits).find_map(|mount| Self::at(version, mount, group))
        };
        let memory = groups.iter().find(|group| group.controllers.iter().any(|name| name == controller));
        let unified = groups.iter().find(|group| group.hierarchy == 0);
        let found =
            [unified.and_then(|group| of(Version::Two, group)), memory.and_then(|group| of(Version::One, group))];
        found.into_iter().flatten().collect()
    }

    /// A mount shows the hierarchy from some root on; a group outside of that cannot be seen.
    fn at(version: Version, mount: &MountInfo, group: &ProcessCGroup) -> Option<Self> {
        let below = Path::new(&group.pathname).strip_prefix(&mount.root).ok()?;
        let outside = below.components().any(|part| part.as_os_str() == "..");
        let own = if below.as_os_str().is_empty() { mount.mount_point.clone() } else { mount.mount_point.join(below) };
        (!outside).then(|| Self { version, mount: mount.mount_point.clone(), own })
    }

    /// Where a group of ours may go: the own group, then its ancestors, since in version 2 a group with processes in it
    /// cannot give its children a controller. Never above a group that limits memory or CPU: that would leave the limit.
    pub fn places(&self) -> Vec<PathBuf> {
        let mut places = Vec::new();
        for group in self.own.ancestors().take_while(|group| group.starts_with(&self.mount)) {
            places.push(group.to_owned());
            if self.version == Version::One || is_limited(group) {
                break;
            }
        }
        places
    }

    /// Every group of the hierarchy whose name fits, wherever it is.
    pub fn search(&self, fits: impl Fn(&str) -> bool) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut open = VecDeque::from([self.mount.clone()]);
        while let Some(folder) = open.pop_front() {
            let named = |group: &PathBuf| group.file_name().and_then(|name| name.to_str()).is_some_and(&fits);
            let (fit, other): (Vec<_>, Vec<_>) = subgroups(&folder).into_iter().partition(named);
            found.extend(fit);
            open.extend(other);
        }
        found
    }
}

/// The groups directly below a group.
pub(super) fn subgroups(group: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(group).into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).map(|entry| entry.path()).collect()
}

/// Whether one of a file's words is `word`; a file that is not there has none.
pub(super) fn has_word(path: &Path, word: &str) -> bool {
    fs::read_to_string(path).is_ok_and(|text| text.split_whitespace().any(|found| found == word))
}

fn is_limited(group: &Path) -> bool {
    ["memory.max", "cpu.max"].iter().any(|name| {
        let limit = fs::read_to_string(group.join(name));
        limit.is_ok_and(|text| !text.starts_with("max"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use procfs::FromBufRead as _;
    use procfs::process::MountInfos;

    fn find(mounts: &str, groups: &str) -> Vec<Hierarchy> {
        let mounts = MountInfos::from_buf_read(mounts.as_bytes()).unwrap().0;
        Hierarchy::find("memory", &mounts, &ProcessCGroups::from_buf_read(groups.as_bytes()).unwrap().0)
    }

    #[test]
    fn the_unified_hierarchy_alone_is_found() {
        let mounts = "30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
        let own = PathBuf::from("/sys/fs/cgroup/user.slice/session-1.scope");
        let found = find(mounts, "0::/user.slice/session-1.scope\n");
        assert_eq!(found, [Hierarchy { version: Version::Two, mount: "/sys/fs/cgroup".into(), own }]);
    }

    #[test]
    fn both_are_found_where_both_are_and_a_container_sees_only_its_part() {
        let mounts = "31 24 0:27 /box /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n\
                      32 24 0:28 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n\
                      33 24 0:29 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";
        let found = find(mounts, "4:memory:/box/inner\n1:cpu:/\n0::/\n");
        let paths: Vec<_> = found.iter().map(|one| (one.version, one.own.to_str().unwrap())).collect();
        let memory = "/sys/fs/cgroup/memory/inner";
        assert_eq!(paths, [(Version::Two, "/sys/fs/cgroup/unified"), (Version::One, memory)]);
        assert_eq!(find(mounts, "4:memory:/elsewhere\n"), []);
        assert_eq!(find(mounts, "0::/../outside\n"), []);
    }

    #[test]
    fn places_go_up_to_a_limit_and_not_above_the_mount() {
        let mount = tempfile::tempdir().unwrap();
        let own = mount.path().join("user.slice/app.slice/a.scope");
        fs::create_dir_all(&own).unwrap();
        let hierarchy = Hierarchy { version: Version::Two, mount: mount.path().to_owned(), own: own.clone() };
        assert_eq!(hierarchy.places().len(), 4);
        fs::write(own.join("memory.max"), "max\n").unwrap();
        fs::write(own.join("../cpu.max"), "50000 100000\n").unwrap();
        assert_eq!(hierarchy.places(), [own.clone(), own.parent().unwrap().to_owned()]);
        fs::write(own.join("memory.max"), "1048576\n").unwrap();
        assert_eq!(hierarchy.places(), [own]);
    }
}
