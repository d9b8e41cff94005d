//! The files that a pool is made of: their hash, and whether they still are what was hashed.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use sha2::{Digest as _, Sha256};

/// The files that belong to a guest beside those that its command names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Globs {
    /// The folder that the patterns count from: that of the list.
    pub base: PathBuf,
    /// Patterns such as `src/**/*.py`.
    pub patterns: Vec<String>,
}

/// What a pool runs and is made of.
#[derive(Clone, Debug)]
pub struct Build {
    /// The command that runs it, before its arguments.
    pub command: Vec<OsString>,
    /// What else it is made of.
    pub globs: Globs,
    /// SHA-256, 64 hexadecimal digits: of the executable where the command is one file and nothing else, else of the
    /// command's words with the hash of each file in the place of its path, and of the other files.
    pub sha256: String,
    /// Names of the files that the patterns match: from the list's folder on, or bare.
    pub files: Vec<String>,
    parts: Vec<Part>,
    stamps: Vec<(PathBuf, Stamp)>,
}

/// A word of the command or a file: its name for people, and what goes into the hash.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    name: String,
    line: String,
    is_file: bool,
}

/// What the file system says of a file; another one is looked at closely.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
    /// Which `touch` cannot set back.
    changed: (i64, i64),
}

impl Build {
    /// Reads all files of a command, and those that the patterns match. Fails where there is no program, a file cannot
    /// be read, or a pattern matches none.
    pub fn read(command: Vec<OsString>, globs: Globs) -> Result<Self> {
        let mut build = Self { command, globs, sha256: String::new(), files: vec![], parts: vec![], stamps: vec![] };
        ensure!(!build.command.is_empty(), "its command is empty");
        for at in 0..build.command.len() {
            let path = PathBuf::from(&build.command[at]);
            let name = file_name(&path);
            if path.is_file() {
                build.add(name, path)?;
            } else {
                ensure!(at > 0, "{}", no_program(&name, &build.globs.base.join(&path)));
                let line = path.to_string_lossy().into_owned();
                build.parts.push(Part { name: line.clone(), line, is_file: false });
            }
        }
        let matches = matches(&build.globs)?;
        let folders: BTreeSet<&Path> = matches.iter().filter_map(|path| path.parent()).collect();
        for folder in folders {
            // A file that comes or goes changes its folder.
            build.stamps.push((folder.to_owned(), Stamp::of(folder).context("looking at the folder of a file")?));
        }
        for path in matches {
            let name =
                path.strip_prefix(&build.globs.base).map_or_else(|_| file_name(&path), |p| p.display().to_string());
            build.files.push(name.clone());
            build.add(name, path)?;
        }
        build.sha256 = build.hash();
        Ok(build)
    }

    fn add(&mut self, name: String, path: PathBuf) -> Result<()> {
        // Looked at before it is read: what changes in between is another file at the next look.
        let read = || {
            let stamp = Stamp::of(&path)?;
            let mut hash = Sha256::new();
            io::copy(&mut File::open(&path)?, &mut HashWriter(&mut hash))?;
            Ok::<_, io::Error>((stamp, hex(&hash.finalize())))
        };
        let (stamp, line) = read().with_context(|| format!("reading {name}"))?;
        self.parts.push(Part { name, line, is_file: true });
        self.stamps.push((path, stamp));
        Ok(())
    }

    fn hash(&self) -> String {
        if let [Part { line, is_file: true, .. }] = self.parts.as_slice() {
            return line.clone();
        }
        let named = self.parts.len() - self.files.len();
        let lines = self.parts.iter().enumerate().map(|(at, part)| match (part.is_file, at < named) {
            (true, true) => format!("file {}\n", part.line),
            (true, false) => format!("file {} {:?}\n", part.line, part.name),
            (false, _) => format!("word {:?}\n", part.line),
        });
        hex(&Sha256::digest(lines.collect::<String>()))
    }

    /// What is no longer as it was read, by name; nothing if all is. Where nothing was touched this takes a microsecond a
    /// file; a file that was touched is read again, since a relink may give the same bytes.
    pub fn changed(&mut self) -> Option<String> {
        if self.stamps.iter().all(|(path, stamp)| Stamp::of(path).is_ok_and(|now| now == *stamp)) {
            return None;
        }
        let now = match Self::read(self.command.clone(), self.globs.clone()) {
            Ok(now) => now,
            Err(why) => return Some(format!("{why:#}")),
        };
        if now.sha256 == self.sha256 {
            self.stamps = now.stamps;
            return None;
        }
        let differs = |one: &&Part| !self.parts.contains(one);
        let gone = self.parts.iter().filter(|one| !now.parts.iter().any(|part| part.name == one.name));
        let names = now.parts.iter().filter(differs).chain(gone).map(|part| part.name.as_str());
        let names: Vec<&str> = names.collect::<BTreeSet<_>>().into_iter().collect();
        Some(format!("{} is not what it was", names.join(", ")))
    }
}

