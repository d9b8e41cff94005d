//! Valid files with bytes changed at random: whatever the reader makes of them, it ends, and with no panic.

use std::fs;
use std::sync::OnceLock;

use orchestrator::analysis::load;
use orchestrator::record::trials;
use proptest::prelude::*;

use super::made::{Scratch, csv, pool, rows};

/// One change to a file.
#[derive(Clone, Debug)]
enum Change {
    Byte(prop::sample::Index, u8),
    Cut(prop::sample::Index),
    Drop(prop::sample::Index, usize),
    Double(prop::sample::Index, usize),
    Insert(prop::sample::Index, &'static str),
}

const WORDS: [&str; 12] =
    ["\"", ",", "\n", "\r\n", "\0", "\u{feff}", "18446744073709551615", "-1", "1e308", "NaN", "=1+1", "\u{e9}\u{2028}"];

fn change() -> impl Strategy<Value = Change> {
    let at = any::<prop::sample::Index>;
    prop_oneof![
        (at(), any::<u8>()).prop_map(|(at, byte)| Change::Byte(at, byte)),
        at().prop_map(Change::Cut),
        (at(), 1..600_usize).prop_map(|(at, length)| Change::Drop(at, length)),
        (at(), 1..600_usize).prop_map(|(at, length)| Change::Double(at, length)),
        (at(), prop::sample::select(&WORDS)).prop_map(|(at, word)| Change::Insert(at, word)),
    ]
}

fn apply(bytes: &mut Vec<u8>, change: &Change) {
    if bytes.is_empty() {
        return;
    }
    let size = bytes.len();
    let until = |at: usize, length: usize| (at + length).min(size);
    match change {
        Change::Byte(at, byte) => bytes[at.index(size)] = *byte,
        Change::Cut(at) => bytes.truncate(at.index(size)),
        Change::Drop(at, length) => drop(bytes.drain(at.index(size)..until(at.index(size), *length))),
        Change::Double(at, length) => {
            let part = bytes[at.index(size)..until(at.index(size), *length)].to_vec();
            bytes.splice(at.index(size)..at.index(size), part);
        }
        Change::Insert(at, word) => drop(bytes.splice(at.index(size)..at.index(size), word.bytes())),
    }
}

fn valid() -> &'static str {
    static VALID: OnceLock<String> = OnceLock::new();
    VALID.get_or_init(|| csv(&rows(&[pool("serial", 10.0), pool("other", 12.0), pool("other-twin", 12.0)], 7)))
}

#[test]
fn any_change_to_a_file_is_read_or_refused_in_one_line() {
    let scratch = Scratch::new();
    scratch.run_of("r", "here", valid());
    let run = scratch.path("r");
    let rows = 3 * 7;
    proptest!(ProptestConfig::with_cases(2000), |(changes in prop::collection::vec(change(), 1..4))| {
        let mut bytes = valid().as_bytes().to_vec();
        for change in &changes {
            apply(&mut bytes, change);
        }
        fs::write(run.join(trials::NAME), &bytes).unwrap();
        match load(&run) {
            Ok(data) => {
                let points: usize = data.groups.values().flatten().map(|(_, series)| series.points.len()).sum();
                // A doubled part may make another block or run of a row, never more of them than lines.
                prop_assert!(points <= rows + 2 * changes.len());
            }
            Err(why) => prop_assert!(format!("{why:#}").contains("trials.csv"), "{why:#}"),
        }
    });
}

#[test]
fn the_commands_end_without_a_panic_on_changed_files() {
    let scratch = Scratch::new();
    scratch.run_of("r", "here", valid());
    proptest!(ProptestConfig::with_cases(24), |(changes in prop::collection::vec(change(), 1..3))| {
        let mut bytes = valid().as_bytes().to_vec();
        for change in &changes {
            apply(&mut bytes, change);
        }
        scratch.rewrite("r", &bytes);
        for command in ["summary", "rank", "compare", "fit"] {
            let said = scratch.poolbench(&[command, "r"]);
            prop_assert!(matches!(said.code, Some(0 | 2)), "{command}: {:?} {}", said.code, said.err);
            prop_assert!(!said.err.contains("panicked"), "{}", said.err);
        }
    });
}
