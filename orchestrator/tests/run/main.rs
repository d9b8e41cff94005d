//! Whole runs through the `poolbench` binary, on the real pools beside it.

mod bad_input;
mod common;
mod contained;
mod crews;
mod doctor;
mod faulty;
mod folders;
mod hostile;
mod interrupted;
mod limits;
mod listing;
mod machine;
mod memory;
mod planning;
mod survivors;
mod unheard;
mod until;
mod watched;
mod web_faults;
mod whole;
