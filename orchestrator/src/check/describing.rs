//! `--describe`: one object whose words the planner can use.

use std::ffi::OsString;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use harness::{Chunk, Window, nearest};

use super::finding::{Finding, Rule, Stop, Verdict};
use super::judge::Breach;
use super::subject::{Subject, call};
use crate::pools::build::no_program_there;
use crate::pools::wire::Description;
use crate::pools::{PREFIX, TWIN};
use crate::process::child::{Child, Heard};
use crate::process::environment;
use crate::process::signals::Interrupt;

/// Asks the pool what it is; an error if it cannot be started at all.
pub(super) fn ask(
    command: &[OsString],
    patience: Duration,
    interrupt: Option<&Interrupt>,
) -> Result<Result<Description, Finding>> {
    let command = call(command, &["--describe".to_owned()]);
    let mut child = Child::spawn(&command, environment::minimal()).with_context(|| {
        let given = command.first().cloned().unwrap_or_default();
        match no_program_there(Path::new(&given)) {
            Some(why) => format!("{} {why}", given.display()),
            None => format!(
                "{}: give COMMAND as a path, or as the name of a program in PATH, and its arguments after it",
                given.display()
            ),
        }
    })?;
    child.close_stdin();
    let deadline = Instant::now() + patience;
    let answer = description(&mut child, deadline, interrupt);
    let hung = Instant::now() >= deadline;
    Ok(answer.map_err(|breach| {
        let Breach { rule, expected, got, advice } = breach;
        Finding { rule, expected, got, advice, command, stderr: child.last_words(), hung, at_once: true }
    }))
}

fn description(child: &mut Child, deadline: Instant, interrupt: Option<&Interrupt>) -> Result<Description, Breach> {
    let breach = |got: String| Breach::new(Rule::Describing, "one JSON object on one line, then exit code 0", got);
    let line = match child.hear(deadline, interrupt) {
        Heard::Line(line) => String::from_utf8(line).map_err(|_| breach("a line that is not UTF-8".to_owned()))?,
        Heard::Silence => {
            let advice = "print one line and exit, without waiting for stdin";
            return Err(breach("nothing in time".to_owned()).advise(advice));
        }
        Heard::TooLong => return Err(breach("more than 64 KiB without a line feed".to_owned())),
        _ => {
            let advice = "run the command below: what it says on stderr is the cause";
            return Err(breach("no line at all".to_owned()).advise(advice));
        }
    };
    match child.hear(deadline, interrupt) {
        Heard::Closed | Heard::Exited => {}
        Heard::Silence => return Err(breach("the object, and then no end of it in time".to_owned())),
        _ => return Err(breach("more than one line".to_owned())),
    }
    match child.exit(deadline, interrupt) {
        Ok(Some(status)) if status.success() => {}
        Ok(Some(status)) => return Err(breach(format!("an object, then {status}"))),
        _ => return Err(breach("an object, and then no end of the process in time".to_owned())),
    }
    Description::parse(&line).map_err(|why| Breach::new(Rule::Describing, "a description that can be used", why))
}

/// Looks at the words that it said.
pub(super) fn check(pool: &Subject) -> Verdict {
    words(pool.command, &pool.about).map_err(|Breach { rule, expected, got, advice }| {
        let (command, stderr) = (pool.call(&["--describe".to_owned()]), String::new());
        Stop::Broken(Box::new(Finding { rule, expected, got, advice, command, stderr, hung: false, at_once: false }))
    })
}

/// The file's name, workloads, policies, how it stops.
fn words(command: &[OsString], about: &Description) -> Result<(), Breach> {
    let wrong = |expected: String, got: String| Err(Breach::new(Rule::Describing, expected, got));
    if let Some(name) = name_of_file(command).filter(|name| *name != about.name) {
        return wrong(format!("the name '{name}', as the file is called"), format!("'{}'", about.name));
    }
    if about.name.ends_with(TWIN) {
        return wrong(
            format!("a name that does not end in '{TWIN}', as those of A/A twins do"),
            format!("'{}'", about.name),
        );
    }
    if about.workloads.is_empty() {
        return wrong("at least one workload".to_owned(), "none".to_owned());
    }
    if let Some(unknown) = about.workloads.iter().find(|name| !harness::NAMES.contains(&name.as_str())) {
        let alike = nearest(unknown, harness::NAMES);
        let hint = if alike.is_empty() { String::new() } else { format!(", perhaps {}", alike.join(" or ")) };
        return wrong(format!("workloads out of {}", harness::NAMES.join(", ")), format!("'{unknown}'{hint}"));
    }
    let chunk = |word: &str| word == "n" || word.parse::<Chunk>().is_ok();
    if about.chunk.is_empty() || !about.chunk.iter().all(|word| chunk(word)) {
        return wrong("chunk policies: n, auto, own or numbers from 1".to_owned(), shown(&about.chunk));
    }
    let window = |word: &str| word == "n" || word.parse::<Window>().is_ok();
    if about.window.is_empty() || !about.window.iter().all(|word| window(word)) {
        return wrong("window policies: n, all or numbers from 1".to_owned(), shown(&about.window));
    }
    if !["joined", "async"].contains(&about.stop.as_str()) {
        return wrong("stop: joined or async".to_owned(), format!("'{}'", about.stop));
    }
    Ok(())
}

/// The name that a file called `pool-NAME` promises.
fn name_of_file(command: &[OsString]) -> Option<&str> {
    Path::new(command.first()?).file_name()?.to_str()?.strip_prefix(PREFIX)
}

fn shown(words: &[String]) -> String {
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(change: impl FnOnce(&mut Description)) -> Result<(), Breach> {
        let text = r#"{"protocol":1,"name":"one","kind":"threads","stop":"joined","workloads":["noop"],"chunk":["n","own"],"window":["all","8"]}"#;
        let mut about = Description::parse(text).unwrap();
        change(&mut about);
        words(&["bin/pool-one".into()], &about)
    }

    #[test]
    fn right_words_pass_and_each_wrong_one_is_named() {
        assert_eq!(about(|_| ()), Ok(()));
        let got = |change: fn(&mut Description)| about(change).unwrap_err().got;
        assert_eq!(got(|a| a.name = "two".into()), "'two'");
        let mut twin = Description::parse(
            r#"{"protocol":1,"name":"x-twin","kind":"threads","workloads":["noop"],"chunk":["n"],"window":["all"]}"#,
        )
        .unwrap();
        twin.stop = "joined".into();
        assert!(words(&["python3".into()], &twin).unwrap_err().expected.contains("A/A twins"));
        assert_eq!(got(|a| a.workloads.push("nop".into())), "'nop', perhaps noop");
        assert_eq!(got(|a| a.workloads.clear()), "none");
        assert_eq!(got(|a| a.chunk.push("0".into())), "n, own, 0");
        assert_eq!(got(|a| a.chunk.clear()), "none");
        assert_eq!(got(|a| a.window.push("own".into())), "all, 8, own");
        assert_eq!(got(|a| a.stop.clear()), "''");
    }

    #[test]
    fn only_files_called_pool_promise_a_name() {
        assert_eq!(name_of_file(&["target/pool-rayon".into()]), Some("rayon"));
        assert_eq!(name_of_file(&["python3".into(), "pool-x".into()]), None);
    }
}
