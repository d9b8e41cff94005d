//! What an async runtime lends to jobs that wait: its own timer and its own sockets.

use std::future::Future;
use std::time::Duration;

use crate::http::{Client, Failure, Target};

/// An async runtime's timer and sockets, never a hidden thread pool.
pub trait Runtime: Copy + Send + Sync + 'static {
    /// Waits on the runtime's timer.
    fn sleep(self, length: Duration) -> impl Future<Output = ()> + Send;

    /// One attempt of a GET on a new connection, within [`crate::http::TIMEOUT`].
    fn get(self, target: &'static Target, client: Client) -> impl Future<Output = Result<(), Failure>> + Send;
}
