//! What is said to people while a command works: on stderr, and no command ends because nobody listens any more.

use std::fmt::Arguments;
use std::io::{self, Write as _};

use super::plain;

/// Writes a line to stderr, without what a terminal obeys. One that cannot be written, as when the terminal is gone, is no error: the rows matter more.
pub fn tell(line: Arguments<'_>) {
    let _ = writeln!(io::stderr(), "{}", plain::lines(&line.to_string()));
}
