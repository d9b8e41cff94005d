//! Lists of guests: what they say of each goes where it is needed, and a guest that cannot be started stops no other.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};

use super::common::{Ended, Scratch, beside};

const CELLS: [&str; 10] = ["--workload", "noop", "--jobs", "10", "--batches", "1", "--blocks", "1", "--twin", "none"];

/// A folder `guests` with these entries in its list; each may use the script `guest`, which is the pool `good`.
fn guests(entries: &[&str]) -> Scratch {
    let scratch = Scratch::new();
    fs::create_dir(scratch.path("guests")).unwrap();
    script(&scratch, "guest", &format!("#!/bin/sh\nshift\nexec {} good \"$@\"\n", beside("misbehave").display()));
    fs::write(scratch.path("guests/pools.toml"), entries.concat()).unwrap();
    scratch
}

fn script(scratch: &Scratch, name: &str, text: &str) {
    let path = scratch.path("guests").join(name);
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
}

/// An entry of a list, built with `make guests`.
fn entry(name: &str, rest: &str) -> String {
    format!("[[pool]]\nname = \"{name}\"\nbuild = \"make guests\"\n{rest}\n")
}

#[test]
fn what_cannot_be_started_is_left_out_with_what_to_run() {
    let cases = [
        ("nowhere", "command = [\"no-such-interpreter\", \"x\"]", "there is no program no-such-interpreter"),
        ("moved", "command = [\"venv/bin/python3\", \"x\"]", "python3 is a link to nothing; a virtual environment"),
        ("shebang", "command = [\"moved\"]", "whose first line names an interpreter 'python3' that is not there"),
        ("plain", "command = [\"text\"]", "text is no program: make it executable"),
        ("module", "command = [\"imports\"]", "said 'ModuleNotFoundError: No module named \\'gevent\\''"),
        ("classes", "command = [\"guest\", \"x\"]\nfiles = [\"*.class\"]", "'*.class' matches no file beside the list"),
    ];
    let good = entry("good", "command = [\"guest\", \"x\"]");
    let entries: Vec<String> = cases.iter().map(|(name, rest, _)| entry(name, rest)).chain([good]).collect();
    let scratch = guests(&entries.iter().map(String::as_str).collect::<Vec<_>>());
    fs::create_dir_all(scratch.path("guests/venv/bin")).unwrap();
    symlink("/no/such/python3", scratch.path("guests/venv/bin/python3")).unwrap();
    script(&scratch, "moved", "#!/no/such/venv/bin/python3\n");
    fs::write(scratch.path("guests/text"), "no program").unwrap();
    script(&scratch, "imports", "#!/bin/sh\necho \"ModuleNotFoundError: No module named 'gevent'\" >&2\nexit 1\n");

    let said = scratch.poolbench(&["list", "--pools-from", "guests/pools.toml"]).expect(0).stderr();
    for (name, _, why) in cases {
        let line = said.lines().find(|line| line.contains(&format!("pool '{name}' of the list is left out")));
        let line = line.unwrap_or_else(|| panic!("{name} is not in {said}"));
        assert!(line.contains(why) && line.ends_with("; needs `make guests`"), "{line}");
        let named = ["run", "--pools-from", "guests/pools.toml", "--pools", name, "--out", "n"];
        let refused = scratch.poolbench(&[&named[..], &CELLS].concat()).expect(2).stderr();
        assert!(refused.contains(why) && !scratch.path("n").exists(), "{refused}");
    }
    let preset = "title = \"t\"\n[[cells]]\npools = [\"good\", \"moved\", \"module\"]\nworkload = \"noop\"\njobs = 1\n";
    fs::write(scratch.path("p.toml"), preset).unwrap();
    let words = ["run", "p.toml", "--pools-from", "guests/pools.toml", "--blocks", "1", "--twin", "none", "--out", "r"];
    scratch.poolbench(&words).expect(0);
    let plan = fs::read_to_string(scratch.path("r/plan.toml")).unwrap();
    assert!(plan.contains("needs `make guests`") && !plan.contains("classes"), "{plan}");
    let folder = scratch.path("").canonicalize().unwrap();
    assert!(!plan.contains(folder.to_str().unwrap()) && !plan.contains("/no/such"), "{plan}");
}

#[test]
fn base_build_and_flags_go_into_list_plan_and_paths_wherever_poolbench_is_called() {
    let good = entry("good", "command = [\"guest\", \"-Xmx64m\"]\nbase = \"loop\"");
    let scratch = guests(&[&good]);
    // Neither a folder beside the list nor one where poolbench is called hides a program or a word.
    fs::create_dir_all(scratch.path("elsewhere/guest")).unwrap();
    fs::write(scratch.path("elsewhere/-Xmx64m"), "").unwrap();
    let here = |words: &[&str]| {
        Ended(scratch.command(words).current_dir(scratch.path("elsewhere")).output().expect("poolbench starts"))
    };
    let told = here(&["list", "good", "--pools-from", "../guests/pools.toml"]).expect(0).stdout();
    let flat = told.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in ["command guest -Xmx64m", "held against loop", "built with make guests"] {
        assert!(flat.contains(part), "{part} is not in {told}");
    }
    let json = here(&["list", "good", "--json", "--pools-from", "../guests/pools.toml"]).expect(0).stdout();
    let json: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
    assert_eq!((json["base"].as_str(), json["build"].as_str()), (Some("loop"), Some("make guests")), "{json}");

    let words = ["run", "--pools-from", "../guests/pools.toml", "--pools", "good,serial", "--out", "../r"];
    here(&[&words[..], &CELLS].concat()).expect(0);
    let plan: toml::Table = fs::read_to_string(scratch.path("r/plan.toml")).unwrap().parse().expect("it is TOML");
    let base = |pool: &str| plan["pools"][pool].get("base").and_then(toml::Value::as_str);
    assert_eq!((base("good"), base("serial")), (Some("loop"), None));
    for _ in 0..2 {
        let paths: toml::Table = fs::read_to_string(scratch.path("r/paths.toml")).unwrap().parse().expect("it is TOML");
        let good = &paths["pools"]["good"];
        assert_eq!((good["base"].as_str(), good["build"].as_str()), (Some("loop"), Some("make guests")), "{paths:?}");
        here(&["resume", "../r"]).expect(0);
    }
}

#[test]
fn a_guest_without_a_base_has_none_and_a_base_that_is_no_name_is_refused() {
    let scratch = guests(&[&entry("good", "command = [\"guest\", \"x\"]")]);
    let words = ["run", "--pools-from", "guests/pools.toml", "--pools", "good", "--out", "r"];
    scratch.poolbench(&[&words[..], &CELLS].concat()).expect(0);
    let plan = fs::read_to_string(scratch.path("r/plan.toml")).unwrap();
    assert!(plan.contains("base = \"-\""), "{plan}");
    let told = scratch.poolbench(&["list", "good", "--pools-from", "guests/pools.toml"]).expect(0).stdout();
    assert!(told.contains("none: no efficiency"), "{told}");
    for base in ["Go Serial", ""] {
        let list = entry("good", &format!("command = [\"guest\", \"x\"]\nbase = \"{base}\""));
        fs::write(scratch.path("guests/pools.toml"), list).unwrap();
        let said = scratch.poolbench(&["list", "--pools-from", "guests/pools.toml"]).expect(2).stderr();
        assert!(said.contains(&format!("the base '{base}' of pool 'good' is no word")), "{said}");
    }
}
