//! Every way to misbehave gives a finding that names the right thing.

use std::os::unix::fs::symlink;
use std::process::Command;

use test_helpers::lanes::{idle_lanes, lanes};

use super::common::{Watch, built, check_pool, run};

/// Each mode of `misbehave`, what the finding must say, and the section of the page that it must point to.
const FAULTS: &[(&str, &str, &str)] = &[
    ("bad-describe", "no description: expected value", "Describing itself"),
    ("wrong-name", "got       the pool name somebody-else", "Events"),
    ("wrong-protocol", "got       protocol 2", "Events"),
    ("wrong-effective", "got       an effective chunk of 5", "Workers, chunks and windows"),
    ("takes-anything", "expected  exit code 2 before any event", "Calling a pool"),
    ("vague-refusal", "got       a message on stderr without 'workers'", "Calling a pool"),
    ("rubbish", "a line that is not JSON: 'hello, is anybody there?'", "Events"),
    ("nothing", "it ended: exit status: 0", "Events"),
    ("silent-hang", "nothing within 5s: stdout is probably not flushed", "Events"),
    ("hang-at-ready", "expected  the event 'started'\n         got       nothing within 5s", "Events"),
    ("hang-at-started", "expected  the event 'done'\n         got       nothing within 5s", "Events"),
    ("hang-at-done", "expected  the event 'stopped'\n         got       nothing within 5s", "Events"),
    ("hang-at-stopped", "it still runs after 5s", "Ending"),
    ("flood", "a line of more than 65536 bytes", "Events"),
    ("flood-lines", "a line that is not JSON: 'a line'", "Events"),
    ("long-line", "a line of more than 65536 bytes", "Events"),
    ("stderr-endless", "expected  the event 'done'\n         got       nothing within 5s", "Events"),
    ("flood-after-stopped", "got       'a line'", "Ending"),
    ("wrong-sum", "got       the checksum 277d3606972297df", "Jobs and results"),
    ("wrong-count", "got       jobs back in each batch: 2", "Jobs and results"),
    ("counts-failed", "got       the checksum", "Jobs and results"),
    ("loses-errors", "got       failed jobs by class: none", "Jobs and results"),
    ("one-time", "got       the number of batch times: 1", "Events"),
    ("batches-differ", "an error of the kind 'internal': batch 2 gave another checksum", "Errors"),
    ("counts-pauses", "expected  a start time of at most", "Gates"),
    ("hour-to-start", "expected  a start time of at most", "Gates"),
    ("early-exit", "it ended: exit status: 3", "Events"),
    ("killed", "it ended: signal: 9", "Events"),
    ("closes-stdout", "it closed its stdout and went on running", "Events"),
    ("exit-after-stopped-nonzero", "expected  exit code 0\n         got       exit status: 3", "Ending"),
    ("babble-after-stopped", "got       'one more thing'", "Ending"),
    ("ignores-eof", "expected  an end within a second of the end of file", "Ending"),
    ("fails-at-eof", "expected  exit code 0 after the end of file", "Ending"),
    ("takes-any-reply", "expected  an error event, since that was no 'go'", "Gates"),
    ("does-not-wait", "expected  a pool that waits at the gate", "Gates"),
    ("limit", "an error of the kind 'limit': started 7 of 100 threads", "Errors"),
    ("unsupported", "an error of the kind 'unsupported'", "Errors"),
    ("internal", "an error of the kind 'internal': a worker died", "Errors"),
    ("steers", "an error of the kind 'internal': message \\u0007\\u001b[31m\\u009b2J\\u202e|`<b>  next in", "Errors"),
    ("early-worker", "expected  no worker before the reply to 'ready'", "Gates"),
    ("worker-holds-gate", "expected  worker processes without the pool's own stdin and stdout", "Gates"),
    ("grandchild", "got       left behind: process", "Ending"),
    ("threads-left", "got       2 threads more than at 'ready'", "Ending"),
    ("hasty", "expected  a batch of at least 64ms", "Workers, chunks and windows"),
    ("all-at-once", "expected  a batch of at least 32ms", "Workers, chunks and windows"),
    ("one-at-a-time", "they followed each other", "Workers, chunks and windows"),
    ("no-requests", "expected  48 requests, 24 in each of 2 batches", "Jobs and results"),
    ("bad-version", "the version '1.2+RC' is not a word of [a-z0-9._:-]: write it in lower case", "Describing itself"),
    ("wrong-order", "do        say ready, started, done and stopped once each, in this order", "Events"),
    ("no-line-end", "within 5s only a line without its line feed: '{\"event\":\"ready\"", "Events"),
    ("hour-to-check", "expected  a sum of batch times and check_ns of at most", "Gates"),
    ("first-batch-only", "got       a batch of 0ns\n         do        run every batch", "Workers, chunks and windows"),
    ("same-times", "a batch that was not run has none", "Gates"),
    ("lazy-workers", "16 more threads at 'done': they came with the jobs", "Gates"),
    ("late-workers", "more threads while it waited there", "Gates"),
    ("busy-workers", "of CPU time while it waited there, and then fell idle", "Gates"),
    ("gone-early", "got       16 threads fewer than at 'started'", "Gates"),
    ("claims-isolation", "expected  the event 'error'\n         got       it ended: signal: 6", "Events"),
    ("claims-lib", "expected  an error event in place of 'ready' whose message says 'never opens'", "Errors"),
    ("names-no-job", "expected  an error event that names job 11, or a done that counts it under 'abort'", "Errors"),
];

