//! The report of a race on rows whose truth is known: its answer first, who was in, how each left, and nothing claimed besides.

use std::fs;

use harness::columns::Row;

use super::made::{About, Scratch, Series, csv, pool, rows};

/// Rounds before the final, and with it.
const BEFORE: u64 = 5;
const ROUNDS: u64 = 15;

/// Who races: pool, milliseconds a batch, how noisy, the last round that it ran in, how it left.
const FIELD: [(&str, f64, f64, u64, &str); 8] = [
    ("best", 10.0, 0.002, ROUNDS, ""),
    ("alike", 10.05, 0.002, ROUNDS, ""),
    ("slower", 11.0, 0.002, ROUNDS, "behind"),
    ("slow", 15.0, 0.01, 3, "set-aside"),
    ("hanging", 49.0, 0.01, 3, "cut-off"),
    ("broken", 20.0, 0.01, 2, "failed"),
    ("large", 12.0, 0.01, 2, "memory"),
    ("late", 10.6, 0.01, BEFORE, "budget"),
];

/// A race in `r` that has these entrants.
fn raced() -> Scratch {
    raced_with(0.002)
}

/// The same, `alike` being so noisy.
fn raced_with(noise_of_alike: f64) -> Scratch {
    let noise = |name: &str, own: f64| if name == "alike" { noise_of_alike } else { own };
    let series: Vec<Series> =
        FIELD.iter().map(|(name, ms, own, _, _)| Series { noise: noise(name, *own), ..pool(name, *ms) }).collect();
    let last = |name: &str| FIELD.iter().find(|own| own.0 == name).map_or(ROUNDS, |own| own.3);
    let mut made = rows(&series, ROUNDS);
    made.retain(|row| row.block <= Some(last(&row.pool)));
    let twins = |row: &Row| row.pool == "best" && row.block > Some(BEFORE);
    let twins: Vec<Row> =
        made.iter().filter(|row| twins(row)).map(|row| Row { pool: "best-twin".to_owned(), ..row.clone() }).collect();
    made.extend(twins);
    for row in &mut made {
        if row.pool == "hanging" || row.pool == "broken" {
            if row.pool == "hanging" { "timeout" } else { "failed" }.clone_into(&mut row.status);
            row.batch_ns = None;
        }
    }
    let scratch = Scratch::new();
    scratch.run_of("r", "here", csv(&made));
    let path = scratch.path("r/plan.toml");
    let plan = fs::read_to_string(&path).expect("there is a plan");
    let cells = plan.find("[[cells]]").expect("it has a cell");
    let plan = plan[..cells].replace("blocks = 1\n", &format!("blocks = {ROUNDS}\n"));
    fs::write(path, plan + &race() + &self::cells()).expect("the folder is there");
    scratch.tell("r", &FIELD.map(|own| About { pool: own.0, mirrors: "", base: "", title: "made" }));
    scratch
}

/// What the plan says of the race.
fn race() -> String {
    let ran = |round: u64| FIELD.iter().filter(|own| own.3 > round || own.4.is_empty()).count();
    let look = |round| format!("[[race.looks]]\nround = {round}\nleader = 0\nleft = {}\nerror = 0.02\n\n", ran(round));
    let out = |(cell, (_, ms, _, round, how)): (usize, &(&str, f64, f64, u64, &str))| {
        let (how, cut) = if *how == "cut-off" { ("set-aside", "cut_off = true\n") } else { (*how, "") };
        let factor = if ["set-aside", "behind"].contains(&how) { ms / 10.0 } else { 0.0 };
        format!(
            "[[race.out]]\ncell = {cell}\nround = {round}\nhow = \"{how}\"\nleader = 0\nfactor = {factor:.3}\n{cut}\n"
        )
    };
    let mut left: Vec<(usize, _)> = FIELD.iter().enumerate().filter(|(_, own)| !own.4.is_empty()).collect();
    left.sort_by_key(|(_, own)| own.3);
    format!(
        "[race]\nobjective = \"time\"\nwithin = \"3%\"\nmax_memory_bytes = 0\nentrants = {}\nfinal_from = {}\nfinalists = 3\n\
         spent_ms = 9000\nended = \"same\"\n\n",
        FIELD.len(),
        BEFORE + 1
    ) + &(1..=ROUNDS).map(look).collect::<String>()
        + &left.into_iter().map(out).collect::<String>()
}

