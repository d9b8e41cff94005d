//! What the pools for tests share: the gates of the protocol around a body of their own, forks, and the siege of a run.

pub mod crew;
pub mod gates;
pub mod lanes;
pub mod limit;
pub mod runaway;
pub mod siege;
pub mod stoppable;
pub mod system;
pub mod user;
