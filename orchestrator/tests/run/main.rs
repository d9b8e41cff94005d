//! Whole runs through the `poolbench` binary, on the real pools beside it.

mod bad_input;
mod changing;
mod common;
mod contained;
mod crews;
mod doctor;
mod faulty;
mod finding;
mod installed;
mod interrupted;
mod limits;
mod listing;
mod machine;
mod memory;
mod planning;
mod presets;
mod setting;
mod survivors;
mod unheard;
mod until;
mod watched;
mod web_faults;
mod whole;
