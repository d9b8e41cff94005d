/* What the twins share: arguments `JOBS WORKERS BATCHES`, and slots that are touched. No module in here: the twins are what one would
   write by hand for the empty job, without gates and without a checksum. */
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

static uint64_t jobs, workers, batches;
static _Atomic uint64_t *results;

static void asked(char **argv) {
    jobs = strtoull(argv[1], NULL, 10);
    workers = strtoull(argv[2], NULL, 10);
    batches = strtoull(argv[3], NULL, 10);
    results = malloc(jobs * sizeof *results);
    for (uint64_t i = 0; i < jobs; i++)
        atomic_init(&results[i], UINT64_MAX);
}

/* The empty job; the compiler is not to know what it returns. */
static inline uint64_t noop(uint64_t i) {
    __asm__ volatile("" : "+r"(i));
    return i;
}

static inline void put(uint64_t i) {
    atomic_store_explicit(&results[i], noop(i), memory_order_relaxed);
}