/// How long a pool that hangs is waited for.
const SHORT: &str = "5s";

#[test]
fn each_fault_is_found_and_named() {
    let watch = Watch::begin();
    let misbehave = built("misbehave");
    let (hanging, others): (Vec<_>, Vec<_>) = FAULTS.iter().partition(|(_, words, _)| words.contains(SHORT));
    let found = |(mode, words, section): &&(&str, &str, &str)| {
        // Only what never comes is waited out; all else may take as long as a busy machine makes it.
        let patience = if words.contains(SHORT) { SHORT } else { "20s" };
        let ran = check_pool(&watch, &["--patience", patience, &misbehave.to_string_lossy(), mode]);
        assert_eq!(ran.status.code(), Some(1), "{mode}:\n{}{}", ran.out, ran.err);
        let finding = ran.out.split("\nWRONG").find(|part| part.contains(words));
        let finding = finding.unwrap_or_else(|| panic!("{mode}: nobody says \"{words}\":\n{}", ran.out));
        assert!(finding.contains(&format!("docs/PROTOCOL.md, \"{section}\"")), "{mode}:\n{finding}");
        assert!(finding.contains(&format!("misbehave {mode} --")), "{mode}: no command to run:\n{finding}");
        let advised: Vec<&str> = ran.out.lines().filter(|line| line.starts_with("         do ")).collect();
        let each_once = advised.iter().all(|one| advised.iter().filter(|other| other == &one).count() == 1);
        assert!(each_once, "{mode}: a cause is told at length twice:\n{}", ran.out);
    };
    idle_lanes(&hanging, found);
    lanes(&others, found);
    watch.end();
}

#[test]
fn where_no_batch_comes_to_its_first_event_nothing_else_is_tried() {
    let watch = Watch::begin();
    let (at_once, at_last) =
        (["rubbish", "nothing", "silent-hang", "wrong-protocol", "no-line-end", "flood"], ["wrong-order", "limit"]);
    for (mode, wrong) in at_once.map(|mode| (mode, 1)).into_iter().chain(at_last.map(|mode| (mode, 3))) {
        let ran = check_pool(&watch, &["--patience", "3s", &built("misbehave").to_string_lossy(), mode]);
        assert_eq!(ran.out.matches("WRONG").count(), wrong, "{mode}:\n{}", ran.out);
        assert!(ran.out.contains("other checks: not tried: nothing can be learnt"), "{mode}:\n{}", ran.out);
        assert_eq!(ran.out.lines().filter(|line| line.starts_with("         do ")).count(), 1, "{mode}:\n{}", ran.out);
    }
    watch.end();
}

#[test]
fn every_mode_of_the_helper_is_tried() {
    let watch = Watch::begin();
    let listed = run(&watch, &mut Command::new(built("misbehave"))).err;
    watch.end();
    let modes: Vec<&str> = listed.lines().skip(1).filter_map(|line| line.split_whitespace().next()).collect();
    assert!(modes.len() > FAULTS.len());
    let harmless = ["good", "stderr-flood", "warms"];
    for mode in modes.into_iter().filter(|mode| !harmless.contains(mode)) {
        assert!(FAULTS.iter().any(|(known, ..)| *known == mode), "no test of {mode}");
    }
}

#[test]
fn much_on_stderr_is_no_fault() {
    let watch = Watch::begin();
    let ran = check_pool(&watch, &[&built("misbehave").to_string_lossy(), "stderr-flood"]);
    assert!(ran.status.success(), "{}", ran.out);
    // The report is what is asked for, so that all of it is in `> report.txt`.
    assert!(ran.out.contains("\nok ") && ran.out.contains("stderr-flood keeps the contract"), "{}", ran.out);
    assert_eq!(ran.err, "");
    watch.end();
}

#[test]
fn a_file_called_pool_must_be_called_so_in_its_description() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("pool-other");
    symlink(built("misbehave"), &path).expect("a link can be made");
    let watch = Watch::begin();
    let ran = check_pool(&watch, &[&path.to_string_lossy(), "good"]);
    assert_eq!(ran.status.code(), Some(1), "{}", ran.out);
    assert!(ran.out.contains("expected  the name 'other', as the file is called"), "{}", ran.out);
    assert!(ran.out.contains("good: 1 of "), "the other checks run all the same:\n{}", ran.out);
    watch.end();
}

#[test]
fn random_batches_find_a_fault_and_show_its_command_twice_the_same() {
    let watch = Watch::begin();
    let misbehave = built("misbehave");
    let draw = || check_pool(&watch, &["--random", "50", "--seed", "7", &misbehave.to_string_lossy(), "loses-errors"]);
    let (first, second) = (draw(), draw());
    assert_eq!(first.status.code(), Some(1), "{}", first.out);
    assert!(first.out.contains("failed jobs by class: none"), "{}", first.out);
    let command = |out: &str| out.lines().find(|line| line.contains("ran  ")).map(str::to_owned);
    assert!(command(&first.out).is_some_and(|line| line.contains("--jobs ")), "{}", first.out);
    assert_eq!(command(&first.out), command(&second.out));
    watch.end();
}
