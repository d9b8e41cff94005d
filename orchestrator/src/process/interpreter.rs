//! Why a script that is there cannot be started: its interpreter is not.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

/// The most of a script's first line that the kernel reads, in bytes (`BINPRM_BUF_SIZE`).
const LONGEST: u64 = 256;

/// What was tried where `program` cannot be started, and what it lacks. The name alone: this goes into the files of a run,
/// which name no folder.
pub(super) fn starting(program: &OsStr) -> String {
    let program = Path::new(program);
    let name = program.file_name().unwrap_or(program.as_os_str()).display();
    missing(program).map_or_else(|| format!("starting {name}"), |missing| format!("starting {name}, {missing}"))
}

/// What is missing where the first line of `program` names an interpreter that is not there, as in a virtual environment
/// that was moved.
fn missing(program: &Path) -> Option<String> {
    let mut start = Vec::new();
    File::open(program).ok()?.take(LONGEST).read_to_end(&mut start).ok()?;
    let line = start.strip_prefix(b"#!")?.split(|byte| *byte == b'\n').next()?;
    let line = String::from_utf8_lossy(line);
    let interpreter = Path::new(line.split_whitespace().next()?);
    let name = interpreter.file_name()?.to_string_lossy();
    (!interpreter.exists()).then(|| {
        format!("whose first line names an interpreter '{name}' that is not there (a virtual environment must be made anew where it was moved)")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_script_without_its_interpreter_has_something_missing() {
        let folder = tempfile::tempdir().unwrap();
        let of = |text: &str| {
            let path = folder.path().join("script");
            std::fs::write(&path, text).unwrap();
            missing(&path)
        };
        assert!(of("#!/no/such/folder/python3 -u\nprint()\n").unwrap().contains("'python3' that is not there"));
        assert_eq!((of("#!/bin/sh\n"), of("#!"), of(""), of("text")), (None, None, None, None));
        assert_eq!(missing(Path::new("/no/such/script")), None);
    }
}
