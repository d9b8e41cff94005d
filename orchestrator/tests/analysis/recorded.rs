//! Recorded runs, whose rows and notes are gzipped: every command says the same of them, and refuses those that are damaged.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use flate2::Compression;
use flate2::write::GzEncoder;
use rand::{RngExt as _, SeedableRng as _};
use rand_pcg::Pcg64;

use super::made::{Scratch, Series, csv, pool, rows};

const READING: [&[&str]; 11] = [
    &["summary", "r"],
    &["summary", "r", "--all"],
    &["summary", "r", "--json"],
    &["compare", "r"],
    &["rank", "r"],
    &["decide", "r"],
    &["fit", "r"],
    &["advise", "r", "--kind", "cpu", "--jobs", "3000", "--job-time", "10us"],
    &["gate", "r", "r"],
    &["runs", "."],
    &["export", "r", "--markdown"],
];
const EXPORTED: [&[&str]; 2] =
    [&["export", "r", "--wide", "--out", "wide"], &["export", "r", "--excel-eu", "--out", "commas"]];

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(bytes).expect("memory takes it");
    gzip.finish().expect("memory takes it")
}

/// A run `r` whose trials have notes, of which the last was not written to its end, as was its last row.
fn plain() -> Scratch {
    let sizes = |of: Series| [of, Series { jobs: 10_000, ms: 10.0 * of.ms, ..of }];
    let series: Vec<Series> =
        [pool("serial", 10.0), pool("quick", 4.0), pool("quick-twin", 4.0)].into_iter().flat_map(sizes).collect();
    let mut made: Vec<_> = rows(&series, 20);
    for row in &mut made {
        row.batches = Some(16);
    }
    let scratch = Scratch::new();
    scratch.run_of("r", "here", csv(&made) + &made[7].cells().join(",")[..40]);
    let times = |ns: u64| (0..16).map(|at| ns + (15 - at) * ns / 50).collect::<Vec<_>>();
    let notes: Vec<_> = made.into_iter().map(|row| (row.clone(), times(row.batch_ns.unwrap_or(1)))).collect();
    scratch.note("r", &notes);
    scratch
}

/// The same with its rows and notes gzipped.
fn recorded() -> Scratch {
    let scratch = plain();
    pack(&scratch);
    scratch
}

fn pack(scratch: &Scratch) {
    for name in ["trials.csv", "notes.jsonl"] {
        let path = scratch.path("r").join(name);
        fs::write(path.with_added_extension("gz"), packed(&fs::read(&path).unwrap())).unwrap();
        fs::remove_file(path).unwrap();
    }
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let all = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut all: Vec<_> =
        all.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(path).unwrap())).collect();
    all.sort();
    all
}

#[test]
fn every_command_says_the_same_to_the_byte() {
    let scratch = plain();
    let all = || {
        let said = READING.map(|command| scratch.expect(0, command)).map(|said| (said.out, said.err));
        for command in EXPORTED {
            scratch.expect(0, command);
        }
        (said, ["wide", "commas"].map(|folder| files(&scratch.path(folder))))
    };
    let before = all();
    assert!(
        before.0[1]
            .0
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .contains("left aside: 1 rows not written to its end")
    );
    pack(&scratch);
    for folder in ["wide", "commas"] {
        fs::remove_dir_all(scratch.path(folder)).unwrap();
    }
    let after = all();
    for (command, (one, other)) in READING.iter().zip(before.0.iter().zip(&after.0)) {
        assert!(one == other, "{command:?}: {one:?}\n{other:?}");
        assert!(!one.0.trim().is_empty(), "{command:?} says nothing");
    }
    assert!(before.1 == after.1 && before.1.iter().all(|files| !files.is_empty()));
    scratch.expect(0, &["export", "r", "--xlsx", "--out", "book.xlsx"]);
}

