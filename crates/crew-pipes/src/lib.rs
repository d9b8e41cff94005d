//! Worker processes behind two shared pipes, one of requests and one of reports: what every pool of them needs.
//!
//! A pool with one thread has a [`Crew`]. A pool whose results arrive on another thread than jobs are submitted from
//! takes it apart: [`Requests`] for the one, a [`Listener`] for the other. The worker's side is [`work`].

mod crew;
mod listener;
mod requests;
mod wire;
mod worker;

pub use crew::Crew;
pub use listener::Listener;
pub use requests::Requests;
pub use wire::Report;
pub use worker::work;
