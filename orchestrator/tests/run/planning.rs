//! What `plan` says before anything runs: whether the blocks are enough for a claim, and the batches long enough.

use std::fs;

use super::common::Scratch;

#[test]
fn every_preset_has_enough_blocks_for_a_claim() {
    let presets = concat!(env!("CARGO_MANIFEST_DIR"), "/../data/presets");
    for entry in fs::read_dir(presets).expect("presets are there").flatten() {
        let path = entry.path();
        let said = Scratch::new().poolbench(&["plan", path.to_str().expect("a path of ours")]).expect(0).stdout();
        assert!(said.contains("\na claim takes "), "{}: {said}", path.display());
    }
}

#[test]
fn too_few_blocks_for_the_comparisons_are_said() {
    let plan = ["plan", "--pools", "serial,crossbeam,flume,kanal,mpsc,rayon,threads", "--twin", "none", "--jobs", "10"];
    let blocks = |number| Scratch::new().poolbench(&[&plan[..], &["--blocks", number]].concat()).expect(0).stdout();
    // Six comparisons at 5 %: all signs alike have a probability of 2^(1 - n), and 8 blocks are the first below 0.05 / 6.
    assert!(blocks("7").contains("too few blocks for any claim, which takes --blocks 8"), "{}", blocks("7"));
    assert!(blocks("8").contains("a claim takes 8 blocks here"), "{}", blocks("8"));
    // At 1 % they take 11, so the first look cannot claim.
    let until = Scratch::new().poolbench(&[&plan[..], &["--until", "2%"]].concat()).expect(0).stdout();
    assert!(until.contains("a claim takes 20 blocks here"), "{until}");
}

#[test]
fn a_budget_leaves_as_many_blocks_as_a_claim_takes() {
    let scratch = Scratch::new();
    // 104 comparisons with serial take 13 blocks, and no budget is as small as a block of these.
    let chunks: Vec<String> = (1..=26).map(|chunk| chunk.to_string()).collect();
    let preset = format!(
        "title = \"t\"\nbudget = \"1s\"\n[[cells]]\npools = \"serial\"\nworkload = \"compute\"\njobs = 100000000\n\
         [[cells]]\npools = [\"crossbeam\", \"flume\", \"kanal\", \"mpsc\"]\nworkload = \"compute\"\njobs = 100000000\n\
         chunk = [{}]\n",
        chunks.join(", ")
    );
    fs::write(scratch.path("large.toml"), preset).expect("the folder is there");
    let said = scratch.poolbench(&["plan", "large.toml", "--twin", "none"]).expect(0).stdout();
    assert!(said.contains("105 cells x (13 blocks + 1"), "{said}");
}

#[test]
fn short_batches_are_said_with_the_jobs_that_are_enough() {
    let plan = |jobs: &str| {
        let run = ["plan", "--pools", "rayon,crossbeam", "--workload", "compute", "--blocks", "8", "--jobs", jobs];
        Scratch::new().poolbench(&run).expect(0).stdout()
    };
    let said = plan("0,100,20000");
    let line = |size: &str| {
        let of_size = |line: &&str| line.trim_start().strip_prefix(size).is_some_and(|rest| !rest.starts_with('0'));
        said.lines().find(of_size).unwrap_or_else(|| panic!("no line of {size} in {said}")).to_owned()
    };
    assert_eq!(line("compute x 0"), "  compute x 0", "no number of jobs is as long as none");
    let enough = |line: &str| -> String {
        let (_, after) = line.split_once("; ").unwrap_or_else(|| panic!("nothing is offered in {line}"));
        after.split_whitespace().next().expect("a number").to_owned()
    };
    let sizes = [line("compute x 100"), line("compute x 20000")];
    assert_eq!(enough(&sizes[0]), enough(&sizes[1]), "{sizes:?}");
    let offered = plan(&enough(&sizes[0]));
    assert!(!offered.contains("short batches"), "{offered}");
}

/// The seconds behind `before` in a text such as `= 7 trials, about 8 s, up to 10 s`.
fn seconds(text: &str, before: &str) -> u64 {
    // Lines end where the terminal does.
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let behind = text.split(before).nth(1).unwrap_or_else(|| panic!("nobody says '{before}': {text}"));
    let number = behind.split_once(" s").unwrap_or_else(|| panic!("no seconds in '{behind}'")).0;
    number.parse().unwrap_or_else(|why| panic!("'{number}': {why}"))
}

#[test]
fn the_expected_time_is_that_of_the_trials_and_block_0_is_what_is_learnt_from() {
    // Seven trials of one second, which no load makes shorter, and a few ms beside.
    let cells = ["--pools", "serial", "--workload", "sleep:100ms", "--jobs", "10", "--batches", "1", "--twin", "none"];
    let scratch = Scratch::new();
    let planned = scratch.poolbench(&[&["plan", "--blocks", "6"], &cells[..]].concat()).expect(0).stdout();
    assert_eq!((seconds(&planned, "trials, about "), seconds(&planned, "up to ")), (8, 10), "{planned}");
    let run = scratch.poolbench(&[&["run", "--blocks", "6", "--out", "r"], &cells[..]].concat()).expect(0).stderr();
    let (learnt, took) = (seconds(&run, "expected in all: about "), seconds(&run, "done in "));
    assert!(learnt >= 7 && took >= 7, "{run}");
    // What is expected is what block 0 took, as many times as there are blocks; a busy machine makes both longer.
    assert!(learnt <= 8 + took, "{run}");
}
