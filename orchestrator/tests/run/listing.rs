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
    for about in described() {
        let is_own = |line: &&String| first_word(line) == about.name && line.contains(&about.title);
        assert_eq!(lines.iter().filter(is_own).count(), 1, "{}: {lines:#?}", about.name);
        let at = lines.iter().position(|line| is_own(&line)).expect("it was counted");
        assert!(lines[at].contains(&about.mirrors), "{}", lines[at]);
        let kinds = Kind::ALL.map(|(_, word)| word.to_uppercase());
        let heading = lines[..at].iter().rev().find(|line| kinds.iter().any(|kind| kind == line.trim()));
        assert_eq!(heading.map(|line| line.trim().to_lowercase()), Some(about.kind.clone()), "{}", about.name);
    }
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
