/*
 * The agent: PID 1 of a pod's machine, or, for tests, a program on a host (see README.md). Where
 * its parts meet.
 */
#include "boot.h"
#include "create.h"
#include "dial.h"
#include "environment.h"
#include "hello.h"
#include "listen.h"
#include "loop.h"
#include "modules.h"
#include "ops.h"
#include "pidns.h"
#include "port.h"
#include "poweroff.h"
#include "processes.h"
#include "requests.h"
#include "run.h"
#include "streams.h"
#include "worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static void reaped(pid_t pid, int status)
{
	if (worker_reaped(pid) || run_reaped(pid, status) || pidns_reaped(pid))
		return;
	if (creation_reaped(pid, status))
		requests_retry();
	else
		process_reaped(pid, status);
}

static void connected(void)
{
	requests_stop();
	dials_stop();
	runs_stop();
	processes_stop();
	streams_stop();
}

static void take_frame(const struct frame *frame)
{
	if (frame->type == FRAME_REQUEST)
		requests_take(frame);
	else
		streams_frame(frame);
}

static const struct port_handlers handlers = {
	.connected = connected,
	.frame = take_frame,
	.busy = requests_busy,
	.data = streams_data,
};

static void begin(void)
{
	loop_begin(reaped);
	loop_after = port_turn;
	int error = make_path(scratch_dir, 0700);
	if (error == 0)
		error = workers_begin();
	if (error != 0)
		say("Cannot begin: %s", strerror(error));
}

static int usage(void)
{
	fputs("usage: agent --port FD | --listen SOCKET [--scratch DIR]\n", stderr);
	return 2;
}

/** As a program: the machine stays the host's; processes and files are real. */
static int run_on_host(int count, char **arguments)
{
	int fd = -1;
	const char *path = NULL;
	for (int i = 1; i + 1 < count; i += 2) {
		if (strcmp(arguments[i], "--port") == 0)
			fd = atoi(arguments[i + 1]);
		else if (strcmp(arguments[i], "--listen") == 0)
			path = arguments[i + 1];
		else if (strcmp(arguments[i], "--scratch") == 0)
			scratch_dir = arguments[i + 1];
		else
			return usage();
	}
	if ((fd < 0) == (path == NULL))
		return usage();
	say_fd = STDERR_FILENO;
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	begin();
	if (path != NULL && listen_at(path, handlers) != 0)
		return 1;
	if (path == NULL)
		port_open(fd, handlers);
	loop_run();
}

int main(int count, char **arguments)
{
	if (is_launcher(arguments[0]))
		return launch(arguments);
	const char *name = strrchr(arguments[0], '/');
	if (strcmp(name == NULL ? arguments[0] : name + 1, "modprobe") == 0)
		return modules_ask(count, arguments);
	if (getpid() != 1)
		return run_on_host(count, arguments);
	boot();
	clock_is_ours = true;
	begin();
	int fd = boot_open_port();
	if (fd < 0)
		power_off();
	port_open(fd, handlers);
	loop_run();
}
