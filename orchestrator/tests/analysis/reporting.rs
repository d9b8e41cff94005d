//! `report`: what stands on the page, that nothing of a run is obeyed as markup, and what is said where data lack.

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use harness::columns::Row;
use sha2::{Digest as _, Sha256};

use super::made::{About, Scratch, Series, csv, pool, rows};

const MARKUP: &str = "<img src=x onerror=alert(1)><script>alert(2)</script>";

/// Three pools that compute in two lengths and two sizes, and wait in one, with a twin.
fn rich() -> Scratch {
    let sizes = [(1000, 1.0), (10_000, 10.0)];
    let pools = [("serial", 60.0), ("quick", 31.0), ("quick-twin", 31.0), ("slow", 45.0)];
    let all = sizes
        .iter()
        .flat_map(|(jobs, times)| pools.iter().map(move |(name, ms)| Series { jobs: *jobs, ..pool(name, ms * times) }));
    let all: Vec<Series> = all.collect();
    let mut made = rows(&all, 16);
    let spin = |row: &Row| Row { workload: "spin".to_owned(), param: "50us".to_owned(), ..row.clone() };
    let sleep =
        |row: &Row| Row { workload: "sleep".to_owned(), param: "5ms".to_owned(), workers: Some(50), ..row.clone() };
    let more: Vec<Row> = made.iter().map(spin).collect();
    let waits: Vec<Row> = made.iter().filter(|row| row.pool != "serial").map(sleep).collect();
    made.extend(more);
    made.extend(waits);
    let scratch = Scratch::new();
    scratch.run_of("r", "here", csv(&made));
    scratch
}

#[track_caller]
fn page(scratch: &Scratch, arguments: &[&str]) -> String {
    scratch.expect(0, &[&["report"], arguments].concat());
    fs::read_to_string(scratch.path("r/report.html")).expect("the page was written")
}

/// What stands between two marks.
#[track_caller]
fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let (_, rest) = text.split_once(from).unwrap_or_else(|| panic!("no {from} in {text}"));
    rest.split_once(to).unwrap_or_else(|| panic!("no {to} behind {from}")).0
}

#[test]
fn the_answer_comes_first_and_all_else_in_its_order() {
    let scratch = rich();
    let text = page(&scratch, &["r"]);
    let marks = [
        "10,000 jobs of 50.0 us that compute",
        "class=\"pool\">quick<",
        "1,000 jobs of 5.00 ms that wait",
        "id=\"decision\"",
        "id=\"ratings\"",
        "id=\"pictures\"",
        "id=\"places\"",
        "id=\"costs\"",
        "id=\"memory\"",
        "id=\"trust\"",
        "id=\"machine\"",
        "id=\"methodology\"",
        "id=\"figures\"",
    ];
    let found: Vec<Option<usize>> = marks.iter().map(|mark| text.find(mark)).collect();
    assert!(found.iter().all(Option::is_some) && found.is_sorted(), "{marks:?} lie at {found:?}");
    let card = between(&text, "<article", "</article>");
    for part in ["class=\"time\"", "class=\"interval\"", "class=\"ties\"", "Peak of memory"] {
        assert!(card.contains(part), "{part} is not in {card}");
    }
    assert!(text.contains("Twins of quick") && text.contains("trials.csv"), "trust and the rows are named");
    let summary = between(&text, "download=\"made-summary.csv\" href=\"data:text/csv;base64,", "\"");
    let summary = STANDARD.decode(summary).expect("it is base64");
    let header = include_str!("../snapshots/summary-header.txt").trim_end();
    assert!(String::from_utf8(summary).unwrap().starts_with(header), "the link carries the figures");
    assert!(!text.contains("16,1,1,"), "the rows are named, not carried");
}

#[test]
fn the_policy_lets_the_own_style_and_script_through_and_nothing_else() {
    let text = page(&rich(), &["r"]);
    let policy = between(&text, "http-equiv=\"Content-Security-Policy\" content=\"", "\"");
    let hash = |of: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(of)));
    let (style, script) = (between(&text, "<style>", "</style>"), between(&text, "<script>", "</script>"));
    assert!(policy.starts_with("default-src 'none'; "), "{policy}");
    assert!(policy.contains(&format!("style-src {};", hash(style))), "{policy}");
    assert!(policy.contains(&format!("script-src {};", hash(script))), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
    assert_eq!((text.matches("<style").count(), text.matches("<script").count()), (1, 1));
    assert!(
        !text.contains(" style=\"") && !text.contains("@import") && !text.contains("url("),
        "styles by class alone"
    );
    assert!(script.len() < 20_000, "{} bytes of script", script.len());
    // An address would be a request.
    let addresses = text.replace("http://www.w3.org/2000/svg", "");
    assert!(!addresses.contains("src=\"http") && !addresses.contains("href=\"http"), "nothing is fetched");
}

