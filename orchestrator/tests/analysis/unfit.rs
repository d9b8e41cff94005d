//! `fit` of bad runs and questions: what is lacking is said with what to run, and nothing breaks.

use std::fs;
use std::path::Path;

use harness::columns::Row;

use super::fitting::{known, run_of, says};
use super::made::Scratch;

#[test]
fn a_question_that_has_no_answer_says_why() {
    let mut rows = known();
    rows.retain(|row| row.pool != "other" || row.jobs == Some(1000));
    let scratch = run_of(&rows);
    for (arguments, wanted) in [
        (["fit", "r", "--cross", "serial"], "two pools are accepted"),
        (["fit", "r", "--cross", "serial,serial"], "does not cross itself"),
        (["fit", "r", "--cross", "serial,othr"], "did you mean other"),
        (["fit", "r", "--cross", "serial,other"], "no workload with two sizes in common"),
    ] {
        let said = scratch.expect(2, &arguments);
        assert!(said.err.contains(wanted), "{arguments:?}: {}", said.err);
    }
}

#[test]
fn what_a_run_lacks_is_said_with_what_to_run() {
    let keep = |is_kept: &dyn Fn(&Row) -> bool| known().into_iter().filter(|row| is_kept(row)).collect::<Vec<_>>();
    says(
        &keep(&|row| row.jobs == Some(1000)),
        "noop: every pool ran at one size only, so that what a job costs cannot be told from what a batch costs. More sizes: `poolbench run --workload noop",
    );
    says(&keep(&|row| row.block <= Some(1)), "1 block is too few for intervals");
    says(&keep(&|row| row.pool != "serial"), "noop: serial did not run beside other");
    says(&keep(&|row| row.pool != "serial"), "with the work in it");
    let failed: Vec<Row> = known().into_iter().map(|row| Row { status: "failed".to_owned(), ..row }).collect();
    says(&failed, "All 200 trials failed");
    says(&keep(&|row| row.block == Some(0)), "no finished block");
}

#[test]
fn a_run_of_schema_1_is_fitted() {
    let scratch = Scratch::new();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/schema-1");
    fs::create_dir(scratch.path("old")).unwrap();
    for file in ["plan.toml", "machine.json", "trials.csv"] {
        fs::copy(from.join(file), scratch.path("old").join(file)).expect("the fixture can be copied");
    }
    assert!(scratch.expect(0, &["fit", "old"]).out.contains("rayon"));
    assert!(scratch.expect(0, &["fit", "old", "--json"]).json()["costs"].is_array());
}

#[test]
fn the_largest_numbers_are_fitted() {
    let mut rows = known();
    for row in rows.iter_mut().filter(|row| row.pool == "other") {
        (row.batch_ns, row.peak_rss_bytes, row.workers) = (Some(u64::MAX), Some(u64::MAX), Some(u64::MAX));
        row.start_ns = Some(u64::MAX);
        row.jobs = row.jobs.map(|jobs| if jobs > 10_000 { u64::MAX - jobs } else { jobs });
    }
    let scratch = run_of(&rows);
    scratch.expect(0, &["fit", "r"]);
    scratch.expect(0, &["fit", "r", "--json"]);
}
