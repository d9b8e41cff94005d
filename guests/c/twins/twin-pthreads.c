/* The twin of `c-pthreads`: the same ring behind the same mutex and conditions, a job a dispatch. */
#include <pthread.h>

#include "twin.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t work = PTHREAD_COND_INITIALIZER, back = PTHREAD_COND_INITIALIZER;
static uint64_t *ring, head, queued, open;
static int ended, waits;

static void *worker(void *unused) {
    pthread_mutex_lock(&lock);
    for (;;) {
        while (queued == 0 && !ended)
            pthread_cond_wait(&work, &lock);
        if (queued == 0)
            break;
        uint64_t i = ring[head];
        head = head + 1 == jobs ? 0 : head + 1;
        queued--;
        pthread_mutex_unlock(&lock);
        put(i);
        pthread_mutex_lock(&lock);
        open--;
        if (waits)
            pthread_cond_signal(&back);
    }
    pthread_mutex_unlock(&lock);
    return unused;
}

static void wait_until_open(uint64_t most) {
    waits = 1;
    while (open > most)
        pthread_cond_wait(&back, &lock);
    waits = 0;
}

static void batch(void) {
    for (uint64_t i = 0; i < jobs; i++) {
        pthread_mutex_lock(&lock);
        wait_until_open(jobs - 1);
        uint64_t tail = head + queued;
        ring[tail < jobs ? tail : tail - jobs] = i;
        queued++;
        open++;
        pthread_mutex_unlock(&lock);
        pthread_cond_signal(&work);
    }
    pthread_mutex_lock(&lock);
    wait_until_open(0);
    pthread_mutex_unlock(&lock);
}

int main(int argc, char **argv) {
    if (argc != 4)
        return 2;
    asked(argv);
    ring = malloc(jobs * sizeof *ring);
    pthread_t threads[workers];
    for (uint64_t n = 0; n < workers; n++)
        pthread_create(&threads[n], NULL, worker, NULL);
    for (uint64_t n = 0; n < batches; n++)
        batch();
    pthread_mutex_lock(&lock);
    ended = 1;
    pthread_mutex_unlock(&lock);
    pthread_cond_broadcast(&work);
    for (uint64_t n = 0; n < workers; n++)
        pthread_join(threads[n], NULL);
    return 0;
}
