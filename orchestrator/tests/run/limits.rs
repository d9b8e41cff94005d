//! Every pool out of threads, processes, descriptors or address space, and one out of map entries: it ends right, or with a
//! `limit` that says how far it came; never with a panic or a hang, and by a signal only where no memory is left to say so.
//! Every limit is set by its test for its own processes alone, but for that on map entries, which each process has.

use std::ffi::OsString;
use std::fs;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use harness::protocol::Event;
use harness::{ErrorKind, MAX_WORKERS};
use orchestrator::pools::wire;
use orchestrator::pools::wire::Description;
use orchestrator::process::child::{Child, Heard};
use rustix::process::geteuid;
use test_helpers::lanes::lanes;

use super::common::{Scratch, beside, described};

/// Workers that are asked for, and sleeps that they do at the same time.
const WORKERS: &str = "64";
/// Long enough to be under way together.
const SHORT: &str = "sleep:300ms";
/// How long a pool may be silent; all of it takes some seconds.
const PATIENCE: Duration = Duration::from_secs(30);

/// The next user without any other process.
static USER: AtomicU32 = AtomicU32::new(64_000);

/// How a pool ended under a limit.
#[derive(Debug, PartialEq, Eq)]
enum End {
    Right,
    Limit(String),
    /// An allocation failed in the middle of a library or of the C library, which ends the process and says so.
    OutOfMemory,
}

/// What Rust's and glibc's last words have in common with nothing else.
const OUT_OF_MEMORY: [&str; 2] = ["memory allocation of", "out of memory"];

/// The words that run `about` behind those of `limit`, with jobs that sleep as `asleep` says.
fn command(limit: &[String], about: &Description, asleep: &str) -> Vec<OsString> {
    let takes = |word: &str| about.chunk.iter().any(|own| own == word);
    let chunk: &[&str] = if takes("n") || takes("1") { &["--chunk", "1"] } else { &[] };
    // Workers that sleep are all there at once; a plain loop would sleep one job after another.
    let workload = if about.is_serial() { "noop" } else { asleep };
    let words = ["--gate", "--workload", workload, "--jobs", WORKERS, "--workers", WORKERS];
    let pool = beside(&format!("pool-{}", about.name)).into_os_string();
    let before = limit.iter().map(OsString::from).chain([pool]);
    before.chain(words.iter().chain(chunk).map(OsString::from)).collect()
}

/// Takes a pool through all gates; an error says what no limit may do to a pool.
fn end(command: &[OsString]) -> Result<End, String> {
    let mut child =
        Child::spawn(command, orchestrator::process::environment::minimal()).map_err(|why| format!("{why:#}"))?;
    let limit = loop {
        match child.hear(Instant::now() + PATIENCE, None) {
            Heard::Line(line) => match wire::event(&line)? {
                Event::Error { kind: ErrorKind::Limit, message } => break Some(message),
                Event::Error { kind, message } => return Err(format!("an error '{}': {message}", kind.word())),
                Event::Stopped { .. } => {
                    child.reply();
                    break None;
                }
                _ => child.reply(),
            },
            other => {
                let said = child.last_words();
                let ended = matches!(other, Heard::Exited | Heard::Closed);
                if ended && OUT_OF_MEMORY.iter().any(|words| said.contains(words)) {
                    return Ok(End::OutOfMemory);
                }
                return Err(format!("{other:?} in place of an event; {said}"));
            }
        }
    };
    let ended = child.exit(Instant::now() + PATIENCE, None).map_err(|why| why.to_string())?;
    let code = ended.and_then(|status| status.code());
    let said = child.last_words();
    if code != Some(i32::from(limit.is_some())) || said.contains("panicked") {
        return Err(format!("it said {limit:?} and ended with {ended:?}; {said}"));
    }
    Ok(limit.map_or(End::Right, End::Limit))
}

/// The end of every pool under the limit whose words `limited` makes anew for each of them.
fn judge(
    limited: impl Fn() -> Vec<String> + Sync,
    asleep: impl Fn(&Description) -> &'static str + Sync,
    wants: impl Fn(&Description, &End) -> bool + Sync,
) {
    lanes(&described(), |about| {
        let limit = limited();
        let end = end(&command(&limit, about, asleep(about)))
            .unwrap_or_else(|why| panic!("{} under {limit:?}: {why}", about.name));
        assert!(wants(about, &end), "{} under {limit:?}: {end:?}", about.name);
    });
}

