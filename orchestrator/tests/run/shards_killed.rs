//! Shards and merges that are killed, meet each other or run out of room: what was whole stays, once and unmixed.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use super::common::{Rows, Scratch};
use super::shards::{CELLS, files, places, plan, shard, three};

fn quiet(mut command: Command) -> Command {
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// The rows of a shard as they are in the file.
fn lines_of(run: &Path, shard: &str) -> Vec<String> {
    let text = fs::read_to_string(run.join("trials.csv")).expect("there are rows");
    let at =
        text.lines().next().unwrap_or_default().split(',').position(|name| name == "shard").expect("it is a column");
    let is_of_shard = |line: &&str| line.split(',').nth(at) == Some(shard);
    text.lines().filter(is_of_shard).map(str::to_owned).collect()
}

#[test]
fn what_an_earlier_merge_took_is_a_former_self() {
    let scratch = Scratch::new();
    three(&scratch);
    // As the job files have it: the merged run lies among the shards.
    scratch.poolbench(&["merge", "plan", "--out", "plan/merged"]).expect(0);
    shard(&scratch, "plan", "1", &["--node", "c"]);
    let said = scratch.poolbench(&["merge", "plan", "--out", "plan/merged"]).expect(0).stdout();
    assert!(said.contains("node c: shards 1") && !said.contains("left aside"), "{said}");
}

#[test]
fn killed_shards_and_merges_lose_nothing_that_was_whole() {
    let scratch = Scratch::new();
    plan(&scratch, "2", "plan");
    shard(&scratch, "plan", "1", &["--node", "a"]);
    for kill in 0..20_u64 {
        let number = if kill % 2 == 0 { "2" } else { "1" };
        let shard = ["run", "--plan", "plan", "--shard", number, "--node", "b"];
        let merge = ["merge", "plan", "--out", "m"];
        let arguments = if kill % 5 == 4 { &merge[..] } else { &shard[..] };
        let mut child = quiet(scratch.command(arguments)).spawn().expect("poolbench starts");
        // Whatever the moment is, what follows holds.
        sleep(Duration::from_millis(kill * 53 % 700));
        child.kill().expect("it is ours");
        child.wait().expect("it ends");
        let _ = scratch.poolbench(&["merge", "plan", "--out", "m"]);
        let rows = Rows::read(&scratch.path("m"));
        let attempts: BTreeSet<_> = rows.select(["shard", "node"]).into_iter().collect();
        let shards: BTreeSet<&String> = attempts.iter().map(|[shard, _]| shard).collect();
        assert_eq!(attempts.len(), shards.len(), "no shard is of two attempts");
        assert!(shards.contains(&"1".to_owned()), "shard 1 was whole");
        for [shard] in rows.select(["shard"]).into_iter().collect::<BTreeSet<_>>() {
            let own = scratch.path(&format!("plan/shard-{shard}"));
            assert_eq!(
                lines_of(&scratch.path("m"), &shard),
                lines_of(&own, &shard),
                "shard {shard} is not as its folder has it"
            );
        }
        let all = rows.accepted().select(["shard", "pool", "jobs", "block"]);
        assert_eq!(all.len(), all.iter().collect::<BTreeSet<_>>().len(), "no row is there twice");
    }
    shard(&scratch, "plan", "2", &[]);
    // Nothing is said of attempts that were stopped once the shard is whole.
    scratch.poolbench(&["merge", "plan", "--out", "m"]).expect(0);
    scratch.poolbench(&[&["run"], &CELLS[..], &["--out", "one"]].concat()).expect(0);
    assert_eq!(places(&scratch.path("m")), places(&scratch.path("one")));
}

#[test]
fn two_merges_at_once_make_one_run() {
    let scratch = Scratch::new();
    three(&scratch);
    scratch.poolbench(&["merge", "plan", "--out", "right"]).expect(0);
    for _ in 0..10 {
        let start = || quiet(scratch.command(&["merge", "plan", "--out", "m"])).spawn().expect("poolbench starts");
        for mut child in [start(), start()] {
            assert!(child.wait().expect("it ends").success());
        }
        assert_eq!(files(&scratch.path("m")), files(&scratch.path("right")));
    }
    let left: Vec<PathBuf> = fs::read_dir(scratch.path("")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(left.iter().all(|path| !path.to_string_lossy().contains("unfinished")), "{left:?}");
}

#[test]
fn a_merge_removes_what_killed_ones_have_left_and_not_what_is_being_written() {
    let scratch = Scratch::new();
    three(&scratch);
    for name in ["left", "new", "held"] {
        fs::create_dir(scratch.path(&format!("m.unfinished-merge-{name}"))).unwrap();
    }
    let held = fs::File::open(scratch.path("m.unfinished-merge-held")).unwrap();
    rustix::fs::flock(&held, rustix::fs::FlockOperation::LockExclusive).unwrap();
    for name in ["left", "held"] {
        let folder = fs::File::open(scratch.path(&format!("m.unfinished-merge-{name}"))).unwrap();
        folder.set_modified(std::time::SystemTime::now() - Duration::from_hours(1)).unwrap();
    }
    scratch.poolbench(&["merge", "plan", "--out", "m"]).expect(0);
    let left = ["left", "new", "held"].map(|name| scratch.path(&format!("m.unfinished-merge-{name}")).exists());
    assert_eq!(left, [false, true, true]);
}

#[test]
fn a_merge_that_runs_out_of_room_leaves_what_was_there() {
    let scratch = Scratch::new();
    three(&scratch);
    scratch.poolbench(&["merge", "plan", "--out", "m"]).expect(0);
    let before = files(&scratch.path("m"));
    let mut command = Command::new("sh");
    let script = "ulimit -f 8; exec \"$0\" merge plan --out m";
    command.args(["-c", script, env!("CARGO_BIN_EXE_poolbench")]).current_dir(scratch.path(""));
    let ended = command.output().expect("sh starts");
    assert_eq!(ended.status.code(), Some(2));
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(said.contains("limit on file sizes"), "{said}");
    assert_eq!(files(&scratch.path("m")), before);
    let left = fs::read_dir(scratch.path("")).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(left.into_iter().all(|name| !name.to_string_lossy().contains("unfinished")));
}
