#include "common.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

void (*say_to_host)(const char *text);
int say_fd = -1;

static uint64_t read_clock(clockid_t clock)
{
	struct timespec now;
	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t now_real_ns(void)
{
	return read_clock(CLOCK_REALTIME);
}

uint64_t now_ms(void)
{
	return read_clock(CLOCK_MONOTONIC) / 1000000u;
}

void *must_resize(void *old, size_t size)
{
	void *memory = realloc(old, size);
	if (memory == NULL) {
		say("Out of memory");
		abort();
	}
	return memory;
}

void *must_alloc(size_t size)
{
	return memset(must_resize(NULL, size), 0, size);
}

bool format(char *to, size_t size, const char *pattern, ...)
{
	va_list values;
	va_start(values, pattern);
	int length = vsnprintf(to, size, pattern, values);
	va_end(values);
	return length >= 0 && (size_t)length < size;
}

ssize_t read_text(const char *path, char *to, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	size_t length = 0;
	while (length < size - 1) {
		ssize_t got = read(fd, to + length, size - 1 - length);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			close_fd(&fd);
			return -1;
		}
		if (got == 0)
			break;
		length += (size_t)got;
	}
	close_fd(&fd);
	if (length > 0 && to[length - 1] == '\n')
		length--;
	to[length] = '\0';
	return (ssize_t)length;
}

int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	ssize_t put;
	do
		put = write(fd, text, strlen(text));
	while (put < 0 && errno == EINTR);
	close_fd(&fd);
	return put < 0 ? -1 : 0;
}

void close_fd(int *fd)
{
	int kept = errno;
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	errno = kept;
}

void say(const char *pattern, ...)
{
	char text[512];
	va_list values;
	va_start(values, pattern);
	vsnprintf(text, sizeof(text), pattern, values);
	va_end(values);
	if (say_to_host != NULL)
		say_to_host(text);
	else if (say_fd >= 0)
		dprintf(say_fd, "<3>frakti-agent: %s\n", text);
}
