//! `history` and `gate --history`, on nights whose truth is known.

use super::made::{Said, Scratch, pool};
use super::nights::{Pool, SPREAD, make, nights, still};

const BLOCKS: u64 = 6;

/// Pools that stay, and `mine`, which is another build each night.
fn pools(factor: fn(usize) -> Option<f64>) -> Vec<Pool> {
    let others = [pool("serial", 10.0), pool("steady", 7.0), pool("calm", 3.0), pool("quiet", 5.0)];
    let mine = Pool { series: pool("mine", 4.0), build: |night| night, factor };
    others.map(still).into_iter().chain([mine]).collect()
}

fn archive(scratch: &Scratch, count: usize) {
    let names: Vec<String> = (0..count).map(|night| format!("night-{night}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    scratch.expect(0, &[&["archive"][..], &names, &["--into", "kept"]].concat());
}

/// A history of so many nights.
fn history(pools: &[Pool], count: usize) -> Scratch {
    let scratch = Scratch::new();
    nights(&scratch, pools, count, BLOCKS);
    archive(&scratch, count);
    scratch
}

/// Slower by 12 %, six times the spread, from night 18 on.
const SLOWER: fn(usize) -> Option<f64> = |night| Some(if night >= 18 { 1.12 } else { 1.0 });

#[test]
fn it_says_since_which_commit_a_pool_is_slower_and_nothing_of_the_others() {
    let scratch = history(&pools(SLOWER), 24);
    let said = scratch.expect(0, &["history", "kept"]);
    assert!(said.flat().contains("1 is slower than before"), "{}", said.out);
    let entry = said.entry("mine");
    assert!(
        entry.contains("noop x 1000") && entry.contains("commit c0ffee18") && entry.contains("another build"),
        "{entry}"
    );
    assert!(entry.contains("made 1.18 after 1.17"), "{entry}");
    assert!(said.out.lines().all(|line| line.chars().count() <= 80), "{}", said.out);
    assert!(!said.out.lines().any(|line| line.starts_with(" steady") || line.starts_with(" serial")), "{}", said.out);

    let said = scratch.expect(0, &["history", "kept", "--pool", "mine", "--workload", "noop"]);
    assert!(
        said.out.lines().any(|line| line.contains("2026-03-19 00:00:00") && line.contains("from here on +")),
        "{}",
        said.out
    );
    assert!(said.out.lines().all(|line| line.chars().count() <= 80), "{}", said.out);
    let said = scratch.expect(0, &["history", "kept", "--pool", "calm"]);
    assert!(said.flat().contains("No change in any of 2 courses"), "{}", said.out);

    let json = scratch.expect(0, &["history", "kept", "--pool", "mine", "--json"]).json();
    let course = json["courses"].as_array().expect("a list").iter().find(|one| one["measure"] == "time").cloned();
    let course = course.expect("there is one of time");
    let change = &course["changes"][0];
    assert_eq!((&change["run"], &json["runs"][18]["commit"]), (&18.into(), &"c0ffee18".into()));
    let of = |key: &str| change[key].as_f64().expect("a number");
    assert!(of("low") > 1.0 && of("low") < 1.12 && of("high") > 1.12 && of("p") <= 0.005, "{change}");
    assert!(course["values"].as_array().is_some_and(|values| values.len() == 24));

    let said = scratch.expect(0, &["history", "kept", "--pool", "mine", "--markdown"]);
    assert!(said.out.lines().any(|line| line.starts_with("| mine | noop x 1000 | +")), "{}", said.out);
}

#[test]
fn the_machines_moods_and_the_spread_from_run_to_run_are_no_changes() {
    // Nights differ by 30 % as a whole, and a cell by 2 %.
    let said = history(&pools(|_| Some(1.0)), 26).expect(0, &["history", "kept"]);
    assert!(said.flat().contains("No change in any of 10 courses"), "{}", said.out);
}

#[test]
fn too_little_to_say_is_said() {
    let scratch = history(&pools(SLOWER), 1);
    let said = scratch.expect(0, &["history", "kept"]);
    assert!(said.flat().contains("Nothing to follow") || said.flat().contains("Too few runs"), "{}", said.out);
    let scratch = history(&pools(SLOWER), 6);
    let said = scratch.expect(0, &["history", "kept"]);
    assert!(
        said.flat().contains("Too few runs to say since when anything changed: 6, and it takes 15"),
        "{}",
        said.out
    );
    for (arguments, wanted) in [
        (&["history", "kept", "--pool", "minee"][..], "did you mean mine?"),
        (&["history", "kept", "--workload", "compute"], "they have noop"),
        (&["history", "nowhere"], "is no history"),
        (&["history", "night-0"], "is no history"),
        (&["history", "kept/index.csv"], "is no history"),
    ] {
        let said = scratch.expect(2, arguments);
        assert!(said.err.contains(wanted), "{arguments:?}: {}", said.err);
    }
    std::fs::create_dir(scratch.path("empty")).expect("it can be made");
    assert!(scratch.expect(2, &["history", "empty"]).err.contains("holds no run yet"));
}

#[test]
fn where_all_builds_changed_at_once_nothing_is_said_across_it() {
    let rebuilt = |one| Pool { build: |night| usize::from(night >= 16), ..still(one) };
    let slower = Pool { factor: |night| Some(if night >= 16 { 1.5 } else { 1.0 }), ..rebuilt(pool("mine", 4.0)) };
    let all: Vec<Pool> = [pool("serial", 10.0), pool("steady", 7.0)].map(rebuilt).into_iter().chain([slower]).collect();
    let scratch = history(&all, 24);
    let said = scratch.expect(0, &["history", "kept"]);
    assert!(
        said.flat().contains("All builds of 1 workloads and sizes changed at once with commit c0ffee16"),
        "{}",
        said.out
    );
    assert!(said.flat().contains("No change in any of"), "{}", said.out);
    // A gate whose run has no build of any before it.
    let fresh: Vec<Pool> = all.into_iter().map(|pool| Pool { build: |_| 99, ..pool }).collect();
    make(&scratch, "fresh", 24, &fresh, BLOCKS);
    let said = scratch.expect(2, &["gate", "--history", "kept", "fresh"]);
    assert!(said.flat().contains("no build is the same as in any run before"), "{}", said.out);
}

#[test]
fn machines_are_followed_apart_and_a_pool_may_come_and_go() {
    let mut all = pools(SLOWER);
    all.push(Pool { factor: |night| (10..20).contains(&night).then_some(1.0), ..still(pool("guest", 6.0)) });
    let scratch = Scratch::new();
    nights(&scratch, &all, 26, BLOCKS);
    // The same nights on a machine on which everything but `mine` takes twice as long.
    for night in 0..8 {
        let name = format!("elsewhere-{night}");
        let twice = all
            .iter()
            .map(|one| Pool { series: super::made::Series { ms: 2.0 * one.series.ms, ..one.series }, ..*one });
        let twice: Vec<Pool> = twice.take(4).chain(pools(|_| Some(1.0)).into_iter().skip(4)).collect();
        make(&scratch, &name, 100 + night, &twice, BLOCKS);
        scratch.change_machine(&name, |machine| machine["cpu"] = "another".into());
        scratch.expect(0, &["archive", &name, "--into", "kept"]);
    }
    archive(&scratch, 26);
    let said = scratch.expect(0, &["history", "kept"]);
    assert!(said.flat().contains("The runs are of 2 machines, each followed by itself"), "{}", said.out);
    assert!(said.flat().contains("1 is slower than before"), "{}", said.out);
    let json = scratch.expect(0, &["history", "kept", "--pool", "guest", "--json"]).json();
    assert_eq!(json["courses"][0]["values"].as_array().map(Vec::len), Some(10));
}

#[test]
fn a_clock_that_was_wrong_is_said() {
    let scratch = Scratch::new();
    nights(&scratch, &pools(SLOWER), 3, BLOCKS);
    let path = scratch.path("night-1/trials.csv");
    let rows = std::fs::read_to_string(&path).expect("it is there");
    std::fs::write(&path, rows.replace("2026-03-02", "2126-03-02")).expect("the folder is there");
    let path = scratch.path("night-2/trials.csv");
    let rows = std::fs::read_to_string(&path).expect("it is there");
    std::fs::write(&path, rows.replace("2026-03-03T00:00:00Z", "")).expect("the folder is there");
    archive(&scratch, 3);
    let said = scratch.expect(0, &["history", "kept"]);
    assert!(said.flat().contains("night-1 begins in the future (2126-03-02 00:00:00)"), "{}", said.out);
    assert!(said.flat().contains("1 runs do not say when they began"), "{}", said.out);
}

/// Holds a night of `mine` that takes so many times as long against a history of nights.
fn gate(nights: usize, factor: fn(usize) -> Option<f64>, code: i32, more: &[&str]) -> Said {
    let scratch = history(&pools(|_| Some(1.0)), nights);
    make(&scratch, "new", 50, &pools(factor), 20);
    scratch.expect(code, &[&["gate", "--history", "kept", "new"], more].concat())
}

#[test]
fn a_gate_against_a_history_is_shut_by_what_lies_beyond_the_spread_from_run_to_run() {
    let said = gate(14, |_| Some(1.5), 3, &["--annotate"]);
    assert!(said.flat().contains("base: 10 runs, night-4 to night-13"), "{}", said.out);
    assert!(said.flat().contains("time: 1 of 5 cells lie beyond +5.00 %"), "{}", said.out);
    assert_eq!(
        said.out.lines().filter(|line| line.starts_with("::error ") && line.contains("time of mine")).count(),
        1
    );
    let said = gate(14, |_| Some(1.5), 3, &["--markdown"]);
    assert!(said.out.starts_with("**gate shut: 1 regressions**"), "{}", said.out);
    let json = gate(14, |_| Some(1.5), 3, &["--json", "--last", "6"]).json();
    assert_eq!((&json["open"], json["base"].as_array().map(Vec::len)), (&false.into(), Some(6)));
    // Blocks agree to 1 % that it takes 4 % longer, which is two spreads of runs: no proof.
    assert!(gate(14, |_| Some(1.0 + 2.0 * SPREAD), 0, &["--max-slowdown", "2%"]).flat().contains("gate open"));
    assert!(gate(14, |_| Some(0.5), 0, &[]).flat().contains("gate open"));
}

#[test]
fn a_gate_against_a_history_that_cannot_judge_says_so() {
    let said = gate(4, |_| Some(1.5), 2, &[]);
    assert!(
        said.flat().contains("no cell has 5 runs before it") && said.flat().contains("too few runs"),
        "{}",
        said.out
    );
    assert!(
        gate(14, |_| None, 2, &[]).flat().contains("mine (w 2, chunk auto, window all) at noop, 1000 jobs: not in")
    );
    let scratch = history(&pools(|_| Some(1.0)), 7);
    for (arguments, wanted) in [
        (&["gate", "--history", "kept", "night-0", "--last", "2"][..], "--last"),
        (&["gate", "--history", "nowhere", "night-0"], "is no history"),
        (&["gate", "--history", "kept"], "required"),
        (&["gate", "night-0", "night-1", "--history", "kept"], "cannot be used with"),
        (&["gate", "night-0"], "required"),
        (&["gate", "night-0", "night-1", "--last", "5"], "--last is for --history"),
    ] {
        let said = scratch.expect(2, arguments);
        assert!(said.err.contains(wanted), "{arguments:?}: {}", said.err);
    }
    // A run that was kept before it was judged is not held against itself.
    let json = scratch.expect(0, &["gate", "--history", "kept", "night-6", "--json"]).json();
    assert_eq!(json["base"].as_array().map(Vec::len), Some(6));
    scratch.change_machine("night-6", |machine| machine["cpu"] = "another".into());
    let said = scratch.expect(2, &["gate", "--history", "kept", "night-6"]);
    assert!(said.err.contains("6 runs of another machine or setting"), "{}", said.err);
    scratch.expect(0, &["gate", "--history", "kept", "night-6", "--across-machines"]);
}

#[test]
fn gates_and_comparisons_are_markdown_where_that_is_asked_for() {
    let scratch = Scratch::new();
    nights(&scratch, &pools(SLOWER), 2, 20);
    let said = scratch.expect(0, &["gate", "night-0", "night-1", "--max-slowdown", "50%", "--markdown"]);
    assert!(
        said.out.contains("**gate open: no regression beyond doubt**") && said.out.contains("\n## time: 0 of"),
        "{}",
        said.out
    );
    for arguments in [
        &["compare", "night-0", "night-1", "--markdown"][..],
        &["compare", "night-0", "--markdown"],
        &["compare", "night-0", "--pools", "calm,mine", "--markdown"],
        &["gate", "night-0", "night-1", "--max-slowdown", "50%", "--markdown"],
    ] {
        let out = scratch.expect(0, arguments).out;
        assert!(out.starts_with("* A: run night-0") || out.starts_with("* run night-0"), "{arguments:?}: {out}");
        let lines: Vec<&str> = out.lines().collect();
        // A table needs an empty line before it, and nothing but its rows.
        for (at, line) in lines.iter().enumerate().filter(|(_, line)| line.starts_with("|--")) {
            assert!(lines[at - 1].starts_with("| ") && lines[at - 2].is_empty(), "{arguments:?}: {line} in {out}");
        }
        assert!(lines.iter().any(|line| line.starts_with("|--")), "{arguments:?}: {out}");
        scratch.expect(2, &[arguments, &["--json"]].concat());
    }
}
