/* `c-pthreads`: threads that take turns at a ring of dispatches behind a mutex and a condition. */
#include <gnu/libc-version.h>
#include <pthread.h>
#include <stdlib.h>

#include "poolbench/poolbench.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t work = PTHREAD_COND_INITIALIZER, back = PTHREAD_COND_INITIALIZER;
static uint64_t *ring, room, head, queued, open, up;
static int ended, waits;
static pthread_t *threads;

static void *worker(void *unused) {
    pthread_mutex_lock(&lock);
    up++;
    pthread_cond_signal(&back);
    for (;;) {
        while (queued == 0 && !ended)
            pthread_cond_wait(&work, &lock);
        if (queued == 0)
            break;
        uint64_t chunk = ring[head];
        head = head + 1 == room ? 0 : head + 1;
        queued--;
        pthread_mutex_unlock(&lock);
        pb_run_chunk(chunk);
        pthread_mutex_lock(&lock);
        open--;
        if (waits)
            pthread_cond_signal(&back);
    }
    pthread_mutex_unlock(&lock);
    return unused;
}

/* Waits, behind the lock, until no more than `most` dispatches are open. */
static void wait_until_open(uint64_t most) {
    waits = 1;
    while (open > most)
        pthread_cond_wait(&back, &lock);
    waits = 0;
}

static void start(void) {
    room = pb_open_chunks();
    ring = malloc(room * sizeof *ring);
    threads = malloc(pb_workers() * sizeof *threads);
    if (!ring || !threads)
        pb_end("limit", "allocating a ring of dispatches: no memory; ask for fewer --jobs or a smaller --window");
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

static void batch(void) {
    for (uint64_t chunk = 0, tail = 0; chunk < pb_chunks(); chunk++) {
        pthread_mutex_lock(&lock);
        wait_until_open(room - 1);
        tail = head + queued;
        ring[tail < room ? tail : tail - room] = chunk;
        queued++;
        open++;
        pthread_mutex_unlock(&lock);
        pthread_cond_signal(&work);
    }
    pthread_mutex_lock(&lock);
    wait_until_open(0);
    pthread_mutex_unlock(&lock);
}

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
        .name = "c-pthreads", .title = "pthreads behind a mutex and a condition", .kind = "threads", .library = "glibc",
        .version = gnu_get_libc_version(), .mirrors = "pthread_cond_t", .chunk = "n", .window = "all n", .ordered = 0,
        .start = start, .batch = batch, .stop = stop,
    };
    return pb_main(argc, argv, &pool);
}
