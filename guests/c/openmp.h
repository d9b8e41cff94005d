/* What the two OpenMP pools share: a team that is up at the start and gone at the stop. */
#include <omp.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "poolbench/poolbench.h"

/* libgomp's version is gcc's. */
#define TEXT(x) #x
#define DOTS(a, b, c) TEXT(a) "." TEXT(b) "." TEXT(c)
#define GOMP_VERSION DOTS(__GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__)

static int starting;

/* libgomp ends the process where it gets no thread; this is what is said then. */
static void last_words(void) {
    if (starting)
        pb_end("limit", "started %d of %d threads: libgomp got no more; ask for fewer --workers", (int)pb_threads_up() + 1, (int)pb_workers());
}

/* libgomp lays 88 bytes a thread on the main thread's stack: for 100,000 more than the usual 8 MiB, and a crash. */
static void make_room(void) {
    struct rlimit stack;
    getrlimit(RLIMIT_STACK, &stack);
    if (stack.rlim_cur < 64 << 20) {
        stack.rlim_cur = stack.rlim_max < 64 << 20 ? stack.rlim_max : 64 << 20;
        setrlimit(RLIMIT_STACK, &stack);
    }
}

/* The team is the main thread and one thread less than workers. */
static void start(void) {
    make_room();
    atexit(last_words);
    starting = 1;
    omp_set_dynamic(0);
    omp_set_num_threads((int)pb_workers());
    int team = 0;
#pragma omp parallel reduction(+ : team)
    team += 1;
    starting = 0;
    if (team != (int)pb_workers())
        pb_end("limit", "started %d of %d threads: OMP_THREAD_LIMIT is smaller; ask for fewer --workers", team, (int)pb_workers());
}

static void stop(void) {
    omp_pause_resource_all(omp_pause_hard);
    /* libgomp's threads are detached: they are gone when the kernel has them no more. */
    while (pb_threads_up() > 0)
        sched_yield();
}
