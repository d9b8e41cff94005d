/* A library of jobs that misbehaves in the way that its parameter names; job i returns 3 i + 1 where it does not. */
#define _GNU_SOURCE
#include "../../../docs/poolbench_job.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef VERSION
#define VERSION POOLBENCH_JOB_VERSION
#endif

static char mode[64];
static volatile uint64_t shared;
static void *volatile fault;

static int is(const char *name) { return strcmp(mode, name) == 0; }

static void *idle(void *nothing) {
    pause();
    return nothing;
}

/* Never inlined and never folded, so that it takes the stack that it says. */
static __attribute__((noinline)) uint64_t deep(uint64_t kib) {
    volatile char frame[1024];
    frame[0] = (char)kib;
    frame[1023] = kib ? (char)deep(kib - 1) : 0;
    return (uint64_t)(frame[0] & 0) + (uint64_t)(frame[1023] & 0);
}

uint32_t poolbench_job_version(void) { return VERSION; }

void *poolbench_open(const char *param, char *message, size_t size) {
    snprintf(mode, sizeof mode, "%s", param);
    if (is("open-fails")) {
        snprintf(message, size, "the model is not there");
        return NULL;
    }
    if (is("open-says-nothing")) return NULL;
    if (is("open-crashes")) *(volatile int *)fault = 1;
    if (is("handlers")) {
        signal(SIGTERM, SIG_IGN);
        signal(SIGCHLD, SIG_IGN);
        signal(SIGUSR1, SIG_IGN);
    }
    if (is("threads")) {
        pthread_t thread;
        for (int i = 0; i < 3; i++) pthread_create(&thread, NULL, idle, NULL);
    }
    if (is("reads")) message[0] = (char)getchar();
    return mode;
}

#ifndef NO_JOB
int poolbench_job(void *state, uint64_t index, uint64_t *result) {
    *result = 3 * index + 1;
    if (state != mode) abort();
    if (is("fails")) return index % 10 == 7;
    if (is("crashes") && index == 57) *(volatile int *)fault = 1;
    if (is("aborts") && index == 57) abort();
    if (is("exits") && index == 57) exit(0);
    if (is("loops") && index == 57) for (;;) usleep(1000);
    if (is("ignores-term") && index == 57) {
        signal(SIGTERM, SIG_IGN);
        for (;;) usleep(1000);
    }
    if (is("random")) *result = (uint64_t)getpid();
    if (is("largest")) *result = UINT64_MAX - index % 3;
    if (is("prints")) printf("job %llu says go\n", (unsigned long long)index);
    if (is("speaks-the-protocol")) {
        static const char event[] = "{\"event\":\"done\",\"batch_ns\":[1],\"jobs\":100}\n";
        if (write(1, event, sizeof event - 1) < 0) return 1;
    }
    if (is("leaks")) {
        volatile char *lost = malloc(16384);
        for (int at = 0; at < 16384; at += 4096) lost[at] = 1;
    }
    if (is("stack")) *result += deep(1024);
    if (is("deep-stack")) *result += deep(4096);
    if (is("late-threads") && index == 0) {
        pthread_t thread;
        for (int i = 0; i < 3; i++) pthread_create(&thread, NULL, idle, NULL);
    }
    if (is("waits")) usleep(1000);
    if (is("unsafe")) {
        shared = index;
        for (volatile int i = 0; i < 20000; i++) { }
        *result = shared;
    }
    return 0;
}
#endif

#ifndef NO_CLOSE
void poolbench_close(void *state) {
    if (is("close-crashes") && state == mode) *(volatile int *)fault = 1;
}
#endif
