#include "pidns.h"

#include "loop.h"

#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const char empty_dir[] = "/run/frakti/empty";
static pid_t holder;

/**
 * The containers see this process as their PID 1, with links to its root and its program: it keeps
 * neither a way into the guest's files nor a privilege that one of them might borrow.
 */
static void hold(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[2] = {{0}};
	syscall(SYS_close_range, 0u, ~0u, 0u);
	prctl(PR_SET_NAME, "frakti-pause");
	if (chdir(empty_dir) < 0 || chroot(".") < 0)
		_exit(1);
	prctl(PR_SET_DUMPABLE, 0);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (syscall(SYS_capset, &header, none) < 0)
		_exit(1);
	/* All signals stay blocked but the fatal ones of its own faults. */
	sigset_t children;
	sigemptyset(&children);
	sigaddset(&children, SIGCHLD);
	for (;;) {
		int ignored;
		sigwait(&children, &ignored);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
}

int do_pidns(const struct fields *in, struct builder *out)
{
	(void)in;
	if (holder == 0) {
		if (mkdir(empty_dir, 0555) < 0 && errno != EEXIST)
			return build_error(out, errno, "Cannot make '%s'", empty_dir);
		pid_t pid = (pid_t)syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, NULL, NULL, NULL, 0);
		if (pid == 0)
			hold();
		if (pid < 0)
			return build_error(out, errno, "Cannot make a PID namespace");
		holder = pid;
	}
	build_number(out, TAG_PID, (uint64_t)holder);
	return 0;
}

bool pidns_reaped(pid_t pid)
{
	if (holder == 0 || pid != holder)
		return false;
	holder = 0;
	return true;
}
