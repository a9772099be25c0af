/*
 * Words that every part of the guest uses: short integer names, time, text into bounded buffers,
 * and the guest's own log line. Nothing here knows the protocol.
 */
#ifndef FRAKTI_COMMON_H
#define FRAKTI_COMMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define AGENT_VERSION "1"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/** Nanoseconds since the epoch, for the host's eyes. */
uint64_t now_real_ns(void);

/** Milliseconds of the monotonic clock, for limits. */
uint64_t now_ms(void);

/** Like malloc and realloc, but a guest without memory for itself ends: the host sees the VM die. */
void *must_alloc(size_t size);
void *must_resize(void *old, size_t size);

/** Formats into `to`; false when it did not fit. */
bool format(char *to, size_t size, const char *pattern, ...)
	__attribute__((format(printf, 3, 4)));

/** Reads a small file as text without its last newline; the length, or -1 with errno. */
ssize_t read_text(const char *path, char *to, size_t size);

/** Writes text to an existing file, as /proc and /sys want it; 0 or -1 with errno. */
int write_text(const char *path, const char *text);

/** Closes and marks as closed; keeps errno. */
void close_fd(int *fd);

/** One line for people: to the kernel's log at boot, to the host (see port.h) once it listens. */
void say(const char *pattern, ...) __attribute__((format(printf, 1, 2)));

/** Where `say` goes when not to /dev/kmsg; set by the port. */
extern void (*say_to_host)(const char *text);

/** Where `say` goes when the host cannot be told: /dev/kmsg, standard error, or -1. */
extern int say_fd;

#endif
