//! What README and `docs` show of recorded runs is what the commands print today: words and pictures.
//!
//! `make documents` writes both anew.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Before what a command prints; its arguments follow, and where only a part is shown ", lines A to B".
const BEGINS: &str = "<!-- prints: poolbench ";
const ENDS: &str = "<!-- end -->";
/// Where pictures of recorded runs lie, a folder for each.
const PICTURES: &str = "docs/pictures";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Whether to write what is shown, not to check it.
fn is_refreshing() -> bool {
    std::env::var_os("POOLBENCH_REFRESH").is_some()
}

/// What a command prints, called at the top of the sources.
fn printed(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_poolbench"));
    let output = command.args(arguments).current_dir(root()).output().expect("poolbench starts");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("it prints text")
}

/// What a block shows: all that a command prints, or some of its lines.
fn shown(line: &str) -> String {
    let (arguments, lines) = line.split_once(", lines ").unwrap_or((line, "1 to 9999"));
    let all = printed(&arguments.split_whitespace().collect::<Vec<_>>());
    let (first, last) = lines.split_once(" to ").expect("lines A to B");
    let [first, last]: [usize; 2] = [first, last].map(|number| number.parse().expect("a number of a line"));
    all.lines().take(last).skip(first - 1).collect::<Vec<_>>().join("\n")
}

/// A document with each of its blocks as the command prints it now, and the commands.
fn renewed(text: &str) -> (String, Vec<String>) {
    let (mut whole, mut commands, mut rest) = (String::new(), Vec::new(), text);
    while let Some((before, after)) = rest.split_once(BEGINS) {
        let (line, block) = after.split_once(" -->\n").expect("the comment ends with its line");
        let (old, following) = block.split_once(ENDS).unwrap_or_else(|| panic!("{line}: there is no {ENDS}"));
        let now = shown(line);
        let is_fenced = old.starts_with("```");
        let now =
            if is_fenced { format!("```text\n{}\n```\n", now.trim_end()) } else { format!("\n{}\n\n", now.trim()) };
        whole += &[before, BEGINS, line, " -->\n", &now, ENDS].concat();
        commands.push(line.to_owned());
        rest = following;
    }
    (whole + rest, commands)
}

fn documents() -> Vec<PathBuf> {
    let docs = fs::read_dir(root().join("docs")).expect("there are documents").map(|entry| entry.unwrap().path());
    let is_text = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "md");
    [root().join("README.md")].into_iter().chain(docs.filter(is_text)).collect()
}

#[test]
fn what_documents_print_of_recorded_runs_is_what_the_commands_print() {
    let mut commands = 0;
    for path in documents() {
        let text = fs::read_to_string(&path).expect("it is a text");
        let (now, found) = renewed(&text);
        commands += found.len();
        if is_refreshing() {
            fs::write(&path, now).expect("it can be written");
        } else {
            assert!(
                now == text,
                "{} shows what {found:?} no longer print; `make documents` writes it anew",
                path.display()
            );
        }
    }
    assert!(commands > 0, "no document shows what a command prints");
}

#[test]
fn pictures_of_recorded_runs_are_what_the_command_draws() {
    let recorded = fs::read_dir(root().join("data/recorded")).expect("there are recorded runs");
    let mut drawn = 0;
    for run in recorded.map(|entry| entry.unwrap().file_name().into_string().expect("a word")) {
        let shown = root().join(PICTURES).join(&run);
        let new = tempfile::tempdir().expect("a folder");
        let into = if is_refreshing() { shown.clone() } else { new.path().join("pictures") };
        let _ = is_refreshing().then(|| fs::remove_dir_all(&into));
        let page = new.path().join("page.html");
        let arguments = [
            "report",
            &format!("data/recorded/{run}"),
            "--out",
            &page.to_string_lossy(),
            "--svg",
            &into.to_string_lossy(),
        ];
        printed(&arguments);
        for picture in fs::read_dir(&into).expect("pictures").map(|entry| entry.unwrap().file_name()) {
            let read = |folder: &Path| fs::read_to_string(folder.join(&picture)).unwrap_or_default();
            assert!(
                read(&into) == read(&shown),
                "{run}: {picture:?} is drawn otherwise; `make documents` writes it anew"
            );
            drawn += 1;
        }
    }
    assert!(drawn > 0, "no recorded run has pictures");
}
