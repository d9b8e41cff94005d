//! A coroutine's stack behind one word, so that moving it into a coroutine and out again is one load and one store.

#![expect(unsafe_code, reason = "the trait of a stack is unsafe to implement")]

use std::io;

use corosensei::stack::{DefaultStack, Stack, StackPointer};

/// Bytes of a stack, of which those count that were used: a socket's future and a panic's message fit several times.
const SIZE: usize = 256 * 1024;

/// A stack that no other coroutine runs on; dropped, it is unmapped.
pub(crate) struct Boxed(Box<DefaultStack>);

impl Boxed {
    /// Maps a stack with its guard page.
    pub(crate) fn new() -> io::Result<Self> {
        DefaultStack::new(SIZE).map(|stack| Self(Box::new(stack)))
    }
}

// SAFETY: the library's own stack, whose guard page, size and alignment are what the trait asks for, only elsewhere.
unsafe impl Stack for Boxed {
    fn base(&self) -> StackPointer {
        self.0.base()
    }

    fn limit(&self) -> StackPointer {
        self.0.limit()
    }
}
