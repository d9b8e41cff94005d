/* The jobs themselves, in loops that are compiled once for each workload, so that an empty job costs what an empty loop costs. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

static uint64_t even, longer, shorter; /* iterations of spin, and of the two lengths of skew */
static char own_path[4096];

/* Hides from the compiler what the value is. */
static inline uint64_t opaque(uint64_t x) {
    __asm__ volatile("" : "+r"(x));
    return x;
}

/* z = i + 1j under three complex square roots, in polar form: the formula that PROTOCOL.md pins. */
static inline uint64_t compute(uint64_t i) {
    double re = (double)opaque(i), im = 1.0;
    for (int k = 0; k < 3; k++) {
        double s = sqrt(hypot(re, im)), half = atan2(im, re) / 2;
        re = s * cos(half);
        im = s * sin(half);
    }
    return (uint64_t)floor(1048576.0 * re + 0.5);
}

static inline uint64_t sum_of_factors(uint64_t n) {
    uint64_t sum = 0;
    if (n < 2)
        return 0;
    for (; n % 2 == 0; n /= 2)
        sum += 2;
    for (uint64_t p = 3; p * p <= n; p += 2) {
        for (; n % p == 0; n /= p)
            sum += p;
    }
    return n > 1 ? sum + n : sum;
}

static __attribute__((noinline)) void turn(uint64_t iterations) {
    uint64_t x = opaque(1);
    for (uint64_t k = 0; k < iterations; k++)
        x = (x ^ (x >> 29)) * 0xbf58476d1ce4e5b9u;
    opaque(x);
}

static void rest(uint64_t ns) {
    struct timespec left = {(time_t)(ns / 1000000000), (long)(ns % 1000000000)};
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
}

enum fault fault_of(int error) {
    switch (error) {
    case ECONNREFUSED: return REFUSED;
    case ECONNRESET: case ECONNABORTED: case EPIPE: return RESET;
    /* A socket's own time-outs show as EAGAIN, and as EINPROGRESS where it connects. */
    case ETIMEDOUT: case EAGAIN: case EINPROGRESS: return TIMEOUT;
    case EADDRNOTAVAIL: return ADDR;
    case EMFILE: case ENFILE: return FD;
    default: return IO;
    }
}

static enum fault read_own_bytes(uint64_t size) {
    char buffer[4096];
    int file = open(own_path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return fault_of(errno);
    enum fault fault = FAULT_KINDS;
    while (size > 0 && fault == FAULT_KINDS) {
        ssize_t count = read(file, buffer, size < sizeof buffer ? size : sizeof buffer);
        if (count > 0)
            size -= (uint64_t)count;
        else if (count == 0)
            fault = EARLY_END;
        else if (errno != EINTR)
            fault = fault_of(errno);
    }
    close(file);
    return fault;
}

static inline uint64_t unless(enum fault fault, uint64_t result) {
    return fault == FAULT_KINDS ? result : FIRST_FAULT + fault;
}

/* Iterations that last `ns` x `times` / `over` at `rate` a second. */
static uint64_t iterations(uint64_t ns, uint64_t rate, uint64_t times, uint64_t over) {
    unsigned __int128 exact = (unsigned __int128)ns * rate * times / (1000000000ull * over);
    return exact > UINT64_MAX ? UINT64_MAX : (uint64_t)exact;
}

/* Iterations a second on this machine: the best of 20 bursts of about 0.5 ms, since whatever disturbs one only slows it. */
static uint64_t calibrate(void) {
    const uint64_t burst = 250000;
    uint64_t best = UINT64_MAX;
    for (int k = 0; k < 20; k++) {
        struct timespec a, b;
        clock_gettime(CLOCK_MONOTONIC, &a);
        turn(burst);
        clock_gettime(CLOCK_MONOTONIC, &b);
        uint64_t ns = (uint64_t)((b.tv_sec - a.tv_sec) * 1000000000 + b.tv_nsec - a.tv_nsec) + 1;
        best = ns < best ? ns : best;
    }
    return burst * 1000000000 / best;
}

void make_ready(void) {
    enum job job = asked.work.job;
    if ((job == SPIN || job == SKEW) && asked.spin_rate == 0)
        asked.spin_rate = calibrate();
    even = iterations(asked.work.number, asked.spin_rate, 1, 1);
    longer = iterations(asked.work.number, asked.spin_rate, 8, 1);
    shorter = iterations(asked.work.number, asked.spin_rate, 8, 15);
    if (job == FILE_READ && readlink("/proc/self/exe", own_path, sizeof own_path - 1) < 0)
        pb_end("io", "finding the pool's own executable by /proc/self/exe: error %d", errno);
}

/* One result to a slot; a second one for the same job shows in the number of jobs. */
static inline void put(_Atomic uint64_t *slot, uint64_t word) {
    if (__builtin_expect(atomic_load_explicit(slot, memory_order_relaxed) == EMPTY, 1))
        atomic_store_explicit(slot, word, memory_order_relaxed);
    else
        count_strays(1);
}

#define EACH(job)                                 \
    for (uint64_t i = first; i < last; i++)       \
        put(&to[i], (job));                       \
    break

/* Apart from the empty job, so that a dispatch of one of those does not save the registers that these need. */
static __attribute__((noinline)) void run_full(uint64_t first, uint64_t last) {
    const struct work *work = &asked.work;
    _Atomic uint64_t *to = slots;
    const uint64_t k = work->number;
    switch (work->job) {
    case COMPUTE: EACH(compute(i));
    case FACTOR: EACH(sum_of_factors(k + i));
    case SPIN: EACH((turn(even), i));
    case SKEW: EACH((turn(mix(i) % 16 == 0 ? longer : shorter), i));
    case SLEEP: EACH((rest(k), i));
    case FILE_READ: EACH(unless(read_own_bytes(k), i + k));
    case HTTP: EACH(unless(get(work), i));
    case FAIL_EVERY: EACH((i + 1) % k == 0 ? FIRST_FAULT + FAIL : i);
    case PANIC_EVERY: EACH((i + 1) % k == 0 ? FIRST_FAULT + PANIC : i);
    case NOOP: break;
    }
}

void pb_run(uint64_t first, uint64_t last) {
    if (last > asked.jobs)
        last = asked.jobs;
    if (asked.work.job != NOOP) {
        run_full(first, last);
        return;
    }
    _Atomic uint64_t *to = slots;
    for (uint64_t i = first; i < last; i++)
        put(&to[i], opaque(i));
}

void pb_run_chunk(uint64_t chunk) { pb_run(chunk * asked.size, chunk * asked.size + asked.size); }

void pb_run_share(uint64_t part, uint64_t parts) {
    uint64_t size = asked.jobs / parts, more = asked.jobs % parts;
    uint64_t first = part * size + (part < more ? part : more);
    pb_run(first, first + size + (part < more));
}
