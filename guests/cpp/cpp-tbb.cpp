// `cpp-tbb`: oneTBB's parallel_for in an arena of as many threads as there are workers, the main one among them.
#include <cstdint>
#include <exception>
#include <latch>
#include <optional>

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/version.h>

#include "../c/poolbench/poolbench.h"

namespace tbb = oneapi::tbb;

static tbb::task_scheduler_handle scheduler;
static std::optional<tbb::global_control> threads;
static std::optional<tbb::task_arena> arena;

// oneTBB terminates the process where a thread of its own gets no further one; this is what is said then.
static void no_more_threads() {
    pb_end("limit", "started %d of %d threads: oneTBB got no more; ask for fewer --workers", (int)pb_threads_up() + 1, (int)pb_workers());
}

static void start() {
    const int workers = (int)pb_workers();
    std::set_terminate(no_more_threads);
    scheduler = tbb::task_scheduler_handle{tbb::attach{}};
    // The arena says how many take part, the control how many there may be at all: by default as many as cores.
    threads.emplace(tbb::global_control::max_allowed_parallelism, workers);
    arena.emplace(workers);
    // Threads come up when there is work; nobody leaves this loop before all are there.
    std::latch all(workers);
    arena->execute([&] {
        tbb::parallel_for(tbb::blocked_range<int>(0, workers, 1), [&](const auto &) { all.arrive_and_wait(); }, tbb::simple_partitioner{});
    });
    std::set_terminate(nullptr);
}

static void batch() {
    using range = tbb::blocked_range<uint64_t>;
    arena->execute([] {
        if (pb_own()) {
            tbb::parallel_for(range(0, pb_jobs()), [](const range &jobs) { pb_run(jobs.begin(), jobs.end()); });
        } else {
            // Split down to single dispatches, as --chunk wants it.
            tbb::parallel_for(range(0, pb_chunks(), 1), [](const range &one) { pb_run_chunk(one.begin()); }, tbb::simple_partitioner{});
        }
    });
}

static void stop() {
    arena.reset();
    threads.reset();
    tbb::finalize(scheduler);
}

int main(int argc, char **argv) {
    const pb_pool pool = {
        .name = "cpp-tbb", .title = "oneTBB parallel_for", .kind = "threads", .library = "onetbb",
        .version = TBB_VERSION_STRING, .mirrors = "tbb::parallel_for", .chunk = "own n", .window = "all", .ordered = false,
        .start = start, .batch = batch, .stop = stop,
    };
    return pb_main(argc, argv, &pool);
}
