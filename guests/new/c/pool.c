/* NAME: threads that take the next dispatch behind a mutex. Make it yours: the three functions, and what main says of it. */
#include <gnu/libc-version.h>
#include <pthread.h>
#include <stdlib.h>

#include "poolbench/poolbench.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t work = PTHREAD_COND_INITIALIZER, back = PTHREAD_COND_INITIALIZER;
/* Dispatches of this batch: the next one, their end, those that are back; and workers that are there. */
static uint64_t next, end, done, up;
static int ended;
static pthread_t *threads;

static void *worker(void *unused) {
    pthread_mutex_lock(&lock);
    up++;
    pthread_cond_signal(&back);
    for (;;) {
        while (next == end && !ended)
            pthread_cond_wait(&work, &lock);
        if (next == end)
            break;
        uint64_t chunk = next++;
        pthread_mutex_unlock(&lock);
        pb_run_chunk(chunk);
        pthread_mutex_lock(&lock);
        if (++done == end)
            pthread_cond_signal(&back);
    }
    pthread_mutex_unlock(&lock);
    return unused;
}

/* Returns when every worker is there; runs no job. */
static void start(void) {
    threads = malloc(pb_workers() * sizeof *threads);
    if (!threads)
        pb_end("limit", "allocating the list of threads: no memory; ask for fewer --workers");
    for (uint64_t number = 0; number < pb_workers(); number++) {
        int cause = pthread_create(&threads[number], NULL, worker, NULL);
        if (cause != 0)
            pb_too_few("threads", number, pb_workers(), cause);
    }
    pthread_mutex_lock(&lock);
    while (up < pb_workers())
        pthread_cond_wait(&back, &lock);
    pthread_mutex_unlock(&lock);
}

/* Returns when every job has run once. */
static void batch(void) {
    pthread_mutex_lock(&lock);
    next = done = 0;
    end = pb_chunks();
    pthread_cond_broadcast(&work);
    while (done < end)
        pthread_cond_wait(&back, &lock);
    pthread_mutex_unlock(&lock);
}

/* Returns when every worker is joined. */
static void stop(void) {
    pthread_mutex_lock(&lock);
    ended = 1;
    pthread_mutex_unlock(&lock);
    pthread_cond_broadcast(&work);
    for (uint64_t number = 0; number < pb_workers(); number++)
        pthread_join(threads[number], NULL);
}

int main(int argc, char **argv) {
    const struct pb_pool pool = {
        .name = "NAME", .title = "threads behind a mutex and a condition", .kind = "threads", .library = "glibc",
        .version = gnu_get_libc_version(), .mirrors = "", .ordered = 0,
        /* chunk: jobs per dispatch, "n" is any number; window: all dispatches are submitted at once. */
        .chunk = "n", .window = "all",
        .start = start, .batch = batch, .stop = stop,
    };
    return pb_main(argc, argv, &pool);
}
