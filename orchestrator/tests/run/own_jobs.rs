//! Jobs of the user's own: `--workload lib:PATH[:PARAM]`, what is written of them, and what a library may do wrong.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::common::{Ended, Rows, Scratch, beside, described};

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/test-helpers/src/job.c");

/// Compiles the misbehaving library as `name` in the scratch folder.
fn compile(scratch: &Scratch, name: &str, flags: &[&str]) {
    let compiled = Command::new("cc")
        .args(["-O1", "-shared", "-fPIC", "-pthread", "-o"])
        .arg(scratch.path(name))
        .args(flags)
        .arg(SOURCE)
        .status()
        .expect("there is a C compiler");
    assert!(compiled.success());
}

fn compiled() -> Scratch {
    let scratch = Scratch::new();
    compile(&scratch, "job.so", &[]);
    scratch
}

/// A run of one workload on these pools, in the folder `r`.
fn run(scratch: &Scratch, workload: &str, pools: &str, more: &[&str]) -> Ended {
    let asked = ["run", "--workload", workload, "--pools", pools, "--blocks", "1", "--twin", "none", "--out", "r"];
    scratch.poolbench(&[&asked[..], more].concat())
}

const SMALL: [&str; 6] = ["--jobs", "100", "--workers", "2", "--batches", "1"];

fn notes(scratch: &Scratch) -> String {
    fs::read_to_string(scratch.path("r/notes.jsonl")).unwrap_or_default()
}

/// No file of the run but `paths.toml` names the scratch folder.
fn assert_no_path(scratch: &Scratch) {
    let folder = scratch.path("").canonicalize().expect("it is there");
    let folder = folder.to_str().expect("it is UTF-8").trim_end_matches('/');
    for entry in fs::read_dir(scratch.path("r")).expect("there is a run") {
        let path = entry.expect("it can be listed").path();
        if path.is_file() && !path.ends_with("paths.toml") {
            let text = String::from_utf8_lossy(&fs::read(&path).expect("it can be read")).into_owned();
            assert!(!text.contains(folder), "{} names {folder}:\n{text}", path.display());
        }
    }
}

#[test]
fn every_pool_in_rust_runs_a_library_and_all_results_are_right() {
    let scratch = compiled();
    let pools: Vec<String> = described().into_iter().map(|about| about.name).collect();
    let ended = run(&scratch, "lib:./job.so:fine", &pools.join(","), &["--jobs", "100,7", "--workers", "2"]).expect(0);
    assert!(ended.stderr().contains("were run twice before the first trial"), "{}", ended.stderr());
    let rows = Rows::read(&scratch.path("r")).accepted().whole();
    assert_eq!(rows.len(), 2 * 2 * pools.len(), "two sizes, block 0 and 1");
    for row in &rows {
        assert_eq!(
            (row.status.as_str(), row.workload.as_str(), row.param.as_str()),
            ("ok", "lib", "job:fine"),
            "{row:?}"
        );
        assert_eq!((row.unchecked, row.waits), (Some(0), Some(0)));
        // The right one, worked out here.
        let right = harness::checksum::fold((0..row.jobs.unwrap()).map(|index| (index, 3 * index + 1)));
        assert_eq!(row.checksum, harness::checksum::text(right), "{row:?}");
    }
    assert_no_path(&scratch);
}

/// Statuses of the accepted rows, each once.
fn statuses(scratch: &Scratch) -> Vec<String> {
    let mut all: Vec<String> = Rows::read(&scratch.path("r")).whole().into_iter().map(|row| row.status).collect();
    all.sort();
    all.dedup();
    all
}

/// What a library does wrong: its parameter, the status of every row, and what is said of it, on the terminal or in the notes.
const FAULTS: [(&str, &str, &str); 8] = [
    ("open-fails", "failed", "job.so cannot open: the model is not there"),
    ("open-says-nothing", "failed", "job.so cannot open: and gave no message"),
    ("open-crashes", "crashed", "SIGSEGV"),
    ("fails", "failed", "failed jobs: 10 fail; `poolbench check-job` says which"),
    ("crashes", "crashed", "SIGSEGV"),
    ("aborts", "crashed", "SIGABRT"),
    ("exits", "crashed", "exit status: 0"),
    ("close-crashes", "crashed", "SIGSEGV"),
];

#[test]
fn what_a_library_does_wrong_is_a_row_with_a_status_and_a_sentence() {
    for (fault, status, sentence) in FAULTS {
        let scratch = compiled();
        let ended = run(&scratch, &format!("lib:./job.so:{fault}"), "serial,threads", &SMALL).expect(1);
        assert_eq!(statuses(&scratch), [status], "{fault}: {}\n{}", ended.stderr(), notes(&scratch));
        assert!(notes(&scratch).contains(sentence), "{fault}: {}", notes(&scratch));
        assert_no_path(&scratch);
    }
}

