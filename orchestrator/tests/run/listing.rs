//! `poolbench list`: every pool once, under its kind, a variant under its pool, and the same as JSON.

use harness::Kind;

use super::common::{Scratch, described};

/// The lines of the list from the first kind to the end of the pools.
fn lines() -> Vec<String> {
    let listed = Scratch::new().poolbench(&["list"]).expect(0).stdout();
    let pools = listed.lines().skip(1).take_while(|line| !line.trim().is_empty());
    pools.map(str::to_owned).collect()
}

fn first_word(line: &str) -> &str {
    line.split_whitespace().next().unwrap_or("")
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

#[test]
fn every_pool_is_there_once_with_its_title_under_its_kind() {
    let lines = lines();
    assert!(lines.iter().all(|line| line.chars().count() <= 80), "{lines:#?}");
    for about in described() {
        let is_own = |line: &&String| first_word(line) == about.name && indent(line) < 8;
        assert_eq!(lines.iter().filter(is_own).count(), 1, "{}: {lines:#?}", about.name);
        let at = lines.iter().position(|line| is_own(&line)).expect("it was counted");
        // A long title goes on below, further in than any name.
        let rest = lines[at + 1..].iter().take_while(|line| indent(line) > 20);
        let entry: Vec<&str> = lines[at..=at].iter().chain(rest).flat_map(|line| line.split_whitespace()).collect();
        assert!(entry.join(" ").contains(&about.title), "{entry:?}");
        let kinds = Kind::ALL.map(|(_, word)| word.to_uppercase());
        let heading = lines[..at].iter().rev().find(|line| kinds.iter().any(|kind| kind == line.trim()));
        assert_eq!(heading.map(|line| line.trim().to_lowercase()), Some(about.kind.clone()), "{}", about.name);
    }
}

#[test]
fn all_about_one_pool_is_told_and_an_unknown_one_is_answered_with_near_names() {
    let scratch = Scratch::new();
    for about in described() {
        let said = scratch.poolbench(&["list", &about.name]).expect(0).stdout();
        assert!(said.lines().all(|line| line.chars().count() <= 80), "{said}");
        let flat = said.split_whitespace().collect::<Vec<_>>().join(" ");
        let file = format!("pool-{}", about.name);
        let chunk = about.chunk.join("|").replace('n', "any").replace("owany", "own");
        for part in [&about.title, &about.mirrors, &about.library, &about.variant_of, &file, &chunk] {
            assert!(flat.contains(part.as_str()), "{part} is not in {said}");
        }
        assert!(about.workloads.iter().all(|workload| flat.contains(workload)), "{said}");
        let json = scratch.poolbench(&["list", &about.name, "--json"]).expect(0).stdout();
        let json: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
        assert!(json["file"] == file && json["title"] == about.title, "{json}");
    }
    let said = scratch.poolbench(&["list", "ryon"]).expect(2).stderr();
    assert!(said.contains("unknown pool 'ryon': did you mean rayon"), "{said}");
}

#[test]
fn a_plan_for_programs_has_its_cells() {
    let plan = ["plan", "--pools", "serial,rayon", "--jobs", "10", "--blocks", "7", "--json"];
    let json = Scratch::new().poolbench(&plan).expect(0).stdout();
    let json: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
    let cells = json["cells"].as_array().expect("a list").len();
    assert_eq!((json["blocks"].as_u64(), json["trials"].as_u64()), (Some(7), Some(8 * cells as u64)), "{json}");
    assert!(json["run"].is_string() && json["expected_ms"].is_u64() && json["left_out"].is_array(), "{json}");
}

#[test]
fn a_variant_stands_under_its_pool_and_further_in() {
    let (lines, pools) = (lines(), described());
    let at = |name: &str| lines.iter().position(|line| first_word(line) == name).expect(name);
    for about in pools.iter().filter(|about| !about.variant_of.is_empty()) {
        let Some(base) = pools.iter().find(|base| base.name == about.variant_of) else {
            panic!("{} is a variant of {}, which is not there", about.name, about.variant_of);
        };
        if base.kind == about.kind {
            let between = &lines[at(&base.name) + 1..=at(&about.name)];
            let base_indent = indent(&lines[at(&base.name)]);
            assert!(between.iter().all(|line| indent(line) > base_indent), "{between:#?}");
        }
    }
}
