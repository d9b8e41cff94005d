//! `advise`: a question answered from a run whose truth is known, or refused with what would answer it.

use harness::columns::Row;

use super::made::{Scratch, Series, csv, pool, rows};

/// A loop of 10 us a job, a pool of half that with 10 us a batch, one that is as good, and one of twice that.
fn run() -> Scratch {
    let sizes = [100_u64, 1000, 10_000];
    let each = |name: &'static str, us_a_job: f64, us: f64| {
        sizes.map(|jobs| {
            let lots = u32::try_from(jobs).expect("few");
            Series { jobs, ..pool(name, (us_a_job * f64::from(lots) + us) / 1e3) }
        })
    };
    let series: Vec<Series> =
        [each("serial", 10.0, 0.0), each("quick", 5.0, 10.0), each("alike", 5.02, 10.0), each("slow", 20.0, 10.0)]
            .concat();
    let spin = |mut row: Row| {
        "spin".clone_into(&mut row.workload);
        "10us".clone_into(&mut row.param);
        row.start_ns = Some(50_000);
        row
    };
    let scratch = Scratch::new();
    scratch.run_of("r", "here", csv(&rows(&series, 20).into_iter().map(spin).collect::<Vec<_>>()));
    scratch
}

const QUESTION: [&str; 8] = ["advise", "r", "--kind", "cpu", "--jobs", "3000", "--job-time", "10us"];

#[test]
fn the_best_is_named_with_its_time_and_what_is_as_good() {
    let scratch = run();
    let said = scratch.expect(0, &QUESTION).out;
    assert!(
        said.contains("For 3,000 jobs of 10.0 us that compute: quick") && said.contains("As good: alike"),
        "{said}"
    );
    assert!(said.lines().all(|line| line.chars().count() <= 80), "{said}");
    let json = scratch.expect(0, &[&QUESTION[..], &["--json"]].concat()).out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
    let pools = json["pools"].as_array().expect("a list");
    let names: Vec<&str> = pools.iter().map(|one| one["pool"].as_str().expect("a name")).collect();
    assert_eq!(names.first(), Some(&"quick"), "{names:?}");
    assert_eq!(names.last(), Some(&"slow"), "{names:?}");
    let ns = pools[0]["batch_ns"].as_f64().expect("a time");
    assert!((ns / 15.01e6 - 1.0).abs() < 0.1, "3000 jobs of 5 us and 10 us are not {ns} ns");
    assert_eq!(pools.last().expect("a pool")["tie"], false);
    // The mood of the blocks moves what a job of 10 us takes.
    let outside = json["outside"].as_f64().expect("a number");
    assert!((1.0..1.1).contains(&outside), "{outside}");
    assert!(json["measure_with"].as_str().expect("a command").contains("--workload spin:10us --jobs 3000"), "{json}");
}

#[test]
fn what_was_measured_is_called_so_and_what_was_not_predicted() {
    let scratch = run();
    let ask = |jobs: &str, more: &[&str]| scratch.expect(0, &[&QUESTION[..5], &[jobs], &QUESTION[6..], more].concat());
    for (jobs, is_measured) in [("1000", true), ("3000", false)] {
        let said = ask(jobs, &[]).flat();
        let (word, other) = if is_measured { ("measured", "predicted") } else { ("predicted", "measured:") };
        assert!(said.contains(&format!("chunk auto, {word} ")), "{said}");
        assert!(said.contains(&format!("sure {word}: ")) && !said.contains(other), "{said}");
        let pools = ask(jobs, &["--json"]).json()["pools"].clone();
        assert!(pools.as_array().expect("a list").iter().all(|one| one["measured"] == is_measured), "{pools}");
    }
    // The interval is that of the cell, and the value its median.
    let (one, cell) = (ask("1000", &["--json"]).json(), scratch.expect(0, &["summary", "r", "--json"]).json());
    let same =
        cell["cells"].as_array().expect("a list").iter().find(|one| one["pool"] == "quick" && one["jobs"] == 1000);
    let median = same.expect("the cell is there")["median_ns"].as_f64().expect("a time");
    let best = &one["pools"][0];
    let of = |key: &str| best[key].as_f64().expect("a number");
    assert!((of("batch_ns") / median - 1.0).abs() < 0.01, "{best} {median}");
    assert!(of("low_ns") <= of("batch_ns") && of("batch_ns") <= of("high_ns"), "{best}");
}

#[test]
fn pools_that_lack_the_cell_are_named_as_predicted() {
    let scratch = run();
    let rows = std::fs::read_to_string(scratch.path("r/trials.csv")).unwrap();
    let without = rows.lines().filter(|line| !(line.contains(",slow,") && line.contains(",spin,10us,1000,")));
    scratch.rewrite("r", without.collect::<Vec<_>>().join("\n") + "\n");
    let said = scratch.expect(0, &[&QUESTION[..5], &["1000"], &QUESTION[6..]].concat()).flat();
    assert!(said.contains("compute: quick") && said.contains("chunk auto, measured "), "{said}");
    assert!(said.contains("predicted, for slow: "), "{said}");
}

#[test]
fn the_command_at_the_end_can_be_pasted() {
    let scratch = run();
    let said = scratch.expect(0, &QUESTION).out;
    let at = said.find("  poolbench race ").expect("it ends with a command");
    let (command, wanted) = (&said[at..], scratch.expect(0, &[&QUESTION[..], &["--json"]].concat()).json());
    let pasted: Vec<&str> = command.split("\\\n").flat_map(str::split_whitespace).collect();
    assert_eq!(pasted.join(" "), wanted["measure_with"].as_str().expect("a command"));
    let mut lines = command.trim_end().lines().rev();
    assert!(!lines.next().expect("a line").ends_with('\\') && lines.all(|line| line.ends_with(" \\")), "{command}");
}

#[test]
fn what_lies_outside_is_said_and_far_outside_refused() {
    let scratch = run();
    let said = |code, jobs: &str| scratch.expect(code, &[&QUESTION[..5], &[jobs], &QUESTION[6..]].concat());
    let flat = said(0, "30000").out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("as to the number of jobs 3.00 times outside"), "{flat}");
    let refused = said(2, "1000000").err;
    let times = ["100 times outside", "101 times outside"];
    assert!(
        times.iter().any(|times| refused.contains(times)) && refused.contains("poolbench race --pools"),
        "{refused}"
    );
}

#[test]
fn bad_questions_are_answered_with_a_sentence() {
    let scratch = run();
    for (wrong, said) in [
        (["--jobs", "0"], "whole numbers from 1 to"),
        (["--job-time", "NaN"], "no length of time"),
        (["--job-time", "18446744073709551616s"], "no length of time"),
        (["--job-time", "0ns"], "a job of no time"),
        (["--max-memory", "1KiB"], "no pool stays under it"),
        (["--max-memory", "lots"], "such as 16MiB"),
        (["--workers", "7"], "7 workers"),
        (["--needs", "isolation"], "all that --needs names"),
        (["--needs", "wings"], "isolation and async are accepted"),
        (["--kind", "io"], "no jobs that wait"),
    ] {
        let mut words: Vec<&str> = QUESTION.to_vec();
        match words.iter().position(|word| *word == wrong[0]) {
            Some(at) => words[at + 1] = wrong[1],
            None => words.extend(wrong),
        }
        let err = scratch.expect(2, &words).err;
        assert!(err.contains(said), "{wrong:?}: {err}");
    }
}