#[test]
fn a_job_that_takes_its_worker_with_it_is_named_by_pools_that_live_on() {
    let scratch = compiled();
    run(&scratch, "lib:./job.so:crashes", "processes", &[&SMALL[..], &["--chunk", "1"]].concat()).expect(1);
    assert!(notes(&scratch).contains("job 57 is not back"), "{}", notes(&scratch));
    assert_eq!(statuses(&scratch), ["crashed"]);
}

#[test]
fn a_file_that_is_no_library_for_this_machine_or_interface_is_said_in_each_row() {
    let scratch = Scratch::new();
    fs::write(scratch.path("text.so"), "no library").unwrap();
    let mut other = fs::read(beside("poolbench")).unwrap()[..4096].to_vec();
    other[18] = 8;
    fs::write(scratch.path("mips.so"), other).unwrap();
    compile(&scratch, "old.so", &["-DVERSION=9"]);
    compile(&scratch, "nojob.so", &["-DNO_JOB"]);
    compile(&scratch, "sibling.so", &[]);
    compile(&scratch, "needs.so", &["-L.", "-Wl,--no-as-needed", scratch.path("sibling.so").to_str().unwrap()]);
    // Found by its path until it moves: what is linked by a path with a slash is looked for there only.
    fs::remove_file(scratch.path("sibling.so")).unwrap();
    for (file, sentence) in [
        ("text.so", "text.so is no shared library"),
        ("mips.so", "mips.so is made for another machine: machine 8 of the ELF list, this is"),
        ("old.so", "old.so is made for version 9 of the interface, this is version 1"),
        ("nojob.so", "nojob.so has no function poolbench_job"),
        ("needs.so", "sibling.so: cannot open shared object file"),
    ] {
        let ended = run(&scratch, &format!("lib:{file}"), "serial", &SMALL).expect(1);
        assert!(ended.stderr().contains(sentence), "{file}: {}", ended.stderr());
        assert_eq!(statuses(&scratch), ["unsupported"], "{file}");
        assert!(notes(&scratch).contains(sentence), "{file}: {}", notes(&scratch));
        assert_no_path(&scratch);
        fs::remove_dir_all(scratch.path("r")).unwrap();
    }
}

#[test]
fn a_file_that_is_not_there_and_a_path_with_a_colon_are_refused() {
    let scratch = compiled();
    let ended = run(&scratch, "lib:./jab.so", "serial", &SMALL).expect(2);
    assert!(ended.stderr().contains("there is no jab.so"), "{}", ended.stderr());
    fs::create_dir(scratch.path("a:b")).unwrap();
    fs::copy(scratch.path("job.so"), scratch.path("a:b/job.so")).unwrap();
    let ended = run(&scratch, "lib:a:b/job.so:x", "serial", &SMALL).expect(2);
    assert!(ended.stderr().contains("ends at its first ':'"), "{}", ended.stderr());
    let ended = run(&scratch, "lib", "serial", &SMALL).expect(2);
    assert!(ended.stderr().contains("lib:./x.so"), "{}", ended.stderr());
    let ended = run(&scratch, "compute", "serial", &["--waits"]).expect(2);
    assert!(ended.stderr().contains("jobs of your own"), "{}", ended.stderr());
}

#[test]
fn jobs_that_never_end_are_timeouts_and_are_killed() {
    for fault in ["loops", "ignores-term"] {
        let scratch = compiled();
        let workload = format!("lib:./job.so:{fault}");
        run(&scratch, &workload, "serial,processes", &[&SMALL[..], &["--timeout", "1s"]].concat()).expect(1);
        assert_eq!(statuses(&scratch), ["timeout"], "{fault}: {}", notes(&scratch));
        let library = scratch.path("job.so");
        let maps = |pid: &str| fs::read_to_string(format!("/proc/{pid}/maps")).unwrap_or_default();
        let left = fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.file_name().into_string().unwrap());
        let left: Vec<String> = left.filter(|pid| maps(pid).contains(library.to_str().unwrap())).collect();
        assert!(left.is_empty(), "{fault}: {left:?} live on");
    }
}

