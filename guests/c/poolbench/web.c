/* The exchange that all pools share: one GET on a new connection, read to the end of the stream, 1 + 3 attempts. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

#define ATTEMPTS 4
/* All that one attempt may take. */
#define LIMIT_US 5000000
/* Room for one answer: as many bytes are none of the server's. */
#define ROOM 1024

static long long now_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000ll + now.tv_nsec / 1000;
}

/* 0 would mean no time-out. */
static void limit(int to, int option, long long us) {
    if (us < 1000)
        us = 1000;
    struct timeval left = {us / 1000000, us % 1000000};
    setsockopt(to, SOL_SOCKET, option, &left, sizeof left);
}

static enum fault judge(const char *answer, size_t length) {
    static const char HEAD[] = "HTTP/1.";
    if (memcmp(answer, HEAD, length < 7 ? length : 7) != 0)
        return BODY;
    const char *end = memmem(answer, length, "\r\n\r\n", 4);
    if (!end)
        return EARLY_END;
    /* The answer ends in a blank line, so that reading the digits stays inside of it. */
    if (end - answer < 12 || (answer[7] != '0' && answer[7] != '1') || answer[8] != ' ' || strspn(answer + 9, "0123456789") != 3 ||
        (answer[12] != ' ' && answer[12] != '\r'))
        return BODY;
    if (memcmp(answer + 9, "200", 3) != 0)
        return STATUS;
    const char *body = end + 4;
    size_t rest = length - (size_t)(body - answer);
    if (rest == 2 && memcmp(body, "OK", 2) == 0)
        return FAULT_KINDS;
    /* The end of the stream is the only mark of the body's end, so a cut body is an early end. */
    return rest < 2 && memcmp(body, "OK", rest) == 0 ? EARLY_END : BODY;
}

static enum fault talk(int to, const struct work *work, long long deadline) {
    char answer[ROOM];
    size_t length = 0, sent = 0, whole = strlen(work->request);
    while (sent < whole) {
        ssize_t count = send(to, work->request + sent, whole - sent, MSG_NOSIGNAL);
        if (count < 0 && errno != EINTR)
            return fault_of(errno);
        sent += count > 0 ? (size_t)count : 0;
    }
    for (;;) {
        limit(to, SO_RCVTIMEO, deadline - now_us());
        ssize_t count = recv(to, answer + length, ROOM - length, 0);
        if (count == 0)
            return judge(answer, length);
        if (count < 0 && errno != EINTR)
            return fault_of(errno);
        length += count > 0 ? (size_t)count : 0;
        if (length == ROOM)
            return BODY;
    }
}

/* One attempt; `connected` says whether the server may have seen a request. */
static enum fault attempt(const struct work *work, int *connected) {
    long long deadline = now_us() + LIMIT_US;
    *connected = 0;
    int to = socket(work->to.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (to < 0)
        return fault_of(errno);
    limit(to, SO_SNDTIMEO, LIMIT_US);
    enum fault fault;
    if (connect(to, (const struct sockaddr *)&work->to, work->to_size) != 0) {
        fault = fault_of(errno);
    } else {
        *connected = 1;
        fault = talk(to, work, deadline);
    }
    close(to);
    return fault;
}

enum fault get(const struct work *work) {
    uint64_t failed = 0, unsent = 0;
    for (;;) {
        int connected;
        enum fault fault = attempt(work, &connected);
        int well = fault == FAULT_KINDS;
        if (!well) {
            failed++;
            unsent += !connected;
        }
        int passing = fault == REFUSED || fault == RESET || fault == EARLY_END;
        if (well || !passing || failed == ATTEMPTS) {
            /* The last of the attempts that failed had no further one after it. */
            if (failed > 0)
                count_attempts(failed - !well, unsent);
            return fault;
        }
    }
}
