//! Turns the lock file into a table of library versions, so that `--describe` never states one typed in by hand.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::{env, fs};

fn main() {
    let lock = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("../../Cargo.lock");
    println!("cargo::rerun-if-changed={}", lock.display());
    let text = fs::read_to_string(&lock).expect("the workspace has a committed Cargo.lock");

    let mut table = format!("&[\n    (\"std\", \"{}\"),\n", rustc_version());
    let mut name = "";
    for line in text.lines() {
        if let Some(value) = line.strip_prefix("name = ") {
            name = value;
        } else if let Some(version) = line.strip_prefix("version = ").filter(|_| !name.is_empty()) {
            writeln!(table, "    ({name}, {version}),").expect("a String takes all");
            name = "";
        }
    }
    table.push(']');
    let out = Path::new(&env::var("OUT_DIR").expect("cargo sets it")).join("versions.rs");
    fs::write(out, table).expect("OUT_DIR can be written");
}

fn rustc_version() -> String {
    let output = Command::new(env::var("RUSTC").expect("cargo sets it")).arg("--version").output().expect("rustc runs");
    let text = String::from_utf8(output.stdout).expect("rustc prints UTF-8");
    text.split_whitespace().nth(1).expect("rustc NUMBER (...)").to_owned()
}
