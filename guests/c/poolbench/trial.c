/* One trial from the command line to the exit: the gates, and the only clock. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

/* The longest line is 64 KiB: 1,000 times of 20 digits fit. */
static char line[64 * 1024];
static size_t length;

static void add(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void add(const char *format, ...) {
    va_list words;
    va_start(words, format);
    length += (size_t)vsnprintf(line + length, sizeof line - length, format, words);
    va_end(words);
}

/* Writes the line and a line feed; where nobody reads any more the process ends. */
static void say(void) {
    line[length++] = '\n';
    for (size_t sent = 0; sent < length;) {
        ssize_t count = write(STDOUT_FILENO, line + sent, length - sent);
        if (count < 0 && errno != EINTR)
            _exit(errno == EPIPE ? 0 : 1);
        sent += count > 0 ? (size_t)count : 0;
    }
    length = 0;
}

static void error(const char *kind, const char *message) {
    length = 0;
    add("{\"event\":\"error\",\"kind\":\"%s\",\"message\":\"", kind);
    for (; *message; message++) {
        unsigned char c = (unsigned char)*message;
        c == '"' || c == '\\' ? add("\\%c", c) : c < ' ' ? add("\\u%04x", c) : add("%c", c);
    }
    add("\"}");
    say();
    _exit(1);
}

void pb_end(const char *kind, const char *format, ...) {
    char message[1024];
    va_list words;
    va_start(words, format);
    vsnprintf(message, sizeof message, format, words);
    va_end(words);
    error(kind, message);
    abort();
}

void pb_too_few(const char *what, uint64_t reached, uint64_t wanted, int cause) {
    int limit = cause == EAGAIN || cause == ENOMEM || cause == EMFILE || cause == ENFILE;
    pb_end(limit ? "limit" : "io", "started %" PRIu64 " of %" PRIu64 " %s: %s; ask for fewer --workers", reached, wanted, what, strerror(cause));
}

/* Takes three bytes, as many as a reply has. False at the end of file. */
static int go(void) {
    char reply[4] = "";
    size_t count = 0;
    while (count < 3 && (count == 0 || reply[count - 1] != '\n')) {
        ssize_t got = read(STDIN_FILENO, reply + count, 1);
        if (got == 0)
            break;
        if (got < 0 && errno != EINTR)
            pb_end("io", "reading the reply at a gate: %s", strerror(errno));
        count += got > 0;
    }
    if (count > 0 && strcmp(reply, "go\n") != 0)
        pb_end("unsupported", "expected 'go' at a gate, got '%s'", reply);
    return count > 0;
}

static void gate(const struct pb_pool *pool, int up) {
    say();
    if (!asked.gate || go())
        return;
    if (up)
        pool->stop();
    _exit(0);
}

static uint64_t now_ns(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static uint64_t timed(void (*step)(void)) {
    uint64_t begun = now_ns(CLOCK_MONOTONIC);
    step();
    return now_ns(CLOCK_MONOTONIC) - begun;
}

/* Runs all batches and makes the `done` of them. */
static void run(const struct pb_pool *pool) {
    struct tally first = {0}, sum = {0};
    uint64_t check_ns = 0;
    /* The line is free while nothing is said, so the times are written where they are said. */
    add("{\"event\":\"done\",\"batch_ns\":[");
    for (uint64_t batch = 0; batch < asked.batches; batch++) {
        add(batch ? ",%" PRIu64 : "%" PRIu64, timed(pool->batch));
        /* The thread's own time: check_ns is taken off CPU time, and on a busy machine the monotonic clock runs on while others have the core. */
        uint64_t begun = now_ns(CLOCK_THREAD_CPUTIME_ID), failed = 0;
        struct tally tally = take_tally();
        check_ns += now_ns(CLOCK_THREAD_CPUTIME_ID) - begun;
        for (int fault = 0; fault < FAULT_KINDS; fault++)
            failed += sum.errors[fault] += tally.errors[fault];
        sum.retries += tally.retries;
        sum.unsent += tally.unsent;
        if (batch == 0)
            first = tally;
        else if (failed == 0 && (tally.jobs != first.jobs || tally.checksum != first.checksum))
            pb_end("internal", "batch %" PRIu64 " gave %" PRIu64 " jobs, checksum %016" PRIx64 "; the first %" PRIu64 ", %016" PRIx64, batch + 1,
                   tally.jobs, tally.checksum, first.jobs, first.checksum);
    }
    add("],\"jobs\":%" PRIu64 ",\"checksum\":\"%016" PRIx64 "\",\"errors\":{", first.jobs, first.checksum);
    const char *comma = "";
    for (int fault = 0; fault < FAULT_KINDS; fault++) {
        if (sum.errors[fault] > 0) {
            add("%s\"%s\":%" PRIu64, comma, FAULTS[fault], sum.errors[fault]);
            comma = ",";
        }
    }
    add("},\"retries\":%" PRIu64 ",\"unsent\":%" PRIu64 ",\"check_ns\":%" PRIu64 "}", sum.retries, sum.unsent, check_ns);
}

int pb_main(int argc, char **argv, const struct pb_pool *pool) {
    signal(SIGPIPE, SIG_IGN);
    parse(argc, argv, pool);
    make_ready();
    make_slots();
    add("{\"event\":\"ready\",\"protocol\":1,\"pool\":\"%s\",\"workers\":%" PRIu64 ",\"chunk\":%" PRIu64 ",\"window\":%" PRIu64 "}", pool->name,
        asked.workers, asked.chunk, asked.window);
    gate(pool, 0);
    add("{\"event\":\"started\",\"start_ns\":%" PRIu64 "}", timed(pool->start));
    gate(pool, 1);
    run(pool);
    gate(pool, 1);
    add("{\"event\":\"stopped\",\"stop_ns\":%" PRIu64 "}", timed(pool->stop));
    gate(pool, 0);
    return 0;
}

uint64_t pb_jobs(void) { return asked.jobs; }

uint64_t pb_workers(void) { return asked.workers; }

int pb_own(void) { return asked.chunk == 0; }

uint64_t pb_chunks(void) { return asked.chunks; }

uint64_t pb_open_chunks(void) {
    uint64_t open = asked.chunks;
    if (asked.window && asked.window / asked.size < open)
        open = asked.window / asked.size;
    return open ? open : 1;
}

uint64_t pb_threads_up(void) {
    /* The links of a directory are 2 and one for each directory in it, here a thread. Nothing is opened: descriptors may be out. */
    struct stat tasks;
    return stat("/proc/self/task", &tasks) == 0 && tasks.st_nlink > 3 ? tasks.st_nlink - 3 : 0;
}
