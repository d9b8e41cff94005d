//! What a library of the user's own may do wrong: each a row with a status and a sentence, and nothing left behind.

use std::fs;

use super::super::common::{Rows, Scratch, beside};
use super::{SMALL, assert_no_path, compile, compiled, notes, run, run_of_blocks, statuses};

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
    let ended = run(&scratch, "lib:./job.so,lib:./job.so:x", "serial", &SMALL).expect(2);
    assert!(ended.stderr().contains("give --workload once for each"), "{}", ended.stderr());
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
fn a_job_that_overruns_a_stack_is_named_where_it_does_and_nowhere_else() {
    for (fault, crashed, sentence) in [
        ("stack", &["green"][..], "stacks of 256 KiB"),
        ("deep-stack", &["green", "threads"], "more stack than a thread of the pool has, which is 2 MiB"),
        // That is no fault of the stack.
        ("close-crashes", &["green", "serial", "threads", "smol-local"], "`poolbench check-job` runs its jobs alone"),
    ] {
        let scratch = compiled();
        run(&scratch, &format!("lib:./job.so:{fault}"), "green,serial,threads,smol-local", &SMALL).expect(1);
        let rows = Rows::read(&scratch.path("r")).whole();
        assert!(rows.iter().all(|row| crashed.contains(&row.pool.as_str()) == (row.status == "crashed")), "{rows:?}");
        assert!(notes(&scratch).contains(sentence), "{fault}: {}", notes(&scratch));
        assert_eq!(notes(&scratch).contains("256 KiB"), fault != "close-crashes", "{}", notes(&scratch));
    }
}

#[test]
fn what_a_library_does_to_its_process_is_said_as_it_is() {
    let scratch = compiled();
    let ended = run(&scratch, "lib:./job.so:threads", "serial", &SMALL).expect(0);
    // The library of C handles two signals for its threads.
    assert!(!ended.stderr().contains("what signals do"), "{}", ended.stderr());
    assert!(!ended.stderr().contains("was printed"), "it has printed nothing: {}", ended.stderr());
    fs::remove_dir_all(scratch.path("r")).unwrap();
    let ended = run(&scratch, "lib:./job.so:late-threads", "serial", &SMALL).expect(0);
    assert!(ended.stderr().contains("its jobs have started 3 threads of their own"), "{}", ended.stderr());
}

#[test]
fn workers_of_a_pool_that_is_ended_early_are_not_left_behind_by_it() {
    let scratch = compiled();
    let pools = "processes,blended,futures-processes,shm";
    run_of_blocks("5", &scratch, "lib:./job.so:fails", pools, &SMALL).expect(1);
    assert!(!notes(&scratch).contains("it left"), "{}", notes(&scratch));
}
