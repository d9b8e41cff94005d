//! Twins judge the level of a run and hold no single claim back; out of order they widen all intervals.

use super::made::{Scratch, Series, csv, pool, rows};

/// At these sizes a run has eight comparisons of a twin.
const SIZES: [u64; 8] = [1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000];

/// `serial`, a pool with a twin that differs from it by this share at every size, and one that is 6 % slower than serial.
fn run_with_a_twin_off_by(share: f64) -> Scratch {
    let at = |one: Series| SIZES.map(|jobs| Series { jobs, ..one });
    let twin = Series { ms: 10.0 * (1.0 + share), ..pool("crossbeam-twin", 10.0) };
    let pools = [pool("serial", 10.0), pool("crossbeam", 10.0), twin, pool("slow", 10.6)].map(at);
    Scratch::with(pools.as_flattened(), 20)
}

#[test]
fn a_claim_stands_on_its_own_interval_while_the_twins_are_in_order() {
    let said = run_with_a_twin_off_by(0.0).expect(0, &["compare", "r", "--measure", "time"]);
    assert!(said.entry("slow").ends_with("slower"), "{}", said.out);
    assert!(said.flat().contains("Twins of crossbeam: equal pools called different in"), "{}", said.out);
    assert!(said.flat().contains("in order.") && !said.flat().contains("OUT OF ORDER"), "{}", said.out);
}

#[test]
fn twins_out_of_order_widen_the_intervals_of_their_measure_and_say_so() {
    let scratch = run_with_a_twin_off_by(0.16);
    let said = scratch.expect(0, &["compare", "r", "--measure", "time"]);
    assert!(said.flat().contains("OUT OF ORDER, so intervals of time are widened"), "{}", said.out);
    assert!(said.entry("slow").contains("unclear"), "{}", said.out);
    let json = scratch.expect(0, &["summary", "r", "--json"]).json();
    let time = &json["level"]["measures"][0];
    assert_eq!((&time["measure"], &time["comparisons"], &time["alarms"]), (&"time".into(), &8.into(), &8.into()));
    assert!(time["p_value"].as_f64() < Some(0.01) && time["widening"].as_f64() > Some(2.0), "{time}");
    let width = |scratch: &Scratch| {
        let json = scratch.expect(0, &["rank", "r", "--measure", "time", "--json"]).json();
        let slow = json["ranks"].as_array().expect("a list").iter().find(|one| one["pool"] == "slow").cloned();
        let slow = slow.expect("it has a place");
        slow["high"].as_f64().expect("high") - slow["low"].as_f64().expect("low")
    };
    assert!(width(&scratch) > 2.0 * width(&run_with_a_twin_off_by(0.0)), "intervals of scores are widened too");
}

#[test]
fn one_comparison_that_differs_is_no_proof_against_the_run() {
    let moody = Series { ms: 11.5, ..pool("crossbeam-twin", 10.0) };
    let pools = [pool("serial", 10.0), pool("crossbeam", 10.0), moody, pool("slow", 11.0)];
    let mut made = rows(&pools, 20);
    for row in &mut made {
        (row.cpu_user_ns, row.cpu_sys_ns, row.peak_rss_bytes) = (None, None, None);
    }
    let scratch = Scratch::new();
    scratch.run_of("r", "here", csv(&made));
    let said = scratch.expect(0, &["compare", "r", "--measure", "time"]);
    assert!(said.entry("slow").ends_with("slower"), "{}", said.out);
    assert!(
        said.flat().contains("called different in 1 of 1 comparisons") && said.flat().contains("in order."),
        "{}",
        said.out
    );
}

#[test]
fn a_twin_that_failed_is_said_and_holds_nothing_back() {
    let scratch = Scratch::new();
    let mut made =
        rows(&[pool("serial", 10.0), pool("crossbeam", 10.0), pool("crossbeam-twin", 10.0), pool("slow", 10.6)], 20);
    for row in made.iter_mut().filter(|row| row.pool == "crossbeam-twin" && row.block > Some(3)) {
        (row.status, row.batch_ns) = ("crashed".to_owned(), None);
    }
    scratch.run_of("r", "here", csv(&made));
    let said = scratch.expect(0, &["compare", "r", "--measure", "time"]);
    assert!(said.entry("slow").ends_with("slower"), "{}", said.out);
    assert!(said.flat().contains("Too few blocks for the twins"), "{}", said.out);
}

#[test]
fn every_output_says_what_the_twins_show_and_that_the_machine_drifted() {
    let scratch = Scratch::new();
    let mut made = rows(&[pool("serial", 10.0), pool("quick", 5.0), pool("quick-twin", 5.0)], 20);
    for row in made.iter_mut().filter(|row| row.block > Some(10)) {
        row.batch_ns = row.batch_ns.map(|ns| 2 * ns);
    }
    scratch.run_of("r", "here", csv(&made));
    for command in [
        &["summary", "r"][..],
        &["summary", "r", "--all"],
        &["export", "r", "--markdown"],
        &["compare", "r"],
        &["rank", "r"],
        &["gate", "r", "r"],
        &["compare", "r", "r"],
        &["compare", "r", "--pools", "serial,quick"],
        &["summary", "r", "--json"],
    ] {
        let out = scratch.expect(0, command).flat();
        assert!(out.contains("drift: serial of noop, 1000 jobs changed by +"), "{command:?}: {out}");
        assert!(out.contains("Twins of quick: equal pools called different in"), "{command:?}: {out}");
    }
    // A run of one pool and its twin claims nothing and still says it.
    scratch.run_of("lone", "here", csv(&rows(&[pool("quick", 5.0), pool("quick-twin", 5.0)], 20)));
    assert!(scratch.expect(0, &["summary", "lone", "--all"]).flat().contains("Twins of quick:"));
}

#[test]
fn a_run_without_twins_says_that_nothing_shows_its_level() {
    let said = Scratch::with(&[pool("serial", 10.0), pool("slow", 10.6)], 20).expect(0, &["rank", "r"]);
    assert!(said.flat().contains("No pool ran twice (--twin)"), "{}", said.out);
}
