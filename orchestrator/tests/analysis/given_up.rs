//! A cell that the run has given up lacks blocks, and holds nobody else up.

use std::fs;

use harness::columns::Row;

use super::made::{Scratch, csv, pool, rows};

/// The error at which a run with `--until` claims that has these rows.
fn alpha(rows: &[Row]) -> f64 {
    let scratch = Scratch::new();
    scratch.run_of("r", "here", csv(rows));
    let plan = scratch.path("r").join("plan.toml");
    let text = fs::read_to_string(&plan).unwrap();
    assert!(text.contains("until = \"\""), "{text}");
    fs::write(&plan, text.replace("until = \"\"", "until = \"2%\"")).unwrap();
    let said = scratch.expect(0, &["summary", "r", "--json"]).out;
    let said: serde_json::Value = serde_json::from_str(&said).expect("it is JSON");
    let claims = said["claims"].as_array().expect("claims").clone();
    let of_quick = claims.iter().find(|claim| claim["pool"].as_str().unwrap().starts_with("quick")).expect("of quick");
    of_quick["alpha"].as_f64().expect("a number")
}

#[test]
fn what_is_missing_of_it_counts_no_look_back() {
    let whole = rows(&[pool("serial", 10.0), pool("quick", 5.0)], 20);
    let hangs = |row: &Row| Row {
        pool: "hangs".into(),
        status: "timeout".into(),
        batch_ns: None,
        warm_batch_ns: None,
        ..row.clone()
    };
    let of_serial = |row: &&Row| row.pool == "serial";
    let timeouts = |blocks: [u64; 2]| {
        whole.iter().filter(of_serial).filter(move |row| blocks.contains(&row.block.unwrap())).map(hangs)
    };
    let given_up = |blocks| whole.iter().cloned().chain(timeouts(blocks)).collect::<Vec<_>>();
    for blocks in [[0, 1], [3, 7]] {
        let (with, without) = (alpha(&given_up(blocks)), alpha(&whole));
        // It is a second comparison, which halves the error; an earlier look would take a third off that.
        assert!((2.0 * with - without).abs() < 1e-12, "{blocks:?}: {with}, {without}");
    }
}
