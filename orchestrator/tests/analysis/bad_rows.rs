//! Rows that are broken, torn, doubled, foreign or hostile: an error with the line, or left aside and counted.

use super::made::{Scratch, csv, pool, rows};

/// The rows of a good run of two pools, header first.
fn good() -> Vec<String> {
    let made = rows(&[pool("serial", 10.0), pool("other", 12.0)], 8);
    csv(&made).lines().map(|line| format!("{line}\n")).collect()
}

const COMMANDS: [&[&str]; 5] =
    [&["summary", "r"], &["compare", "r"], &["rank", "r"], &["gate", "r", "r", "--across-machines"], &["fit", "r"]];

/// Every command refuses these rows with these words.
#[track_caller]
fn refused(trials: impl AsRef<[u8]>, wanted: &[&str]) {
    let scratch = Scratch::new();
    scratch.run_of("r", "here", trials);
    for command in COMMANDS {
        let said = scratch.expect(2, command);
        for part in wanted {
            assert!(said.err.contains(part), "{command:?} does not say {part}: {}", said.err);
        }
        assert_eq!(said.err.lines().count(), 1, "{}", said.err);
    }
}

/// The summary takes these rows and says this beside.
#[track_caller]
fn counted(trials: impl AsRef<[u8]>, wanted: &str) {
    let scratch = Scratch::new();
    scratch.run_of("r", "here", trials);
    let said = scratch.expect(0, &["summary", "r", "--all"]);
    assert!(scratch.expect(0, &["summary", "r"]).flat().contains(wanted));
    assert!(said.flat().contains(wanted), "{}", said.out);
    assert!(said.entry("other").contains(" 8 "), "all good rows stay: {}", said.out);
    for command in COMMANDS {
        scratch.expect(0, command);
    }
}

/// The good rows with line `line`, from 1, changed.
fn with_line(line: usize, change: impl Fn(&str) -> String) -> String {
    let mut lines = good();
    let changed = change(&lines[line - 1]);
    assert_ne!(changed, lines[line - 1], "line {line} was to be changed");
    lines[line - 1] = changed;
    lines.concat()
}

#[test]
fn a_torn_last_line_is_left_aside_and_counted() {
    let whole = good();
    counted(whole.concat() + &whole[2][..40], "left aside: 1 rows not written to its end");
}

#[test]
fn a_row_that_stands_there_twice_is_counted() {
    let whole = good();
    counted(whole.concat() + &whole[5] + &whole[6], "left aside: 2 rows there twice");
}

#[test]
fn rows_of_another_run_are_counted() {
    let foreign = good()[3].replacen("made", "alien", 1);
    counted(good().concat() + &foreign, "left aside: 1 rows of another run");
    // The run is the one of the plan, not that of the first row.
    let mut first = good();
    first.insert(1, foreign);
    counted(first.concat(), "left aside: 1 rows of another run");
    refused(good().concat().replace("made", "alien"), &["has no row of made: all 18 are of another run"]);
}

#[test]
fn rows_that_cannot_be_of_this_run_name_their_line() {
    refused(with_line(5, |line| line.replacen("here", "there", 1)), &["line 5", "two machines are not one run"]);
    refused(with_line(5, |line| line.replacen("2,made", "3,made", 1)), &["line 5", "schema 3"]);
    refused(with_line(5, |line| line.replacen("2,made", "zzz,made", 1)), &["line 5", "schema: 'zzz'"]);
    refused(with_line(5, |line| line.replacen(",1,1,0,ok", ",x,1,0,ok", 1)), &["line 5", "attempt: 'x'"]);
    refused(with_line(5, |line| line.replacen(",1,1,0,ok", ",0,1,0,ok", 1)), &["line 5", "count from 1"]);
    refused(with_line(5, |line| line.replacen(",1,1,0,ok", ",1,1,7,ok", 1)), &["line 5", "noisy: 7"]);
    refused(with_line(4, |line| line.replacen(",serial,", ",,", 1)), &["line 4", "pool is empty"]);
}

