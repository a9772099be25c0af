#include "children.h"

#include "loop.h"
#include "sealed.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

void set_oom_score(const char *score)
{
	if (write_text("/proc/self/oom_score_adj", score) < 0)
		say("Cannot set the OOM score to %s: errno %d", score, errno);
}

static void become(const char *const *arguments, const char *oom_score, const int *descriptors,
		   size_t count)
{
	static char *environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL};
	const struct rlimit files = {.rlim_cur = 1024, .rlim_max = 524288};
	/* A session of its own: all that comes of it can be found by that. */
	setsid();
	/* Above those that they become, so that none is overwritten before its turn. */
	int null = open("/dev/null", O_RDWR);
	int from[MAX_DESCRIPTORS];
	for (size_t i = 0; i < count; i++)
		from[i] = fcntl(descriptors[i] < 0 ? null : descriptors[i], F_DUPFD, 10);
	for (size_t i = 0; i < count; i++)
		dup2(from[i], (int)i);
	/* At the exec, which may be of a descriptor. */
	syscall(SYS_close_range, (unsigned)count, ~0u, CLOSE_RANGE_CLOEXEC);
	set_oom_score(oom_score);
	setrlimit(RLIMIT_NOFILE, &files);
	loop_reset_signals();
	if (!execute_sealed(arguments[0], (char *const *)arguments, environment))
		execvpe(arguments[0], (char *const *)arguments, environment);
	dprintf(2, "Cannot execute '%s': %s\n", arguments[0], strerror(errno));
	_exit(127);
}

pid_t start_program(const char *const *arguments, const char *oom_score, const int *descriptors,
		    size_t count)
{
	pid_t pid = fork();
	if (pid == 0)
		become(arguments, oom_score, descriptors, count);
	return pid;
}

void kill_program(pid_t pid)
{
	kill(-pid, SIGKILL);
	kill(pid, SIGKILL); /* It may not have come to its own group yet. */
}

int make_pipe(int ends[2], int ours)
{
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	if (fcntl(ends[ours], F_SETFL, O_NONBLOCK | (ours == 0 ? O_RDONLY : O_WRONLY)) < 0) {
		close_fd(&ends[0]);
		close_fd(&ends[1]);
		return -1;
	}
	return 0;
}

int memory_file(const void *content, size_t size)
{
	int fd = memfd_create("frakti", MFD_CLOEXEC);
	if (fd < 0)
		return -1;
	for (size_t done = 0; done < size;) {
		ssize_t put = pwrite(fd, (const char *)content + done, size - done, (off_t)done);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0) {
			close_fd(&fd);
			return -1;
		}
		done += (size_t)put;
	}
	return fd;
}
