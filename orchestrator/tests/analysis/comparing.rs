//! `compare`: known differences get their verdicts, in one run and between two.

use harness::columns::Row;

use super::made::{Scratch, Series, csv, pool, rows};

const KNOWN: [Series; 7] = [
    pool("serial", 10.0),
    pool("crossbeam", 10.0),
    pool("crossbeam-twin", 10.0),
    pool("quick", 8.0),
    pool("slow", 12.5),
    pool("equal", 10.02),
    Series { noise: 0.5, ..pool("wild", 10.5) },
];

#[test]
fn known_differences_get_their_verdicts() {
    let scratch = Scratch::with(&KNOWN, 20);
    let said = scratch.expect(0, &["compare", "r", "--measure", "time"]);
    for (pool, verdict) in [
        ("quick", "faster"),
        ("slow", "slower"),
        ("equal", "same (within 3 %)"),
        ("crossbeam", "same (within 3 %)"),
        ("wild", "unclear: more blocks may tell"),
    ] {
        assert!(said.entry(pool).ends_with(verdict), "{pool} should be {verdict}: {}", said.out);
    }
    assert!(said.entry("quick").contains("-20."), "{}", said.out);
    assert!(!said.flat().contains(" crossbeam-twin "), "the twin is no pool: {}", said.out);
    assert!(said.flat().contains("Twins of crossbeam:"), "the twin is told of: {}", said.out);
}

#[test]
fn five_blocks_are_too_few() {
    let scratch = Scratch::with(&KNOWN, 5);
    let said = scratch.expect(0, &["compare", "r"]);
    assert!(said.entry("slow").ends_with("too few blocks to say"), "{}", said.out);
    assert!(scratch.expect(0, &["summary", "r"]).flat().contains("Smoke only"));
}

#[test]
fn swapping_the_pools_inverts_the_answer() {
    let scratch = Scratch::with(&KNOWN, 20);
    let change = |pools: &str, of: &str| {
        let said = scratch.expect(0, &["compare", "r", "--measure", "time", "--pools", pools]);
        let line = said.line(of);
        let percent = line.split_whitespace().find(|word| word.starts_with(['+', '-'])).expect("a change");
        (1.0 + percent.parse::<f64>().expect("a number") / 100.0, line.rsplit(' ').next().unwrap_or("").to_owned())
    };
    let ((there, slower), (back, faster)) = (change("serial,slow", "slow"), change("slow,serial", "serial"));
    assert!((there * back - 1.0).abs() < 0.002, "{there} and {back}");
    assert_eq!((slower.as_str(), faster.as_str()), ("slower", "faster"));
}

#[test]
fn memory_is_compared_too_and_less_than_a_mib_is_no_difference() {
    let more = Series { mib: 9.0, ..pool("more", 10.0) };
    let a_little = Series { mib: 4.8, ..pool("little", 10.0) };
    let scratch = Scratch::with(&[pool("serial", 10.0), more, a_little], 20);
    let said = scratch.expect(0, &["compare", "r", "--measure", "memory"]);
    assert!(said.entry("more").ends_with("takes more"), "{}", said.out);
    assert!(said.entry("little").ends_with("same (within 3 % or 1 MiB)"), "{}", said.out);
}

#[test]
fn an_unknown_pool_is_answered_with_those_there_are() {
    let scratch = Scratch::with(&KNOWN, 6);
    for arguments in [&["compare", "r", "--reference", "ryon"], &["compare", "r", "--pools", "serial,ryon"]] {
        let said = scratch.expect(2, arguments);
        assert!(
            said.err.contains("unknown pool 'ryon': There are") && said.err.contains("crossbeam, "),
            "{}",
            said.err
        );
    }
}

#[test]
fn runs_of_two_machines_are_compared_only_on_demand_and_differences_come_first() {
    let scratch = Scratch::new();
    scratch.run_of("a", "here", csv(&rows(&[pool("serial", 10.0), pool("slow", 10.0)], 20)));
    let there = rows(&[pool("serial", 10.0), pool("slow", 12.5)], 20);
    let there = there.into_iter().map(|row| Row { host: "there".to_owned(), ..row });
    scratch.run_of("b", "there", csv(&there.collect::<Vec<_>>()));
    // A name is a name only, and 4 kB are no other machine.
    scratch.change_machine("b", |m| m["memory_bytes"] = (m["memory_bytes"].as_u64().unwrap() - 4096).into());
    assert!(scratch.expect(0, &["compare", "a", "b"]).out.contains("differs: host: here | there"));
    scratch.expect(0, &["gate", "b", "a"]);
    scratch.change_machine("b", |m| m["affinity"] = "77".into());
    let refused = scratch.expect(2, &["compare", "a", "b"]);
    assert!(refused.err.contains("different machines") && refused.err.contains(" | 77"), "{}", refused.err);
    assert!(refused.out.is_empty(), "{}", refused.out);
    let said = scratch.expect(0, &["compare", "a", "b", "--across-machines", "--measure", "time"]);
    let (differs, found) = (said.out.find("differs: processors"), said.out.find("slower"));
    assert!(differs.is_some() && differs < found, "{}", said.out);
    assert!(said.entry("slow").contains("slower") && said.entry("serial").contains("same"), "{}", said.out);
    assert!(scratch.expect(2, &["gate", "a", "b"]).err.contains("processors: "));
    // A record of an older version has no such fields, and that is no difference.
    scratch.change_machine("b", |m| {
        let fields = ["affinity", "quota_permille", "policy", "nice", "priority"];
        for field in fields {
            m.as_object_mut().unwrap().remove(field);
        }
    });
    scratch.expect(0, &["compare", "a", "b"]);
}

#[test]
fn runs_and_pools_with_nothing_in_common_are_an_error() {
    let scratch = Scratch::with(&[pool("serial", 10.0), Series { jobs: 7, ..pool("slow", 10.0) }], 6);
    scratch.run_of("other", "here", csv(&rows(&[Series { jobs: 9, ..pool("serial", 10.0) }], 6)));
    for arguments in
        [&["compare", "r", "other"][..], &["gate", "r", "other"], &["compare", "r", "--pools", "serial,slow"]]
    {
        assert!(scratch.expect(2, arguments).err.contains("no cell in common"));
    }
}