#[test]
fn handlers_threads_and_prints_harm_nobody_and_are_told() {
    for (fault, sentence) in [
        ("handlers", "job.so has changed what signals do: SIGCHLD, SIGTERM, SIGUSR1"),
        ("threads", "job.so has started threads of its own: 3"),
        ("prints", "'job 0 says go' was printed"),
        ("speaks-the-protocol", "was printed"),
    ] {
        let scratch = compiled();
        let ended = run(&scratch, &format!("lib:./job.so:{fault}"), "serial,processes,blended", &SMALL).expect(0);
        assert!(ended.stderr().contains(sentence), "{fault}: {}", ended.stderr());
        assert_eq!(statuses(&scratch), ["ok"], "{fault}: {}", notes(&scratch));
    }
    let scratch = compiled();
    run(&scratch, "lib:./job.so:threads", "serial", &SMALL).expect(0);
    assert!(Rows::read(&scratch.path("r")).whole().iter().all(|row| row.threads == Some(4)), "they are counted");
}

#[test]
fn the_largest_results_are_right_everywhere() {
    let scratch = compiled();
    run(&scratch, "lib:./job.so:largest", "serial,processes,shm,green", &SMALL).expect(0);
    assert_eq!(statuses(&scratch), ["ok"]);
}

#[test]
fn a_job_that_overruns_a_small_stack_is_named_where_it_does() {
    let scratch = compiled();
    run(&scratch, "lib:./job.so:stack", "green,serial", &SMALL).expect(1);
    let rows = Rows::read(&scratch.path("r")).whole();
    assert!(rows.iter().all(|row| (row.pool == "green") == (row.status == "crashed")), "{rows:?}");
    assert!(notes(&scratch).contains("stacks of 256 KiB"), "{}", notes(&scratch));
}

#[test]
fn jobs_with_other_results_each_time_are_refused_unless_unchecked() {
    let scratch = compiled();
    let ended = run(&scratch, "lib:./job.so:random", "serial", &SMALL).expect(2);
    assert!(
        ended.stderr().contains("gives other results each time") && ended.stderr().contains("--unchecked"),
        "{}",
        ended.stderr()
    );
    assert!(!scratch.path("r").exists(), "nothing was run");
    let ended = run(&scratch, "lib:./job.so:random", "serial", &[&SMALL[..], &["--unchecked"]].concat()).expect(0);
    assert!(ended.stdout().contains("UNCHECKED"), "{}", ended.stdout());
    assert!(Rows::read(&scratch.path("r")).whole().iter().all(|row| row.unchecked == Some(1) && row.status == "ok"));
    for command in ["summary", "decide"] {
        let ended = scratch.poolbench(&[command, "r"]);
        assert!(ended.stdout().contains("results of lib:job:random UNCHECKED"), "{command}: {}", ended.stdout());
    }
}

#[test]
fn jobs_that_are_not_thread_safe_are_a_mismatch_where_threads_meet() {
    let scratch = compiled();
    run(&scratch, "lib:./job.so:unsafe", "serial,threads", &["--jobs", "20000", "--workers", "4", "--batches", "1"])
        .expect(1);
    for row in Rows::read(&scratch.path("r")).whole() {
        assert_eq!(row.status, if row.pool == "serial" { "ok" } else { "mismatch" }, "{row:?}");
    }
    assert!(notes(&scratch).contains("not thread-safe"), "{}", notes(&scratch));
}

#[test]
fn jobs_that_wait_get_more_workers_than_cores() {
    let scratch = compiled();
    run(&scratch, "lib:./job.so:waits", "threads,processes", &["--jobs", "100", "--batches", "1", "--waits"]).expect(0);
    for row in Rows::read(&scratch.path("r")).whole() {
        assert_eq!(row.workers, Some(if row.pool == "threads" { 50 } else { 8 }), "{row:?}");
        assert_eq!((row.waits, row.status.as_str()), (Some(1), "ok"));
    }
}

#[test]
fn a_plan_says_how_results_will_be_checked_and_runs_nothing() {
    let scratch = compiled();
    let asked = ["plan", "--workload", "lib:./job.so:crashes", "--pools", "serial", "--jobs", "1000"];
    let ended = scratch.poolbench(&asked).expect(0);
    assert!(
        ended.stdout().contains("lib:job:crashes: its 1000 jobs are run twice before the first trial"),
        "{}",
        ended.stdout()
    );
    assert!(!ended.stdout().contains(scratch.path("").to_str().unwrap()));
    let json = scratch.poolbench(&[&asked[..], &["--json"]].concat()).expect(0).stdout();
    let plan: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(plan["jobs"]["lib:job:crashes"]["sha256"].as_str().map(str::len), Some(64));
}

