//! What the pools for tests share: the gates of the protocol around a body of their own, and forks.

pub mod crew;
pub mod gates;
pub mod system;
