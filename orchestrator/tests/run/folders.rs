//! A run's folder: made by one run alone, its name the run's, and the link to the latest.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use super::common::{Ended, Rows, Scratch, beside};

const SMALLEST: [&str; 9] = ["run", "--pools", "serial", "--jobs", "1", "--blocks", "1", "--twin", "none"];

fn begin_at_once(scratch: &Scratch, more: &[&str]) -> Vec<Option<i32>> {
    let begin = || {
        let mut command = scratch.command(&[&SMALLEST[..], more].concat());
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("poolbench starts")
    };
    let children: Vec<_> = (0..4).map(|_| begin()).collect();
    children.into_iter().map(|mut child| child.wait().expect("it ends").code()).collect()
}

/// The names in the plan and in all rows of a run.
fn names(run: &Path) -> BTreeSet<String> {
    let plan: toml::Table = fs::read_to_string(run.join("plan.toml")).unwrap().parse().unwrap();
    let rows = Rows::read(run).select(["run"]).into_iter().map(|[name]| name);
    rows.chain([plan["run"].as_str().unwrap().to_owned()]).collect()
}

#[test]
fn runs_that_begin_at_once_have_a_folder_and_a_name_each() {
    let scratch = Scratch::new();
    assert_eq!(begin_at_once(&scratch, &[]), [Some(0); 4]);
    let entries = fs::read_dir(scratch.path("data/results")).unwrap().map(|entry| entry.unwrap().path());
    let folders: Vec<PathBuf> = entries.filter(|path| !path.is_symlink()).collect();
    assert_eq!(folders.len(), 4, "{folders:?}");
    for folder in folders {
        let own = folder.file_name().unwrap().to_string_lossy().into_owned();
        assert_eq!(names(&folder), BTreeSet::from([own]));
    }
}

#[test]
fn of_runs_that_want_one_folder_at_once_one_gets_it() {
    let scratch = Scratch::new();
    let mut codes = begin_at_once(&scratch, &["--out", "r"]);
    codes.sort_unstable();
    assert_eq!(codes, [Some(0), Some(2), Some(2), Some(2)]);
    assert_eq!((names(&scratch.path("r")).len(), Rows::read(&scratch.path("r")).accepted().len()), (1, 2));
    // The same where the folder is there already and empty.
    fs::create_dir(scratch.path("empty")).unwrap();
    let mut codes = begin_at_once(&scratch, &["--out", "empty"]);
    codes.sort_unstable();
    assert_eq!(codes, [Some(0), Some(2), Some(2), Some(2)]);
}

#[test]
fn the_latest_is_what_began_last_among_the_results_however_that_was_written() {
    let scratch = Scratch::new();
    let latest = || fs::read_link(scratch.path("data/results/latest")).ok();
    let run = |out: &str| scratch.poolbench(&[&SMALLEST[..], &["--out", out]].concat()).expect(0);
    run("./x");
    assert_eq!(latest(), None);
    let inside = scratch.path("data/results/absolute");
    for (out, target) in [
        ("data/results/a", "a"),
        ("./data/../data/results/b", "b"),
        (inside.to_str().unwrap(), "absolute"),
        ("data/results/deep/c", "deep/c"),
    ] {
        run(out);
        assert_eq!(latest().as_deref(), Some(Path::new(target)), "{out}");
    }
    run("elsewhere");
    run(scratch.path("absolute").to_str().unwrap());
    assert_eq!(latest().as_deref(), Some(Path::new("deep/c")));
    let names = fs::read_dir(scratch.path("data/results")).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(names.count(), 5, "a, b, absolute, deep and the link, nothing else");
}

#[test]
fn what_is_called_latest_and_is_no_link_is_left_alone_and_that_is_said() {
    for folder in [true, false] {
        let scratch = Scratch::new();
        let latest = scratch.path("data/results/latest");
        fs::create_dir_all(latest.parent().unwrap()).unwrap();
        if folder {
            fs::create_dir(&latest).unwrap();
        } else {
            fs::write(&latest, "mine").unwrap();
        }
        let said = scratch.poolbench(&SMALLEST).expect(0).stderr();
        assert!(said.contains("data/results/latest does not point to this run: it is no link"), "{said}");
        assert!(if folder { latest.is_dir() } else { fs::read_to_string(&latest).unwrap() == "mine" });
    }
}

#[test]
fn all_that_people_read_begins_with_the_run_that_it_is_of() {
    let scratch = Scratch::new();
    let ended = scratch.poolbench(&[&SMALLEST[..], &["--out", "r"]].concat()).expect(0);
    scratch.poolbench(&[&SMALLEST[..], &["--out", "s"]].concat()).expect(0);
    let name = |run: &str| names(&scratch.path(run)).pop_first().unwrap();
    let first = |text: String| text.lines().next().unwrap_or_default().to_owned();
    let heading = first(ended.stdout());
    assert!(heading.starts_with(&format!("run {}, begun 20", name("r"))), "{heading}");
    assert!(heading.ends_with(" UTC, the cells of the command line"), "{heading}");
    for command in [&["summary", "r"][..], &["rank", "r"], &["compare", "r"]] {
        assert_eq!(first(scratch.poolbench(command).stdout()), heading, "{command:?}");
    }
    assert!(scratch.poolbench(&["export", "r", "--markdown"]).stdout().starts_with(&format!("## {}\n", name("r"))));
    for command in [&["compare", "r", "s"][..], &["gate", "r", "s"]] {
        let said = scratch.poolbench(command).stdout();
        let second = said.lines().nth(1).unwrap_or_default().to_owned();
        assert!(second.starts_with(&format!("B: run {}, begun 20", name("s"))), "{said}");
        assert_eq!(first(said), format!("A: {heading}"));
    }
}

