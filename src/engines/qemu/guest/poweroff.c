#include "poweroff.h"

#include "common.h"

#include <errno.h>
#include <mntent.h>
#include <signal.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_MOUNTS = 1024, GRACE_MS = 500 };

static void end_processes(void)
{
	uint64_t until = now_ms() + GRACE_MS;
	kill(-1, SIGKILL);
	while (now_ms() < until) {
		pid_t pid = waitpid(-1, NULL, WNOHANG);
		if (pid < 0 && errno == ECHILD)
			return;
		if (pid == 0)
			nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
	}
}

/** The last mounted first. What holds no disk goes with the machine. */
static void unmount_all(void)
{
	static char *paths[MAX_MOUNTS];
	size_t count = 0;
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	struct mntent *entry;
	while (mounts != NULL && count < MAX_MOUNTS && (entry = getmntent(mounts)) != NULL)
		if (strcmp(entry->mnt_type, "ext4") == 0 || strcmp(entry->mnt_type, "overlay") == 0 ||
		    strcmp(entry->mnt_type, "9p") == 0)
			paths[count++] = strdup(entry->mnt_dir);
	if (mounts != NULL)
		endmntent(mounts);
	while (count-- > 0)
		if (paths[count] != NULL && umount2(paths[count], MNT_FORCE) < 0)
			umount2(paths[count], MNT_DETACH);
}

void power_off(void)
{
	if (getpid() != 1)
		_exit(0); /* On a host, as a program, there is nothing more to end. */
	end_processes();
	unmount_all();
	sync();
	/* A restart, which QEMU takes for the end (-no-reboot): it needs no ACPI. */
	reboot(RB_AUTOBOOT);
	_exit(0);
}
