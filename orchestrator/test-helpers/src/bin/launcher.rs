//! `launcher [ignore=SIGNAL | block=SIGNAL | refuse=CALL:ERROR]... COMMAND...`: executes a command as launchers do that leave
//! signals ignored or blocked, or in a system that refuses some of its calls, as containers do. Takes no right to do so.

#![expect(unsafe_code, reason = "dispositions of signals and filters of system calls; this program has one thread")]

use std::io::{Error, Result};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};

use anyhow::Context as _;
use nix::sys::signal::{SigHandler, SigSet, Signal, signal};

/// Calls that can be refused: name, number, and what the first argument must be for it.
const CALLS: [(&str, libc::c_long, Option<i32>); 6] = [
    ("pidfd_open", libc::SYS_pidfd_open, None),
    ("sched_setaffinity", libc::SYS_sched_setaffinity, None),
    ("sched_getaffinity", libc::SYS_sched_getaffinity, None),
    ("flock", libc::SYS_flock, None),
    ("subreaper", libc::SYS_prctl, Some(libc::PR_SET_CHILD_SUBREAPER)),
    ("pdeathsig", libc::SYS_prctl, Some(libc::PR_SET_PDEATHSIG)),
];
/// How calls can be refused.
const ERRORS: [(&str, i32); 3] = [("EPERM", libc::EPERM), ("ENOSYS", libc::ENOSYS), ("ENOLCK", libc::ENOLCK)];
/// Where in what a filter looks at the number of the call stands, and the lower half of its first argument.
const NUMBER: u32 = 0;
const ARGUMENT: u32 = 16;

fn main() -> anyhow::Result<ExitCode> {
    let mut words = std::env::args_os().skip(1).peekable();
    while let Some((what, name)) = words.peek().and_then(|word| word.to_str()?.split_once('=')) {
        match what {
            // SAFETY: no function is made a handler.
            "ignore" => drop(unsafe { signal(name.parse::<Signal>()?, SigHandler::SigIgn) }?),
            "block" => [name.parse::<Signal>()?].into_iter().collect::<SigSet>().thread_block()?,
            "refuse" => refuse(name)?,
            other => anyhow::bail!("'{other}' is none of ignore, block and refuse"),
        }
        words.next();
    }
    let program = words.next().context("no command")?;
    Err(Command::new(program).args(words).exec().into())
}

/// Installs a filter that refuses a call, given as `CALL:ERROR`.
fn refuse(text: &str) -> anyhow::Result<()> {
    let (call, error) = text.split_once(':').context("CALL:ERROR is wanted")?;
    let (_, number, argument) = CALLS.into_iter().find(|(name, ..)| *name == call).context("an unknown call")?;
    let (_, error) = ERRORS.into_iter().find(|(name, _)| *name == error).context("an unknown error")?;
    let code = |code: u32| u16::try_from(code).expect("codes of statements have 16 bits");
    let statement = |what: u32, k: u32| libc::sock_filter { code: code(what), jt: 0, jf: 0, k };
    let load = |from| statement(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, from);
    // To the last statement unless it is equal.
    let unless = |value: u32, steps| libc::sock_filter {
        code: code(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K),
        jt: 0,
        jf: steps,
        k: value,
    };
    let give = |what| statement(libc::BPF_RET | libc::BPF_K, what);
    let mut filter = vec![load(NUMBER), unless(u32::try_from(number)?, if argument.is_some() { 3 } else { 1 })];
    if let Some(argument) = argument {
        filter.extend([load(ARGUMENT), unless(argument.cast_unsigned(), 1)]);
    }
    filter.extend([give(libc::SECCOMP_RET_ERRNO | error.cast_unsigned()), give(libc::SECCOMP_RET_ALLOW)]);
    install(&mut filter).context("installing the filter")
}

fn install(filter: &mut [libc::sock_filter]) -> Result<()> {
    let length = u16::try_from(filter.len()).map_err(Error::other)?;
    let program = libc::sock_fprog { len: length, filter: filter.as_mut_ptr() };
    // SAFETY: `program` and the filter that it points to outlive the calls, which copy them.
    let refused = unsafe {
        libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0
            || libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program) != 0
    };
    if refused { Err(Error::last_os_error()) } else { Ok(()) }
}
