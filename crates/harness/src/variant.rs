//! A pool under a second name: the same code in another executable, with another allocator.

use std::marker::PhantomData;

use crate::error::Result;
use crate::info::Info;
use crate::jobs::Jobs;
use crate::pool::Pool;

/// What is different about a variant.
pub trait Label {
    /// The executable's file name without `pool-`.
    const NAME: &'static str;
    /// The allocator that the executable names as its global one.
    const ALLOCATOR: &'static str;
}

/// The pool `P`, described with the words of `L`.
#[derive(Debug)]
pub struct Variant<P, L>(P, PhantomData<L>);

impl<P: Pool, L: Label> Pool for Variant<P, L> {
    const INFO: Info = Info { name: L::NAME, allocator: L::ALLOCATOR, variant_of: P::INFO.name, ..P::INFO };

    fn start(jobs: &'static Jobs) -> Result<Self> {
        P::start(jobs).map(|pool| Self(pool, PhantomData))
    }

    fn run(&mut self) -> Result<()> {
        self.0.run()
    }

    fn stop(self) -> Result<()> {
        self.0.stop()
    }

    fn worker(jobs: &'static Jobs) -> Result<()> {
        P::worker(jobs)
    }
}
