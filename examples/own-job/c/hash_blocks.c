/* A job of one's own in C: job i hashes block i of a file, round and round. The file is the parameter. */
#define _POSIX_C_SOURCE 200809L
#include "../../../docs/poolbench_job.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK 16384

/* What all jobs share: they only read it, so that any number of threads may. */
struct file {
    const unsigned char *bytes;
    size_t size;
};

uint32_t poolbench_job_version(void) { return POOLBENCH_JOB_VERSION; }

void *poolbench_open(const char *param, char *message, size_t size) {
    struct file *file = malloc(sizeof *file);
    struct stat data;
    int fd = open(param, O_RDONLY);
    if (file && fd >= 0 && fstat(fd, &data) == 0 && data.st_size > 0) {
        void *bytes = mmap(NULL, (size_t)data.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        close(fd);
        if (bytes != MAP_FAILED) {
            file->bytes = bytes;
            file->size = (size_t)data.st_size;
            return file;
        }
    }
    snprintf(message, size, "the parameter must be a file that is not empty; '%s': %s", param, strerror(errno));
    free(file);
    return NULL;
}

int poolbench_job(void *state, uint64_t index, uint64_t *result) {
    const struct file *file = state;
    size_t blocks = (file->size + BLOCK - 1) / BLOCK, at = (size_t)(index % blocks) * BLOCK;
    size_t end = at + BLOCK < file->size ? at + BLOCK : file->size;
    uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */
    for (; at < end; at++) hash = (hash ^ file->bytes[at]) * 0x100000001b3u;
    *result = hash;
    return 0;
}

void poolbench_close(void *state) {
    struct file *file = state;
    munmap((void *)file->bytes, file->size);
    free(file);
}
