/* `c-openmp-static`: OpenMP's `parallel for` with chunks dealt round, or with an even share for each thread. */
#include "openmp.h"

/* schedule(static, 1) over the dispatches deals out the same jobs as schedule(static, chunk) over the jobs. */
static void batch(void) {
    uint64_t parts = pb_own() ? pb_workers() : pb_chunks();
#pragma omp parallel for schedule(static, 1)
    for (uint64_t part = 0; part < parts; part++) {
        if (pb_own())
            pb_run_share(part, parts);
        else
            pb_run_chunk(part);
    }
}

int main(int argc, char **argv) {
    const struct pb_pool pool = {
        .name = "c-openmp-static", .title = "OpenMP parallel for, schedule(static)", .kind = "threads", .library = "libgomp",
        .version = GOMP_VERSION, .mirrors = "omp.for schedule(static)", .chunk = "own n", .window = "all", .ordered = 0,
        .start = start, .batch = batch, .stop = stop,
    };
    return pb_main(argc, argv, &pool);
}