#[test]
fn a_run_goes_on_with_the_same_library_only() {
    let scratch = compiled();
    run(&scratch, "lib:./job.so:fine", "serial", &SMALL).expect(0);
    let rows = fs::read_to_string(scratch.path("r/trials.csv")).unwrap();
    let shorter: Vec<&str> = rows.lines().take(2).collect();
    fs::write(scratch.path("r/trials.csv"), shorter.join("\n") + "\n").unwrap();
    fs::rename(scratch.path("job.so"), scratch.path("kept.so")).unwrap();
    compile(&scratch, "job.so", &["-DNO_CLOSE"]);
    let ended = scratch.poolbench(&["resume", "r"]).expect(2);
    assert!(ended.stderr().contains("lib:job:fine is another build than the run began with"), "{}", ended.stderr());
    fs::rename(scratch.path("kept.so"), scratch.path("job.so")).unwrap();
    scratch.poolbench(&["resume", "r"]).expect(0);
    assert_eq!((Rows::read(&scratch.path("r")).len(), statuses(&scratch)), (2, vec!["ok".to_owned()]));
    let copy = scratch.path("r/paths.toml");
    let text = fs::read(&copy).unwrap();
    fs::remove_file(&copy).unwrap();
    fs::write(&copy, text).unwrap();
    let ended = scratch.poolbench(&["resume", "r"]).expect(2);
    assert!(ended.stderr().contains("paths.toml is not obeyed"), "{}", ended.stderr());
}

#[test]
fn check_job_says_whether_jobs_are_fit() {
    let scratch = compiled();
    let check = |mode: &str, more: &[&str]| {
        scratch.poolbench(&[&["check-job", &format!("./job.so:{mode}"), "--jobs", "100"], more].concat())
    };
    let fit = check("fine", &[]).expect(0).stdout();
    for words in [
        "the same results again",
        "4 threads at once came to the same results",
        "(median)",
        "nothing stays",
        "none",
        "fit, as far as seen",
    ] {
        assert!(fit.contains(words), "'{words}' is not in:\n{fit}");
    }
    for (mode, sentence) in [
        ("open-fails", "the model is not there"),
        ("fails", "10 of 100 jobs return other than 0, the first of them job 7"),
        ("crashes", "SIGSEGV"),
        ("aborts", "SIGABRT"),
        ("exits", "exit status: 0"),
        ("random", "in a second process"),
        ("unsafe", "threads"),
        ("leaks", "it leaks"),
        ("close-crashes", "while closing it in a second process"),
    ] {
        let jobs = if mode == "unsafe" { "1000" } else { "100" };
        let said = scratch.poolbench(&["check-job", &format!("./job.so:{mode}"), "--jobs", jobs]).expect(1).stdout();
        assert!(said.contains(sentence) && said.contains("NOT FIT"), "{mode}: {said}");
    }
    let said = check("loops", &["--patience", "1s"]).expect(1).stdout();
    assert!(said.contains("more than 1s"), "{said}");
    for (mode, words) in [("prints", "job 0 says go"), ("threads", "3 when open")] {
        let said = check(mode, &[]).expect(0).stdout();
        assert!(said.contains(words), "{said}");
    }
    let json: serde_json::Value = serde_json::from_str(&check("fine", &["--json"]).expect(0).stdout()).unwrap();
    assert_eq!((json["fit"].as_bool(), json["param"].as_str()), (Some(true), Some("job:fine")));
    scratch.poolbench(&["check-job", "./jab.so"]).expect(2);
}

#[test]
fn a_pool_by_hand_runs_a_library_and_says_whether_its_results_come_again() {
    let scratch = compiled();
    for (mode, code, words) in
        [("fine", 0, "all results the same when run again"), ("fails", 1, "FAILED JOBS: 10 fail")]
    {
        let workload = format!("lib:{}:{mode}", scratch.path("job.so").display());
        let output =
            Command::new(beside("pool-crossbeam")).args(["--workload", &workload, "--jobs", "100"]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(code), "{said}{}", String::from_utf8_lossy(&output.stderr));
        assert!(said.contains(words) && said.contains(&format!("lib:job:{mode} ")), "{said}");
    }
}

#[test]
fn a_library_that_is_rebuilt_meanwhile_ends_the_run_by_name_and_its_rows_are_kept() {
    let scratch = compiled();
    let asked = [
        "run",
        "--workload",
        "lib:./job.so:fine",
        "--pools",
        "serial",
        "--blocks",
        "9999",
        "--twin",
        "none",
        "--out",
        "r",
    ];
    let mut command = scratch.command(&[&asked[..], &SMALL].concat());
    let run = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("poolbench starts");
    scratch.wait_for_rows(3);
    compile(&scratch, "new.so", &["-DNO_CLOSE"]);
    fs::rename(scratch.path("new.so"), scratch.path("job.so")).unwrap();
    let ended = Ended(run.wait_with_output().expect("poolbench ends")).expect(2);
    assert!(ended.stderr().contains("lib:job:fine was changed while the run went on"), "{}", ended.stderr());
    assert!(Rows::read(&scratch.path("r")).accepted().len() >= 3);
}

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
