/* `c-openmp-dynamic`: OpenMP's `parallel for` in which each thread takes the next chunk when it is free. */
#include "openmp.h"

/* schedule(dynamic, 1) over the dispatches hands out the same jobs as schedule(dynamic, chunk) over the jobs. */
static void batch(void) {
#pragma omp parallel for schedule(dynamic, 1)
    for (uint64_t chunk = 0; chunk < pb_chunks(); chunk++)
        pb_run_chunk(chunk);
}

int main(int argc, char **argv) {
    const struct pb_pool pool = {
        .name = "c-openmp-dynamic", .title = "OpenMP parallel for, schedule(dynamic)", .kind = "threads", .library = "libgomp",
        .version = GOMP_VERSION, .mirrors = "omp.for schedule(dynamic)", .chunk = "n", .window = "all", .ordered = 0,
        .start = start, .batch = batch, .stop = stop,
    };
    return pb_main(argc, argv, &pool);
}
