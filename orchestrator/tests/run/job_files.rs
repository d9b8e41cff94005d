//! Job files hold any value: what a shell, YAML and the engines make of them is what was meant.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use orchestrator::fleet::jobs::quote::{argument, shell, yaml};
use orchestrator::fleet::jobs::{Values, file};
use proptest::prelude::*;

use super::common::Scratch;

const HOSTILE: [&str; 6] =
    ["a b", "$(touch x)`touch x`", "it's \"so\"\n#SBATCH --x", "END\nEND_\n", "{}%j\\", "-x ~*?"];

fn program(path: &Path, text: &str) {
    fs::write(path, text).expect("the folder is there");
    fs::set_permissions(path, Permissions::from_mode(0o755)).expect("it is ours");
}

fn values(plan: &str, poolbench: &str, out: &str) -> Values {
    let word = str::to_owned;
    Values {
        shards: 3,
        plan: word(plan),
        poolbench: word(poolbench),
        out: word(out),
        hosts: vec![word("one"), word("$(touch x) two")],
        image: word(plan),
        claim: word(out),
        cores: 2,
    }
}

/// Runs the script for `engine` with stand-ins for the engine's programs; what `poolbench` was asked, a line a word.
fn asked(engine: &str, hostile: &str) -> (String, String) {
    let scratch = Scratch::new();
    let folder = scratch.path(&hostile.replace('/', "_"));
    let bin = scratch.path("bin");
    fs::create_dir_all(&folder).expect("any name but with / is a folder's");
    fs::create_dir_all(&bin).expect("the scratch folder is there");
    fs::write(folder.join("plan.toml"), "").expect("the folder is there");
    let log = scratch.path("asked");
    let poolbench = folder.join("poolbench");
    program(&poolbench, &format!("#!/bin/sh\nprintf '%s|' \"$@\" >>'{}'\n", log.display()));
    program(&bin.join("sbatch"), "#!/bin/sh\nSLURM_ARRAY_TASK_ID=2 SLURMD_NODENAME=n sh >&2\necho 7\n");
    program(&bin.join("parallel"), "#!/bin/sh\nPARALLEL_SSHHOST=n sh shard.sh 2\n");
    let text = |path: &Path| path.to_str().expect("it is UTF-8").to_owned();
    let made = file(engine, &values(&text(&folder), &text(&poolbench), &format!("{}/out", text(&folder)))).unwrap();
    let script = scratch.path("job.sh");
    fs::write(&script, made).expect("the folder is there");
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default());
    let ended = Command::new("sh").arg(&script).env("PATH", path).current_dir(scratch.path("")).output().unwrap();
    assert!(ended.status.success(), "{hostile:?}: {}", String::from_utf8_lossy(&ended.stderr));
    assert!(!scratch.path("x").exists() && !folder.join("x").exists(), "{hostile:?} was run");
    (fs::read_to_string(&log).unwrap_or_default(), text(&folder))
}

#[test]
fn shells_call_what_was_meant_whatever_the_names_are() {
    for hostile in HOSTILE {
        let (said, folder) = asked("slurm", hostile);
        let right = format!("run|--plan|{folder}|--shard|2|--node|n|merge|{folder}|--out|{folder}/out|");
        assert_eq!(said, right, "{hostile:?}");
        let (said, folder) = asked("parallel", hostile);
        let right = format!("run|--plan|.|--shard|2|--out|shard-2|--node|n|merge|.|--out|{folder}/out|");
        assert_eq!(said, right, "{hostile:?}");
    }
}

/// What YAML reads from a scalar in double quotes.
fn read(scalar: &str) -> String {
    assert!(scalar.is_ascii() && !scalar.contains('\n'));
    let inside = scalar.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).expect("it is quoted");
    let (mut text, mut rest) = (String::new(), inside);
    while let Some(at) = rest.find('\\') {
        text += &rest[..at];
        let (digits, kind) = match &rest[at + 1..at + 2] {
            "u" => (4, 2),
            "U" => (8, 2),
            other => {
                text += other;
                rest = &rest[at + 2..];
                continue;
            }
        };
        let number = u32::from_str_radix(&rest[at + kind..at + kind + digits], 16).expect("hexadecimal");
        text.push(char::from_u32(number).expect("a character"));
        rest = &rest[at + kind + digits..];
    }
    assert!(!rest.contains('"'));
    text + rest
}

#[test]
fn the_file_for_kubernetes_has_each_value_in_a_line_of_its_own() {
    for hostile in HOSTILE {
        let made = file("kubernetes", &values(hostile, hostile, hostile)).unwrap();
        let plain = file("kubernetes", &values("p", "p", "p")).unwrap();
        assert_eq!(made.lines().count(), plain.lines().count(), "{hostile:?}");
        assert!(made.contains(&format!("image: {}\n", yaml(hostile))));
        assert!(made.contains(&format!("- {}\n", argument(hostile))));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_shell_reads_any_text_back(text in "[^\0]{0,20}") {
        let said = Command::new("sh").arg("-c").arg(format!("printf %s {}", shell(&text))).output().unwrap();
        prop_assert_eq!(said.stdout, text.into_bytes());
    }

    #[test]
    fn yaml_reads_any_text_back(text in "\\PC{0,20}|[^\0]{0,20}") {
        prop_assert_eq!(read(&yaml(&text)), text.clone());
        // Kubernetes makes one $ of two, and of nothing else.
        prop_assert_eq!(read(&argument(&text)).replace("$$", "$"), text);
    }
}
