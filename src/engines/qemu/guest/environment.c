#include "environment.h"

#include "common.h"
#include "sealed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	/* More than the kernel takes with a stack of 8 MiB, and it says so better. */
	MAX_ENVIRONMENT = 8 * 1024 * 1024,
	/* As shells have them. */
	CANNOT_EXECUTE = 126,
	NOT_FOUND = 127,
};

bool is_launcher(const char *name)
{
	return strcmp(name, "/proc/self/fd/3") == 0;
}

/** Sets all of them; the bytes stay, because they are the environment from now on. */
static int set_all(int fd)
{
	struct stat facts;
	if (fstat(fd, &facts) < 0)
		return errno;
	if (facts.st_size > MAX_ENVIRONMENT)
		return E2BIG;
	size_t size = (size_t)facts.st_size, done = 0;
	char *bytes = malloc(size + 1);
	if (bytes == NULL)
		return errno;
	while (done < size) {
		/* Not read(): the place in the file is shared by all that were handed it. */
		ssize_t got = pread(fd, bytes + done, size - done, (off_t)done);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? errno : EIO;
		done += (size_t)got;
	}
	bytes[size] = '\0';
	for (char *entry = bytes; entry < bytes + size; entry += strlen(entry) + 1)
		if (strchr(entry, '=') != NULL && putenv(entry) != 0)
			return errno;
	return 0;
}

int launch(char **arguments)
{
	int error = arguments[1] == NULL ? EINVAL : set_all(ENVIRONMENT_FD);
	if (error != 0) {
		fprintf(stderr, "Cannot set the environment: %s\n", strerror(error));
		return CANNOT_EXECUTE;
	}
	/* The command has neither. */
	close(LAUNCHER_FD);
	close(ENVIRONMENT_FD);
	execvp(arguments[1], arguments + 1);
	error = errno;
	fprintf(stderr, "Cannot execute '%s': %s\n", arguments[1], strerror(error));
	return error == ENOENT ? NOT_FOUND : CANNOT_EXECUTE;
}

int launcher_copy(void)
{
	static int copy = -1;
	/* Executable by whoever the container runs as. */
	if (copy < 0)
		copy = sealed_copy("/proc/self/exe", "launcher", 0555);
	return copy;
}

int environment_open(const char *path)
{
	return open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
}
