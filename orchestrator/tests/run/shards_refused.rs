//! Shards that are torn, hosts that are full, names that lead elsewhere: a sentence each, and what was whole stays.

use std::fs::{self, File};
use std::path::Path;

use super::common::Scratch;
use super::machine::in_own_mounts;
use super::shards::{files, plan, shard, three};

/// What is done to a shard's folder, how, and what a merge says of it.
type Spoilt = (&'static str, fn(&Path), &'static str);

const TORN: [Spoilt; 8] = [
    ("cut in a row", |shard| change(shard, |text| text.truncate(text.len() - 7)), "has "),
    ("without its last row", without_last, "after it was finished"),
    ("a row twice", twice, "after it was finished"),
    ("without rows", |shard| change(shard, String::clear), "exactly the columns"),
    ("a folder for rows", folder_for_rows, "not a regular file"),
    ("without its machine", |shard| fs::remove_file(shard.join("machine.json")).unwrap(), "machine.json"),
    ("a machine that is none", |shard| fs::write(shard.join("machine.json"), "{").unwrap(), "machine.json"),
    ("a plan that is none", |shard| fs::write(shard.join("plan.toml"), "x = [").unwrap(), "plan.toml"),
];

fn change(shard: &Path, change: impl Fn(&mut String)) {
    let path = shard.join("trials.csv");
    let mut text = fs::read_to_string(&path).unwrap();
    change(&mut text);
    fs::write(path, text).unwrap();
}

fn without_last(shard: &Path) {
    change(shard, |text| {
        let last = text.trim_end().rfind('\n').expect("there are rows");
        text.truncate(last + 1);
    });
}

fn twice(shard: &Path) {
    change(shard, |text| {
        let last = text.trim_end().rfind('\n').expect("there are rows");
        let row = text[last + 1..].to_owned();
        text.push_str(&row);
    });
}

fn folder_for_rows(shard: &Path) {
    fs::remove_file(shard.join("trials.csv")).unwrap();
    fs::create_dir(shard.join("trials.csv")).unwrap();
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

#[test]
fn a_torn_shard_is_left_aside_and_the_others_are_merged() {
    let scratch = Scratch::new();
    three(&scratch);
    scratch.poolbench(&["merge", "plan", "--out", "m"]).expect(0);
    let before = files(&scratch.path("m"));
    for (number, (how, spoil, sentence)) in TORN.into_iter().enumerate() {
        let torn = scratch.path(&format!("torn-{number}"));
        copy(&scratch.path("plan/shard-2"), &torn);
        spoil(&torn);
        let torn = torn.to_str().expect("it is UTF-8").to_owned();
        let out = format!("of-torn-{number}");
        let said = scratch.poolbench(&["merge", "plan/shard-1", &torn, "plan/shard-3", "--out", &out]);
        if how == "a plan that is none" {
            // It is named itself, and so it is an error and nothing to be passed over.
            assert!(said.expect(2).stderr().contains(sentence), "{how}");
            continue;
        }
        let said = said.expect(1).stdout();
        assert!(said.contains("2 of 3 shards") && said.contains("missing: 2"), "{how}: {said}");
        assert!(said.contains("left aside: ") && said.contains(sentence), "{how}: {said}");
        // A merged run that has the shard does not lose it to the torn one.
        let said = scratch.poolbench(&["merge", &torn, "m", "--out", "m"]).stdout();
        assert!(said.contains("3 of 3 shards"), "{how}: {said}");
        assert_eq!(files(&scratch.path("m")), before, "{how}");
    }
}

#[test]
fn a_merged_run_that_lacks_a_machine_is_left_aside() {
    let scratch = Scratch::new();
    three(&scratch);
    scratch.poolbench(&["merge", "plan/shard-1", "plan/shard-2", "--out", "m"]).expect(1);
    fs::write(scratch.path("m/machines.json"), "{}").unwrap();
    let said = scratch.poolbench(&["merge", "m", "plan/shard-3", "--out", "new"]).expect(1).stdout();
    assert!(said.contains("lacks the machine") && said.contains("missing: 1, 2"), "{said}");
}

#[test]
fn a_host_that_fills_its_disk_says_so_and_the_shard_is_run_again() {
    let scratch = Scratch::new();
    // More rows than there is room for.
    let cells = ["plan", "--pools", "serial,crossbeam", "--workload", "noop", "--jobs", "1,10", "--batches", "1"];
    scratch.poolbench(&[&cells[..], &["--blocks", "40", "--shards", "2", "--out", "plan"]].concat()).expect(0);
    shard(&scratch, "plan", "2", &[]);
    fs::create_dir(scratch.path("disk")).unwrap();
    // All but 24 KiB are taken.
    let script = "mount -t tmpfs -o size=1024k none disk && head -c 1000k /dev/zero > disk/ballast || exit 99
        \"$0\" run --plan plan --shard 1 --out disk/shard-1; echo \"first $?\" >&2
        \"$0\" merge plan disk --out m; echo \"merge $?\" >&2; rm disk/ballast
        \"$0\" run --plan plan --shard 1 --out disk/shard-1; echo \"second $?\" >&2; ls disk >&2
        \"$0\" merge plan disk --out m; echo \"merged $?\" >&2";
    let Some(output) = in_own_mounts(&scratch, script) else { return };
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("first 2\n") && said.contains("No space left") && said.contains("run it again"), "{said}");
    assert!(said.contains("merge 1\n") && said.contains("second 0\n") && said.contains("merged 0\n"), "{said}");
    assert!(said.contains("second 0\nshard-1\n"), "the stopped attempt is swept: {said}");
}

