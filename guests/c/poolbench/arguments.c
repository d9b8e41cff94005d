/* The command line of a pool: whatever it cannot take is refused with exit code 2 before any event. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

#define MOST_JOBS 1000000000u
#define MOST_WORKERS 100000u
#define MOST_BATCHES 1000u
/* The default where a pool lists the window `n` first. */
#define DEFAULT_WINDOW 1024u

struct asked asked;

void refuse(const char *argument, const char *value, const char *accepted) {
    fprintf(stderr, "error: invalid value '%s' for '%s': %s\n", value, argument, accepted);
    exit(2);
}

/* Digits and nothing else, from `least` to `most`. */
int whole_number(const char *text, uint64_t least, uint64_t most, uint64_t *number) {
    uint64_t sum = 0;
    if (!*text)
        return 0;
    for (; *text; text++) {
        if (*text < '0' || *text > '9' || __builtin_mul_overflow(sum, 10, &sum) || __builtin_add_overflow(sum, *text - '0', &sum))
            return 0;
    }
    *number = sum;
    return least <= sum && sum <= most;
}

static uint64_t number(const char *argument, const char *value, uint64_t least, uint64_t most) {
    uint64_t number;
    char accepted[96];
    snprintf(accepted, sizeof accepted, "whole numbers from %llu to %llu are accepted", (unsigned long long)least, (unsigned long long)most);
    if (!whole_number(value, least, most, &number))
        refuse(argument, value, accepted);
    return number;
}

/* Whether `word` is in the list, words with a blank between them. */
static int lists(const char *list, const char *word) {
    size_t length = strlen(word);
    for (const char *at = list; length > 0 && (at = strstr(at, word)); at += length) {
        if ((at == list || at[-1] == ' ') && (at[length] == ' ' || !at[length]))
            return 1;
    }
    return 0;
}

/* A policy's number; 0 for `unbounded`, UINT64_MAX for auto. */
static uint64_t policy(const char *argument, const char *value, const char *list, const char *unbounded, const char *default_of_n) {
    char first[24] = "", accepted[96];
    uint64_t n;
    if (!value) {
        sscanf(list, "%23s", first);
        value = strcmp(first, "n") == 0 ? default_of_n : first;
    }
    snprintf(accepted, sizeof accepted, "this pool takes: %s; n is any number from 1 to %u", list, MOST_JOBS);
    int is_auto = strcmp(default_of_n, "auto") == 0 && strcmp(value, "auto") == 0;
    int is_number = is_auto || whole_number(value, 1, MOST_JOBS, &n);
    if (!lists(list, value) && !(is_number && lists(list, "n")))
        refuse(argument, value, accepted);
    if (is_auto)
        return UINT64_MAX;
    if (is_number)
        return n;
    return strcmp(value, unbounded) == 0 ? 0 : (refuse(argument, value, accepted), 0);
}

static void settle(const struct pb_pool *pool, const char *chunk, const char *window) {
    if (strcmp(pool->kind, "serial") == 0)
        asked.workers = 1;
    asked.chunk = policy("--chunk", chunk, pool->chunk, "own", "auto");
    if (asked.chunk == UINT64_MAX) {
        asked.chunk = (asked.jobs + 4 * asked.workers - 1) / (4 * asked.workers);
        asked.chunk += asked.chunk == 0;
    }
    char default_window[24];
    snprintf(default_window, sizeof default_window, "%u", DEFAULT_WINDOW);
    asked.window = policy("--window", window, pool->window, "all", default_window);
    if (asked.window > 0 && asked.window < asked.chunk)
        asked.window = asked.chunk;
    asked.size = asked.chunk ? asked.chunk : 1;
    asked.chunks = asked.jobs / asked.size + (asked.jobs % asked.size > 0);
}

void parse(int argc, char **argv, const struct pb_pool *pool) {
    const char *chunk = NULL, *window = NULL;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    asked = (struct asked){.jobs = 100000, .workers = cores > 0 ? (uint64_t)cores : 1, .batches = 1};
    asked.work.job = COMPUTE;
    if (argc == 2 && strcmp(argv[1], "--describe") == 0) {
        describe(pool);
        exit(0);
    }
    for (int at = 1; at < argc; at++) {
        const char *name = argv[at];
        if (strcmp(name, "--gate") == 0) {
            asked.gate = 1;
            continue;
        }
        const char *value = at + 1 < argc ? argv[++at] : "";
        if (strcmp(name, "--workload") == 0)
            parse_workload(value, &asked.work);
        else if (strcmp(name, "--jobs") == 0)
            asked.jobs = number(name, value, 0, MOST_JOBS);
        else if (strcmp(name, "--workers") == 0)
            asked.workers = number(name, value, 1, MOST_WORKERS);
        else if (strcmp(name, "--batches") == 0)
            asked.batches = number(name, value, 1, MOST_BATCHES);
        else if (strcmp(name, "--spin-rate") == 0)
            asked.spin_rate = number(name, value, 1, UINT64_MAX);
        else if (strcmp(name, "--chunk") == 0)
            chunk = value;
        else if (strcmp(name, "--window") == 0)
            window = value;
        else {
            fprintf(stderr, "error: unexpected argument '%s'; there are --gate, --describe (alone), --workload, --jobs, --workers, "
                            "--chunk, --window, --batches, --spin-rate\n", name);
            exit(2);
        }
    }
    settle(pool, chunk, window);
}

/* A list as JSON. */
static void print_list(const char *name, const char *list) {
    printf(",\"%s\":[\"", name);
    for (; *list; list++)
        *list == ' ' ? fputs("\",\"", stdout) : putchar(*list);
    printf("\"]");
}

void describe(const struct pb_pool *pool) {
    printf("{\"protocol\":1,\"name\":\"%s\",\"title\":\"%s\",\"kind\":\"%s\",\"library\":\"%s\",\"version\":\"%s\",\"mirrors\":\"%s\","
           "\"allocator\":\"system\",\"ordered\":%s,\"stop\":\"joined\"",
           pool->name, pool->title, pool->kind, pool->library, pool->version, pool->mirrors, pool->ordered ? "true" : "false");
    print_list("workloads", "noop compute factor spin skew sleep file http");
    print_list("chunk", pool->chunk);
    print_list("window", pool->window);
    puts("}");
}
