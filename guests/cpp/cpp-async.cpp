// `cpp-async`: a std::async a dispatch, the oldest waited for first; a worker is a place for a thread.
#include <algorithm>
#include <cstdint>
#include <deque>
#include <future>
#include <system_error>

#include "../c/poolbench/poolbench.h"
#include "versions.hpp"

static void batch() {
    const uint64_t room = std::min(pb_workers(), pb_open_chunks());
    std::deque<std::future<void>> open;
    for (uint64_t chunk = 0; chunk < pb_chunks(); chunk++) {
        if (open.size() == room) {
            open.front().get();
            open.pop_front();
        }
        try {
            open.push_back(std::async(std::launch::async, pb_run_chunk, chunk));
        } catch (const std::system_error &refused) {
            pb_too_few("threads", open.size(), room, refused.code().value());
        }
    }
    for (auto &one : open)
        one.get();
}

int main(int argc, char **argv) {
    const pb_pool pool = {
        .name = "cpp-async", .title = "std::async, a thread a dispatch", .kind = "futures", .library = "libstdcxx",
        .version = GCC_VERSION, .mirrors = "std::async", .chunk = "1 n", .window = "all n", .ordered = true,
        // Nothing to start and nothing to stop: starting threads is what it does, and every get() joins one.
        .start = [] {}, .batch = batch, .stop = [] {},
    };
    return pb_main(argc, argv, &pool);
}
