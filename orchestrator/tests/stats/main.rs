//! The statistics against recorded values, against their own laws, and against the error they promise.
#![expect(clippy::float_cmp, reason = "laws such as scaling by powers of two hold to the last digit")]

mod against_serial;
mod cases;
mod changing;
mod exchanging;
mod fits;
mod flips;
mod given;
mod golden;
mod machines;
mod noise;
mod placing;
mod properties;
mod published;
mod simulation;
mod warming;
