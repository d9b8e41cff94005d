//! Every pool that was built keeps the contract, and so does the one that was written from the page alone.

use std::path::PathBuf;

use super::common::{Watch, built, check_pool, lanes, pools};

/// Random batches a pool; from the same seed always the same ones.
const RANDOM: &str = "150";
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

#[test]
fn every_pool_keeps_it_in_random_batches() {
    let watch = Watch::begin();
    lanes(&commands(), |(program, mode)| {
        let program = program.to_string_lossy();
        let arguments = ["--random", RANDOM, "--seed", SEED, &program];
        let arguments: Vec<&str> = arguments.into_iter().chain(*mode).collect();
        let ran = check_pool(&watch, &arguments);
        assert!(ran.status.success(), "{program}:\n{}{}", ran.out, ran.err);
        assert!(ran.out.contains("ok     150 random batches, seed 1f"), "{}", ran.out);
    });
    watch.end();
}
