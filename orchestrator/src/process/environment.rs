//! The environment of a pool: cleared, so that `RAYON_*`, `TOKIO_*`, `MALLOC_*` or `LD_PRELOAD` of the caller cannot leak in.

use std::env;
use std::ffi::OsString;
use std::process;
use std::sync::LazyLock;

use rustix::time::{ClockId, clock_gettime};

/// The variable that marks every process of this run, so that the watcher finds those that left their group.
pub const MARK: &str = "POOLBENCH_RUN";
/// What it holds: 16 hexadecimal digits that no other run on this machine has, from process id and time since boot.
pub static RUN_ID: LazyLock<String> = LazyLock::new(|| {
    let now = clock_gettime(ClockId::Boottime);
    let ticks = now.tv_sec.wrapping_mul(1_000_000).wrapping_add(now.tv_nsec / 1000);
    format!("{:08x}{:08x}", process::id(), ticks & 0xffff_ffff)
});

/// The variable that pads a block's environment, and the most bytes it has: one page, as the stack's start moves.
const PADDING: &str = "POOLBENCH_PADDING";
/// Lengths from 0 to this many bytes less one are drawn.
pub const MOST_PADDING: u64 = 4096;

/// PATH, HOME, LANG=C and the mark of the run.
pub fn minimal() -> Vec<(OsString, OsString)> {
    let own = [("LANG".into(), "C".into()), (MARK.into(), RUN_ID.as_str().into())];
    kept(&["PATH".to_owned(), "HOME".to_owned()]).chain(own).collect()
}

/// The environment of a block: the minimum, what the user wants kept, and `padding` bytes.
pub fn of_block(keep: &[String], padding: u64) -> Vec<(OsString, OsString)> {
    let length = usize::try_from(padding.min(MOST_PADDING)).unwrap_or(0);
    let padding: OsString = "x".repeat(length).into();
    minimal().into_iter().chain(kept(keep)).chain([(PADDING.into(), padding)]).collect()
}

fn kept(names: &[String]) -> impl Iterator<Item = (OsString, OsString)> {
    names.iter().filter_map(|name| Some((name.into(), env::var_os(name)?)))
}
