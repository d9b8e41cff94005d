//! A build that changes while a run goes on, and a guest that is found again: rows of two builds are never one run.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::process::Stdio;

use super::common::{Ended, Rows, Scratch, beside};

const CELLS: [&str; 8] = ["--workload", "noop", "--jobs", "10", "--batches", "1", "--twin", "none"];

/// A folder `guests` with a list, a script that is the pool `good`, and a file that it is made of.
fn guests() -> Scratch {
    let scratch = Scratch::new();
    fs::create_dir(scratch.path("guests")).unwrap();
    script(&scratch, "");
    fs::write(scratch.path("guests/part.txt"), "one").unwrap();
    let list = "[[pool]]\nname = \"good\"\ncommand = [\"./guest\"]\nfiles = [\"*.txt\"]\n";
    fs::write(scratch.path("guests/pools.toml"), list).unwrap();
    scratch
}

/// Writes the guest's script as an editor does: a new file in the place of the old one.
fn script(scratch: &Scratch, comment: &str) {
    let text = format!(
        "#!/bin/sh\n{comment}\necho \"$0 says hello from $(dirname \"$0\")\" >&2\nexec {} good \"$@\"\n",
        beside("misbehave").display()
    );
    let path = scratch.path("guests/new");
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
    fs::rename(&path, scratch.path("guests/guest")).unwrap();
}

/// Begins a run that outlasts the test, changes something in it, and waits for its end.
fn changed_meanwhile(scratch: &Scratch, change: impl Fn()) -> Ended {
    let words =
        ["run", "--pools-from", "guests/pools.toml", "--pools", "good,serial", "--blocks", "9999", "--out", "r"];
    let mut command = scratch.command(&[&words[..], &CELLS].concat());
    let run = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("poolbench starts");
    scratch.wait_for_rows(6);
    change();
    Ended(run.wait_with_output().expect("poolbench ends"))
}

#[test]
fn an_edited_guest_stops_the_run_by_name_and_its_rows_are_kept() {
    for (file, change) in [("guest", "# edited"), ("part.txt", "")] {
        let scratch = guests();
        let ended = changed_meanwhile(&scratch, || match file {
            "guest" => script(&scratch, change),
            part => fs::write(scratch.path("guests").join(part), "two").unwrap(),
        });
        let said = ended.expect(2).stderr();
        assert!(said.contains("pool 'good' was changed while the run went on") && said.contains(file), "{said}");
        assert!(Rows::read(&scratch.path("r")).accepted().len() >= 6, "{said}");
        let again = scratch.poolbench(&["resume", "r"]).expect(2).stderr();
        assert!(again.contains("another build"), "{again}");
    }
}

#[test]
fn the_same_bytes_once_more_are_no_change() {
    let scratch = guests();
    let words = ["run", "--pools-from", "guests/pools.toml", "--pools", "good,serial", "--blocks", "60", "--out", "r"];
    let run = scratch.command(&[&words[..], &CELLS].concat()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    scratch.wait_for_rows(6);
    script(&scratch, "");
    let ended = Ended(run.expect("poolbench starts").wait_with_output().expect("poolbench ends"));
    assert_eq!(Rows::read(&scratch.path("r")).accepted().len(), 2 * 61, "{}", ended.stderr());
}

/// A run of two blocks with a guest, of which the last row is lost.
fn torn() -> Scratch {
    let scratch = guests();
    let words = ["run", "--pools-from", "guests/pools.toml", "--pools", "good,serial", "--blocks", "1", "--out", "r"];
    scratch.poolbench(&[&words[..], &CELLS].concat()).expect(0);
    let path = scratch.path("r/trials.csv");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, &text[..text.len() - 20]).unwrap();
    scratch
}