#[test]
fn the_runs_of_a_folder_are_listed_with_how_they_ended() {
    let scratch = Scratch::new();
    scratch.poolbench(&[&SMALLEST[..], &["--out", "all/first"]].concat()).expect(0);
    scratch.poolbench(&[&SMALLEST[..], &["--out", "all/second"]].concat()).expect(0);
    // A block more than it has rows for.
    let plan = scratch.path("all/first/plan.toml");
    let text = fs::read_to_string(&plan).unwrap();
    fs::write(&plan, text.replace("\nblocks = 1\n", "\nblocks = 2\n")).unwrap();
    for foreign in ["nothing", "broken"] {
        fs::create_dir(scratch.path("all").join(foreign)).unwrap();
    }
    fs::write(scratch.path("all/broken/plan.toml"), "no plan").unwrap();
    let listed = scratch.poolbench(&["runs", "all"]).expect(0);
    let text = listed.stdout();
    let (second, first) = (text.find("second").expect("it is there"), text.find("first").expect("it is there"));
    assert!(second < first, "the newest comes first: {text}");
    assert!(text.contains("whole:") && text.contains("stopped:"), "{text}");
    assert!(!text.contains("nothing") && !text.contains("broken"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    assert!(listed.stderr().contains("passed over: reading all/broken/plan.toml"), "{}", listed.stderr());
    let json = scratch.poolbench(&["runs", "all", "--json"]).expect(0).stdout();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let told: Vec<_> = json["runs"].as_array().unwrap().iter().map(|run| (&run["folder"], &run["ended"])).collect();
    assert_eq!(told, [(&"second".into(), &"whole".into()), (&"first".into(), &"stopped".into())]);
    assert!(scratch.poolbench(&["runs"]).expect(2).stderr().contains("listing data/results"));
    let one = scratch.poolbench(&["runs", "all/first"]).expect(0).stdout();
    assert!(one.contains("first") && !one.contains("second"), "{one}");
}

#[test]
fn a_run_that_goes_on_is_listed_as_being_written() {
    let scratch = Scratch::new();
    let more = ["run", "--pools", "serial", "--jobs", "1", "--blocks", "10000", "--twin", "none", "--out", "r"];
    let mut run = scratch.command(&more).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    scratch.wait_for_rows(1);
    let listed = scratch.poolbench(&["runs", "."]).expect(0).stdout();
    kill_process(Pid::from_child(&run), Signal::INT).unwrap();
    assert_eq!(run.wait().unwrap().code(), Some(130));
    assert!(listed.contains("being written"), "{listed}");
    assert!(scratch.poolbench(&["runs", "."]).expect(0).stdout().contains("stopped"));
}

#[test]
fn a_folder_whose_name_is_no_text_is_written_and_read() {
    let scratch = Scratch::new();
    let odd = OsStr::from_bytes(b"r\xff\x1b[31m");
    let with = |words: &[&str]| scratch.command(words).arg(odd).output().expect("poolbench starts");
    let run = with(&[&SMALLEST[..], &["--out"]].concat());
    assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
    for command in ["summary", "compare", "rank", "resume"] {
        let ended = with(&[command]);
        let said = String::from_utf8_lossy(&ended.stderr);
        // A rank needs two pools, and says so; what matters is that the folder is found.
        assert!(!said.contains("UTF-8") && !said.contains("holds no run"), "{command}: {said}");
        assert!(![&ended.stdout, &ended.stderr].iter().any(|text| text.contains(&0x1b)), "{command}: {said:?}");
    }
    let two = scratch.command(&["gate"]).arg(odd).arg(odd).output().expect("poolbench starts");
    assert!(String::from_utf8_lossy(&two.stdout).starts_with("A: run "));
}

#[test]
fn an_installed_poolbench_keeps_its_runs_where_it_is_called() {
    let scratch = Scratch::new();
    let folder = scratch.path("libexec/poolbench");
    fs::create_dir_all(&folder).expect("the folder is there");
    fs::create_dir(scratch.path("bin")).expect("the folder is there");
    for name in ["poolbench", "pool-serial"] {
        fs::copy(beside(name), folder.join(name)).expect("it is built");
    }
    std::os::unix::fs::symlink("../libexec/poolbench/poolbench", scratch.path("bin/poolbench"))
        .expect("the folder is there");
    let run = |arguments: &[&str]| {
        let mut command = Command::new(scratch.path("bin/poolbench"));
        Ended(command.args(arguments).current_dir(scratch.path("")).output().expect("poolbench starts")).expect(0)
    };
    run(&["run", "--pools", "serial", "--workload", "noop", "--jobs", "1", "--blocks", "1", "--twin", "none"]);
    assert!(scratch.path("poolbench-results/latest/trials.csv").is_file() && !scratch.path("data").exists());
    assert!(run(&["runs"]).stdout().contains("run-"));
}
