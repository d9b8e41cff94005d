//! Hostile pools under blows at drawn moments: nothing survives, no row but that in flight is lost, the run resumes.
//! `cargo bench -p orchestrator --bench survivors` does the same twenty times each.

use std::path::Path;
use std::time::Duration;

use rand::RngExt as _;
use rand_pcg::Pcg64;
use rustix::process::{Signal, geteuid};
use test_helpers::siege::{Blow, Siege, WAYS};

/// A user that no other test and no system uses: an ordinary user without any right, and so without control groups.
const NOBODY: u32 = 65533;

fn siege(blow: Blow, user: Option<u32>) {
    let poolbench = Path::new(env!("CARGO_BIN_EXE_poolbench"));
    // Drawn, but the same in every run of the tests.
    let mut draw = Pcg64::new(7, user.map_or(0, u128::from));
    for way in WAYS {
        let moment = Duration::from_millis(draw.random_range(0..600));
        let rows = Siege { poolbench, user, way, blow, moment }.lay();
        let rows = rows.unwrap_or_else(|why| panic!("{why:#}"));
        // 2 cells in 3 blocks; a trial that others disturb is tried again and has more rows.
        assert!(blow != Blow::Timeout || rows >= 6, "{way}: {rows} rows after a run to its end");
    }
}

#[test]
fn nothing_survives_its_time_limit() {
    siege(Blow::Timeout, None);
}

#[test]
fn nothing_survives_ctrl_c_or_term() {
    siege(Blow::Signal(Signal::INT), None);
    siege(Blow::Signal(Signal::TERM), None);
}

#[test]
fn nothing_survives_the_death_of_the_orchestrator() {
    siege(Blow::Signal(Signal::KILL), None);
}

#[test]
fn nothing_survives_the_death_of_an_orchestrator_without_rights() {
    // As an ordinary user the test above has tried this.
    if geteuid().is_root() {
        siege(Blow::Signal(Signal::KILL), Some(NOBODY));
    }
}
