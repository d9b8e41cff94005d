//! The server's tests: all through the binary, over plain sockets and pipes.

mod answers;
mod bad_requests;
mod common;
mod control;
mod faults;
mod random;
