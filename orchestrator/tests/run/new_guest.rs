//! `poolbench new-guest`: what it writes keeps the contract as it is, by the very commands that it prints.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use super::common::{Ended, Scratch};

/// Runs a line that was printed for a shell.
fn shell(scratch: &Scratch, line: &str) -> Ended {
    let mut command = Command::new("sh");
    Ended(command.args(["-c", line]).current_dir(scratch.path("")).output().expect("there is a shell"))
}

/// Whether the programs are there; a line for people if not.
fn has(programs: &[&str]) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    let is_there = |program: &&&str| env::split_paths(&path).any(|folder| folder.join(program).is_file());
    let missing: Vec<_> = programs.iter().filter(|program| !is_there(program)).collect();
    if !missing.is_empty() {
        println!("not tried: {missing:?} are not in PATH");
    }
    missing.is_empty()
}

/// Makes a guest in a folder whose path must be quoted, and goes on as it says; the last command is planned, not run.
fn goes_on(language: &str, programs: &[&str]) {
    if !has(programs) {
        return;
    }
    let scratch = Scratch::new();
    let said = scratch.poolbench(&["new-guest", language, "my pools/first-try"]).expect(0).stdout();
    let commands: Vec<&str> = said.lines().skip(1).map(str::trim).collect();
    let [build, check, run] = commands[..] else { panic!("three commands: {said}") };
    shell(&scratch, build).expect(0);
    let report = shell(&scratch, check).expect(0).stdout();
    assert!(report.contains("first-try keeps the contract"), "{report}");
    let plan = run.replacen(" run ", " plan ", 1);
    let planned = shell(&scratch, &plan).expect(0).stdout();
    assert!(planned.contains("first-try") && planned.contains(&format!("{}-serial", short(language))), "{planned}");
    as_its_readme_says(&scratch);
}

/// The commands of the README, in the folder itself; the last one is planned, not run.
fn as_its_readme_says(scratch: &Scratch) {
    let readme = fs::read_to_string(scratch.path("my pools/first-try/README.md")).expect("there is a README");
    let commands: Vec<&str> = readme.lines().filter_map(|line| line.strip_prefix("    ")).collect();
    assert!(readme.starts_with("# first-try\n") && commands.len() == 3, "{readme}");
    let program = env!("CARGO_BIN_EXE_poolbench");
    for line in commands {
        let line = line.replacen("poolbench", program, usize::from(line.starts_with("poolbench")));
        let ended = shell(scratch, &format!("cd 'my pools/first-try' && {}", line.replacen(" run ", " plan ", 1)));
        assert!(!ended.expect(0).stdout().is_empty(), "{line}");
    }
}

/// What the names of a language's pools begin with.
fn short(language: &str) -> &str {
    if language == "python" { "py" } else { language }
}

#[test]
fn a_guest_in_python_passes_at_once() {
    goes_on("python", &["python3"]);
}

#[test]
fn the_pool_in_python_that_the_documents_show_passes_in_its_place() {
    if !has(&["python3"]) {
        return;
    }
    let page = include_str!("../../../docs/ADDING_A_POOL.md");
    let (_, rest) = page.split_once("```python\n").expect("it shows a pool in Python");
    let (pool, _) = rest.split_once("```\n").expect("which ends");
    let scratch = Scratch::new();
    scratch.poolbench(&["new-guest", "python", "my-pool"]).expect(0);
    fs::write(scratch.path("my-pool/pool.py"), pool).unwrap();
    scratch.poolbench(&["check-pool", "python3", "my-pool/pool.py"]).expect(0);
}

#[test]
fn a_guest_in_go_passes_at_once() {
    goes_on("go", &["go", "make"]);
}

#[test]
fn a_guest_in_c_passes_at_once() {
    goes_on("c", &["cc", "make"]);
}

#[test]
fn a_guest_in_java_passes_at_once() {
    goes_on("java", &["java", "javac", "jar", "make"]);
}

#[test]
fn no_folder_is_written_over_and_a_name_must_be_one() {
    let scratch = Scratch::new();
    fs::create_dir_all(scratch.path("full")).unwrap();
    fs::write(scratch.path("full/notes"), "mine").unwrap();
    fs::write(scratch.path("file"), "mine").unwrap();
    fs::create_dir(scratch.path("empty")).unwrap();
    for (language, dir, why) in [
        ("java", "full", "not empty"),
        ("java", "file", "no folder"),
        ("java", "My Pool", "such as my-pool"),
        ("java", "..", "such as my-pool"),
        ("java", "x-twin", "A/A twins"),
        ("java", "crossbeam", "a pool 'crossbeam' already"),
        ("java", "java-serial", "a pool 'java-serial' already"),
        ("python", "py-serial", "a pool 'py-serial' already"),
        ("c", "full", "not empty"),
        ("go", "Umlaut-\u{e4}", "such as my-pool"),
        ("python", "./-x", "such as my-pool"),
        ("java", "file/below", "no folder"),
        ("cobol", "empty", "python, go, c, java"),
        ("", "empty", "python, go, c, java"),
    ] {
        let ended = scratch.poolbench(&["new-guest", language, dir]).expect(2);
        assert!(ended.stderr().contains(why), "{dir}: {}", ended.stderr());
        assert_eq!(ended.stdout(), "");
    }
    assert_eq!(names(&scratch.path("full")), ["notes"]);
    assert!(!scratch.path("My Pool").exists());
    assert!(names(&scratch.path("empty")).is_empty());
    scratch.poolbench(&["new-guest", "java", "empty/"]).expect(0);
    assert!(names(&scratch.path("empty")).contains(&"pools.toml".to_owned()));
}

fn names(folder: &Path) -> Vec<String> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}