#[test]
fn two_accepted_rows_that_differ_name_both_lines() {
    let whole = good();
    let other_time = whole[5].replacen(",threads,", ",processes,", 1);
    refused(whole.concat() + &other_time, &["line 20", "as line 6"]);
    let other_attempt = whole[5].replacen(",1,1,0,ok", ",2,1,0,ok", 1);
    assert_ne!(other_attempt, whole[5]);
    refused(whole.concat() + &other_attempt, &["line 20", "as line 6"]);
}

#[test]
fn a_broken_row_names_its_line() {
    refused(with_line(4, |_| "1,made\n".to_owned()), &["line 4", "2 cells, the header has 84 columns"]);
    refused(with_line(4, |line| line.replace('\n', ",5\n")), &["line 4", "85 cells"]);
    refused(with_line(7, |line| line.replacen(",ok,", ",=cmd(),", 1)), &["line 7", "'=cmd()' is not a word"]);
    refused(with_line(7, |line| line.replacen(",1000,", ",-3,", 1)), &["line 7", "jobs: '-3'"]);
    refused(with_line(7, |line| line.replacen(",1000,", ",1e3,", 1)), &["line 7", "jobs: '1e3'"]);
    refused(with_line(7, |line| line.replacen(",1000,", ",,", 1)), &["line 7", "jobs is empty"]);
    refused(with_line(7, |line| line.replacen(",1000,", ",99999999999999999999,", 1)), &["line 7", "below 2^64"]);
    refused(with_line(7, |line| line.replacen(",1,1,0,ok", ",1,2,0,ok", 1)), &["line 7", "neither 0 nor 1"]);
    refused(with_line(7, |line| line.replacen("here,2", "here,4000000000", 1)), &["line 7", "no run has so many"]);
}

#[test]
fn bytes_that_are_no_text_name_their_line() {
    refused(with_line(4, |line| line.replacen("serial", "s\u{e9}rial", 1)), &["line 4", "is not a word"]);
    refused(with_line(4, |line| line.replacen("serial", "se\0ial", 1)), &["line 4", "'se\\x00ial'"]);
    let mut bytes = good().concat().into_bytes();
    let at = bytes.len() / 2;
    bytes[at..at + 8].fill(0xff);
    refused(bytes, &["line "]);
}

#[test]
fn a_quote_that_never_ends_does_not_swallow_rows_silently() {
    refused(with_line(6, |line| line.replacen("threads", "\"threads", 1)), &["line 6"]);
}

#[test]
fn another_header_or_none_is_refused() {
    refused("", &["trials.csv"]);
    refused("\n\n\n", &["trials.csv"]);
    refused("a,b,c\n1,2,3\n", &["lacks 59 of its columns"]);
    refused(with_line(1, |line| line.replacen("batch_ns", "batch_us", 1)), &["lacks 1 of its columns (batch_ns)"]);
    refused(good()[1..].concat(), &["of its columns"]);
    refused(vec![0; 5000], &["trials.csv"]);
}

#[test]
fn a_header_alone_is_a_run_that_has_not_begun() {
    let scratch = Scratch::new();
    scratch.run_of("r", "here", &good()[0]);
    assert!(scratch.expect(0, &["summary", "r"]).out.contains("no finished block yet"));
    scratch.expect(0, &["rank", "r"]);
    scratch.expect(2, &["compare", "r", "r"]);
}

#[test]
fn the_largest_numbers_are_analysed() {
    let mut made = rows(&[pool("serial", 10.0), pool("other", 12.0)], 8);
    for row in made.iter_mut().filter(|row| row.pool == "other") {
        (row.batch_ns, row.peak_rss_bytes) = (Some(u64::MAX), Some(u64::MAX));
        (row.cpu_user_ns, row.cpu_sys_ns, row.workers) = (Some(u64::MAX), Some(u64::MAX), Some(u64::MAX));
    }
    let scratch = Scratch::new();
    scratch.run_of("r", "here", csv(&made));
    for command in COMMANDS {
        scratch.expect(0, command);
    }
    let claims = scratch.expect(0, &["compare", "r", "--measure", "cpu", "--json"]).json();
    assert_eq!(claims["claims"][0]["verdict"], "slower");
}