/// `prlimit` with one limit.
fn prlimit(limit: &str) -> Vec<String> {
    ["prlimit", limit].map(str::to_owned).to_vec()
}

/// A limit of `most` threads and processes. It counts all of a user's and does not bind root, who becomes another user
/// each time; for anybody else it may mean that the pool gets not even one more.
fn few_threads(most: u32) -> Vec<String> {
    let limit = prlimit(&format!("--nproc={most}:{most}"));
    if !geteuid().is_root() {
        return limit;
    }
    let user = USER.fetch_add(1, Ordering::Relaxed).to_string();
    let become_user = ["setpriv", "--clear-groups", "--reuid", &user, "--regid", &user];
    become_user.map(str::to_owned).into_iter().chain(limit).collect()
}

/// Whether a message says how many there were: `started 7 of 64 threads`, `7 threads were up`.
fn says_how_many(message: &str) -> bool {
    let words: Vec<&str> = message.split_whitespace().collect();
    let number = |word: &str| word.parse::<u64>().is_ok();
    let counted = |three: &[&str]| number(three[0]) && ((three[1] == "of" && number(three[2])) || three[2] == "were");
    words.windows(3).any(counted)
}

#[test]
fn out_of_threads_or_processes_is_a_limit_with_the_number_reached() {
    let wants = |about: &Description, end: &End| match end {
        // An async runtime has as many threads as there are cores; a green pool and the plain loop have one.
        End::Right => !["threads", "processes", "hybrid"].contains(&about.kind.as_str()),
        End::Limit(message) => says_how_many(message),
        End::OutOfMemory => false,
    };
    // Threads that are spawned for a batch must not be over before the last of them is up, on whatever a machine does besides;
    // all other workers are there before the batch begins.
    let asleep = |about: &Description| if about.kind == "threads" { "sleep:5s" } else { SHORT };
    // The main thread is one of them.
    for most in [2, 8, 40] {
        judge(|| few_threads(most), asleep, wants);
    }
}

#[test]
fn out_of_descriptors_is_a_limit() {
    // Three are the gate's and stderr's; the loader needs one for a moment.
    for most in [4, 5, 7, 10, 20, 60] {
        judge(|| prlimit(&format!("--nofile={most}:{most}")), |_| SHORT, |_, end| *end != End::OutOfMemory);
    }
}

#[test]
fn out_of_map_entries_is_a_limit_with_the_number_reached() {
    let entries = fs::read_to_string("/proc/sys/vm/max_map_count").unwrap();
    // A stack takes two, one of them for the page that guards it. Where the system gives more, the most workers that can
    // be asked for all get theirs.
    let most = entries.trim().parse::<u64>().unwrap() / 2;
    let wanted = MAX_WORKERS.min(most + 1000);
    let mut command = Command::new(beside("pool-green"));
    let output = command.args(["--jobs", "10", "--workers", &wanted.to_string()]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    if wanted > most {
        assert_eq!((output.status.code(), said.lines().count()), (Some(1), 1), "{said}");
        let reached = said.split_whitespace().find_map(|word| word.parse::<u64>().ok());
        assert!(reached.is_some_and(|reached| reached <= most), "{said}");
        assert!(said.contains(&format!("of {wanted} coroutine stacks")), "{said}");
    } else {
        assert_eq!((output.status.code(), said.as_ref()), (Some(0), ""), "{wanted} of {most}");
    }
}

#[test]
fn out_of_address_space_is_a_limit() {
    // 64 stacks of 2 MiB do not fit. What little is left when they have failed may be too little for anybody's allocation.
    judge(|| prlimit("--as=67108864"), |_| SHORT, |_, _| true);
}

#[test]
fn a_folder_for_sockets_that_cannot_be_used_is_an_error_that_names_it() {
    let scratch = Scratch::new();
    fs::write(scratch.path("file"), "").unwrap();
    fs::create_dir(scratch.path(&"long".repeat(40))).unwrap();
    for folder in ["missing".to_owned(), "file".to_owned(), "long".repeat(40)] {
        let mut command = Command::new(beside("pool-ipc-channel"));
        let output = command.args(["--jobs", "10"]).env("TMPDIR", scratch.path(&folder)).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), said.lines().count()), (Some(1), 1), "{said}");
        assert!(said.contains(&folder) && said.contains("TMPDIR") && !said.contains("panicked"), "{said}");
    }
}