#[test]
fn a_recorded_run_stays_as_it_is() {
    let scratch = recorded();
    let before = files(&scratch.path("r"));
    scratch.expect(0, &["summary", "r"]);
    for command in [
        &["report", "r"][..],
        &["report", "r", "--markdown"],
        &["export", "r", "--wide"],
        &["export", "r", "--xlsx"],
        &["export", "r", "--excel-eu"],
    ] {
        let said = scratch.expect(2, command);
        assert!(
            said.err.contains("r is a recorded run, which stays as it is; --out names another place"),
            "{}",
            said.err
        );
    }
    assert!(files(&scratch.path("r")) == before, "nothing was written there");
    scratch.expect(0, &["summary", "r", "--out", "figures.csv"]);
    let figures = fs::read_to_string(scratch.path("figures.csv")).unwrap();
    assert!(figures.starts_with("workload,param,jobs,pool,"), "{figures}");
    scratch.expect(0, &["report", "r", "--out", "page.html"]);
    scratch.expect(2, &["summary", "r", "--out", "no/such/folder/figures.csv"]);
}

#[test]
fn notes_are_read_though_they_are_gzipped() {
    let recorded = recorded();
    let is_warming = || recorded.expect(0, &["summary", "r"]).flat().contains("Still warming");
    assert!(is_warming(), "batches get faster to the end, as notes alone tell");
    fs::remove_file(recorded.path("r/notes.jsonl.gz")).unwrap();
    assert!(!is_warming());
}

#[test]
fn of_two_files_the_plain_one_is_read_and_that_is_said() {
    let scratch = plain();
    fs::write(scratch.path("r/trials.csv.gz"), "not read").unwrap();
    let said = scratch.expect(0, &["summary", "r"]);
    assert_eq!(said.err.matches("r/trials.csv is read, not r/trials.csv.gz beside it").count(), 1, "{}", said.err);
}

/// Every command that reads rows refuses these bytes as `trials.csv.gz` with these words.
#[track_caller]
fn refused(bytes: &[u8], wanted: &str) {
    let scratch = recorded();
    fs::write(scratch.path("r/trials.csv.gz"), bytes).unwrap();
    for command in READING.into_iter().filter(|command| command[0] != "runs") {
        let said = scratch.expect(2, command);
        assert!(said.err.contains("r/trials.csv.gz") && said.err.contains(wanted), "{command:?}: {}", said.err);
        assert_eq!(said.err.lines().count(), 1, "{}", said.err);
    }
    assert!(scratch.expect(0, &["runs", "."]).err.contains("passed over"));
}

#[test]
fn a_file_that_was_cut_short_is_no_part_of_a_run() {
    let whole = fs::read(recorded().path("r/trials.csv.gz")).unwrap();
    for length in [whole.len() - 1, whole.len() - 8, whole.len() / 2] {
        refused(&whole[..length], "it ends before its end");
    }
}

#[test]
fn what_is_not_gzip_is_refused() {
    refused(b"schema,run,host\n", "not made by gzip");
    let whole = fs::read(recorded().path("r/trials.csv.gz")).unwrap();
    refused(&[&whole[..], b"and more than a header has"].concat(), "not made by gzip");
    let mut wrong = whole.clone();
    let sum = wrong.len() - 8;
    wrong[sum] ^= 1;
    refused(&wrong, "damaged");
}

#[test]
fn what_unpacks_without_end_is_not_unpacked_to_its_end() {
    refused(&packed(&vec![0; 1 << 26]), "a line has more than 256 KiB");
    let scratch = plain();
    let mut rows = fs::read(scratch.path("r/trials.csv")).unwrap();
    rows.truncate(rows.iter().rposition(|byte| *byte == b'\n').unwrap() + 1);
    // No line is too long, and none is wrong: empty ones are no rows.
    let endless = packed(&vec![b'\n'; 1 << 26]);
    fs::write(scratch.path("r/trials.csv.gz"), [vec![packed(&rows)], vec![endless; 17]].concat().concat()).unwrap();
    fs::remove_file(scratch.path("r/trials.csv")).unwrap();
    let said = scratch.expect(2, &["summary", "r"]);
    assert!(said.err.contains("unpacks to more than 1024 MiB"), "{}", said.err);
}

