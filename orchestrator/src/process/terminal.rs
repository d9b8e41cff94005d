//! How wide what is printed may be.

use std::io::{IsTerminal as _, stdout};

/// The width where nobody looks at a terminal: what any of them has, and a page of any tool shows.
pub const PIPED: usize = 80;
/// Narrower than this no table can be read, whatever a terminal says of itself.
const LEAST: usize = 40;

/// The columns that stdout has: 80 unless it is a terminal; there what `COLUMNS` says, else the terminal itself.
pub fn columns() -> usize {
    if !stdout().is_terminal() {
        return PIPED;
    }
    let asked = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    let own = || rustix::termios::tcgetwinsize(stdout()).ok().map(|size| usize::from(size.ws_col));
    asked.filter(|columns| *columns > 0).or_else(own).filter(|columns| *columns > 0).unwrap_or(PIPED).max(LEAST)
}
