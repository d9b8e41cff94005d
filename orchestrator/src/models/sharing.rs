//! How a pool shares a batch out: how many jobs run at once, and how many the busiest worker does.

use harness::Chunk;

use crate::analysis::{Group, Series, Setup};

/// Kinds whose pools do all that computes on one thread.
const ONE_THREAD: [&str; 2] = ["serial", "green"];

/// How one setup shares the jobs of one workload out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sharing {
    /// Jobs that can run at once: the workers for jobs that wait, min(workers, cores) for jobs that compute, 1 on one
    /// thread; no more than the window lets.
    pub lanes: u64,
    /// Among how many what a job costs beyond its work is shared: the lanes; of jobs of the web, which wait for their server but
    /// cost the cores their request, no more than the cores.
    pub overhead_lanes: u64,
    chunk: Chunk,
    /// Workers asked for at this size.
    pub workers: u64,
}

impl Sharing {
    /// Of a setup in a group.
    pub fn of(group: &Group, setup: &Setup, series: &Series) -> Self {
        let (workers, cores) = (setup.workers.max(1), series.cores.max(1));
        let chunk = setup.chunk.parse().unwrap_or(Chunk::Own);
        let on_cores = if ONE_THREAD.contains(&series.kind.as_str()) { 1 } else { workers.min(cores) };
        let wanted = match group.waits() {
            true if series.kind == "serial" => 1,
            true => workers,
            false => on_cores,
        };
        let size = chunk.size(group.jobs, workers).unwrap_or(1);
        let window: Option<u64> = setup.window.parse().ok();
        let lanes = window.map_or(wanted, |window| wanted.min((window / size).max(1)));
        let overhead_lanes = if group.workload.starts_with("http") { lanes.min(on_cores) } else { lanes };
        Self { lanes, overhead_lanes, chunk, workers }
    }

    /// The jobs that the busiest worker does: `chunk x ceil(ceil(n / chunk) / lanes)`, less what the last chunk lacks where it is
    /// the last round's only one. A pool that splits by itself splits down to whole jobs.
    pub fn longest(self, jobs: u64) -> u64 {
        let chunk = self.chunk.size(jobs, self.workers).unwrap_or(1);
        let dispatches = jobs.div_ceil(chunk);
        let rounds = dispatches.div_ceil(self.lanes);
        let lacking = dispatches.saturating_mul(chunk) - jobs;
        let alone = dispatches % self.lanes == 1 % self.lanes;
        rounds.saturating_mul(chunk).saturating_sub(if alone { lacking } else { 0 }).min(jobs)
    }

    /// The same if every job were a dispatch: what no chunk can better.
    pub fn shortest(self, jobs: u64) -> u64 {
        jobs.div_ceil(self.lanes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sharing(lanes: u64, chunk: &str) -> Sharing {
        Sharing { lanes, overhead_lanes: lanes, chunk: chunk.parse().unwrap(), workers: lanes }
    }

    #[test]
    fn the_overhead_of_the_blog_is_chunking() {
        // 100 sleeps of a second: 25 chunks of 4 on 8 workers, 50 of 2 on 16, 100 of 1 on 100.
        assert_eq!([8, 16, 100].map(|workers| sharing(workers, "auto").longest(100)), [16, 8, 1]);
        assert_eq!(sharing(8, "auto").shortest(100), 13);
    }

    #[test]
    fn the_last_chunk_may_be_smaller() {
        assert_eq!(sharing(3, "30").longest(100), 40, "30, 30, 30, then 10");
        assert_eq!(sharing(4, "30").longest(100), 30);
        assert_eq!(sharing(1, "30").longest(100), 100);
        assert_eq!(sharing(8, "1000").longest(100), 100);
        assert_eq!(sharing(8, "own").longest(50), 7);
        assert_eq!(sharing(8, "18446744073709551615").longest(u64::MAX), u64::MAX);
        assert_eq!((sharing(8, "auto").longest(0), sharing(8, "auto").longest(1)), (0, 1));
    }
}
