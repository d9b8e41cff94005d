/* What a pool in C or C++ needs: copy this folder, write start, batch, stop and a description. The protocol stands in docs/PROTOCOL.md. */
#ifndef POOLBENCH_H
#define POOLBENCH_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A pool. Words are those of `--describe`; lists are words with a blank between them, the default first. */
struct pb_pool {
    const char *name;       /* begins with the language */
    const char *title;      /* one line for people */
    const char *kind;       /* serial, threads, futures, ... */
    const char *library;    /* what schedules the jobs */
    const char *version;    /* and its version */
    const char *mirrors;    /* the qualified name of what is measured, may be "" */
    const char *chunk;      /* "n" any number and auto, "own" the library splits, "1" */
    const char *window;     /* "all" no bound, "n" any number */
    int ordered;            /* whether results come back in the order of the jobs */
    void (*start)(void);    /* brings all workers up, returns when they are */
    void (*batch)(void);    /* runs every job once, returns when all are done */
    void (*stop)(void);     /* returns when every worker is joined */
};

/* The whole of `main`: reads the arguments, waits at the gates, times the three steps; the process's exit code. */
int pb_main(int argc, char **argv, const struct pb_pool *pool);

/* Jobs in a batch. */
uint64_t pb_jobs(void);
/* The most jobs that may run at once. */
uint64_t pb_workers(void);
/* Whether the library is to split the batch by itself (`--chunk own`). */
int pb_own(void);
/* Dispatches in a batch, numbered from 0. */
uint64_t pb_chunks(void);
/* The most dispatches submitted and not yet back, from 1; never more than there are. */
uint64_t pb_open_chunks(void);

/* Run jobs on this thread and deliver their results: those of a dispatch; from `first` to below `last`, or to the end of the batch; one of
   `parts` even shares. */
void pb_run_chunk(uint64_t chunk);
void pb_run(uint64_t first, uint64_t last);
void pb_run_share(uint64_t part, uint64_t parts);

/* Threads of this process beside the main one. */
uint64_t pb_threads_up(void);

/* Say an error event and end the process, from any thread. `kind`: limit, unsupported, io, internal. The message: operation, value,
   cause, next step. */
void pb_end(const char *kind, const char *format, ...) __attribute__((noreturn, format(printf, 2, 3)));
/* The same for workers that the system refuses, `cause` as in errno. */
void pb_too_few(const char *what, uint64_t reached, uint64_t wanted, int cause) __attribute__((noreturn));

#ifdef __cplusplus
}
#endif
#endif
