//! The environment of a pool: cleared, so that `RAYON_*`, `TOKIO_*`, `MALLOC_*` or `LD_PRELOAD` of the caller cannot leak in.

use std::env;
use std::ffi::OsString;

/// The variable that pads a block's environment, and the most bytes it has: one page, as the stack's start moves.
const PADDING: &str = "POOLBENCH_PADDING";
/// Lengths from 0 to this many bytes less one are drawn.
pub const MOST_PADDING: u64 = 4096;

/// PATH, HOME and LANG=C.
pub fn minimal() -> Vec<(OsString, OsString)> {
    kept(&["PATH".to_owned(), "HOME".to_owned()]).chain([("LANG".into(), "C".into())]).collect()
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
