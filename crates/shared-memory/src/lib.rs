//! Memory that a pool shares with its worker processes: a head of atomics, and items such as a slot for each job's result.

mod crew;
mod lane;
mod mapping;
mod region;
mod ring;
mod roll;

pub use crew::{Crew, WATCH};
pub use lane::{Lane, Lanes};
pub use mapping::Shared;
pub use region::Region;
pub use ring::{CAPACITY, Receiver, Ring, Sender};
pub use roll::{Counted, Roll};
