//! Which file is a pool: what contradicts itself or cannot be run is left out with a sentence, and never stops the others.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use super::common::beside;
use super::installed::Installed;

#[test]
fn an_old_build_beside_the_new_one_is_left_out_with_both_names() {
    let installed = Installed::new();
    installed.copy("pool-serial", "pool-serial-old");
    installed.copy("pool-crossbeam", "pool-crossbeam.bak");
    let (pools, said) = installed.listed();
    assert_eq!(pools, ["crossbeam", "serial"]);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 2, "{said}");
    assert!(lines[0].starts_with("pool-crossbeam.bak is left out: it calls itself 'crossbeam'"), "{said}");
    assert!(lines[1].starts_with("pool-serial-old is left out: it calls itself 'serial'"), "{said}");
    let named = installed.poolbench(&["plan", "--pools", "serial-old"]).expect(2);
    assert!(named.stderr().contains("it calls itself 'serial'"), "{}", named.stderr());
    assert!(!installed.poolbench(&["plan", "--pools", "serial"]).expect(0).stdout().contains("left out"));
}

#[test]
fn a_broken_pool_is_left_out_and_an_error_only_where_it_is_named() {
    let installed = Installed::new();
    installed.script("pool-garbage", "echo a pool, honestly");
    installed.script("pool-hangs", "exec sleep 60");
    installed.script("pool-fails", "echo 'no library' >&2; exit 3");
    installed.describing("pool-future", 9, "future");
    installed.describing("pool-x-twin", 1, "x-twin");
    fs::write(installed.0.path("bin/pool-nothing"), "\u{7f}no program").unwrap();
    fs::set_permissions(installed.0.path("bin/pool-nothing"), Permissions::from_mode(0o755)).unwrap();
    fs::create_dir(installed.0.path("bin/pool-folder")).unwrap();
    fs::write(installed.0.path("bin/pool-readme"), "no program, and nobody says so").unwrap();
    let (pools, said) = installed.listed();
    assert_eq!(pools, ["crossbeam", "serial"]);
    let reasons = [
        ("pool-fails", "no library"),
        ("pool-future", "protocol 9"),
        ("pool-garbage", "no description"),
        ("pool-hangs", "within 10 s"),
        ("pool-nothing", "starting"),
        ("pool 'x-twin'", "A/A twins"),
    ];
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), reasons.len(), "{said}");
    for (name, why) in reasons {
        let is_said = |line: &&str| line.starts_with(name) && line.contains(why) && line.contains("is left out");
        assert!(lines.iter().any(is_said), "{name}: {said}");
    }
    fs::remove_file(installed.0.path("bin/pool-hangs")).unwrap();
    let cells = ["--workload", "noop", "--jobs", "1", "--batches", "1", "--blocks", "1", "--twin", "none"];
    let all = installed.poolbench(&[&["run", "--out", "r"][..], &cells].concat()).expect(0);
    assert!(all.stderr().contains("left out: pool-garbage is left out"), "{}", all.stderr());
    let plan = fs::read_to_string(installed.0.path("r/plan.toml")).unwrap();
    assert!(
        plan.contains("pool-garbage is left out") && !plan.contains(installed.0.path("").to_str().unwrap()),
        "{plan}"
    );
    let named =
        installed.poolbench(&[&["run", "--pools", "serial,garbage", "--out", "s"][..], &cells].concat()).expect(2);
    assert!(named.stderr().contains("no description") && !installed.0.path("s").exists(), "{}", named.stderr());
    // A preset is no person: it goes on without.
    let preset = "title = \"t\"\n[[cells]]\npools = [\"serial\", \"garbage\"]\nexcept = \"future\"\nworkload = \"noop\"\njobs = 1\n";
    fs::write(installed.0.path("p.toml"), preset).unwrap();
    let planned = installed.poolbench(&["plan", "p.toml"]).expect(0);
    assert!(
        planned.stdout().contains("left out: pool-garbage") && !planned.stdout().contains("future"),
        "{}",
        planned.stdout()
    );
}

#[test]
fn a_list_that_names_a_pool_twice_or_wrongly_stops_no_other() {
    let installed = Installed::new();
    let guest = beside("misbehave");
    let entry = |name: &str, mode: &str| {
        format!("[[pool]]\nname = \"{name}\"\ncommand = [\"{}\", \"{mode}\"]\n", guest.display())
    };
    let serial = format!("[[pool]]\nname = \"serial\"\ncommand = [\"{}\"]\n", beside("pool-serial").display());
    let list = [entry("good", "good"), entry("good", "good"), entry("better", "nothing"), serial].concat();
    fs::write(installed.0.path("pools.toml"), list).unwrap();
    let listed = installed.poolbench(&["list", "--pools-from", "pools.toml"]).expect(0);
    let said = listed.stderr();
    assert!(said.contains("pool 'good' of the list is left out: there is another"), "{said}");
    assert!(said.contains("pool 'better' of the list is left out: it calls itself 'nothing'"), "{said}");
    assert!(said.contains("pool 'serial' of the list is left out: there is another"), "{said}");
    // Whoever asks for `serial` would not know which of the two it is.
    let plan = ["plan", "--pools-from", "pools.toml", "--workload", "noop", "--pools"];
    assert!(
        installed
            .poolbench(&[&plan[..], &["serial"]].concat())
            .expect(2)
            .stderr()
            .contains("another pool called 'serial'")
    );
    installed.poolbench(&[&plan[..], &["crossbeam"]].concat()).expect(0);
}
