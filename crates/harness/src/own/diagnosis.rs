//! Why a library cannot be loaded, in words that say what to do: what the loader says of it names causes of its own.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::Path;

use super::Own;
use crate::error::{Error, Result};

/// Where what counts stands in the head of an ELF file: class and byte order at 4 and 5, the machine at 18.
const HEAD: usize = 20;
const MAGIC: &[u8] = b"\x7fELF";
/// Machines by their numbers, as far as anybody has one.
const MACHINES: [(u8, &str); 6] =
    [(3, "32-bit x86"), (40, "32-bit ARM"), (62, "x86-64"), (183, "64-bit ARM"), (243, "RISC-V"), (22, "IBM Z")];

/// An error where the file is not there, is no library, or is one for another machine.
pub(super) fn look_at(own: &Own) -> Result<()> {
    let file = own.file_name();
    let head = match head(Path::new(&own.path)) {
        Err(cause) if cause.kind() == ErrorKind::NotFound => {
            return Err(Error { kind: crate::error::ErrorKind::Io, message: own.missing() });
        }
        head => head.map_err(|cause| Error::io(format!("reading {file}"), &cause))?,
    };
    if !head.starts_with(MAGIC) {
        return Err(Error::unsupported(format!(
            "{file} is no shared library; make one with `cc -shared -fPIC -o x.so x.c`"
        )));
    }
    let here = head_of_this()?;
    if [4, 5, 18, 19].into_iter().any(|at| head.get(at) != here.get(at)) {
        return Err(Error::unsupported(format!(
            "{file} is made for another machine: {}, this is {}",
            machine(&head),
            machine(&here)
        )));
    }
    Ok(())
}

impl Own {
    /// What to say where the file is not there. A path with a colon is cut at it.
    pub fn missing(&self) -> String {
        let whole = format!("{}:{}", self.path, self.param);
        let mut longer = whole.match_indices(':').map(|(at, _)| &whole[..at]).chain([whole.as_str()]);
        if longer.any(|path| Path::new(path).is_file()) {
            return "a path ends at its first ':', and this one has one in it; rename the file or folder, or make a link to it".to_owned();
        }
        if self.path.match_indices(',').any(|(at, _)| Path::new(&self.path[..at]).is_file()) {
            return "a job of your own keeps the commas behind it; give --workload once for each".to_owned();
        }
        match Path::new(&self.path).metadata() {
            Ok(_) => format!("{} is no file", self.file_name()),
            Err(cause) => format!("there is no {} ({cause})", self.file_name()),
        }
    }
}

fn head(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut head = Vec::new();
    File::open(path)?.take(HEAD as u64).read_to_end(&mut head)?;
    Ok(head)
}

fn head_of_this() -> Result<Vec<u8>> {
    head(Path::new("/proc/self/exe")).map_err(|cause| Error::io("reading the pool's own executable", &cause))
}

fn machine(head: &[u8]) -> String {
    let number = head.get(18).copied().unwrap_or(0);
    let known = MACHINES.iter().find(|(known, _)| *known == number).map(|(_, name)| (*name).to_owned());
    known.unwrap_or_else(|| format!("machine {number} of the ELF list"))
}

/// What the loader could not do.
pub(super) fn not_loaded(own: &Own, cause: &libloading::Error) -> Error {
    let said = std::error::Error::source(cause).map_or_else(|| cause.to_string(), ToString::to_string);
    let said = said.replace(&own.path, own.file_name());
    let file = own.file_name();
    let is_sibling = said.contains("cannot open shared object file") && !said.starts_with(file);
    let advice = if is_sibling {
        "; pools have a cleared environment, in which LD_LIBRARY_PATH is not set: link with -Wl,-rpath,'$ORIGIN', or keep it with \
         --keep-env LD_LIBRARY_PATH"
    } else {
        ""
    };
    Error::unsupported(format!("{file} cannot be loaded: {said}{advice}"))
}

/// A function of the interface is missing.
pub(super) fn no_symbol(own: &Own, name: &str) -> Error {
    Error::unsupported(format!(
        "{} has no function {name}: docs/poolbench_job.h says what a library needs; in C++ it must be extern \"C\", in Rust \
         #[unsafe(no_mangle)] extern \"C\"",
        own.file_name()
    ))
}
