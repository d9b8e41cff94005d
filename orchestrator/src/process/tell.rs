//! What is said to people while a command works: on stderr, and no command ends because nobody listens any more.

use std::fmt::Arguments;
use std::io::{self, Write as _};

/// Writes a line to stderr. One that cannot be written, as when the terminal is gone, is no error: the rows matter more.
pub fn tell(line: Arguments<'_>) {
    let _ = writeln!(io::stderr(), "{line}");
}
