//! Rows that differ as those of a real run do, so that nothing is small because all are alike.

use harness::columns::Row;
use rand::RngExt as _;
use rand_pcg::Pcg64;

/// Two MiB in pages of four KiB.
const PAGES: u64 = 512;

/// The times of three batches for `row`, and all else that the analysis keeps of a row drawn anew: times from a half to twice,
/// memory up to two MiB more.
pub(crate) fn strayed(row: &Row, into: &mut Row, draw: &mut Pcg64) -> [u64; 3] {
    let mut time = |ns: u64| ns * draw.random_range(500..2000) / 1000;
    let batches = [time(400_000), time(250_000), time(250_000)];
    into.batches = Some(3);
    into.batch_ns = Some(batches[0]);
    into.warm_batch_ns = Some(batches[1].min(batches[2]));
    into.start_ns = row.start_ns.map(|_| time(800_000));
    into.stop_ns = row.stop_ns.map(|_| time(100_000));
    into.cpu_user_ns = row.cpu_user_ns.map(|_| time(1_500_000));
    into.cpu_sys_ns = row.cpu_sys_ns.map(|_| time(2_000_000));
    let mut more = |bytes: u64| bytes + 4096 * draw.random_range(0..PAGES);
    into.rss_ready_bytes = row.rss_ready_bytes.map(&mut more);
    into.rss_started_bytes = row.rss_started_bytes.map(&mut more);
    into.rss_done_bytes = row.rss_done_bytes.map(&mut more);
    into.rss_stopped_bytes = row.rss_stopped_bytes.map(&mut more);
    into.peak_rss_bytes = row.peak_rss_bytes.map(&mut more);
    into.cgroup_peak_bytes = row.cgroup_peak_bytes.map(&mut more);
    batches
}