#[test]
fn markup_in_texts_of_a_run_is_text() {
    let scratch = rich();
    scratch.tell("r", &[About { pool: "quick", mirrors: MARKUP, base: "", title: MARKUP }]);
    let plan = scratch.path("r/plan.toml");
    let text = fs::read_to_string(&plan)
        .unwrap()
        .replace("left_out = []", &format!("left_out = ['{MARKUP} at /home/me/pools']"));
    fs::write(&plan, text).unwrap();
    scratch.change_machine("r", |machine| machine["cpu"] = MARKUP.into());
    let mut rows = rows(&[pool("serial", 10.0), pool("quick", 5.0)], 8);
    rows.iter_mut().filter(|row| row.block == Some(3)).for_each(|row| row.status = "failed".to_owned());
    scratch.rewrite("r", csv(&rows));
    let note = serde_json::json!({
        "run": "made", "block": 3, "position": 1, "attempt": 1, "pool": "quick", "status": "failed",
        "message": format!("{MARKUP} in /home/me/pools/pool-quick: gone"),
    });
    fs::write(scratch.path("r/notes.jsonl"), format!("{note}\n")).unwrap();
    let text = page(&scratch, &["r"]);
    assert!(!text.contains("<img") && text.matches("<script").count() == 1, "markup is none");
    assert!(
        text.matches("&lt;img src=x").count() >= 4,
        "title, class, processor, message and reason are shown as they are"
    );
    assert!(text.contains(".../pool-quick: gone") && !text.contains("/home/me"), "no folder is named");
    scratch.expect(0, &["report", "r", "--markdown"]);
    let text = fs::read_to_string(scratch.path("r/report.md")).expect("it was written");
    assert!(!text.contains("<img") && !text.contains("<script"), "{text}");
}

#[test]
fn no_folder_and_no_name_of_this_machine_is_in_it() {
    let scratch = rich();
    let folder = scratch.path("r");
    let folder = folder.to_str().unwrap();
    scratch.expect(0, &["report", folder]);
    scratch.expect(0, &["report", folder, "--markdown"]);
    let own = folder.rsplit_once('/').unwrap().0;
    let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    for name in ["report.html", "report.md"] {
        let text = fs::read_to_string(scratch.path("r").join(name)).expect("it was written");
        assert!(!text.contains(own) && !text.contains(env!("CARGO_MANIFEST_DIR")), "{name} names a folder");
        // Shorter ones are words of the page.
        assert!(host.trim().len() < 6 || !text.contains(host.trim()), "{name} names this machine");
    }
    let named = page(&scratch, &["r", "--host", "lab-7"]);
    assert!(named.contains("lab-7: ") && !named.contains("here: "), "the name that was given stands for it");
    let wrong = scratch.expect(2, &["report", "r", "--host", "<b>"]);
    assert!(wrong.err.contains("--host takes a word"), "{}", wrong.err);
}

#[test]
fn what_a_run_lacks_is_a_sentence_with_the_command() {
    let scratch = Scratch::with(&[pool("serial", 10.0), pool("quick", 5.0)], 8);
    let text = page(&scratch, &["r"]);
    let cards: Vec<&str> = text.split("<article").skip(1).collect();
    assert!(cards[1].contains("No answer: the run has no jobs that wait"), "{}", cards[1]);
    assert!(
        cards[1].contains("<code>poolbench run --pools") && cards[1].contains("--workload sleep:5ms"),
        "{}",
        cards[1]
    );
    assert!(text.contains("ran at one size only"), "one size is not enough for a fit");
    assert!(text.contains("poolbench run --workload sleep:1ms --jobs 100<"), "what would fill the table is named");
    let few = Scratch::with(&[pool("serial", 10.0), pool("quick", 5.0)], 3);
    assert!(page(&few, &["r"]).contains("Smoke only"), "three blocks are a look only");
}

#[test]
fn runs_without_a_figure_are_answered() {
    let nothing = Scratch::new();
    let said = nothing.expect(2, &["report", "nowhere"]);
    assert!(said.err.contains("nowhere holds no run") && said.err.contains("poolbench run"), "{}", said.err);
    let empty = Scratch::with(&[], 0);
    let said = empty.expect(2, &["report", "r"]);
    assert!(said.err.contains("nothing to report") && said.err.contains("poolbench resume r"), "{}", said.err);
    assert!(!empty.path("r/report.html").exists(), "no half page is left");
    let failed = Scratch::new();
    let mut made = rows(&[pool("serial", 10.0), pool("quick", 5.0)], 8);
    for row in &mut made {
        (row.status, row.batch_ns) = ("crashed".to_owned(), None);
    }
    failed.run_of("r", "here", csv(&made));
    let text = page(&failed, &["r"]);
    assert!(text.contains("16 of 16 trials: 8 crashed of"), "all failures are counted");
    assert!(text.contains("No answer: the run has no trial that was ok"), "and there is no answer");
    let alone = Scratch::with(&[pool("serial", 10.0)], 8);
    assert!(page(&alone, &["r"]).contains("No other pool of the run"), "one pool has no other");
}

