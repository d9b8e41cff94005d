//! Presets are part of the program, wherever it and its user are; files here add to them, and one of the same name goes first.

use std::fs;

use super::common::Scratch;
use super::installed::Installed;

const OWN: &str = "title = \"my own\"\nblocks = 7\n[[cells]]\npools = \"serial\"\nworkload = \"noop\"\njobs = 1\n";

#[test]
fn a_program_without_its_repository_knows_its_presets() {
    let installed = Installed::new();
    let said = installed.poolbench(&["plan", "blog-sleep"]).expect(0);
    assert!(said.stdout().starts_with("blog-sleep: "), "{}", said.stdout());
    assert!(!said.stderr().contains("stands in"), "{}", said.stderr());
}

#[test]
fn a_folder_here_adds_presets_and_says_where_it_replaces_one() {
    let scratch = Scratch::new();
    fs::create_dir_all(scratch.path("data/presets")).unwrap();
    fs::write(scratch.path("data/presets/mine.toml"), OWN).unwrap();
    let mine = scratch.poolbench(&["plan", "mine", "--twin", "none"]).expect(0);
    assert!(mine.stdout().starts_with("mine: my own") && !mine.stderr().contains("stands in"), "{}", mine.stderr());
    scratch.poolbench(&["plan", "quick"]).expect(0);
    let built_in = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../data/presets/quick.toml")).unwrap();
    fs::write(scratch.path("data/presets/quick.toml"), &built_in).unwrap();
    assert!(!scratch.poolbench(&["plan", "quick"]).expect(0).stderr().contains("stands in"), "it is the same");
    fs::write(scratch.path("data/presets/quick.toml"), OWN).unwrap();
    let quick = scratch.poolbench(&["plan", "quick", "--twin", "none"]).expect(0);
    assert!(quick.stdout().starts_with("quick: my own"), "{}", quick.stdout());
    assert!(quick.stderr().contains("data/presets/quick.toml stands in for poolbench's own"), "{}", quick.stderr());
    let listed: serde_json::Value =
        serde_json::from_str(&scratch.poolbench(&["list", "--json"]).expect(0).stdout()).unwrap();
    let names: Vec<&str> = listed["presets"].as_array().unwrap().iter().filter_map(|name| name.as_str()).collect();
    assert!(
        ["all", "mine", "quick"].iter().all(|name| names.iter().filter(|one| one == &name).count() == 1),
        "{names:?}"
    );
}

#[test]
fn each_preset_that_answers_one_question_takes_under_five_minutes_and_all_under_ten() {
    let scratch = Scratch::new();
    for preset in ["all", "chunks", "granularity", "memory", "skew", "windows", "workers"] {
        let said = scratch.poolbench(&["plan", preset, "--json"]).expect(0).stdout();
        let plan: serde_json::Value = serde_json::from_str(&said).unwrap();
        let most = if preset == "all" { 10 } else { 5 } * 60_000;
        assert!(plan["expected_disturbed_ms"].as_u64().unwrap() < most, "{preset}: {}", plan["expected_disturbed_ms"]);
        assert!(
            plan["blocks"].as_u64().unwrap() >= 14,
            "{preset}: places of its pools take 14 blocks: {}",
            plan["blocks"]
        );
        let title = plan["title"].as_str().unwrap();
        assert!(preset == "all" || title.contains('?'), "{preset} has the question that it answers: {title}");
    }
}

#[test]
fn a_preset_names_the_list_of_its_guests_and_does_without_them_where_it_lies_nowhere() {
    let scratch = Scratch::new();
    fs::create_dir_all(scratch.path("guests")).unwrap();
    scratch.list_helpers("misbehave", &[("good".to_owned(), ["good".to_owned()])]);
    fs::rename(scratch.path("pools.toml"), scratch.path("guests/pools.toml")).unwrap();
    let with = "title = \"guests\"\npools_from = [\"guests/pools.toml\"]\n[[cells]]\npools = [\"serial\", \"good\"]\nworkload = \"noop\"\njobs = 1\n";
    fs::write(scratch.path("with.toml"), with).unwrap();
    let said = scratch.poolbench(&["plan", "with.toml", "--twin", "none"]).expect(0);
    assert!(said.stdout().contains("2 cells") && !said.stdout().contains("left out"), "{}", said.stdout());
    fs::remove_file(scratch.path("guests/pools.toml")).unwrap();
    let said = scratch.poolbench(&["plan", "with.toml", "--twin", "none"]).expect(0);
    let text = said.stdout().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("1 cells"), "{text}");
    assert!(
        text.contains("pool 'good' is left out: the preset takes it from guests/pools.toml, which is neither"),
        "{text}"
    );
    // A list that is there and lacks it is another matter: the name is wrong.
    fs::write(scratch.path("guests/pools.toml"), "pool = []\n").unwrap();
    let said = scratch.poolbench(&["plan", "with.toml", "--twin", "none"]).expect(2);
    assert!(said.stderr().contains("unknown pool 'good'"), "{}", said.stderr());
}
