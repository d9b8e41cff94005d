//! The examples that a reader begins with, and functions in Python.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::super::common::{Rows, Scratch};
use super::{SMALL, assert_no_path, joined, notes, run, statuses};

/// The pools in Python of the standard library; skipped where there is no python3, and said so.
#[test]
fn a_python_function_runs_on_pools_in_python_by_the_same_rules() {
    if Command::new("python3").arg("--version").output().is_err() {
        eprintln!("not tried: there is no python3");
        return;
    }
    let scratch = Scratch::new();
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("../guests/python/pools.toml");
    let list = list.to_str().unwrap();
    let source = "import os, sibling\n\
        def fine(index):\n    return sibling.THREE * index + 1\n\
        def fails(index):\n    if index % 10 == 7: raise ValueError('seven')\n    return index\n\
        def random(index):\n    return os.getpid()\n\
        def prints(index):\n    print('go')\n    return index\n\
        def text(index):\n    return 'a'\n";
    fs::write(scratch.path("x.py"), source).unwrap();
    fs::write(scratch.path("sibling.py"), "THREE = 3\n").unwrap();
    let pools = "py-serial,py-mp-threadpool,py-mp-pool,py-futures-processes,py-blended,py-futures-threads,serial";
    let run = |function: &str, more: &[&str]| {
        let _ = fs::remove_dir_all(scratch.path("r"));
        let workload = format!("py:./x.py:{function}");
        run(&scratch, &workload, pools, &[&SMALL[..], &["--pools-from", list], more].concat())
    };
    let ended = run("fine", &[]).expect(0);
    assert!(ended.stderr().contains("serial: does not run py"), "{}", ended.stderr());
    let rows = Rows::read(&scratch.path("r")).accepted().whole();
    assert_eq!(rows.len(), 12);
    let right = harness::checksum::text(harness::checksum::fold((0..100).map(|index| (index, 3 * index + 1))));
    for row in &rows {
        assert_eq!((row.status.as_str(), row.workload.as_str(), row.param.as_str()), ("ok", "py", "x:fine"), "{row:?}");
        assert_eq!(row.checksum, right, "{row:?}");
    }
    assert_no_path(&scratch);
    run("fails", &[]).expect(1);
    assert_eq!(statuses(&scratch), ["failed"]);
    assert!(
        notes(&scratch).contains("failed jobs: 10 fail") && notes(&scratch).contains("ValueError: seven"),
        "{}",
        notes(&scratch)
    );
    run("text", &[]).expect(1);
    assert!(notes(&scratch).contains("failed jobs: 100 fail"), "{}", notes(&scratch));
    run("nothing", &[]).expect(1);
    assert!(notes(&scratch).contains("x.py has no function nothing"), "{}", notes(&scratch));
    assert!(run("random", &[]).expect(2).stderr().contains("gives other results each time"));
    run("random", &["--unchecked"]).expect(0);
    assert!(run("prints", &[]).expect(0).stderr().contains("'go' was printed"));
    let check = |function: &str| {
        scratch.poolbench(&["check-job", &format!("py:./x.py:{function}"), "--jobs", "50", "--pools-from", list])
    };
    assert!(check("fine").expect(0).stdout().contains("fit, as far as seen"));
    assert!(check("random").expect(1).stdout().contains("in a second process"));
}

/// A function in Python is raced among the pools in Python, with no more than python3.
#[test]
fn a_race_among_pools_in_python_has_an_answer() {
    if Command::new("python3").arg("--version").output().is_err() {
        eprintln!("not tried: there is no python3");
        return;
    }
    let scratch = Scratch::new();
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("../guests/python/pools.toml");
    fs::write(
        scratch.path("x.py"),
        "def fine(index):\n    return 3 * index\ndef random(index):\n    import os\n    return os.getpid()\n",
    )
    .unwrap();
    let race = |function: &str| {
        let workload = format!("py:./x.py:{function}");
        let case =
            ["race", "--workload", &workload, "--jobs", "50", "--workers", "2", "--batches", "1", "--budget", "2m"];
        let pools = ["--pools", "py-serial,py-mp-threadpool", "--pools-from", list.to_str().unwrap(), "--out", "r"];
        scratch.poolbench(&[&case[..], &pools].concat())
    };
    let answer = joined(&race("fine").expect(0));
    assert!(answer.contains("For 50 jobs of py:x:fine: py-"), "{answer}");
    assert!(answer.contains("poolbench run --workload py:") && answer.contains("--pools-from LIST"), "{answer}");
    // Pools of a list are started by the list's command.
    assert!(!answer.contains("by hand"), "{answer}");
    let rows = Rows::read(&scratch.path("r")).accepted().whole();
    assert!(rows.iter().all(|row| row.status == "ok" && row.unchecked == Some(0)), "{rows:?}");
    scratch.poolbench(&["report", "r"]).expect(0);
    assert_no_path(&scratch);
    fs::remove_dir_all(scratch.path("r")).unwrap();
    let said = race("random").expect(2).stderr();
    assert!(said.contains("gives other results each time") && !scratch.path("r").exists(), "{said}");
    let said = race("nothing").expect(2).stderr();
    assert!(said.contains("has no function nothing") && said.contains("--unchecked"), "{said}");
    assert!(!scratch.path("r").exists(), "nothing is written where nothing can be raced");
}

/// The examples that a reader begins with, by the commands of their READMEs.
#[test]
fn the_examples_are_built_checked_and_run() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/own-job");
    let scratch = Scratch::new();
    let target = scratch.path("target");
    for (folder, library) in [("c", "hash_blocks"), ("rust", "json_lines")] {
        let source = examples.join(folder);
        let readme = fs::read_to_string(source.join("README.md")).unwrap();
        let commands: Vec<&str> = readme.split("```").nth(1).expect("it has commands").trim().lines().collect();
        assert_eq!(commands.len(), 3, "{readme}");
        for (number, command) in commands.into_iter().enumerate() {
            let mut words: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
            // Nothing is built or recorded beside the sources.
            for word in &mut words {
                *word =
                    word.replace("hash_blocks.so", target.join("hash_blocks.so").to_str().unwrap()).replace("./", "");
                *word = word.replace("target/release", target.join("release").to_str().unwrap());
                *word = word.replace("10000", "100");
            }
            let program = match words.remove(0) {
                name if name == "poolbench" => env!("CARGO_BIN_EXE_poolbench").into(),
                name if name == "cargo" => std::env::var_os("CARGO").unwrap_or("cargo".into()),
                name => name.into(),
            };
            fs::create_dir_all(&target).unwrap();
            let mut run = Command::new(program);
            run.args(&words).current_dir(&source).env("CARGO_TARGET_DIR", &target);
            if number == 2 {
                run.args(["--blocks", "1", "--pools", "serial,threads,processes", "--out"]).arg(scratch.path(library));
            }
            let output = run.output().unwrap();
            let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{command}: {said}");
        }
        assert!(
            Rows::read(&scratch.path(library))
                .whole()
                .iter()
                .all(|row| row.status == "ok" && row.param.starts_with(library) || row.param.starts_with("libjson"))
        );
    }
}
