//! How results of the user's own jobs are checked, before a run, in it, and by hand; and that a run keeps to one build.

use std::fs;
use std::process::{Command, Stdio};

use super::super::common::{Ended, Rows, beside};
use super::{SMALL, compile, compiled, notes, run, run_of_blocks, statuses};

#[test]
fn the_largest_results_are_right_everywhere() {
    let scratch = compiled();
    run(&scratch, "lib:./job.so:largest", "serial,processes,shm,green", &SMALL).expect(0);
    assert_eq!(statuses(&scratch), ["ok"]);
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
}

/// Every output by which somebody may quote a figure: for people it has the word, for programs the key.
#[test]
fn that_results_were_not_checked_stands_in_every_output() {
    let scratch = compiled();
    let asked = ["--jobs", "100,1000", "--batches", "2", "--unchecked"];
    run_of_blocks("6", &scratch, "lib:./job.so:random", "serial,threads,crossbeam", &asked).expect(0);
    // So few blocks are enough for all but a gate, which then says that it cannot judge.
    let said = |words: &[&str]| scratch.poolbench(words).expect(if words[0] == "gate" { 2 } else { 0 });
    for command in [
        "summary r",
        "summary r --all",
        "rank r",
        "compare r",
        "compare r --pools serial,threads",
        "compare r r",
        "gate r r",
        "decide r",
        "fit r",
        "export r --markdown",
        "export r --wide",
        "export r --xlsx",
        "export r --excel-eu",
        "runs .",
    ] {
        let ended = said(&command.split(' ').collect::<Vec<_>>());
        assert!(ended.stdout().contains("UNCHECKED"), "{command}: {}", ended.stdout());
    }
    for command in [
        "summary r",
        "rank r",
        "compare r",
        "compare r --pools serial,threads",
        "compare r r",
        "gate r r",
        "decide r",
        "fit r",
    ] {
        let ended = said(&[&command.split(' ').collect::<Vec<_>>()[..], &["--json"]].concat());
        let json: serde_json::Value = serde_json::from_str(&ended.stdout()).unwrap();
        assert_eq!(json["unchecked"], serde_json::json!(["lib:job:random"]), "{command}");
    }
    for report in [
        &["report", "r", "--out", "page"][..],
        &["report", "r", "r", "--out", "page"],
        &["report", "r", "--markdown", "--out", "page"],
    ] {
        said(report);
        assert!(fs::read_to_string(scratch.path("page")).unwrap().contains("UNCHECKED"), "{report:?}");
    }
    said(&["report", "r", "--svg", "pictures"]);
    for picture in fs::read_dir(scratch.path("pictures")).unwrap() {
        let picture = picture.unwrap().path();
        assert!(fs::read_to_string(&picture).unwrap().contains("UNCHECKED"), "{}", picture.display());
    }
    for file in fs::read_dir(scratch.path("r/wide")).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        assert!(name.ends_with("-UNCHECKED.csv"), "{name}");
    }
    let summary = fs::read_to_string(scratch.path("r/summary.csv")).unwrap();
    assert!(summary.lines().next().unwrap().ends_with(",unchecked"), "{summary}");
    assert!(summary.lines().skip(1).all(|row| row.ends_with(",1")), "{summary}");
}

#[test]
fn a_parameter_keeps_its_commas_and_every_option_adds_a_workload() {
    let scratch = compiled();
    let more = [&SMALL[..], &["--workload", "noop,lib:./job.so:fine"]].concat();
    let ended = run(&scratch, "compute,lib:./job.so:a,b", "serial", &more).expect(0);
    let mut workloads: Vec<(String, String)> =
        Rows::read(&scratch.path("r")).accepted().whole().into_iter().map(|row| (row.workload, row.param)).collect();
    workloads.sort();
    workloads.dedup();
    let words: Vec<&str> = workloads.iter().map(|(workload, _)| workload.as_str()).collect();
    assert_eq!(words, ["compute", "lib", "lib", "noop"], "{workloads:?}");
    assert!(workloads[1].1.starts_with("job:a-b-") && workloads[2].1 == "job:fine", "{workloads:?}");
    assert!(fs::read_to_string(scratch.path("r/paths.toml")).unwrap().contains("param = \"a,b\""));
    assert!(!ended.stderr().contains("is part of"), "{}", ended.stderr());
    fs::remove_dir_all(scratch.path("r")).unwrap();
    let ended = run(&scratch, "lib:./job.so:a,noop", "serial", &SMALL).expect(0);
    assert!(ended.stderr().contains("'noop' is part of what the job of your own is told"), "{}", ended.stderr());
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