#[test]
fn a_run_with_guests_goes_on_without_the_list_and_no_other_file_names_a_folder() {
    let scratch = torn();
    let data = fs::metadata(scratch.path("r/paths.toml")).unwrap();
    assert_eq!(data.mode() & 0o777, 0o600);
    let plan = fs::read_to_string(scratch.path("r/plan.toml")).unwrap();
    assert!(plan.contains("files = [\"part.txt\"]"), "{plan}");
    let folder = scratch.path("").canonicalize().unwrap();
    for entry in fs::read_dir(scratch.path("r")).unwrap().flatten().filter(|entry| entry.file_name() != "paths.toml") {
        let text = fs::read_to_string(entry.path()).unwrap();
        let is_notes = entry.file_name() == "notes.jsonl";
        assert!(!is_notes || text.contains("$GUESTS/guest says hello from $GUESTS"), "{text}");
        assert!(!text.contains(folder.to_str().unwrap()), "{}: {text}", entry.path().display());
    }
    fs::create_dir(scratch.path("elsewhere")).unwrap();
    let mut command = scratch.command(&["resume", "../r"]);
    Ended(command.current_dir(scratch.path("elsewhere")).output().unwrap()).expect(0);
    assert_eq!(Rows::read(&scratch.path("r")).accepted().len(), 4);
}

/// Whether `resume` refuses the run's paths with this reason, and goes on with the list.
#[track_caller]
fn is_not_obeyed(scratch: &Scratch, why: &str) {
    let said = scratch.poolbench(&["resume", "r"]).expect(2).stderr();
    assert!(said.contains(why) && said.contains("--pools-from"), "{said}");
    assert!(!scratch.path("ran").exists(), "it ran something: {said}");
    scratch.poolbench(&["resume", "r", "--pools-from", "guests/pools.toml"]).expect(0);
}

#[test]
fn paths_from_elsewhere_run_nothing() {
    let evil = |scratch: &Scratch| {
        let text = format!("#!/bin/sh\ntouch {}\n", scratch.path("ran").display());
        fs::write(scratch.path("evil"), text).unwrap();
        fs::set_permissions(scratch.path("evil"), Permissions::from_mode(0o755)).unwrap();
        let paths = fs::read_to_string(scratch.path("r/paths.toml")).unwrap();
        let lines = paths.lines().map(|line| {
            if line.starts_with("command") {
                format!("command = [\"{}\"]\n", scratch.path("evil").display())
            } else {
                format!("{line}\n")
            }
        });
        let text: String = lines.collect();
        assert_ne!(text.trim(), paths.trim());
        text
    };
    let scratch = torn();
    fs::write(scratch.path("r/paths.toml"), evil(&scratch)).unwrap();
    is_not_obeyed(&scratch, "another build");

    // A copy of the whole folder, however faithful, is not what was written there.
    let scratch = torn();
    fs::copy(scratch.path("r/paths.toml"), scratch.path("r/copy")).unwrap();
    fs::rename(scratch.path("r/copy"), scratch.path("r/paths.toml")).unwrap();
    is_not_obeyed(&scratch, "copied or unpacked");

    let scratch = torn();
    fs::set_permissions(scratch.path("r/paths.toml"), Permissions::from_mode(0o622)).unwrap();
    is_not_obeyed(&scratch, "others may write");

    let scratch = torn();
    fs::rename(scratch.path("r/paths.toml"), scratch.path("r/real.toml")).unwrap();
    symlink("real.toml", scratch.path("r/paths.toml")).unwrap();
    is_not_obeyed(&scratch, "it is a link");

    let scratch = torn();
    fs::write(scratch.path("r/paths.toml"), "\u{0}").unwrap();
    is_not_obeyed(&scratch, "paths.toml is not obeyed");

    let scratch = torn();
    fs::remove_file(scratch.path("r/paths.toml")).unwrap();
    is_not_obeyed(&scratch, "good");

    // With the list given once, the run knows its way again.
    let scratch = torn();
    fs::remove_file(scratch.path("r/paths.toml")).unwrap();
    scratch.poolbench(&["resume", "r", "--pools-from", "guests/pools.toml"]).expect(0);
    scratch.poolbench(&["resume", "r"]).expect(0);
}
