/* `c-serial`: the plain loop, no pool; what the others in C and their overhead are held against. */
#include <gnu/libc-version.h>

#include "poolbench/poolbench.h"

static void nothing(void) {}

static void batch(void) { pb_run(0, pb_jobs()); }

int main(int argc, char **argv) {
    const struct pb_pool serial = {
        .name = "c-serial", .title = "the plain loop in C, no pool", .kind = "serial", .library = "glibc",
        .version = gnu_get_libc_version(), .mirrors = "", .chunk = "own", .window = "all", .ordered = 1,
        .start = nothing, .batch = batch, .stop = nothing,
    };
    return pb_main(argc, argv, &serial);
}