#[test]
fn what_cannot_be_is_said_before_anything_runs() {
    let scratch = Scratch::new();
    plan(&scratch, "2", "plan");
    let mut own = fs::read_to_string(scratch.path("plan/plan.toml")).unwrap();
    own.push_str(
        "\n[[shards.parts]]\nshard = 1\nnode = \"../a\"\nhost = \"b\"\nspin_rate = 1\nattempt = 1\nbegun = \"c\"\n",
    );
    fs::create_dir(scratch.path("elsewhere")).unwrap();
    fs::write(scratch.path("elsewhere/plan.toml"), own).unwrap();
    for (arguments, sentence) in [
        (&["run", "--plan", "plan", "--shard", "1", "--host", "../x"][..], "--host takes a word"),
        (&["run", "--plan", "plan", "--shard", "1", "--node", ".."], "--node takes a word"),
        (&["run", "--plan", "plan", "--shard", "1", "--node", "a/b"], "--node takes a word"),
        (&["run", "--plan", "plan", "--shard", "18446744073709551616"], "whole numbers from 1"),
        (&["run", "quick", "--shards", "3"], "`poolbench plan PRESET --shards K --out PLAN`"),
        (&["run", "--shard", "1"], "--plan"),
        (&["run", "--plan", "plan"], "--shard"),
        (&["run", "--plan", "elsewhere", "--shard", "1"], "node of shard 1 is not a word"),
        (&["race", "--workload", "noop", "--jobs", "10", "--shards", "2"], "a race is not shared out"),
        (&["plan", "--pools", "serial", "--shards", "1001", "--out", "new"], "whole numbers from 1 to 1000"),
        (&["fleet", "parallel", "plan", "--host", ""], "--host ''"),
        (&["fleet", "parallel", "plan", "--host", "-oProxyCommand=x"], "--host '-oProxyCommand=x'"),
        (&["fleet", "parallel", "plan", "--host", "a,b"], "~/.ssh/config"),
        (&["fleet", "parallel", "plan", "--host", "$(touch x)"], "--host '$(touch x)'"),
        (&["fleet", "slurm", "plan", "--poolbench", ""], "--poolbench is empty"),
        (&["fleet", "slurm", "plan", "--out", ""], "--out is empty"),
        (&["fleet", "kubernetes", "plan", "--claim", ""], "--claim is empty"),
        (&["fleet", "kubernetes", "plan", "--image", ""], "--image is empty"),
        (&["fleet", "kubernetes", "plan", "--cores", "0"], "--cores"),
        (&["fleet", "nomad", "plan"], "unrecognized subcommand"),
        (&["fleet", "status", "nowhere"], "there is no plan nowhere"),
    ] {
        let said = scratch.poolbench(arguments).expect(2).stderr();
        assert!(said.split_whitespace().collect::<Vec<_>>().join(" ").contains(sentence), "{arguments:?}: {said}");
    }
    let left: Vec<_> = fs::read_dir(scratch.path("plan")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["plan.toml"]);
    assert!(!scratch.path("new").exists() && !scratch.path("x").exists());
}

#[test]
fn a_pipe_in_the_place_of_rows_holds_nobody_up() {
    let scratch = Scratch::new();
    three(&scratch);
    let rows = scratch.path("plan/shard-1/trials.csv");
    fs::remove_file(&rows).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&rows).status().unwrap().success());
    let said = scratch.poolbench(&["merge", "plan", "--out", "m"]).expect(1).stdout();
    assert!(said.contains("not a regular file"), "{said}");
    // Status looks at what is written, and opens nothing for good.
    scratch.poolbench(&["fleet", "status", "plan"]);
    assert!(File::open(scratch.path("m/trials.csv")).is_ok());
}
