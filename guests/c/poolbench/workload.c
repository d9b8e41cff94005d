/* `--workload NAME[:PARAM]` as words become numbers, addresses and requests. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static void wrong(const char *text, const char *accepted) __attribute__((noreturn));
static void wrong(const char *text, const char *accepted) {
    refuse("--workload", text, accepted);
}

/* A whole number and its unit, at most an hour, in ns. */
static uint64_t span(const char *text, const char *param) {
    static const struct { const char *name; uint64_t ns; } UNITS[] = {{"ns", 1}, {"us", 1000}, {"ms", 1000000}, {"s", 1000000000}};
    size_t digits = strspn(param, "0123456789");
    char number[24];
    uint64_t n;
    for (size_t unit = 0; unit < 4 && digits < sizeof number; unit++) {
        if (strcmp(param + digits, UNITS[unit].name) != 0)
            continue;
        snprintf(number, sizeof number, "%.*s", (int)digits, param);
        if (whole_number(number, 0, 3600000000000 / UNITS[unit].ns, &n))
            return n * UNITS[unit].ns;
    }
    wrong(text, "a length of time is a whole number and ns, us, ms or s, at most 3600s");
}

/* http://ADDRESS:PORT/PATH, the address in numbers, so that no name is looked up in a job. */
static int target(const char *url, struct work *work) {
    if (strncmp(url, "http://", 7) != 0 || strpbrk(url, " \t\r\n"))
        return 0;
    url += 7;
    int authority = (int)strcspn(url, "/");
    char host[64], *colon;
    if (authority >= (int)sizeof host)
        return 0;
    snprintf(host, sizeof host, "%.*s", authority, url);
    uint64_t port;
    if (!(colon = strrchr(host, ':')) || !whole_number(colon + 1, 0, 65535, &port))
        return 0;
    *colon = 0;
    struct sockaddr_in *v4 = (void *)&work->to;
    struct sockaddr_in6 *v6 = (void *)&work->to;
    size_t length = strlen(host);
    if (inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons((uint16_t)port);
        work->to_size = sizeof *v4;
    } else if (length > 2 && host[0] == '[' && host[length - 1] == ']') {
        host[length - 1] = 0;
        if (inet_pton(AF_INET6, host + 1, &v6->sin6_addr) != 1)
            return 0;
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons((uint16_t)port);
        work->to_size = sizeof *v6;
    } else {
        return 0;
    }
    const char *path = url[authority] ? url + authority : "/";
    return asprintf(&work->request, "GET %s HTTP/1.1\r\nhost: %.*s\r\nconnection: close\r\n\r\n", path, authority, url) > 0;
}

void parse_workload(const char *text, struct work *work) {
    enum form { NONE, NUMBER, SPAN, URL };
    static const struct { const char *name; enum job job; enum form form; uint64_t least, most, or; } ALL[] = {
        {"noop", NOOP, NONE, 0, 0, 0},
        {"compute", COMPUTE, NONE, 0, 0, 0},
        /* p * p must not overflow. */
        {"factor", FACTOR, NUMBER, 0, 1ull << 62, 100},
        {"spin", SPIN, SPAN, 0, 0, 10000},
        {"skew", SKEW, SPAN, 0, 0, 10000},
        {"sleep", SLEEP, SPAN, 0, 0, 100000000},
        {"file", FILE_READ, NUMBER, 1, 1 << 20, 4096},
        {"http", HTTP, URL, 0, 0, 0},
        {"fail", FAIL_EVERY, NUMBER, 1, UINT64_MAX, 10},
        {"panic", PANIC_EVERY, NUMBER, 1, UINT64_MAX, 10},
    };
    size_t length = strcspn(text, ":"), at = 0, count = sizeof ALL / sizeof *ALL;
    const char *param = text[length] ? text + length + 1 : NULL;
    while (at < count && (strlen(ALL[at].name) != length || strncmp(ALL[at].name, text, length) != 0))
        at++;
    if (at == count)
        wrong(text, "there are noop, compute, factor, spin, skew, sleep, file, http");
    memset(work, 0, sizeof *work);
    work->job = ALL[at].job;
    work->number = ALL[at].or;
    if (ALL[at].form == URL && (!param || !target(param, work)))
        wrong(text, "http:http://ADDRESS:PORT/PATH with an address in numbers and no blanks is accepted");
    if (ALL[at].form == NONE && param)
        wrong(text, "this workload takes no parameter");
    if (ALL[at].form == SPAN && param)
        work->number = span(text, param);
    char accepted[96];
    snprintf(accepted, sizeof accepted, "whole numbers from %llu to %llu are accepted", (unsigned long long)ALL[at].least,
             (unsigned long long)ALL[at].most);
    if (ALL[at].form == NUMBER && param && !whole_number(param, ALL[at].least, ALL[at].most, &work->number))
        wrong(text, accepted);
}
