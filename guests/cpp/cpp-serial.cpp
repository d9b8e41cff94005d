// `cpp-serial`: the plain loop, no pool; what the others in C++ and their overhead are held against.
#include "../c/poolbench/poolbench.h"
#include "versions.hpp"

int main(int argc, char **argv) {
    const pb_pool serial = {
        .name = "cpp-serial", .title = "the plain loop in C++, no pool", .kind = "serial", .library = "libstdcxx",
        .version = GCC_VERSION, .mirrors = "", .chunk = "own", .window = "all", .ordered = true,
        .start = [] {}, .batch = [] { pb_run(0, pb_jobs()); }, .stop = [] {},
    };
    return pb_main(argc, argv, &serial);
}
