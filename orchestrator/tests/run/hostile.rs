//! Texts and files from elsewhere: nothing that a terminal obeys is passed on, and no run leads outside its folder.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::PathBuf;

use super::common::{Ended, Scratch, beside};

/// Characters that no output has: controls but line ends, and what turns the direction of a text.
fn steers(text: &str) -> Option<char> {
    text.chars()
        .find(|c| (c.is_control() && *c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
}

#[track_caller]
fn is_plain(ended: &Ended) {
    for text in [ended.stdout(), ended.stderr()] {
        assert_eq!(steers(&text), None, "{text:?}");
    }
}

/// A folder in which a run of the helper that steers has ended, beside a pool that is right.
fn steered() -> Scratch {
    let scratch = Scratch::new();
    scratch.list_helpers("misbehave", &["steers", "good"].map(|mode| (mode.to_owned(), [mode.to_owned()])));
    let run = ["run", "--pools-from", "pools.toml", "--pools", "steers,good", "--workload", "noop", "--jobs", "10"];
    let ended = scratch.poolbench(&[&run[..], &["--blocks", "1", "--twin", "good", "--out", "r"]].concat()).expect(1);
    is_plain(&ended);
    scratch
}

/// The files of a run with their texts.
fn files(scratch: &Scratch) -> Vec<(PathBuf, String)> {
    let paths = fs::read_dir(scratch.path("r")).unwrap().map(|entry| entry.unwrap().path());
    paths.map(|path| (path.clone(), fs::read_to_string(&path).unwrap())).collect()
}

#[test]
fn what_pools_say_steers_no_terminal_and_no_file() {
    let scratch = steered();
    for words in [
        &["list", "--pools-from", "pools.toml"][..],
        &["list", "--pools-from", "pools.toml", "--json"],
        &["summary", "r"],
        &["summary", "r", "--json"],
        &["export", "r", "--markdown"],
        &["compare", "r"],
    ] {
        is_plain(&scratch.poolbench(words));
    }
    let files = files(&scratch);
    for (path, text) in &files {
        assert_eq!(steers(text), None, "{}: {text:?}", path.display());
    }
    let notes = &files.iter().find(|(path, _)| path.ends_with("notes.jsonl")).expect("there are notes").1;
    // Written out, so that nobody loses what was said.
    let note: serde_json::Value =
        serde_json::from_str(notes.lines().find(|line| line.contains("steers")).unwrap()).unwrap();
    let message = note["message"].as_str().unwrap();
    assert!(message.starts_with(r"message \u0007\u001b[31m\u009b2J\u202e|`<b>  next in "), "{message}");
    assert!(note["stderr"].as_str().unwrap().contains('\n'), "stderr keeps its lines: {note}");
}

#[test]
fn no_file_of_a_run_names_a_folder_of_the_machine() {
    let scratch = Scratch::new();
    // One that says where it lies as it fails to describe itself, and so is left out with a sentence in the plan.
    let broken = scratch.path("broken.sh");
    fs::write(&broken, "#!/bin/sh\necho \"cannot read $0 in $PWD.\" >&2\nexit 1\n").unwrap();
    fs::set_permissions(&broken, fs::Permissions::from_mode(0o755)).unwrap();
    let helper = beside("misbehave");
    let list = format!(
        "[[pool]]\nname = \"steers\"\ncommand = [{helper:?}, \"steers\"]\n[[pool]]\nname = \"broken\"\ncommand = [{broken:?}]\n"
    );
    fs::write(scratch.path("pools.toml"), list).unwrap();
    fs::write(
        scratch.path("p.toml"),
        "title = \"t\"\nblocks = 1\n[[cells]]\npools = [\"steers\", \"broken\"]\nworkload = \"noop\"\njobs = 1\n",
    )
    .unwrap();
    let run = ["run", "p.toml", "--pools-from", "pools.toml", "--twin", "none", "--out", "r"];
    scratch.poolbench(&run).expect(1);
    let here = scratch.path("").canonicalize().unwrap();
    let own = helper.parent().unwrap();
    let temporary = std::env::temp_dir();
    let home = std::env::var("HOME").unwrap_or_default();
    let mut folders = vec![here.to_str().unwrap(), own.to_str().unwrap(), temporary.to_str().unwrap()];
    folders.extend(Some(home.as_str()).filter(|home| home.len() > 1));
    for (path, text) in files(&scratch).iter().filter(|(path, _)| !path.ends_with("paths.toml")) {
        for folder in &folders {
            assert!(!text.contains(folder), "{} names {folder}: {text}", path.display());
        }
    }
    let text = |name: &str| fs::read_to_string(scratch.path("r").join(name)).unwrap();
    assert!(text("notes.jsonl").contains("$POOLS/misbehave"), "{}", text("notes.jsonl"));
    assert!(text("plan.toml").contains("broken"), "what is left out is said: {}", text("plan.toml"));
}

/// A run of one cell in `r`.
fn small() -> Scratch {
    let scratch = Scratch::new();
    let run = ["run", "--pools", "serial", "--jobs", "1", "--blocks", "1", "--twin", "none", "--out", "r"];
    scratch.poolbench(&run).expect(0);
    scratch
}

#[test]
fn nothing_is_written_through_a_link() {
    for name in ["trials.csv", "notes.jsonl", "plan.toml", "summary.csv"] {
        let scratch = small();
        let (own, outside) = (scratch.path("r").join(name), scratch.path("outside"));
        if own.exists() {
            fs::rename(&own, &outside).unwrap();
        } else {
            fs::write(&outside, "mine").unwrap();
        }
        symlink(&outside, &own).unwrap();
        let before = fs::read(&outside).unwrap();
        let plan = scratch.path("r/plan.toml");
        // More to do, so that `resume` has something to write.
        let more = fs::read_to_string(&plan).unwrap().replace("\nblocks = 1\n", "\nblocks = 2\n");
        if name != "plan.toml" {
            fs::write(&plan, more).unwrap();
        }
        let ended = scratch.poolbench(&["resume", "r"]);
        if ["trials.csv", "notes.jsonl"].contains(&name) {
            let said = ended.expect(2).stderr();
            assert!(said.contains("it is a link, and a run writes through none"), "{name}: {said}");
        }
        scratch.poolbench(&["summary", "r"]).expect(0);
        assert_eq!(fs::read(&outside).unwrap(), before, "{name}");
    }
}

#[test]
fn a_pipe_in_the_place_of_a_file_is_waited_for_by_nobody() {
    for name in ["trials.csv", "machine.json"] {
        let scratch = small();
        let path = scratch.path("r").join(name);
        fs::remove_file(&path).unwrap();
        rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
        let said = scratch.poolbench(&["compare", "r", "r"]).expect(2).stderr();
        assert!(said.contains("it is not a regular file"), "{name}: {said}");
    }
}

#[test]
fn a_plan_that_cannot_be_one_is_refused_by_every_command_and_leads_nowhere() {
    let name = |text: &str| {
        let plan = fs::read_to_string(small().path("r/plan.toml")).unwrap();
        plan.lines().find(|line| line.starts_with(text)).expect("the plan has it").to_owned()
    };
    let (run, seed) = (name("run = "), name("seed = "));
    let long = format!("run = \"{}\"", "a".repeat(5000));
    for (right, wrong, words) in [
        (run.as_str(), "run = \"../../outside\"", "the name of run, '../../outside', is not a word"),
        (&run, "run = \"a/b\"", "is not a word"),
        (&run, "run = \"-rf\"", "is not a word"),
        (&run, "run = \"\"", "is not a word"),
        (&run, "run = \"a\\u001b[31m\"", "'a\\u001b[31m', is not a word"),
        (&run, long.as_str(), "is not a word"),
        (&seed, "seed = \"what\"", "is not of up to 16 hexadecimal digits"),
        ("blocks = 1", "blocks = 9223372036854775807", "1 to 100000 are"),
        ("timeout_ms = 60000", "timeout_ms = 9223372036854775807", "timeout_ms"),
        ("schema = 2", "schema = 9", "a newer poolbench"),
        ("jobs = 1", "jobs = 9223372036854775807", "0 to 1000000000"),
        ("batches = 3", "batches = 0", "1 to 1000"),
        ("pool = \"serial\"", "pool = \"nobody\"", "stands in no [pools.nobody]"),
        ("workers = 1", "workers = 100001", "1 to 100000"),
        ("cpus = \"\"", "cpus = \"x\"", "no list of processors"),
    ] {
        let scratch = small();
        let plan = scratch.path("r/plan.toml");
        let text = fs::read_to_string(&plan).unwrap();
        // The seed and the name are drawn afresh in each run.
        let lines = text.lines().map(|line| match right.split_once(" = ") {
            Some((key, _)) if line.starts_with(&format!("{key} = ")) => wrong,
            _ => line,
        });
        fs::write(&plan, lines.collect::<Vec<_>>().join("\n")).unwrap();
        for command in [&["summary", "r"][..], &["rank", "r"], &["resume", "r"], &["gate", "r", "r"]] {
            let ended = scratch.poolbench(command).expect(2);
            assert!(ended.stderr().contains(words), "{wrong}: {command:?}: {}", ended.stderr());
            is_plain(&ended);
        }
        let entries = fs::read_dir(scratch.path("")).unwrap().count();
        assert_eq!(entries, 1, "{wrong}: something was written beside the run");
    }
}

#[test]
fn a_plan_without_an_end_is_not_read_to_its_end() {
    let scratch = small();
    let file = fs::OpenOptions::new().append(true).open(scratch.path("r/plan.toml")).unwrap();
    file.set_len(1 << 40).unwrap();
    let said = scratch.poolbench(&["summary", "r"]).expect(2).stderr();
    assert!(said.contains("more than any run writes"), "{said}");
}

#[test]
fn a_thousand_million_cells_are_refused_before_they_are_made() {
    let scratch = Scratch::new();
    let sizes = "{ upto = 1000000, count = 10000 }";
    let chunks: Vec<String> = (1..=10_000).map(|chunk| chunk.to_string()).collect();
    let cells =
        format!("title = \"t\"\n[[cells]]\nworkload = \"noop\"\njobs = {sizes}\nchunk = [{}]\n", chunks.join(","));
    fs::write(scratch.path("many.toml"), cells).unwrap();
    let said =
        scratch.poolbench(&["plan", "many.toml", "--pools", "crossbeam,flume,kanal,mpsc,rayon,threads"]).expect(2);
    assert!(said.stderr().contains("more than 100000 cells"), "{}", said.stderr());
}

#[test]
fn a_machine_of_anybody_s_steers_no_page() {
    let scratch = small();
    let path = scratch.path("r/machine.json");
    let mut machine: serde_json::Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    machine["cpu"] = "<script>x</script>|`\u{1b}[31m\u{202e}".into();
    fs::write(&path, machine.to_string()).unwrap();
    let page = scratch.poolbench(&["export", "r", "--markdown"]).expect(0);
    is_plain(&page);
    let line = page.stdout().lines().find(|line| line.starts_with("- machine: ")).unwrap().to_owned();
    assert!(line.contains(r"&lt;script&gt;x&lt;/script&gt;\|\`\\u001b\[31m\\u202e"), "{line}");
}