#[test]
fn the_same_run_is_the_same_page() {
    let scratch = rich();
    let first = page(&scratch, &["r"]);
    assert!(page(&scratch, &["r"]) == first, "nothing is drawn and no time is told");
    scratch.expect(0, &["report", "r", "--out", "elsewhere.html"]);
    assert!(fs::read_to_string(scratch.path("elsewhere.html")).unwrap() == first);
}

#[test]
fn where_it_goes_and_what_it_says_when_it_cannot() {
    let scratch = rich();
    let said = scratch.expect(0, &["report", "r", "--markdown", "--svg", "drawn", "--out", "r.md"]);
    assert!(said.out.ends_with("wrote r.md\n\n") || said.out.trim_end().ends_with("wrote r.md"), "{}", said.out);
    assert!(!scratch.path("r/report.html").exists() && scratch.path("drawn").is_dir());
    let refused = scratch.expect(2, &["report", "r", "--out", "no/such/folder.html"]);
    assert!(refused.err.contains("no/such/folder.html") && refused.err.contains("No such file"), "{}", refused.err);
    let three = scratch.poolbench(&["report", "r", "r", "r"]);
    assert_eq!(three.code, Some(2), "{}", three.err);
}

#[test]
fn two_runs_stand_side_by_side() {
    let scratch = rich();
    let pools = |ms| rows(&[pool("serial", 10.0), pool("quick", ms), pool("same", 4.0)], 16);
    scratch.run_of("a", "here", csv(&pools(5.0)));
    scratch.run_of("b", "here", csv(&pools(8.0)));
    for (run, pool) in [("a", "same"), ("b", "same"), ("a", "serial"), ("b", "serial")] {
        let path = scratch.path(run).join("plan.toml");
        let plan = fs::read_to_string(&path).unwrap();
        if !plan.contains(&format!("[pools.{pool}]")) {
            let entry =
                format!("\n[pools.{pool}]\nlibrary = \"made\"\nversion = \"1\"\nsha256 = \"{}\"\n", "0".repeat(64));
            fs::write(&path, plan + &entry).unwrap();
        }
    }
    let said = scratch.expect(0, &["report", "a", "b", "--out", "two.html"]);
    assert!(said.out.contains("wrote two.html"), "{}", said.out);
    let text = fs::read_to_string(scratch.path("two.html")).unwrap();
    assert!(text.contains("What changed from A to B?"));
    let changed = between(&text, "id=\"changes\"", "</section>");
    let row = between(changed, "<tbody>", "</tbody>");
    assert!(row.contains(">quick<") && row.contains("slower") && !row.contains(">same<"), "{row}");
    let pictures = between(&text, "id=\"pictures\"", "</section>");
    let (a, b) = (pictures.matches("<h3>A: ").count(), pictures.matches("<h3>B: ").count());
    assert!(a > 0 && a == b, "{a} pictures of A and {b} of B");
    let ids: Vec<&str> = text.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let once: std::collections::BTreeSet<&&str> = ids.iter().collect();
    assert_eq!(once.len(), ids.len(), "what one drawing takes from another it takes from its own run");
    let drawn = scratch.expect(0, &["report", "a", "b", "--svg", "drawn"]).out;
    assert_eq!(drawn.matches("wrote drawn/a-").count(), a, "{drawn}");
    assert_eq!(drawn.matches("wrote drawn/b-").count(), b, "{drawn}");
    scratch.change_machine("b", |machine| machine["cpu"] = "another".into());
    let refused = scratch.expect(2, &["report", "a", "b"]);
    assert!(refused.err.contains("different machines") && refused.err.contains("--across-machines"), "{}", refused.err);
    scratch.expect(0, &["report", "a", "b", "--across-machines", "--markdown", "--out", "two.md"]);
    assert!(fs::read_to_string(scratch.path("two.md")).unwrap().contains("another"), "what differs is named");
}

#[test]
fn the_help_shows_how_to_ask() {
    let said = Scratch::new().expect(0, &["report", "--help"]);
    assert_eq!(said.out.trim_end(), include_str!("../snapshots/report-help.txt").trim_end());
}
