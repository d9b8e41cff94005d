//! `guests/ratios_2016.py`: which of the ratios that were published in 2016 a run confirms, on rows with known ones.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use harness::columns::Row;

use super::made::{Scratch, Series, csv, pool, rows};

/// What a batch of 65,520 jobs took in December 2016, ms.
const PUBLISHED: [(&str, f64); 6] = [
    ("py-eventlet", 2198.9),
    ("py-gevent", 1955.4),
    ("py-mp-threadpool-imap-unordered", 1917.0),
    ("py-mp-pool-imap-unordered", 4842.8),
    ("py-futures-threads", 3075.5),
    ("py-futures-processes", 29486.0),
];

/// What the script says of a run of these; nothing where there is no python3.
fn said(series: &[Series], blocks: u64) -> Option<Output> {
    let as_then = |row: Row| Row { workload: "compute".to_owned(), chunk: "1".to_owned(), ..row };
    let scratch = Scratch::new();
    let made: Vec<Row> = rows(series, blocks).into_iter().map(as_then).collect();
    fs::write(scratch.path("trials.csv"), csv(&made)).expect("the folder is there");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../guests/ratios_2016.py");
    let ended = Command::new("python3").arg("-B").arg(script).arg(scratch.path("")).output();
    if ended.is_err() {
        println!("not tried: there is no python3");
    }
    ended.ok()
}

fn as_published() -> Vec<Series> {
    PUBLISHED.iter().map(|(name, ms)| Series { jobs: 65_536, ..pool(name, *ms) }).collect()
}

#[test]
fn a_ratio_that_holds_is_confirmed_and_others_are_refuted_with_a_reason() {
    let mut series = as_published();
    // 20 times as quick now: of others it was slower, and with ProcessPoolExecutor the factor is another.
    series[0].ms /= 20.0;
    let Some(ended) = said(&series, 14) else { return };
    let out = String::from_utf8_lossy(&ended.stdout).into_owned();
    assert!(ended.status.success(), "{out}{}", String::from_utf8_lossy(&ended.stderr));
    let verdict =
        |couple: &str| out.lines().find(|line| line.starts_with(couple)).unwrap_or_else(|| panic!("{couple}: {out}"));
    assert!(verdict("cf processes / gevent").ends_with("confirmed"), "{out}");
    assert!(verdict("cf processes / mp processes").contains("6.09 ("), "{out}");
    assert!(verdict("cf processes / eventlet").ends_with("refuted: factor"), "{out}");
    assert!(verdict("eventlet / gevent").ends_with("refuted: order"), "{out}");
    assert!(out.starts_with("65536 jobs of compute, chunk 1, 15 ratios published in 2016: 10 confirmed"), "{out}");
    let reasons: Vec<&str> = out.lines().filter(|line| line.starts_with("* ")).collect();
    assert!(reasons.iter().any(|line| line.starts_with("* eventlet: ")), "{out}");
    assert!(out.lines().all(|line| line.chars().count() <= 80), "{out}");
}

#[test]
fn too_few_blocks_and_a_pool_that_is_not_there_are_said() {
    let Some(ended) = said(&as_published(), 6) else { return };
    assert!(String::from_utf8_lossy(&ended.stdout).contains("15 too few blocks"), "{ended:?}");
    let ended = said(&as_published()[1..], 6).expect("python3 is there");
    assert!(!ended.status.success());
    assert!(String::from_utf8_lossy(&ended.stderr).contains("make bench-seed-2016"), "{ended:?}");
}
