#include "sealed.h"

#include "common.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Exactly these: crun compares (libcrun/cloned_binary.c). */
enum { SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE };

static int sealed = -1;

static bool copy_whole(int from, int to)
{
	struct stat facts;
	if (fstat(from, &facts) < 0)
		return false;
	for (off_t done = 0; done < facts.st_size;) {
		ssize_t sent = sendfile(to, from, &done, (size_t)(facts.st_size - done));
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return false;
	}
	return true;
}

int sealed_copy(const char *path, const char *name, mode_t mode)
{
	int from = open(path, O_RDONLY | O_CLOEXEC);
	int to = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (from < 0 || to < 0 || !copy_whole(from, to) || fchmod(to, mode) < 0 ||
	    fcntl(to, F_ADD_SEALS, SEALS) < 0)
		close_fd(&to);
	close_fd(&from);
	return to;
}

void seal_crun(const char *path)
{
	sealed = sealed_copy(path, "crun", 0700);
	if (sealed < 0)
		say("Cannot seal '%s': %s", path, strerror(errno));
	else
		unlink(path); /* Its memory is the guest's. */
}

bool execute_sealed(const char *name, char *const *arguments, char *const *environment)
{
	if (sealed < 0 || strcmp(name, "crun") != 0)
		return false;
	syscall(SYS_execveat, sealed, "", arguments, environment, AT_EMPTY_PATH);
	return true;
}
