//! `archive`: runs are kept whole or not at all, once, whatever happens meanwhile.

use std::fs;
use std::process::{Command, Stdio};

use super::made::{Scratch, pool};
use super::nights::{nights, still};

/// Some nights of three pools.
fn made(count: usize) -> Scratch {
    let scratch = Scratch::new();
    nights(&scratch, &[pool("serial", 10.0), pool("steady", 7.0), pool("mine", 4.0)].map(still), count, 6);
    scratch
}

/// The names in a folder, hidden ones left out.
fn names(scratch: &Scratch, folder: &str) -> Vec<String> {
    let entries = fs::read_dir(scratch.path(folder)).expect("the folder is there").flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| !name.starts_with('.')).collect();
    names.sort();
    names
}

#[test]
fn a_run_is_kept_once_with_all_that_commands_read_and_nothing_of_the_machine_alone() {
    let scratch = made(1);
    fs::write(scratch.path("night-0/paths.toml"), "here").expect("the folder is there");
    fs::write(scratch.path("night-0/notes.jsonl"), "{\"run\":\"night-0\"}\n").expect("the folder is there");
    let said = scratch.expect(0, &["archive", "night-0", "--into", "kept"]);
    assert!(said.out.starts_with("kept: kept/night-0-"), "{}", said.out);
    let said = scratch.expect(0, &["archive", "night-0", "--into", "kept"]);
    assert!(said.out.starts_with("there already: kept/night-0-"), "{}", said.out);
    let kept = names(&scratch, "kept");
    assert!(kept.len() == 2 && kept[0] == "index.csv" && kept[1].starts_with("night-0-"), "{kept:?}");
    let folder = format!("kept/{}", kept[1]);
    assert_eq!(names(&scratch, &folder), ["machine.json", "notes.jsonl.gz", "plan.toml", "trials.csv.gz"]);
    let figures = |run: &str| scratch.expect(0, &["summary", run, "--json"]).out;
    assert_eq!(figures("night-0"), figures(&folder));
    // What was kept can be kept elsewhere, byte for byte.
    scratch.expect(0, &["archive", &folder, "--into", "again"]);
    let rows =
        |history: &str| fs::read(scratch.path(&format!("{history}/{}/trials.csv.gz", kept[1]))).expect("it is there");
    assert!(rows("kept") == rows("again"));
}

#[test]
fn what_is_no_ended_run_is_refused_and_leaves_the_history_as_it_was() {
    let scratch = made(3);
    scratch.expect(0, &["archive", "night-0", "--into", "kept"]);
    let before = names(&scratch, "kept");
    let rows = fs::read_to_string(scratch.path("night-1/trials.csv")).expect("it is there");
    let lines: Vec<&str> = rows.lines().collect();
    let cases = [
        (lines[..9].join("\n") + "\n", "has not ended"),
        (rows.trim_end().to_owned(), "has not ended"),
        (format!("{rows}{}", lines[1]), "not written to its end"),
        (rows.replace("\n2,night-1", "\n3,night-1"), "a newer poolbench reads it"),
        (rows.replace(",noop,", ",no\u{7f}op,"), "is not a word"),
    ];
    for (rows, wanted) in cases {
        fs::write(scratch.path("night-1/trials.csv"), rows).expect("the folder is there");
        let said = scratch.expect(2, &["archive", "night-1", "--into", "kept"]);
        assert!(said.err.contains(wanted), "{wanted}: {}", said.err);
    }
    for (folder, wanted) in [("nowhere", "holds no run"), ("kept", "holds no run"), ("made-of-nothing", "holds no run")]
    {
        let said = scratch.expect(2, &["archive", folder, "--into", "kept"]);
        assert!(said.err.contains(wanted), "{}", said.err);
    }
    // Those that can be kept are, and the others are named.
    let said = scratch.expect(1, &["archive", "night-1", "night-2", "--into", "kept"]);
    assert!(said.out.contains("kept: kept/night-2") && said.err.contains("night-1"), "{}{}", said.out, said.err);
    assert_eq!(names(&scratch, "kept").len(), before.len() + 1);
    // A folder that is none of a history.
    for (into, wanted) in [("night-2", "is a run and no history"), ("full", "holds other files")] {
        fs::create_dir_all(scratch.path("full")).expect("it can be made");
        fs::write(scratch.path("full/letter"), "").expect("it can be made");
        let said = scratch.expect(2, &["archive", "night-0", "--into", into]);
        assert!(said.err.contains(wanted), "{}", said.err);
    }
    // The same run with other rows.
    let path = scratch.path("night-0/trials.csv");
    let rows = fs::read_to_string(&path).expect("it is there");
    fs::write(&path, rows.replacen(",1,1,0,ok,", ",1,1,1,ok,", 1)).expect("the folder is there");
    let said = scratch.expect(2, &["archive", "night-0", "--into", "kept"]);
    assert!(said.err.contains("holds this run already, with other rows"), "{}", said.err);
}