#[test]
fn changed_bytes_never_panic() {
    let scratch = recorded();
    let path = scratch.path("r/trials.csv.gz");
    let right = fs::read(&path).unwrap();
    let mut generator = Pcg64::seed_from_u64(13);
    for _ in 0..60 {
        let mut wrong = right.clone();
        for _ in 0..generator.random_range(1..4) {
            let at = generator.random_range(0..wrong.len());
            wrong[at] = generator.random();
        }
        wrong.truncate(generator.random_range(wrong.len() / 2..=wrong.len()));
        fs::write(&path, wrong).unwrap();
        let said = scratch.poolbench(&["summary", "r"]);
        assert!(matches!(said.code, Some(0 | 2)), "{:?}: {}", said.code, said.err);
    }
}

/// `packaging/record.sh`, by its arguments after poolbench.
fn record(scratch: &Scratch, arguments: [&str; 2]) -> (bool, String) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packaging/record.sh");
    let mut command = Command::new(script);
    let ended = command.arg(env!("CARGO_BIN_EXE_poolbench")).args(arguments).current_dir(scratch.path("")).output();
    let ended = ended.expect("the script starts");
    (ended.status.success(), String::from_utf8_lossy(&ended.stderr).into_owned())
}

#[test]
fn a_run_is_recorded_without_what_is_of_the_machine_alone() {
    let scratch = Scratch::new();
    let run = ["run", "--pools", "serial", "--jobs", "1,10", "--blocks", "6", "--twin", "none", "--out", "r"];
    scratch.expect(0, &run);
    fs::write(scratch.path("r/paths.toml"), "here").unwrap();
    for into in ["kept/one", "kept/two"] {
        let (well, said) = record(&scratch, ["r", into]);
        assert!(well, "{said}");
    }
    let (one, two) = (files(&scratch.path("kept/one")), files(&scratch.path("kept/two")));
    assert!(one == two, "one run gives the same bytes");
    let names: Vec<&str> = one.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["machine.json", "notes.jsonl.gz", "plan.toml", "trials.csv.gz"]);
    let said = |folder| scratch.expect(0, &["summary", folder, "--json"]).out;
    assert_eq!(said("r"), said("kept/one"));
    for (arguments, wanted) in [
        (["r", "kept/one"], "is there already"),
        (["kept/one", "again"], "is recorded already"),
        (["nowhere", "again"], "holds no run"),
    ] {
        let (well, said) = record(&scratch, arguments);
        assert!(!well && said.contains(wanted), "{arguments:?}: {said}");
    }
    let rows = fs::read_to_string(scratch.path("r/trials.csv")).unwrap();
    scratch.rewrite("r", rows.lines().take(5).collect::<Vec<_>>().join("\n") + "\n");
    let (well, said) = record(&scratch, ["r", "again"]);
    assert!(!well && said.contains("stopped"), "{said}");
    fs::write(scratch.path("r/trials.csv"), rows).unwrap();
    let note = format!("{{\"message\":\"{}/x\"}}\n", scratch.path("r").canonicalize().unwrap().display());
    fs::write(scratch.path("r/notes.jsonl"), note).unwrap();
    let (well, said) = record(&scratch, ["r", "again"]);
    assert!(!well && said.contains("names the folder"), "{said}");
    assert!(!scratch.path("again").exists() && !scratch.path("again.new").exists());
}

#[test]
fn a_recorded_run_is_gone_on_with_once_it_is_unpacked() {
    let scratch = Scratch::new();
    let run = ["run", "--pools", "serial", "--jobs", "1", "--blocks", "2", "--twin", "none", "--out", "r"];
    scratch.expect(0, &run);
    let plain = scratch.path("r/trials.csv");
    let whole = fs::read_to_string(&plain).unwrap();
    let cut = whole.lines().take(3).collect::<Vec<_>>().join("\n") + "\n";
    fs::remove_file(&plain).unwrap();
    fs::write(scratch.path("r/trials.csv.gz"), packed(cut.as_bytes())).unwrap();
    let said = scratch.expect(2, &["resume", "r"]).err;
    assert!(said.contains("gunzip r/*.gz") && said.contains("poolbench resume r"), "{said}");
    assert!(!plain.exists(), "nothing was written");
    fs::remove_file(scratch.path("r/trials.csv.gz")).unwrap();
    fs::write(&plain, cut).unwrap();
    scratch.expect(0, &["resume", "r"]);
    assert_eq!(fs::read_to_string(&plain).unwrap().lines().count(), whole.lines().count());
}
