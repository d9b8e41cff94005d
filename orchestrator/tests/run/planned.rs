//! What a plan says of itself beforehand, and runs that decide by their own intervals when to end.

use super::common::{Rows, Scratch};

#[test]
fn a_plan_says_that_its_batches_are_short_and_its_blocks_too_few() {
    let scratch = Scratch::new();
    let plan =
        |more: &[&str]| scratch.poolbench(&[&["plan", "--workload", "compute"], more].concat()).expect(0).stdout();
    let short = plan(&["--pools", "serial,threads", "--jobs", "100,1000000000"]);
    assert!(short.contains("short: compute x 100 takes about"), "{short}");
    assert!(!short.contains("short: compute x 1000000000"), "{short}");
    assert!(!short.contains("can make no claim"), "{short}");
    let few = plan(&["--pools", "serial,threads", "--chunk", "own", "--jobs", "100", "--blocks", "5"]);
    assert!(few.contains("5 blocks can make no claim"), "{few}");
}

#[test]
fn until_needs_something_to_compare() {
    for more in [&["--pools", "threads"][..], &["--pools", "threads,mpsc", "--twin", "none"]] {
        let run = ["run", "--workload", "noop", "--jobs", "10", "--until", "5%", "--out", "r"];
        let said = Scratch::new().poolbench(&[&run[..], more].concat()).expect(2).stderr();
        assert!(said.contains("nothing is compared"), "{said}");
    }
}

#[test]
fn until_ends_at_a_look_and_says_whether_it_got_there() {
    let scratch = Scratch::new();
    let run =
        ["run", "--pools", "serial,threads", "--workload", "noop", "--jobs", "10", "--batches", "1", "--out", "r"];
    let said = scratch.poolbench(&[&run[..], &["--until", "50%"]].concat()).expect(0).stderr();
    let (before, after) = said.split_once("all intervals are within 50% after ").expect(&said);
    let blocks: u64 = after.split_whitespace().next().unwrap().parse().unwrap();
    assert!([10, 20, 40].contains(&blocks), "{said}");
    assert!(blocks == 40 || !before.ends_with("not "), "{said}");
    let last = Rows::read(&scratch.path("r")).whole().iter().filter_map(|row| row.block).max();
    assert_eq!(last, Some(blocks), "{said}");
    // Gone on with, it is at its end and looks no more.
    let again = scratch.poolbench(&["resume", "r"]).expect(0).stderr();
    assert!(!again.contains("all intervals"), "{again}");
}
