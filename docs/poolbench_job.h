/* Jobs of your own for poolbench: what a shared library must have to be run as `--workload lib:PATH[:PARAM]`.
 *
 * Version 1. Two functions are needed, two more may be there. Nothing of this file is needed to build: the names and types
 * are what counts, from C, C++ (extern "C"), Rust (#[unsafe(no_mangle)] extern "C"), Go, Zig or anything that makes one.
 *
 *     cc -O2 -shared -fPIC -o x.so x.c
 *     poolbench check-job ./x.so
 *     poolbench run --workload lib:./x.so --jobs 10000
 *
 * PATH ends at its first ':'; PARAM is all behind it, commas too, so that in a list of workloads such a job is the last one, and
 * another is a --workload of its own.
 *
 * A batch is jobs 0 to N - 1. Each is run exactly once in every batch, in any order, on any thread, many at once, in one
 * process or in several. The results of a batch are compared with those of a run of poolbench's own, so a job must give the
 * same result for the same index each time.
 */
#ifndef POOLBENCH_JOB_H
#define POOLBENCH_JOB_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this interface that the library is made for. */
#define POOLBENCH_JOB_VERSION 1

/* Needed. Returns POOLBENCH_JOB_VERSION. */
uint32_t poolbench_job_version(void);

/* Needed. Runs job `index`, puts what it comes to into *result (a hash, a count: whatever tells a right result from a wrong
 * one) and returns 0; any other return value is a failed job. Called from any thread, from many at once, on stacks of 2 MiB and
 * on those of coroutines, 256 KiB; it must neither end its thread nor throw. `state` is what poolbench_open returned, NULL without one.
 * Results above 2^64 - 257 count as 2^64 - 257. */
int poolbench_job(void *state, uint64_t index, uint64_t *result);

/* May be there. Called once in every process, before any clock: load here what all jobs share. `param` is the PARAM of the
 * command line, "" where there is none. Returns a pointer that is handed to every job, or NULL if it cannot start, with the
 * reason in `message` (room for `size` bytes, the last for the zero). */
void *poolbench_open(const char *param, char *message, size_t size);

/* May be there. Called once in every process that ends in good order, when no job runs any more and none will. */
void poolbench_close(void *state);

/* Where a job runs:
 *   - stdin is empty, and what is printed to stdout goes to stderr, of which the end is kept;
 *   - the environment is cleared but for PATH, HOME and LANG=C (`--keep-env NAME` keeps more), so that libraries beside this
 *     one are found by an rpath only: -Wl,-rpath,'$ORIGIN';
 *   - leave signal handlers, the working directory and file descriptors that are not yours alone;
 *   - threads of your own are counted, and run beside the pool's.
 */

#ifdef __cplusplus
}
#endif

#endif