impl Stamp {
    fn of(path: &Path) -> io::Result<Self> {
        let data = fs::metadata(path)?;
        Ok(Self {
            device: data.dev(),
            inode: data.ino(),
            size: data.size(),
            modified: (data.mtime(), data.mtime_nsec()),
            changed: (data.ctime(), data.ctime_nsec()),
        })
    }
}

/// All files that the patterns match, each once.
fn matches(globs: &Globs) -> Result<BTreeSet<PathBuf>> {
    let base = glob::Pattern::escape(&globs.base.to_string_lossy());
    let mut all = BTreeSet::new();
    for pattern in &globs.patterns {
        let whole = if Path::new(pattern).is_absolute() { pattern.clone() } else { format!("{base}/{pattern}") };
        let found = glob::glob(&whole).with_context(|| format!("files '{pattern}' is no pattern"))?;
        let files: Vec<PathBuf> = found.flatten().filter(|path| path.is_file()).collect();
        ensure!(!files.is_empty(), "files '{pattern}' matches no file beside the list");
        all.extend(files);
    }
    Ok(all)
}

/// Why there is no such program; `place` is where the list looks for it first.
fn no_program(name: &str, place: &Path) -> String {
    match no_program_there(place) {
        Some(why) => format!("{name} {why}"),
        None => format!("there is no program {name} beside the list or in PATH"),
    }
}

/// What is wrong with what lies at a path and cannot be run; nothing where nothing lies there.
pub(crate) fn no_program_there(place: &Path) -> Option<&'static str> {
    let is_there = fs::symlink_metadata(place).is_ok();
    match fs::metadata(place) {
        Err(_) if is_there => Some("is a link to nothing; a virtual environment must be made anew where it was moved"),
        Ok(data) if data.is_file() && data.mode() & 0o111 == 0 => {
            Some("is no program: make it executable, or name its interpreter first")
        }
        _ => None,
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes all");
        text
    })
}

struct HashWriter<'a>(&'a mut Sha256);

impl io::Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guest(folder: &Path, patterns: &[&str]) -> Result<Build> {
        let command = vec![folder.join("run.sh").into_os_string(), "word".into()];
        let patterns = patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
        Build::read(command, Globs { base: folder.to_owned(), patterns })
    }

    #[test]
    fn a_touch_and_the_same_bytes_are_no_change_and_other_bytes_are() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            // As a linker does it: another inode.
            fs::write(folder.path().join("new"), text).unwrap();
            fs::rename(folder.path().join("new"), folder.path().join(name)).unwrap();
        };
        write("run.sh", "one");
        write("a.py", "one");
        let mut build = guest(folder.path(), &["*.py"]).unwrap();
        assert_eq!((build.changed(), build.files.clone()), (None, vec!["a.py".to_owned()]));
        write("run.sh", "one");
        assert_eq!(build.changed(), None);
        write("run.sh", "two");
        assert_eq!(build.changed().unwrap(), "run.sh is not what it was");
        write("run.sh", "one");
        assert_eq!(build.changed(), None, "what was put back is what it was");
        write("b.py", "");
        assert_eq!(build.changed().unwrap(), "b.py is not what it was", "a file more is a change");
        fs::remove_file(folder.path().join("b.py")).unwrap();
        assert_eq!(build.changed(), None);
        fs::remove_file(folder.path().join("run.sh")).unwrap();
        assert!(build.changed().unwrap().starts_with("there is no program run.sh"));
    }

    #[test]
    fn one_file_alone_has_its_own_hash_and_a_folder_elsewhere_is_no_other_build() {
        let [one, other] = [(); 2].map(|()| tempfile::tempdir().unwrap());
        for folder in [&one, &other] {
            fs::write(folder.path().join("run.sh"), "abc").unwrap();
            fs::write(folder.path().join("x.py"), "x").unwrap();
        }
        let alone = Build::read(vec![one.path().join("run.sh").into_os_string()], Globs::default()).unwrap();
        assert_eq!(alone.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert!(Build::read(vec![], Globs::default()).unwrap_err().to_string().contains("empty"));
        let build = |folder: &tempfile::TempDir| guest(folder.path(), &["*.py"]).unwrap().sha256;
        assert_eq!(build(&one), build(&other));
        assert!(guest(one.path(), &["*.rb"]).unwrap_err().to_string().contains("'*.rb' matches no file"));
    }
}
