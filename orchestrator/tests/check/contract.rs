//! Every pool that was built keeps the contract, and so does the one that was written from the page alone.

use std::path::PathBuf;
use std::process::Command;

use test_helpers::lanes::lanes;

use super::common::{Watch, built, check_pool, pools};

/// Random batches a pool; from the same seed always the same ones. One in eight has 50 to 200 workers.
const RANDOM: &str = "200";
/// The same where a worker is a process, and 200 of them take a fifth of a second to start.
const RANDOM_OF_PROCESSES: &str = "60";
const SEED: &str = "1f";

fn commands() -> Vec<(PathBuf, Option<&'static str>)> {
    let pools = pools().into_iter().map(|pool| (pool, None));
    pools.chain([(built("misbehave"), Some("good"))]).collect()
}

#[test]
fn every_pool_keeps_the_contract() {
    let watch = Watch::begin();
    lanes(&commands(), |(program, mode)| {
        let program = program.to_string_lossy();
        let arguments: Vec<&str> = std::iter::once(&*program).chain(*mode).collect();
        let ran = check_pool(&watch, &arguments);
        assert!(ran.status.success(), "{program}:\n{}{}", ran.out, ran.err);
        assert!(ran.out.contains("keeps the contract"), "{}", ran.out);
        assert!(!ran.out.contains("skip "), "something was not tried:\n{}", ran.out);
    });
    watch.end();
}

/// Whether the pool says of itself that it has processes, in its kind, name or title.
fn has_processes(program: &str) -> bool {
    let said = Command::new(program).arg("--describe").output().expect("it was built").stdout;
    String::from_utf8_lossy(&said).contains("process")
}

#[test]
fn every_pool_keeps_it_in_random_batches() {
    let watch = Watch::begin();
    lanes(&commands(), |(program, mode)| {
        let program = program.to_string_lossy();
        let random = if has_processes(&program) { RANDOM_OF_PROCESSES } else { RANDOM };
        let arguments = ["--random", random, "--seed", SEED, &program];
        let arguments: Vec<&str> = arguments.into_iter().chain(*mode).collect();
        let ran = check_pool(&watch, &arguments);
        assert!(ran.status.success(), "{program}:\n{}{}", ran.out, ran.err);
        assert!(ran.out.contains(&format!("ok     {random} random batches, seed 1f")), "{}", ran.out);
    });
    watch.end();
}
