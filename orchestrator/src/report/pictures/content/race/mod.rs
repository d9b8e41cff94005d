//! What a race looks like: who was in round by round, its final, and what no other matches in time, memory and CPU time.

mod finalists;
mod front;
mod rounds;

use anyhow::Result;

use super::source::Sketch;
use crate::outcome::Answer;
use crate::report::pictures::picture::Picture;

/// The pictures of a race that it has data for, in the order of the report.
pub fn of_race(answer: &Answer) -> Result<Vec<Picture>> {
    let all = [Some(rounds::rounds(answer)?), finalists::finalists(answer), front::front(answer)];
    Ok(all.into_iter().flatten().map(Sketch::drawn).collect())
}