#[test]
fn a_name_that_leads_elsewhere_is_refused() {
    let scratch = made(1);
    let plan = scratch.path("night-0/plan.toml");
    let text = fs::read_to_string(&plan).expect("it is there");
    for name in ["../../night", "a/b", "..", "a\\nb"] {
        fs::write(&plan, text.replace("run = \"night-0\"", &format!("run = \"{name}\""))).expect("the folder is there");
        let said = scratch.expect(2, &["archive", "night-0", "--into", "kept"]);
        assert!(said.err.contains("is not a word"), "{}", said.err);
    }
    assert!(!scratch.path("kept").exists());
}

#[test]
fn a_race_is_kept_and_passed_over() {
    let scratch = made(2);
    let plan = scratch.path("night-0/plan.toml");
    let text = fs::read_to_string(&plan).expect("it is there");
    let race = "[race]\nobjective = \"time\"\nwithin = \"3%\"\nmax_memory_bytes = 0\nentrants = 3\nfinal_from = 0\nfinalists = 0\nspent_ms = 1\nended = \"one\"\n\n[pools.serial]";
    fs::write(&plan, text.replace("[pools.serial]", race)).expect("the folder is there");
    scratch.expect(0, &["archive", "night-0", "night-1", "--into", "kept"]);
    let said = scratch.expect(0, &["history", "kept"]);
    assert!(said.err.contains("passed over") && said.err.contains("is a race"), "{}", said.err);
    // One that was stopped and may go on is none yet.
    fs::write(&plan, text.replace("[pools.serial]", &race.replace("\"one\"", "\"interrupted\"")))
        .expect("the folder is there");
    let said = scratch.expect(2, &["archive", "night-0", "--into", "other"]);
    assert!(said.err.contains("has not ended"), "{}", said.err);
}

#[test]
fn what_a_killed_archive_has_left_is_swept_and_a_torn_index_is_made_again() {
    let scratch = made(3);
    scratch.expect(0, &["archive", "night-0", "night-1", "--into", "kept"]);
    fs::create_dir(scratch.path("kept/.unfinished-night-9-abc-123")).expect("it can be made");
    fs::write(scratch.path("kept/.unfinished-night-9-abc-123/trials.csv.gz"), "half").expect("it can be made");
    let index = scratch.path("kept/index.csv");
    let whole = fs::read_to_string(&index).expect("there is one");
    for torn in [
        "",
        "folder,run\n",
        &whole[..whole.len() / 2],
        &whole[..whole.len() - 20],
        &whole.replace("night-1", "night-7"),
    ] {
        fs::write(&index, torn).expect("it can be written");
        scratch.expect(0, &["history", "kept"]);
        assert_eq!(fs::read_to_string(&index).expect("there is one"), whole);
    }
    fs::remove_file(&index).expect("there is one");
    scratch.expect(0, &["archive", "night-2", "--into", "kept"]);
    assert!(!scratch.path("kept/.unfinished-night-9-abc-123").exists());
    assert_eq!(fs::read_to_string(&index).expect("there is one").lines().count(), 4);
}

#[test]
fn archives_at_once_do_not_hurt_each_other() {
    let scratch = made(4);
    let start = |night: usize| {
        Command::new(env!("CARGO_BIN_EXE_poolbench"))
            .args(["archive", &format!("night-{night}"), "night-0", "--into", "kept"])
            .current_dir(scratch.path(""))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("poolbench starts")
    };
    let children: Vec<_> = (0..8).map(|number| start(number % 4)).collect();
    for mut child in children {
        assert!(child.wait().expect("it ends").success());
    }
    let names = names(&scratch, "kept");
    assert_eq!(names.len(), 5, "{names:?}");
    assert_eq!(fs::read_to_string(scratch.path("kept/index.csv")).expect("there is one").lines().count(), 5);
}

#[test]
fn killed_at_any_moment_the_history_stays_whole() {
    let scratch = made(6);
    scratch.expect(0, &["archive", "night-0", "--into", "kept"]);
    for night in 1..6_u64 {
        let mut child = Command::new(env!("CARGO_BIN_EXE_poolbench"))
            .args(["archive", &format!("night-{night}"), "--into", "kept"])
            .current_dir(scratch.path(""))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("poolbench starts");
        std::thread::sleep(std::time::Duration::from_millis(3 * night));
        let _ = child.kill();
        child.wait().expect("it ends");
        // Each folder that has a name is whole, whenever that was.
        for name in names(&scratch, "kept").iter().filter(|name| name.starts_with("night")) {
            scratch.expect(0, &["summary", &format!("kept/{name}"), "--json"]);
        }
        scratch.expect(0, &["history", "kept"]);
    }
    scratch.expect(0, &["archive", "night-1", "night-2", "night-3", "night-4", "night-5", "--into", "kept"]);
    assert_eq!(names(&scratch, "kept").len(), 7);
}
