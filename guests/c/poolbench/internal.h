/* What the files of the module share among each other; pools do not see it. */
#ifndef POOLBENCH_INTERNAL_H
#define POOLBENCH_INTERNAL_H

#include <netinet/in.h>
#include <stdint.h>

#include "poolbench.h"

/* Why a job failed; FAULTS has their words. */
enum fault { FAIL, PANIC, REFUSED, RESET, EARLY_END, TIMEOUT, ADDR, FD, STATUS, BODY, IO, FAULT_KINDS };
extern const char *const FAULTS[FAULT_KINDS];

enum job { NOOP, COMPUTE, FACTOR, SPIN, SKEW, SLEEP, FILE_READ, HTTP, FAIL_EVERY, PANIC_EVERY };

/* `--workload`, parsed. */
struct work {
    enum job job;
    uint64_t number;            /* factor's first, ns of a span, bytes of file, K of fail and panic */
    struct sockaddr_storage to; /* http: where to */
    socklen_t to_size;
    char *request;
};

/* The command line, parsed. */
struct asked {
    struct work work;
    uint64_t jobs, workers, batches;
    uint64_t chunk;     /* 0 for own */
    uint64_t window;    /* 0 for all */
    uint64_t size;      /* jobs of a dispatch; 1 for own */
    uint64_t chunks;    /* dispatches */
    uint64_t spin_rate; /* iterations a second, 0 where none was said */
    int gate;
};
extern struct asked asked;

/* arguments.c, workload.c: end the process with exit code 2 where something is wrong. */
void parse(int argc, char **argv, const struct pb_pool *pool);
void parse_workload(const char *text, struct work *work);
void refuse(const char *argument, const char *value, const char *accepted) __attribute__((noreturn));
int whole_number(const char *text, uint64_t least, uint64_t most, uint64_t *number);
void describe(const struct pb_pool *pool);

/* work.c */
void make_ready(void);
enum fault fault_of(int error);

/* web.c: one job of http; FAULT_KINDS if all is well. */
enum fault get(const struct work *work);

/* results.c */
#define EMPTY UINT64_MAX
#define FIRST_FAULT (UINT64_MAX - 255)
struct tally {
    uint64_t jobs, checksum, errors[FAULT_KINDS], retries, unsent;
};
extern _Atomic uint64_t *slots;
void make_slots(void);
void count_strays(uint64_t strays);
void count_attempts(uint64_t retries, uint64_t unsent);
struct tally take_tally(void);
uint64_t mix(uint64_t x);

#endif
