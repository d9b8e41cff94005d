/* Where results arrive: a slot of 64 bits a job, written by any thread, folded into the checksum after the clock. */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "internal.h"

const char *const FAULTS[FAULT_KINDS] = {"fail", "panic", "refused", "reset", "eof", "timeout", "addr", "fd", "status", "body", "io"};

_Atomic uint64_t *slots;
static _Atomic uint64_t doubled, retried, never_sent;

/* Allocated and touched before `ready`, so that no batch pays for it. */
void make_slots(void) {
    slots = malloc((asked.jobs ? asked.jobs : 1) * sizeof *slots);
    if (!slots)
        pb_end("limit", "allocating %" PRIu64 " result slots of 8 bytes: no memory; ask for fewer --jobs", asked.jobs);
    for (uint64_t i = 0; i < asked.jobs; i++)
        atomic_init(&slots[i], EMPTY);
}

/* Deliveries that were doubled. */
__attribute__((cold)) void count_strays(uint64_t strays) {
    atomic_fetch_add_explicit(&doubled, strays, memory_order_relaxed);
}

void count_attempts(uint64_t retries, uint64_t unsent) {
    atomic_fetch_add_explicit(&retried, retries, memory_order_relaxed);
    atomic_fetch_add_explicit(&never_sent, unsent, memory_order_relaxed);
}

/* A step of splitmix64. */
uint64_t mix(uint64_t x) {
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

/* What the batch came to; empties all slots and counts for the next one. */
struct tally take_tally(void) {
    struct tally tally = {0};
    uint64_t missing = 0;
    for (uint64_t i = 0; i < asked.jobs; i++) {
        uint64_t word = atomic_load_explicit(&slots[i], memory_order_relaxed);
        atomic_store_explicit(&slots[i], EMPTY, memory_order_relaxed);
        if (word < FIRST_FAULT)
            tally.checksum += mix(mix(i) ^ word);
        else if (word == EMPTY)
            missing++;
        else
            tally.errors[word - FIRST_FAULT]++;
    }
    tally.jobs = asked.jobs - missing + atomic_exchange(&doubled, 0);
    tally.retries = atomic_exchange(&retried, 0);
    tally.unsent = atomic_exchange(&never_sent, 0);
    return tally;
}
