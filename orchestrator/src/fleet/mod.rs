//! One run on several machines: a plan that shards share, a shard, the merging of shards, and job files for those who start them.

pub mod cli;
pub mod engines;
pub mod jobs;
pub mod make;
pub mod merge;
mod notes;
mod place;
mod rows;
pub mod shard;
mod sources;
pub mod status;
