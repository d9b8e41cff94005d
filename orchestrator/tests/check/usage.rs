//! The command itself: what cannot be started, wrong use, and Ctrl-C.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use super::common::{Watch, built, check_pool, run};

#[test]
fn what_cannot_be_started_is_exit_code_2_and_says_how_to_call() {
    let watch = Watch::begin();
    for command in ["no-such-program", "/no/such/program", "/"] {
        let ran = check_pool(&watch, &[command]);
        assert_eq!(ran.status.code(), Some(2), "{command}: {}", ran.out);
        assert!(ran.err.contains(command) && ran.err.contains("give COMMAND as a path"), "{}", ran.err);
    }
    watch.end();
}

#[test]
fn a_virtual_environment_that_was_moved_and_a_file_that_is_no_program_say_what_to_do() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (moved, text) = (folder.path().join("python"), folder.path().join("pool.py"));
    symlink("/no/such/python3", &moved).expect("a link can be made");
    fs::write(&text, "print()").expect("the folder is ours");
    let watch = Watch::begin();
    for (path, words) in [(moved, "virtual environment must be made anew"), (text, "name its interpreter first")] {
        let ran = check_pool(&watch, &[&path.to_string_lossy(), "pool.py"]);
        assert_eq!(ran.status.code(), Some(2), "{}", ran.out);
        assert!(ran.err.contains(words), "{}", ran.err);
    }
    watch.end();
}

#[test]
fn wrong_use_is_exit_code_2_and_names_what_is_accepted() {
    let watch = Watch::begin();
    for (arguments, words) in [
        (&[] as &[&str], "COMMAND"),
        (&["--random", "0", "true"], "1..=1000000"),
        (&["--random", "5", "--seed", "xyz", "true"], "16 hexadecimal digits"),
        (&["--seed", "1", "true"], "--random"),
        (&["--patience", "0s", "true"], "1ms to 1h"),
        (&["--patience", "soon", "true"], "--patience"),
    ] {
        let ran = check_pool(&watch, arguments);
        assert_eq!(ran.status.code(), Some(2), "{arguments:?}: {}", ran.out);
        assert!(ran.err.contains(words), "{arguments:?}: {}", ran.err);
    }
    watch.end();
}

#[test]
fn a_pool_that_refuses_a_policy_names_all_that_it_takes() {
    let watch = Watch::begin();
    for (pool, policy, words) in [
        ("pool-crossbeam", ["--chunk", "own"], "it takes auto or any number from 1"),
        ("pool-green", ["--chunk", "own"], "it takes auto or any number from 1"),
        ("pool-serial", ["--chunk", "1"], "it takes own"),
        ("pool-rayon", ["--window", "7"], "it takes all"),
    ] {
        let ran = run(&watch, Command::new(built(pool)).args(policy));
        assert_eq!(ran.status.code(), Some(2), "{pool}: {}", ran.out);
        let sentence = ran.err.lines().find_map(|line| line.split_once("; ")).map(|(_, takes)| takes);
        assert_eq!(sentence, Some(words), "{pool} {policy:?}: {}", ran.err);
    }
    watch.end();
}

#[test]
fn the_report_for_programs_is_one_object() {
    let watch = Watch::begin();
    let pool = built("pool-serial");
    let random = ["--json", "--random", "2", "--seed", "1", pool.to_str().expect("a path of ours")];
    for (arguments, kept) in [(&random[..], true), (&["--json", "true"], false)] {
        let ran = check_pool(&watch, arguments);
        let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap_or_else(|why| panic!("{why}: {}", ran.out));
        assert_eq!((json["kept"].as_bool(), ran.status.code()), (Some(kept), Some(i32::from(!kept))), "{json}");
        let checks = json["checks"].as_array().expect("a list");
        let wrong = checks.iter().filter(|check| check["outcome"] == "wrong");
        assert_eq!(wrong.clone().count() as u64, json["broken"].as_u64().expect("a count"), "{json}");
        assert!(wrong.clone().all(|check| check["expected"].is_string() && check["got"].is_string()), "{json}");
    }
    watch.end();
}

#[test]
fn a_program_that_is_no_pool_is_a_finding() {
    let watch = Watch::begin();
    for (program, words) in [("true", "no line at all"), ("false", "no line at all"), ("cat", "no line at all")] {
        let ran = check_pool(&watch, &["--patience", "2s", program]);
        assert_eq!(ran.status.code(), Some(1), "{program}: {}{}", ran.out, ran.err);
        assert!(ran.out.contains(words), "{program}: {}", ran.out);
    }
    let ran = check_pool(&watch, &["--patience", "1s", "sh", "-c", "sleep 100"]);
    assert!(ran.out.contains("nothing in time"), "{}", ran.out);
    watch.end();
}

#[test]
fn without_a_web_server_its_checks_are_skipped_with_a_word() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let alone = folder.path().join("poolbench");
    std::fs::copy(env!("CARGO_BIN_EXE_poolbench"), &alone).expect("an executable can be copied");
    let watch = Watch::begin();
    let ran = run(&watch, Command::new(alone).arg("check-pool").arg(built("pool-serial")));
    assert!(ran.status.success(), "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("skip   24 jobs of http on 4 workers"), "{}", ran.out);
    assert!(ran.out.contains("poolbench-server does not exist"), "{}", ran.out);
    assert!(ran.out.contains("checks, 3 not tried"), "{}", ran.out);
    watch.end();
}

#[test]
fn ctrl_c_ends_it_at_once_and_leaves_nobody() {
    let watch = Watch::begin();
    let mut child = Command::new(env!("CARGO_BIN_EXE_poolbench"))
        .args(["check-pool", "--patience", "90s"])
        .arg(built("misbehave"))
        .arg("silent-hang")
        .stdout(Stdio::piped())
        .spawn()
        .expect("it was built");
    // The signal must find its handler: by then the first line is there.
    let mut out = child.stdout.take().expect("it is piped");
    let mut byte = [0];
    std::io::Read::read_exact(&mut out, &mut byte).expect("the line on the description");
    kill_process(Pid::from_child(&child), Signal::INT).expect("it runs");
    let status = child.wait().expect("it ends");
    let rest = std::io::read_to_string(out).expect("its output can be read");
    assert_eq!(status.code(), Some(130), "{rest}");
    assert!(rest.contains("stopped by the user"), "{rest}");
    watch.end();
}