fn cells() -> String {
    let cell = |name: &str| {
        format!(
            "[[cells]]\npool = \"{name}\"\nworkload = \"noop\"\njobs = 1000\nworkers = 2\nchunk = \"auto\"\nwindow = \"all\"\n\
             batches = 1\n\n"
        )
    };
    FIELD.iter().map(|own| own.0).chain(["best-twin"]).map(cell).collect()
}

/// What is seen of a page: its texts without markup.
fn texts(page: &str) -> String {
    let bodies = page.split('<').map(|piece| piece.split_once('>').map_or("", |(_, text)| text));
    bodies.collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_page_of_a_race_begins_with_the_words_of_its_end() {
    let scratch = raced();
    let said = scratch.expect(0, &["summary", "r"]).flat();
    let answer = "For 1,000 jobs of noop: best on 2 workers, chunk auto: ";
    assert!(said.contains(answer) && said.contains("The same within 3.00 %: alike (2 workers, chunk auto)."), "{said}");
    scratch.expect(0, &["report", "r"]);
    let page = fs::read_to_string(scratch.path("r/report.html")).expect("it was written");
    scratch.expect(0, &["report", "r", "--markdown", "--svg", "pictures"]);
    let markdown = fs::read_to_string(scratch.path("r/report.md")).expect("it was written");
    let value = said.split_once(answer).and_then(|(_, rest)| rest.split_once(" (")).expect("a figure with its range").0;
    for text in [&texts(&page), &markdown] {
        for part in [
            "1,000 jobs of noop",
            "2 workers, chunk auto",
            value,
            "The same within 3.00 %: alike (2 workers, chunk auto).",
            "all that are left are the same within 3.00 %. 15 rounds, the last 10 of finalists only",
        ] {
            let part = part.trim_start_matches("all that");
            assert!(text.contains(part), "{part} is not in {text}");
        }
    }
    let order = ["class=\"card\"", "id=\"left\"", "id=\"pictures\"", "id=\"out\"", "id=\"trust\"", "id=\"figures\""];
    let found: Vec<Option<usize>> = order.iter().map(|mark| page.find(mark)).collect();
    assert!(found.iter().all(Option::is_some) && found.is_sorted(), "{order:?} lie at {found:?}");
    // Nothing of a run's claims.
    for claim in
        ["id=\"decision\"", "id=\"ratings\"", "id=\"places\"", "id=\"costs\"", "May be claimed", "may be claimed"]
    {
        assert!(!page.contains(claim), "{claim} is on the page of a race");
    }
    let names: Vec<String> = ["rounds", "final", "front"].map(|name| format!("pictures/{name}.svg")).to_vec();
    assert!(names.iter().all(|name| scratch.path(name).is_file()), "a file for each picture");
    assert!(!page.contains(scratch.path("r").to_str().unwrap()), "no folder is named");
}

#[test]
fn each_way_to_leave_has_a_shape_of_its_own_at_its_round() {
    let scratch = raced();
    scratch.expect(0, &["report", "r", "--svg", "pictures"]);
    let svg = fs::read_to_string(scratch.path("pictures/rounds.svg")).expect("it was drawn");
    let marks: Vec<&str> = svg.split("<g class=\"mark ").skip(1).collect();
    let of = |pool: &str| {
        let mark =
            marks.iter().find(|mark| mark.split('>').next().unwrap_or("").contains(&format!("data-pool=\"{pool}\"")));
        let mark = mark.unwrap_or_else(|| panic!("no mark of {pool}"));
        let between = |from: &str, to: &str| {
            let found = mark.split_once(from).and_then(|(_, rest)| rest.split_once(to));
            found.map_or(String::new(), |(text, _)| text.to_owned())
        };
        let shape = between(" d=\"", "\"");
        (between("data-x=\"", "\""), between("<title>", "</title>"), shape)
    };
    let mut shapes: Vec<String> = Vec::new();
    for (pool, round, words) in [
        ("best", 15, "left after 15 rounds"),
        ("slower", 15, "behind after round 15: 1.10 times"),
        ("slow", 3, "set aside after round 3: 1."),
        ("hanging", 3, "cut off, so that it took this or more: 5.00 times"),
        ("broken", 2, "failed after round 2"),
        ("large", 2, "too much memory after round 2: 1."),
        ("late", 5, "no time to tell after round 5"),
    ] {
        let (x, title, shape) = of(pool);
        assert_eq!(x, round.to_string(), "{pool} ends after its last round: {title}");
        assert!(title.contains(words), "{pool}: {title}");
        shapes.push(shape);
    }
    assert_eq!(of("alike").2, shapes[0], "both were left");
    shapes.sort();
    shapes.dedup();
    assert_eq!(shapes.len(), 7, "a shape for each way: {shapes:?}");
    let numbers = svg.matches("class=\"tick x\"").count();
    assert!(numbers >= 4, "how many ran is told where it changes: {numbers}");

    let last = fs::read_to_string(scratch.path("pictures/final.svg")).expect("it was drawn");
    let title = |pool: &str| {
        let found = last.split("<title>").skip(1).find(|title| title.starts_with(pool));
        found.unwrap_or_else(|| panic!("no {pool} in {last}")).split("</title>").next().unwrap().to_owned()
    };
    assert!(title("alike").contains("1.00") && title("alike").contains(" to "), "{}", title("alike"));
    assert!(title("slower").contains("1.10 times"), "{}", title("slower"));
    assert!(!last.contains("slow w 2"), "who is no finalist is in no final");
}

#[test]
fn a_race_without_a_final_has_no_intervals_and_one_without_a_round_no_page() {
    let scratch = raced();
    let path = scratch.path("r/plan.toml");
    let plan = fs::read_to_string(&path).expect("there is a plan");
    let cut = |text: &str, rounds: u64| {
        let looks = text.find("[[race.looks]]").expect("it has looks");
        let cells = text.find("[[cells]]").expect("it has cells");
        let kept =
            text[looks..cells].split("\n\n").take(usize::try_from(rounds).unwrap()).collect::<Vec<_>>().join("\n\n");
        let head = text[..looks].replace("final_from = 6", "final_from = 0").replace("finalists = 3", "finalists = 0");
        format!("{}{kept}\n\n{}", head.replace("ended = \"same\"", "ended = \"interrupted\""), &text[cells..])
    };
    fs::write(&path, cut(&plan, 2)).expect("it can be written");
    scratch.expect(0, &["report", "r", "--svg", "pictures"]);
    scratch.expect(0, &["report", "r"]);
    let page = texts(&fs::read_to_string(scratch.path("r/report.html")).expect("it was written"));
    assert!(page.contains("this is the answer so far") && page.contains("there are no intervals"), "{page}");
    assert!(!page.contains("95 % interval") && !scratch.path("pictures/final.svg").exists(), "{page}");
    fs::write(&path, cut(&plan, 0)).expect("it can be written");
    let said = scratch.expect(2, &["report", "r"]);
    assert!(said.err.contains("no finished round") && said.err.contains("poolbench resume r"), "{}", said.err);
}

/// Changes a race's plan.
fn change(scratch: &Scratch, changes: &[(&str, &str)]) {
    let path = scratch.path("r/plan.toml");
    let mut plan = fs::read_to_string(&path).expect("there is a plan");
    for (from, to) in changes {
        assert!(plan.contains(from), "{from} is not in {plan}");
        plan = plan.replace(from, to);
    }
    fs::write(path, plan).expect("it can be written");
}

#[test]
fn where_the_best_stands_at_the_end_of_its_ladder_the_command_looks_further() {
    let scratch = raced();
    // The one that was set aside becomes the same pool on one worker.
    let trials = fs::read_to_string(scratch.path("r/trials.csv")).expect("there are rows");
    let mut reader = csv::Reader::from_reader(trials.as_bytes());
    let columns = reader.headers().expect("there is a header").clone();
    let at = |name: &str| columns.iter().position(|column| column == name).expect("it is a column");
    let rows: Vec<String> = reader
        .records()
        .map(|row| {
            let row = row.expect("it is a row");
            let is_it = &row[at("pool")] == "slow";
            let cell = |(column, text): (usize, &str)| match column {
                column if is_it && column == at("pool") => "best".to_owned(),
                column if is_it && column == at("workers") => "1".to_owned(),
                _ => text.to_owned(),
            };
            row.iter().enumerate().map(cell).collect::<Vec<_>>().join(",")
        })
        .collect();
    scratch.rewrite("r", format!("{}\n{}\n", columns.iter().collect::<Vec<_>>().join(","), rows.join("\n")));
    let cell = |pool: &str, workers: u64| {
        format!("pool = \"{pool}\"\nworkload = \"noop\"\njobs = 1000\nworkers = {workers}\n")
    };
    change(&scratch, &[(&cell("slow", 2), &cell("best", 1))]);
    let joined = |said: String| said.replace(" \\ ", " ");
    let said = joined(scratch.expect(0, &["summary", "r"]).flat());
    assert!(said.contains("2 workers are the most that were tried."), "{said}");
    let further = "more workers: poolbench race --workload noop --jobs 1000 --pools best --workers 2,4,8";
    assert!(said.contains(further), "{said}");
    scratch.expect(0, &["report", "r", "--markdown"]);
    let page = fs::read_to_string(scratch.path("r/report.md")).expect("it was written");
    assert!(page.contains("most that were tried") && page.contains("--workers 2,4,8"), "{page}");
    // What was asked for is asked again.
    change(
        &scratch,
        &[
            ("objective = \"time\"", "objective = \"memory\""),
            ("within = \"3%\"", "within = \"5%\""),
            ("max_memory_bytes = 0", "max_memory_bytes = 16777216"),
        ],
    );
    let said = joined(scratch.expect(0, &["summary", "r"]).flat());
    assert!(said.contains("--objective memory --max-memory 16777216B --within 5%"), "{said}");
}

#[test]
fn a_pool_of_processes_that_wins_is_said_to_return_eight_bytes() {
    let scratch = raced();
    assert!(
        !scratch.expect(0, &["summary", "r"]).flat().contains("8 bytes"),
        "a pool of threads returns what it likes"
    );
    change(&scratch, &[("[pools.best]\n", "[pools.best]\nkind = \"processes\"\n")]);
    let said = scratch.expect(0, &["summary", "r"]).flat();
    assert!(said.contains("results here are 8 bytes a job"), "{said}");
    scratch.expect(0, &["report", "r"]);
    let page = texts(&fs::read_to_string(scratch.path("r/report.html")).expect("it was written"));
    assert!(page.contains("Results here are 8 bytes a job"), "{page}");
}

#[test]
fn a_race_stands_beside_no_other_run() {
    let scratch = raced();
    let said = scratch.expect(2, &["report", "r", "r"]);
    assert!(said.err.contains("is a race") && said.err.contains("poolbench summary"), "{}", said.err);
}

#[test]
fn who_is_left_and_not_told_apart_is_in_the_answer() {
    let scratch = raced_with(0.3);
    let told = "Not told apart from it: alike (2 workers, chunk auto).";
    let said = scratch.expect(0, &["summary", "r"]).flat();
    assert!(said.contains(told) && !said.contains("The same within"), "{said}");
    scratch.expect(0, &["report", "r", "--markdown"]);
    let markdown = fs::read_to_string(scratch.path("r/report.md")).expect("it was written");
    assert!(markdown.contains(told), "{markdown}");
}
